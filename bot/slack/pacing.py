"""Slack's speed limits, kept before Slack has to."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast we go. https://docs.slack.dev/apis/web-api/rate-limits."""

    post_seconds: float = 1.0
    """Between two posts to one channel, over all replicas."""
    edit_seconds: float = 1.5
    """Between two edits of one message, over all replicas; what changes meanwhile goes out as one
    edit. The one that shows the end does not wait: it is the last, and people are waiting for it.
    """
    edits_per_minute: int = 50
    """Over all messages (tier 3), of one replica."""
    edits_kept_for_endings: int = 10
    """Of those, how many are kept for cards that show an end."""
    look_after: float = 5.0
    """Before a post of unknown fate is looked for; Slack may not show sooner what it has taken."""
    leaves_within: float = 5.0
    """After a message was marked as leaving, a call for it begins, or never does."""
    tick_seconds: float = 3.0
    """After this, no call begins in the same tick: one that seems to hang is restarted."""


class Pacing:
    """What a process does by itself to stay within limits; turns are the outbox's.

    In memory only: replicas need nothing of it. What is known of turns saves asking for them. Edits
    coalesce and may be repeated, so where several replicas together exceed a minute's edits,
    Slack's Retry-After, which holds them all, costs a delay and nothing else.
    """

    def __init__(self, pace: Pace, now: Callable[[], datetime]) -> None:
        self.pace = pace
        self._now = now
        self._free_at: dict[str, datetime] = {}
        self._turned_away: Counter[str] = Counter()
        self._recent_edits: deque[datetime] = deque()

    def wait(self, channel: str) -> datetime | None:
        """Tell when to ask again for a channel's turn; None: now, as far as is known here."""
        free_at = self._free_at.get(channel)
        if free_at is None or free_at <= self._now():
            return None
        return self._spread(channel, free_at)

    def turned_away(self, channel: str, free_at: datetime) -> datetime:
        """Note that a channel is free only later; give when to ask again."""
        self._free_at[channel] = free_at
        return self._spread(channel, free_at)

    def had_turn(self, channel: str) -> None:
        """Note that a channel rests from now on; those who wait are counted anew."""
        self._turned_away.pop(channel, None)
        self._free_at[channel] = self._now() + timedelta(seconds=self.pace.post_seconds)

    def _spread(self, channel: str, free_at: datetime) -> datetime:
        """Spread those who wait: else all of them would come back every second."""
        self._turned_away[channel] += 1
        return free_at + timedelta(seconds=self.pace.post_seconds) * (
            self._turned_away[channel] - 1
        )

    def take_edit(self, *, ending: bool) -> datetime | None:
        """Take one of a minute's edits: None when there is one, else when to ask again."""
        now = self._now()
        while self._recent_edits and self._recent_edits[0] <= now - _MINUTE:
            self._recent_edits.popleft()
        kept = 0 if ending else self.pace.edits_kept_for_endings
        allowed = self.pace.edits_per_minute - kept
        if len(self._recent_edits) >= allowed:
            return self._recent_edits[-allowed] + _MINUTE
        self._recent_edits.append(now)
        return None
