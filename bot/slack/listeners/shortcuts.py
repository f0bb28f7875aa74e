"""Shortcuts: the form from anywhere, also from inside a thread, where no command can be typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.slack.ids import Action
from bot.slack.listeners.desk import asker_of, place_of
from bot.slack.surface import CHANGE_ANY_JOB, CHANGE_JOB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slack_bolt.async_app import AsyncAck

    from bot.flink.snapshot import DeploymentRef
    from bot.flink.update import Update
    from bot.slack.listeners.desk import Body, Desk, Place
    from bot.slack.listeners.dispatch import Listener
    from bot.slack.listeners.forms import Forms

_OF_UPDATES = frozenset(
    {Action.VIEW_UPDATE, Action.CANCEL_UPDATE, Action.RETRY_UPDATE, Action.ROLL_BACK}
)
_LONGEST_SEARCHED = 8_000


@dataclass(frozen=True, slots=True)
class ShortcutListeners:
    """Opens the form."""

    desk: Desk
    forms: Forms

    @property
    def shortcuts(self) -> Mapping[str, Listener]:
        """Pair shortcuts and listeners."""
        return {
            CHANGE_JOB.callback_id: self.change_job,
            CHANGE_ANY_JOB.callback_id: self.change_any_job,
        }

    async def change_job(self, ack: AsyncAck, body: Body) -> None:
        """Open the form for the job that a message is about, if it is about one."""
        await ack()
        place = place_of(body)
        self.desk.start("open the form for a message", self._change_job(place, body), place)

    async def _change_job(self, place: Place, body: Body) -> None:
        await self.forms.open(body["trigger_id"], place)
        chosen = await self._meant(body)
        await self.forms.begin(place, asker_of(body), chosen)

    async def change_any_job(self, ack: AsyncAck, body: Body) -> None:
        """Open the empty form."""
        await ack()
        place = place_of(body)
        self.desk.start("open the form", self._change_any_job(place, body), place)

    async def _change_any_job(self, place: Place, body: Body) -> None:
        await self.forms.open(body["trigger_id"], place)
        await self.forms.begin(place, asker_of(body))

    async def _meant(self, body: Body) -> DeploymentRef | None:
        """Give the job of the update that a message belongs to, else the one that it names."""
        message = body.get("message") or {}
        update = await self._update(message, asker_of(body).channel)
        if update is not None and update.ref.target in self.desk.submissions.targets:
            return update.ref
        await self.desk.directory.first_read()
        named = self.desk.directory.named_in(_said(message))
        return named.ref if named else None

    async def _update(self, message: dict[str, Any], channel: str) -> Update | None:
        """Find the update by the message's own buttons, else by the card that its thread hangs on.

        So it is found also for what people reply to a card.
        """
        for update_id in _ids_on(message):
            update = await self.desk.store.get(update_id)
            if update is not None:
                return update
        card = str(message.get("thread_ts") or message.get("ts") or "")
        return await self.desk.store.of_card(channel, card) if card else None


def _ids_on(message: dict[str, Any]) -> set[str]:
    """Give the id of the update that a message's buttons are about."""
    elements = (
        element
        for block in message.get("blocks") or ()
        for element in [*(block.get("elements") or ()), block.get("accessory") or {}]
    )
    ids = {str(one.get("value", "")) for one in elements if one.get("action_id") in _OF_UPDATES}
    return ids if len(ids) == 1 else set()  # a list of updates is about none of them


def _said(message: dict[str, Any]) -> str:
    """Give all that a message says, also in blocks and attachments, as other apps send it."""
    parts = [message.get(key) for key in ("text", "blocks", "attachments")]
    return "\n".join(_texts(parts))[:_LONGEST_SEARCHED]


def _texts(node: object) -> Iterator[str]:
    match node:
        case str():
            yield node
        case list():
            for one in node:
                yield from _texts(one)
        case dict():
            for key in ("text", "title", "fallback", "value", "elements", "fields"):
                yield from _texts(node.get(key))
