"""Buttons of cards, replies, the launcher and Home. Each click is answered and checked anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.notes import Code, note
from bot.slack import replies
from bot.slack.ids import Action
from bot.slack.listeners.desk import asker_of, place_of, value_of
from bot.slack.modals import details

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncAck

    from bot.flink.snapshot import DeploymentSummary
    from bot.flink.update import Update
    from bot.slack.listeners.desk import Body, Desk, Place
    from bot.slack.listeners.dispatch import Listener
    from bot.slack.listeners.forms import Forms
    from bot.slack.listeners.look import Look
    from bot.updates.submit import Asker


@dataclass(frozen=True, slots=True)
class ButtonListeners:
    """Listens to every button outside the form and the review."""

    desk: Desk
    forms: Forms
    look: Look

    @property
    def actions(self) -> Mapping[str, Listener]:
        """Pair buttons and listeners."""
        return {
            Action.CANCEL_UPDATE: self.cancel_update,
            Action.RETRY_UPDATE: self.retry_update,
            Action.ROLL_BACK: self.roll_back,
            Action.VIEW_UPDATE: self.view_update,
            Action.WATCH_HOT_UPDATE: self.watch_hot_update,
            Action.CHECK_AGAIN: self.check_again,
            Action.OPEN_UPDATE_FORM: self.open_update_form,
            Action.OPEN_JOBS: self.open_jobs,
            Action.OPEN_STATUS: self.open_status,
            Action.OPEN_HELP: self.open_help,
        }

    async def cancel_update(self, ack: AsyncAck, body: Body) -> None:
        """Call off what has not begun."""
        await ack()
        place = place_of(body)
        self.desk.start("cancel an update", self._cancel(place, body), place)

    async def _cancel(self, place: Place, body: Body) -> None:
        asker = asker_of(body)
        update = await self.desk.submissions.cancel(value_of(body), asker)
        said = f"Update {update.id} of {update.name} is cancelled. Nothing was sent."
        who = await self.desk.submissions.who(update, Code.EVENT_CANCELLED)
        by = "" if who == asker.user else who
        await self.desk.respond(place.response_url, replies.receipt(said, by))

    async def retry_update(self, ack: AsyncAck, body: Body) -> None:
        """Review the same wish against what the cloud holds now."""
        await ack()
        self._review(body, self.desk.requests.retry)

    async def roll_back(self, ack: AsyncAck, body: Body) -> None:
        """Review taking back what an update did."""
        await ack()
        self._review(body, self.desk.requests.roll_back)

    def _review(self, body: Body, plan: Callable[[str, Asker], Awaitable[Update]]) -> None:
        place = place_of(body)

        async def work() -> None:
            await self.forms.open(body["trigger_id"], place)
            update = await plan(value_of(body), asker_of(body))
            await self.forms.review(place, update)

        self.desk.start("plan an update again", work(), place)

    async def view_update(self, ack: AsyncAck, body: Body) -> None:
        """Show everything that is known of an update."""
        await ack()
        place = place_of(body)
        self.desk.start("view an update", self._view(place, body), place)

    async def _view(self, place: Place, body: Body) -> None:
        await self.forms.open(body["trigger_id"], place, "Looking it up…")
        update = await self.desk.submissions.get(value_of(body))
        events = await self.desk.store.events(update.id)
        view = details.build(update, events, self.desk.now())
        await self.desk.screens.show(place.view_id, view)

    async def watch_hot_update(self, ack: AsyncAck, body: Body) -> None:
        """Follow a hot update that somebody started elsewhere."""
        await ack()
        place = place_of(body)
        self.desk.start("watch a hot update", self._watch(place, body), place)

    async def _watch(self, place: Place, body: Body) -> None:
        target, _, hot_update_id = value_of(body).partition("/")
        update = await self.desk.requests.hot_update.watch(target, hot_update_id, asker_of(body))
        if update.state.final:
            said = f"Hot update {hot_update_id} has ended; the end was told in <#{update.channel}>."
        else:
            said = f"Watching hot update {hot_update_id}; the end is told in <#{update.channel}>."
        await self.desk.respond(place.response_url, replies.receipt(said))

    async def check_again(self, ack: AsyncAck, body: Body) -> None:
        """Read the cloud again for an update that ended unknown."""
        await ack()
        place = place_of(body)
        self.desk.start("check an update again", self._check_again(place, body), place)

    async def _check_again(self, place: Place, body: Body) -> None:
        look = await self.desk.requests.recheck.look(value_of(body), asker_of(body))
        if look.why is not None:
            raise UserError(look.why)
        events = await self.desk.store.events(look.update.id)
        said = replies.update_status(look.update, events, self.desk.now())
        await self.desk.respond(place.response_url, said)

    async def open_update_form(self, ack: AsyncAck, body: Body) -> None:
        """Open the form, for the job of the row if it was a row's button."""
        await ack()
        place = place_of(body)
        self.desk.start("open the form", self._open_form(place, body), place)

    async def _open_form(self, place: Place, body: Body) -> None:
        await self.forms.open(body["trigger_id"], place)
        target, _, deployment_id = value_of(body).partition("/")
        chosen = await self._chosen(target, deployment_id) if deployment_id else None
        await self.forms.begin(place, asker_of(body), chosen.ref if chosen else None)

    async def _chosen(self, target: str, deployment_id: str) -> DeploymentSummary:
        self.desk.submissions.target(target)  # a button may be older than the settings
        chosen = await self.desk.directory.look_up_id(target, deployment_id)
        if chosen is None:
            raise UserError(note(Code.UNKNOWN_JOB, job=deployment_id, target=target))
        return chosen

    async def open_jobs(self, ack: AsyncAck, body: Body) -> None:
        """List the jobs."""
        await ack()
        place = place_of(body)
        self.desk.start("list the jobs", self._look(place, body, self.look.jobs), place)

    async def _look(
        self, place: Place, body: Body, look: Callable[[Place, str], Awaitable[None]]
    ) -> None:
        if not place.response_url:  # on Home there is no channel to answer in
            await self.forms.open(body["trigger_id"], place, "Looking it up…")
        await look(place, "")

    async def open_status(self, ack: AsyncAck, body: Body) -> None:
        """Tell how everything stands."""
        await ack()
        place = place_of(body)
        self.desk.start("tell the status", self._look(place, body, self.look.status), place)

    async def open_help(self, ack: AsyncAck, body: Body) -> None:
        """Show the commands."""
        await ack()
        place = place_of(body)
        self.desk.start("help", self._help(place), place)

    async def _help(self, place: Place) -> None:
        await self.desk.respond(place.response_url, replies.help_text())
