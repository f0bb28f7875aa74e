"""Slack's rate limits: a tier per method, and one message a second per channel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a second, after a burst of so many at once."""

    per_second: float
    burst: int


def _tier(per_minute: int) -> Rate:
    return Rate(per_minute / _MINUTE, per_minute)


TIER_1, TIER_2, TIER_3, TIER_4 = _tier(1), _tier(20), _tier(50), _tier(100)

RATES = {
    "apps.connections.open": Rate(1 / _MINUTE, 10),  # ten connections are allowed at once
    "chat.delete": TIER_3,
    "chat.deleteScheduledMessage": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.scheduleMessage": TIER_3,
    "chat.scheduledMessages.list": TIER_3,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
"""https://docs.slack.dev/apis/web-api/rate-limits; chat.postMessage stands apart, below."""

POSTS_OF_A_CHANNEL = Rate(1.0, 3)
POSTS_OF_THE_WORKSPACE = Rate(5.0, 300)


class RateLimits:
    """One bucket per method, and one per channel for posts. `now`: seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_needed(self, method: str, channel: str) -> int:
        """Count a call; give 0, or the whole seconds after which it may be tried again."""
        if method == "chat.postMessage":
            seconds = self._take(f"{method} {channel}", POSTS_OF_A_CHANNEL)
            return seconds or self._take(method, POSTS_OF_THE_WORKSPACE)
        rate = RATES.get(method)
        return self._take(method, rate) if rate else 0

    def _take(self, bucket: str, rate: Rate) -> int:
        now = self._now()
        left, since = self._buckets.get(bucket, (float(rate.burst), now))
        # Rounded, so that who waits exactly as long as told is served.
        left = min(float(rate.burst), round(left + (now - since) * rate.per_second, 6))
        if left < 1:
            self._buckets[bucket] = (left, now)
            return math.ceil(round((1 - left) / rate.per_second, 3))
        self._buckets[bucket] = (left - 1, now)
        return 0
