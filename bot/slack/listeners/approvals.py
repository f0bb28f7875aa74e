"""Approve and Reject: whoever clicks is checked at the click, and gets a true answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import InvalidFormError
from bot.flink.legible import legible
from bot.flink.update import State
from bot.slack import replies, text
from bot.slack.ids import Action
from bot.slack.listeners.desk import asker_of, place_of, value_of
from bot.slack.modals import loading, notice, reject
from bot.slack.modals import update as form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck

    from bot.slack.listeners.desk import Body, Desk, Place
    from bot.slack.listeners.dispatch import Listener
    from bot.slack.listeners.forms import Forms
    from bot.updates.approving import Approvals, Asked
    from bot.updates.submit import Asker


@dataclass(frozen=True, slots=True)
class ApprovalListeners:
    """Listens to the card's two answers, and to the reason."""

    desk: Desk
    forms: Forms
    approvals: Approvals

    @property
    def actions(self) -> Mapping[str, Listener]:
        """Pair buttons and listeners."""
        return {Action.APPROVE_UPDATE: self.approve, Action.REJECT_UPDATE: self.ask_why}

    @property
    def submissions(self) -> Mapping[str, Listener]:
        """Pair the screen with its listener."""
        return {reject.CALLBACK_ID: self.reject}

    async def approve(self, ack: AsyncAck, body: Body) -> None:
        """Count somebody's yes."""
        await ack()
        place = place_of(body)
        self.desk.start("approve an update", self._approve(place, body), place)

    async def _approve(self, place: Place, body: Body) -> None:
        asked = await self.approvals.approve(value_of(body), asker_of(body))
        await self.desk.respond(place.response_url, replies.receipt(_said(asked)))

    async def ask_why(self, ack: AsyncAck, body: Body) -> None:
        """Ask for the reason, of somebody who may say no."""
        await ack()
        place = place_of(body)
        self.desk.start("ask for a reason", self._ask_why(place, body), place)

    async def _ask_why(self, place: Place, body: Body) -> None:
        await self.forms.open(body["trigger_id"], place, "Looking it up…")
        update = await self.approvals.check_rejecting(value_of(body), asker_of(body))
        await self.desk.screens.show(place.view_id, reject.build(update))

    async def reject(self, ack: AsyncAck, body: Body) -> None:
        """Say no, with the reason that was typed."""
        view = body["view"]
        try:
            self.desk.check_typed(view, asker_of(body).user)
            why = reject.reason(view)
        except InvalidFormError as error:
            await ack(response_action="errors", errors=form.messages(error))
            return
        await ack(response_action="update", view=loading.build("Recording it…"))
        place, asker = place_of(body), asker_of(body)
        work = self._reject(place, asker, legible(view["private_metadata"]), why)
        self.desk.start("reject an update", work, place)

    async def _reject(self, place: Place, asker: Asker, update_id: str, why: str) -> None:
        update = await self.approvals.reject(update_id, asker, why)
        told = f"{text.clean(update.name)} is not changed; {text.mention(update.requested_by)}"
        said = f"{told} is told in {text.channel(update.channel)}."
        await self.desk.screens.show(place.view_id, notice.done("Rejected", said))


def _said(asked: Asked) -> str:
    update = asked.update
    done = f"You approved update {update.id} of {update.name}."
    if update.state is State.AWAITING_APPROVAL:
        missing = asked.standing.missing
        return f"{done} {missing} more {'is' if missing == 1 else 'are'} needed."
    return f"{done} It is on its way; follow it in <#{update.channel}>."
