"""What is typed behind `/flink freeze`: what may be a target, a reason, and for how long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_SPAN = re.compile(r"(\d{1,4})\s*([a-z]+)")
_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}


@dataclass(frozen=True, slots=True)
class Freeze:
    """Let nothing new begin for a while. Whether the first word is a target is not known yet."""

    words: tuple[str, ...] = ()
    lasts: timedelta | None = None
    """None: until it is lifted."""


@dataclass(frozen=True, slots=True)
class Unfreeze:
    """Let new updates begin again."""

    target: str = ""


def read_freeze(rest: list[str]) -> Freeze | None:
    """Read a line; None where a time is meant but is none, or stands amidst the reason.

    It stands at the end, or before the reason: `prod for 2h release`. Read as a part of the reason,
    it would freeze for good.
    """
    places = [place for place, word in enumerate(rest) if word.lower() == "for"]
    timed = [place for place in places if rest[place + 1 :][:1] and rest[place + 1][0].isdigit()]
    if not timed:
        return Freeze(tuple(rest))
    place = timed[-1]
    for length in (2, 1):  # "2 hours", "2h"
        end = place + 1 + length
        lasts, after = _span(" ".join(rest[place + 1 : end])), rest[end:]
        if lasts and (place < 2 or not after):
            return Freeze((*rest[:place], *after), lasts)
    return None


def read_unfreeze(rest: list[str]) -> Unfreeze | None:
    """Read a line; a target's name is one word."""
    return Unfreeze(" ".join(rest)) if len(rest) < 2 else None


def _span(text: str) -> timedelta | None:
    match = _SPAN.fullmatch(text.lower())
    unit = _UNITS.get(match[2]) if match else None
    return int(match[1]) * unit if match and unit else None
