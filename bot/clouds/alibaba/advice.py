"""Tell the operator what to do about refused credentials."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clouds.transport import Answer

_NOTABLE_SKEW = 60.0


def advice(code: str, answer: Answer, now: datetime) -> str:
    """Say what to do. The vendor's own text may repeat what was signed, so it is left out."""
    lowered = code.lower()
    if lowered.startswith("invalidtimestamp"):
        return f"the request's time was refused: set this machine's clock{_skew(answer, now)}"
    if "securitytoken" in lowered:
        return "the security token was refused or has expired: get a new one and restart"
    if "accesskeyid" in lowered:
        return "the access key id is unknown or disabled: check the key that the target names"
    if lowered.startswith(("signature", "incompletesignature")):
        return (
            "the signature was refused: check that the access key secret belongs to the access key"
            f" id, and that no proxy changes requests{_skew(answer, now)}"
        )
    return f"the credentials were refused (HTTP {answer.status}): check the target's access key"


def _skew(answer: Answer, now: datetime) -> str:
    """Compare the clocks by the answer's Date header."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except (TypeError, ValueError):
        return ""
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    seconds = (now - theirs).total_seconds()
    if abs(seconds) < _NOTABLE_SKEW:
        return ""
    return f" (it is {abs(seconds) / 60:.0f} min {'ahead' if seconds > 0 else 'behind'})"
