"""`/flink freeze` and `/flink unfreeze`: what they do is said to the whole channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.slack import replies
from bot.slack.freeze_line import Freeze, Unfreeze

if TYPE_CHECKING:
    from bot.slack.listeners.desk import Desk, Place
    from bot.updates.freezing import Freezing
    from bot.updates.submit import Asker


@dataclass(frozen=True, slots=True)
class FreezeListeners:
    """Freezes and lifts. Answered by the command's own address, which needs no membership."""

    desk: Desk
    freezing: Freezing

    async def answer(self, place: Place, asker: Asker, said: Freeze | Unfreeze) -> None:
        """Do what was typed, and tell everybody in the channel, to whom the message stays."""
        if isinstance(said, Unfreeze):
            done, first = await self.freezing.unfreeze(asker, said.target), True
        else:
            done, first = await self.freezing.freeze(asker, said.words, said.lasts)
        # Delivered twice, it is told to all once, and once more to who typed it.
        await self.desk.respond(place.response_url, replies.frozen(done), to_all=first)
