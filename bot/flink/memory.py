"""Memory sizes, compared by value: "4 GiB", "4Gi", "4g" and "4096 MiB" are the same.

All units are powers of 1024, as in Flink's `MemorySize` and in Alibaba's resource settings.
"""

from __future__ import annotations

import re
from fractions import Fraction

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b|i|ibibytes)?|(b|bytes)?)")


def parse_memory(text: str) -> Fraction:
    """Read a memory size as exact bytes; a bare number is bytes.

    Raises:
        ValueError: the text is not a number followed by a known unit.

    """
    match = _FORM.fullmatch(text.strip().lower())
    if match is None:
        msg = f"not a memory size: {text!r}"
        raise ValueError(msg)
    return Fraction(match[1]) * _UNITS[match[2] or ""]


def gibibytes(text: str) -> Fraction:
    """Read a memory size as GiB.

    Raises:
        ValueError: as `parse_memory`.

    """
    return parse_memory(text) / 1024**3
