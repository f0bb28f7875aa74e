"""Flink's durations, read and compared by value: "3min", "180s" and "180000" are the same.

Units and the default (milliseconds when there is none) are those of Flink's `TimeUtils`:
https://nightlies.apache.org/flink/flink-docs-stable/docs/deployment/config/
"""

from __future__ import annotations

import re
from fractions import Fraction

_UNITS_IN_NANOSECONDS = {
    **dict.fromkeys(("d", "day", "days"), 86_400_000_000_000),
    **dict.fromkeys(("h", "hour", "hours"), 3_600_000_000_000),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60_000_000_000),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1_000_000_000),
    **dict.fromkeys(("", "ms", "milli", "millis", "millisecond", "milliseconds"), 1_000_000),
    **dict.fromkeys(("µs", "micro", "micros", "microsecond", "microseconds"), 1_000),
    **dict.fromkeys(("ns", "nano", "nanos", "nanosecond", "nanoseconds"), 1),
}
_FORM = re.compile(r"(-?\d+)\s*([a-zµ]*)")
_SHORT = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1))


def parse_duration(text: str) -> Fraction:
    """Read a Flink duration as exact milliseconds.

    Raises:
        ValueError: the text is not a whole number followed by one of Flink's units.

    """
    match = _FORM.fullmatch(text.strip().lower())
    if match is None or match[2] not in _UNITS_IN_NANOSECONDS:
        msg = f"not a Flink duration: {text!r}"
        raise ValueError(msg)
    return Fraction(int(match[1]) * _UNITS_IN_NANOSECONDS[match[2]], 1_000_000)


def format_duration(milliseconds: Fraction | int) -> str:
    """Write whole milliseconds in the largest unit that loses nothing, as Flink reads it."""
    whole = int(milliseconds)
    for unit, size in _SHORT:
        if whole and whole % size == 0:
            return f"{whole // size} {unit}"
    return "0 s"
