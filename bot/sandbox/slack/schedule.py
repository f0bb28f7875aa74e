"""Messages to be posted later; each is posted when somebody looks at the workspace next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.slack.refusals import RefusedError

if TYPE_CHECKING:
    from bot.sandbox.slack.nouns import Message

FARTHEST_SECONDS = 120 * 24 * 3600
WINDOW_SECONDS = 5 * 60
MOST_PER_WINDOW = 30


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message and when to post it. `lost`: Slack never posts one that has metadata."""

    id: str
    message: Message
    post_at: int
    created_at: int
    lost: bool


class Schedule:
    """Everything scheduled, by id."""

    def __init__(self) -> None:
        self._scheduled: dict[str, Scheduled] = {}

    def add(self, new: Scheduled) -> None:
        """Keep a message for its time, or refuse."""
        if new.post_at <= new.created_at:
            raise RefusedError("time_in_past")
        if new.post_at > new.created_at + FARTHEST_SECONDS:
            raise RefusedError("time_too_far")
        window = new.post_at // WINDOW_SECONDS
        beside = [
            one for one in self.of(new.message.channel) if one.post_at // WINDOW_SECONDS == window
        ]
        if len(beside) >= MOST_PER_WINDOW:
            raise RefusedError("restricted_too_many")
        self._scheduled[new.id] = new

    def of(self, channel_id: str = "") -> list[Scheduled]:
        """Give what is scheduled for a channel, or for all, the next one first."""
        found = [s for s in self._scheduled.values() if channel_id in {"", s.message.channel}]
        return sorted(found, key=lambda one: one.post_at)

    def delete(self, channel_id: str, scheduled_id: str) -> None:
        """Forget one or refuse."""
        found = self._scheduled.get(scheduled_id)
        if found is None or found.message.channel != channel_id:
            raise RefusedError("invalid_scheduled_message_id")
        del self._scheduled[scheduled_id]

    def take_due(self, now: float) -> list[Message]:
        """Give what is to be posted now, once."""
        due = [one for one in self.of() if one.post_at <= now]
        for one in due:
            del self._scheduled[one.id]
        return [one.message for one in due if not one.lost]
