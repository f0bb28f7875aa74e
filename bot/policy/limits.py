"""Limits on one step: the range of the parallelism, the largest factor, the hours."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from bot.flink.parameters import PARALLELISM
from bot.notes import Code, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.flink.plan import Change
    from bot.notes import Note
    from bot.policy.hours import Hours
    from bot.policy.request import Request

PARALLELISMS = frozenset({PARALLELISM.name, "parallel_number", "resource_config.parallel_number"})
"""The parallelism of a whole job, by each cloud's name for it."""
SIZES = PARALLELISMS | {"cu_number"}
"""What a step's factor is measured by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a request may be without more ado; None is no limit.

    A value that cannot be read as a number is outside of every limit that there is for it.
    """

    min_parallelism: int | None = None
    max_parallelism: int | None = None
    max_factor: Decimal | None = None
    """Of the parallelism (on DLI of the CUs too), up as well as down."""
    hours: Hours | None = None

    def exceeded(self, request: Request) -> tuple[Note, ...]:
        """Say where a request is outside; empty when it is inside."""
        return tuple(self._exceeded(request))

    def _exceeded(self, request: Request) -> Iterator[Note]:
        for change in request.changes:
            if change.name in PARALLELISMS and not self._in_range(_number(change.after)):
                yield note(
                    Code.PARALLELISM_OUTSIDE,
                    given=change.after or "",
                    minimum=_shown(self.min_parallelism),
                    maximum=_shown(self.max_parallelism),
                )
        for change in request.changes:
            if change.name in SIZES and self._too_large(factor := factor_of(change)):
                yield note(
                    Code.STEP_TOO_LARGE,
                    fields=change.name,
                    factor="" if factor is None else f"{factor:.3g}",
                    largest=f"{self.max_factor:f}",
                )
        if self.hours is not None and not self.hours.open_at(request.now):
            now = self.hours.clock(request.now)
            yield note(Code.OUT_OF_HOURS, now=now, hours=self.hours)

    def _in_range(self, value: Decimal | None) -> bool:
        if self.min_parallelism is None and self.max_parallelism is None:
            return True
        if value is None:
            return False
        above = self.min_parallelism is None or value >= self.min_parallelism
        return above and (self.max_parallelism is None or value <= self.max_parallelism)

    def _too_large(self, factor: Decimal | None) -> bool:
        return self.max_factor is not None and (factor is None or factor > self.max_factor)


NO_LIMITS = Limits()


def factor_of(change: Change) -> Decimal | None:
    """Give how many times as large or as small a value becomes (at least 1), None if unknown."""
    before, after = _number(change.before), _number(change.after)
    if not (before and after) or before < 0 or after < 0:
        return None
    return max(before, after) / min(before, after)


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _shown(limit: int | None) -> str:
    return "" if limit is None else str(limit)
