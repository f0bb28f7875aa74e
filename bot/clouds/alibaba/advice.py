"""Tell the operator what to do about refused credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clouds.clocks import skew

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clouds.transport import Answer


def advice(code: str, answer: Answer, now: datetime) -> str:
    """Say what to do. The vendor's own text may repeat what was signed, so it is left out."""
    lowered, clocks = code.lower(), skew(answer.headers, now)
    if lowered.startswith("invalidtimestamp"):
        return f"the request's time was refused: set this machine's clock{clocks}"
    if "securitytoken" in lowered:
        return "the security token was refused or has expired: get a new one and restart"
    if "accesskeyid" in lowered:
        return "the access key id is unknown or disabled: check the key that the target names"
    if lowered.startswith(("signature", "incompletesignature")):
        return (
            "the signature was refused: check that the access key secret belongs to the access key"
            f" id, and that no proxy changes requests{clocks}"
        )
    return f"the credentials were refused (HTTP {answer.status}): check the target's access key"
