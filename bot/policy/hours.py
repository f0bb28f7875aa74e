"""Opening hours: days of the week and a span of the day, by the clocks of one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

WHOLE_DAY = 24 * 60


class Day(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_WEEK = tuple(Day)


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is open: from `start` until before `end`, in minutes after midnight.

    An `end` at or before `start` is on the next day; the span belongs to the day it begins on.
    """

    zone: ZoneInfo
    days: frozenset[Day] = frozenset(Day)
    start: int = 0
    end: int = WHOLE_DAY

    def open_at(self, moment: datetime) -> bool:
        """Tell whether a moment (with its time zone) is inside."""
        local = moment.astimezone(self.zone)
        minute, today = local.hour * 60 + local.minute, _WEEK[local.weekday()]
        if self.start < self.end:
            return today in self.days and self.start <= minute < self.end
        yesterday = _WEEK[(local - timedelta(days=1)).weekday()]
        began_today = today in self.days and minute >= self.start
        return began_today or (yesterday in self.days and minute < self.end)

    def clock(self, moment: datetime) -> str:
        """Say what their clocks show at a moment: "sat 23:05"."""
        local = moment.astimezone(self.zone)
        return f"{_WEEK[local.weekday()]} {_clock(local.hour * 60 + local.minute)}"

    def __str__(self) -> str:
        """Say them the short way: "mon tue 09:00-18:00 Europe/Berlin"."""
        days = " ".join(day for day in Day if day in self.days)
        which = "every day" if len(self.days) == len(Day) else days
        return f"{which} {_clock(self.start)}-{_clock(self.end)} {self.zone.key}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
