"""A look at the clock of a simulated cloud, whose seconds can be shorter than real ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """A look at the clock; `speed` makes the sandbox's seconds shorter than real ones."""

    now: datetime
    speed: float

    def elapsed(self, since: datetime) -> float:
        """Count sandbox seconds since then."""
        return (self.now - since).total_seconds() * self.speed

    def when(self, since: datetime, seconds: float) -> datetime:
        """Tell when that many sandbox seconds have passed."""
        return since + timedelta(seconds=seconds / self.speed)
