"""Long lists in pages, with a cursor from one to the next.

https://docs.slack.dev/apis/web-api/pagination
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, TypeVar

from bot.sandbox.slack.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.slack.arguments import Arguments

Item = TypeVar("Item")
USUAL = 100
MOST = 1000


def page(items: Sequence[Item], given: Arguments, most: int = MOST) -> tuple[list[Item], str]:
    """Give the items that a call asks for and the cursor of the next page, "" at the end."""
    start = _start(given.text("cursor"))
    end = start + _limit(given.text("limit"), most)
    return list(items[start:end]), _cursor(end) if end < len(items) else ""


def _limit(given: str, most: int) -> int:
    if not given:
        return USUAL
    if not given.isdecimal() or int(given) == 0:
        raise RefusedError("invalid_limit")
    return min(int(given), most)


def _cursor(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        known, _, start = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise RefusedError("invalid_cursor") from None
    if known != "next" or not start.isdecimal():
        raise RefusedError("invalid_cursor")
    return int(start)
