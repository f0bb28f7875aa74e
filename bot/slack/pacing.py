"""Slack's speed limits, kept before Slack has to: who may send when."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

POST = "chat.postMessage"
EDIT = "chat.update"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast we go. https://docs.slack.dev/apis/web-api/rate-limits."""

    post_seconds: float = 1.0
    """Between two posts to one channel."""
    edit_seconds: float = 1.5
    """Between two edits of one message; what changes meanwhile goes out as one edit. The edit that
    shows the end does not wait: it is the last, and it is what people are waiting for."""
    edits_per_minute: int = 50
    """Over all messages of the workspace (tier 3)."""
    edits_kept_for_endings: int = 10
    """Of those, how many are kept for cards that show an end."""


class Pacing:
    """Remembers what was sent, and gives the moment when the next may be. In memory only."""

    def __init__(self, pace: Pace, now: Callable[[], datetime]) -> None:
        self._pace = pace
        self._now = now
        self._posts: dict[str, datetime] = {}
        self._turned_away: Counter[str] = Counter()
        self._edits: dict[str, datetime] = {}
        self._recent_edits: deque[datetime] = deque()
        self._blocked: dict[str, datetime] = {}

    def take_post(self, channel: str) -> datetime | None:
        """Take a channel's turn: None when it may post now, else when to ask again."""
        now = self._now()
        free = max(self._posts.get(channel, now), self._blocked.get(POST, now))
        step = timedelta(seconds=self._pace.post_seconds)
        if free > now:
            # Spread those who wait, so that not all of them come back every second.
            self._turned_away[channel] += 1
            return free + step * (self._turned_away[channel] - 1)
        self._turned_away.pop(channel, None)
        self._posts[channel] = now + step
        return None

    def posted(self, key: str) -> None:
        """Note a message as new: its first edit keeps its distance as well."""
        self._edits[key] = self._now() + timedelta(seconds=self._pace.edit_seconds)

    def take_edit(self, key: str, *, ending: bool) -> datetime | None:
        """Take a message's turn to be edited: None when it may be now, else when to ask again."""
        now = self._now()
        while self._recent_edits and self._recent_edits[0] <= now - _MINUTE:
            self._recent_edits.popleft()
        free = self._blocked.get(EDIT, now)
        if not ending:
            free = max(free, self._edits.get(key, now))
        allowed = self._pace.edits_per_minute
        allowed -= 0 if ending else self._pace.edits_kept_for_endings
        if len(self._recent_edits) >= allowed:
            free = max(free, self._recent_edits[-allowed] + _MINUTE)
        if free > now:
            return free
        self._edits[key] = now + timedelta(seconds=self._pace.edit_seconds)
        self._recent_edits.append(now)
        return None

    def block(self, method: str, seconds: float) -> datetime:
        """Call a method no more until Slack's Retry-After is over; give that moment."""
        until = self._now() + timedelta(seconds=seconds)
        self._blocked[method] = max(until, self._blocked.get(method, until))
        return self._blocked[method]

    def forget(self) -> None:
        """Drop what no longer matters."""
        now = self._now()
        for memory in (self._posts, self._edits, self._blocked):
            for name in [name for name, until in memory.items() if until <= now]:
                del memory[name]
