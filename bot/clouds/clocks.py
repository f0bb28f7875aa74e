"""Tell by an answer when this machine's clock is wrong: every signature carries the time."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_NOTABLE_SKEW = 60.0


def skew(headers: Mapping[str, str], now: datetime) -> str:
    """Compare the clocks by an answer's Date header: " (it is 20 min ahead)", or nothing."""
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return ""
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    seconds = (now - theirs).total_seconds()
    if abs(seconds) < _NOTABLE_SKEW:
        return ""
    return f" (it is {abs(seconds) / 60:.0f} min {'ahead' if seconds > 0 else 'behind'})"
