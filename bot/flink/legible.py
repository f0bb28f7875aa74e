"""Text that every database, cloud and screen can take: no control characters, no broken halves.

PostgreSQL takes no NUL in a text, UTF-8 no lone surrogate, and nobody sees the others on a screen
where a change is reviewed.
"""

from __future__ import annotations

import re

_ILLEGIBLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
"""Tabs, line breaks and form feeds, which editors leave in files, are no harm."""
REPLACEMENT = "\ufffd"


def legible(text: str, instead: str = REPLACEMENT) -> str:
    """Give a text with `instead` of every character that cannot be kept or shown."""
    return _ILLEGIBLE.sub(instead, text)


def illegible_line(text: str) -> int | None:
    """Give the first line with a character that cannot be kept or shown; None if there is none."""
    found = _ILLEGIBLE.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else None
