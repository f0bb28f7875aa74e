"""Deliveries that were here before: a signature is good for five minutes, but only for one use."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_REMEMBERED_SECONDS = 660.0  # a signature may be five minutes early, and then good for five more
_REPEATED_WITHIN = 30.0


@dataclass(slots=True)
class Replays:
    """The signatures of the last minutes, in this process.

    Slack or a proxy may bring the same request again at once, when the answer to the first was
    lost. That passes for half a minute: what it asks for is done once anyway, at whatever replica.
    """

    steady: Callable[[], float] = time.monotonic
    _seen: dict[str, float] = field(default_factory=dict)
    """When each came first, the oldest first."""

    def is_one(self, signature: str) -> bool:
        """Tell whether a valid signature was used before, and remember it."""
        now = self.steady()
        self._forget(now)
        first = self._seen.setdefault(signature, now)
        return now - first > _REPEATED_WITHIN

    def _forget(self, now: float) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if now - self._seen[oldest] <= _REMEMBERED_SECONDS:
                return
            del self._seen[oldest]
