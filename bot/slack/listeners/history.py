"""`/flink history` and its pages. Reading is open to whoever may use the bot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.slack import replies
from bot.slack.ids import Action
from bot.slack.listeners.desk import place_of, value_of
from bot.slack.replies.history import place_at
from bot.updates.history import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck

    from bot.slack.listeners.desk import Body, Desk, Place
    from bot.slack.listeners.dispatch import Listener
    from bot.updates.history import Edge

_ON_A_PAGE = 8
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|@?([UW][A-Z0-9]{5,})")
_MINE = frozenset({"me", "mine", "@me"})


@dataclass(frozen=True, slots=True)
class HistoryListeners:
    """Tells the past. A page is found from its button's value, at whichever replica."""

    desk: Desk

    @property
    def actions(self) -> Mapping[str, Listener]:
        """Pair buttons and listeners."""
        return {Action.NEWER_HISTORY: self.turn, Action.OLDER_HISTORY: self.turn}

    async def tell(self, place: Place, user: str, subject: str) -> None:
        """Tell what was done: all of it, of a job, with somebody's part in it, or one update."""
        if subject.lower() in _MINE:
            await self._show(place, Wanted(user=user))
        elif person := _PERSON.fullmatch(subject):
            await self._show(place, Wanted(user=person[1] or person[2]))
        elif (known := await self.desk.store.get(subject.lower())) is not None:
            events = await self.desk.store.events(known.id)
            said = replies.update_status(known, events, self.desk.now())
            await self.desk.respond(place.response_url, said)
        else:
            await self._show(place, Wanted(job=subject))

    async def turn(self, ack: AsyncAck, body: Body) -> None:
        """Show the next page in the place of this one."""
        await ack()
        place = place_of(body)
        wanted, edge = place_at(value_of(body))
        self.desk.start("turn a page of the history", self._show(place, wanted, edge), place)

    async def _show(self, place: Place, wanted: Wanted, edge: Edge | None = None) -> None:
        page = await self.desk.store.history(wanted, _ON_A_PAGE, edge)
        said = replies.history(page, wanted)
        await self.desk.respond(place.response_url, said, replace=edge is not None)
