"""One Bolt listener for many ids: Bolt asks its listeners one after the other, about 6 µs each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncAck

    from bot.slack.listeners.desk import Body

    Listener = Callable[[AsyncAck, Body], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Hands a payload to the listener of the id that `id_of` finds in it."""

    listeners: Mapping[str, Listener]
    id_of: Callable[[Body], str]

    @property
    def ids(self) -> re.Pattern[str]:
        """Give what matches exactly these ids, for Bolt."""
        return re.compile(rf"\A(?:{'|'.join(map(re.escape, self.listeners))})\Z")

    async def run(self, ack: AsyncAck, body: Body) -> None:
        """Listen."""
        await self.listeners[self.id_of(body)](ack, body)


def of_action(body: Body) -> str:
    """Give the id of what was pressed or chosen."""
    return str(body["actions"][0]["action_id"])


def of_view(body: Body) -> str:
    """Give the id of the screen that was submitted."""
    return str(body["view"]["callback_id"])


def of_shortcut(body: Body) -> str:
    """Give the id of the shortcut that was taken."""
    return str(body["callback_id"])
