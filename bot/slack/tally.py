"""Refusals of what should not have come: all counted, told in one line per kind and minute."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)
_WINDOW_SECONDS = 60.0


class Abuse(StrEnum):
    """What was refused."""

    UNSIGNED = "unsigned"
    """Without Slack's signature, or with a wrong one."""
    STALE = "stale"
    """Signed more than five minutes ago, or not yet."""
    REPLAYED = "replayed"
    """Signed by Slack, and brought here before."""
    OTHER_TEAM = "other_team"
    GUEST = "guest"
    UNCHECKED = "unchecked"
    """Slack did not tell who it is."""
    FLOOD = "flood"
    TAMPERED = "tampered"
    """An id of a kind that is in none of our buttons and forms."""
    UNKNOWN_ID = "unknown_id"
    """An id that nothing is kept under."""
    NOT_THEIRS = "not_theirs"
    """Of somebody else's form or review."""
    ILLEGIBLE = "illegible"
    """Typed with characters that nobody can see or keep."""
    OVERLONG = "overlong"
    """Typed beyond what Slack lets people type."""

    @property
    def level(self) -> int:
        """What may be an honest mistake is no warning."""
        honest = self in {Abuse.UNKNOWN_ID, Abuse.NOT_THEIRS, Abuse.ILLEGIBLE}
        return logging.INFO if honest else logging.WARNING


@dataclass(slots=True)
class _Count:
    total: int = 0
    untold: int = 0
    told_at: float = float("-inf")
    who: str = ""


class Tally:
    """Counts, in this process. The first of a kind is told at once, the others by the minute."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._counts: dict[Abuse, _Count] = {}

    def count(self, kind: Abuse, who: str = "") -> None:
        """Count a refusal; `who` is a Slack user id or an address."""
        known = self._counts.setdefault(kind, _Count())
        known.total += 1
        known.untold += 1
        known.who = who
        self._tell(kind, known)

    def total(self, kind: Abuse) -> int:
        """Give how many of a kind there were."""
        known = self._counts.get(kind)
        return known.total if known else 0

    async def tell(self) -> None:
        """Tell what was counted more than a minute after the last line of its kind."""
        for kind, known in self._counts.items():
            self._tell(kind, known)

    def _tell(self, kind: Abuse, known: _Count) -> None:
        now = self._steady()
        if not known.untold or now - known.told_at < _WINDOW_SECONDS:
            return
        _log.log(
            kind.level,
            "refused (%s): %d, %d since the start; the last one by %s",
            kind,
            known.untold,
            known.total,
            known.who or "somebody unknown",
            extra={"abuse": kind.value, "refused": known.untold, "refused_in_all": known.total},
        )
        known.untold, known.told_at = 0, now
