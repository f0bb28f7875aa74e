"""The slash command: every line ends in an answer or a screen, none of them changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from bot.errors import UserError
from bot.flink.parameters import PARALLELISM, fault, normalise
from bot.slack import command, replies
from bot.slack.freeze_line import Freeze, Unfreeze
from bot.slack.listeners.desk import asker_of, place_of

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck

    from bot.flink.snapshot import DeploymentSummary
    from bot.slack.listeners.desk import Body, Desk, Place
    from bot.slack.listeners.forms import Forms
    from bot.slack.listeners.freezes import FreezeListeners
    from bot.slack.listeners.history import HistoryListeners
    from bot.slack.listeners.look import Look
    from bot.slack.listeners.operations import OperationListeners
    from bot.slack.payload import Payload
    from bot.updates.submit import Asker

Known = command.Launcher | command.Help | command.Mistake
OnAScreen = command.UpdateForm | command.Rescale | command.Operate | command.RollBack
Told = command.Jobs | command.Status | command.History | command.Result


@dataclass(frozen=True, slots=True)
class CommandListeners:
    """Listens to `/flink`."""

    desk: Desk
    forms: Forms
    look: Look
    operations: OperationListeners
    history: HistoryListeners
    freezes: FreezeListeners

    async def flink(self, ack: AsyncAck, body: Body) -> None:
        """Acknowledge, then answer; an answer that needs no other service is part of the ack."""
        said = command.parse(body.get("text", ""))
        if isinstance(said, Known):
            shown = _known(said)
            await ack(text=shown.text, blocks=shown.blocks, response_type="ephemeral")
            return
        await ack()
        place = place_of(body)
        if isinstance(said, Freeze | Unfreeze):
            work = self.freezes.answer(place, asker_of(body), said)
        elif isinstance(said, Told):
            work = self._tell(place, asker_of(body), said)
        else:
            work = self._show(place, body, said)
        self.desk.start("answer a command", work, place)

    async def _show(self, place: Place, body: Body, said: OnAScreen) -> None:
        """Open a screen first: what Slack lets open one is good for three seconds."""
        await self.forms.open(body["trigger_id"], place)
        asker = asker_of(body)
        match said:
            case command.UpdateForm():
                await self._update(place, asker, said.job)
            case command.Rescale():
                await self._rescale(place, asker, said)
            case command.Operate():
                await self.operations.ask(place, asker, said)
            case command.RollBack():
                update = await self.desk.requests.roll_back(said.update_id, asker)
                await self.forms.review(place, update)
            case _:
                assert_never(said)

    async def _tell(self, place: Place, asker: Asker, said: Told) -> None:
        match said:
            case command.Jobs():
                await self.look.jobs(place, said.text)
            case command.Status():
                await self.look.status(place, said.subject)
            case command.History():
                await self.history.tell(place, asker.user, said.subject)
            case command.Result():
                await self.look.result(place, said.hot_update_id, said.target)
            case _:
                assert_never(said)

    async def _update(self, place: Place, asker: Asker, job: str) -> None:
        if not job:
            await self.forms.begin(place, asker)
            return
        try:
            chosen = (await self._find(job)).ref
        except UserError as error:  # the form can still be used: the job is chosen there
            await self.forms.begin(place, asker, problem=error.note)
            return
        await self.forms.begin(place, asker, chosen)

    async def _rescale(self, place: Place, asker: Asker, said: command.Rescale) -> None:
        """Go straight to the review; what is wrong leads to the form, with what was typed."""
        typed = {PARALLELISM.name: said.parallelism}
        wrong = fault(PARALLELISM.name, said.parallelism)
        try:
            chosen = (await self._find(said.job)).ref
        except UserError as error:
            await self.forms.begin(place, asker, typed=typed, problem=error.note)
            return
        if wrong is not None:
            await self.forms.begin(place, asker, chosen, problem=wrong)
            return
        asked = {PARALLELISM.name: normalise(PARALLELISM.name, said.parallelism)}
        await self.forms.plan(place, asker, chosen, asked)

    async def _find(self, job: str) -> DeploymentSummary:
        return await self.desk.directory.look_up(job, list(self.desk.submissions.targets))


def _known(said: Known) -> Payload:
    match said:
        case command.Launcher():
            return replies.launcher()
        case command.Help():
            return replies.help_text()
        case command.Mistake():
            return replies.mistake(said.typed, said.nearest)
        case _:
            assert_never(said)
