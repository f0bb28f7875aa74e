"""Say on a card why it came as a direct message, and what to do about it."""

from __future__ import annotations

_CAUSES = {
    "is_archived": "it is archived. Unarchive it, or set another `channel` for this target.",
    "not_in_channel": "I am not in it. Invite me there with `/invite`.",
    "channel_not_found": "I cannot see it. If it is private, invite me there with `/invite`.",
    "user_not_in_channel": "I am not in it. Invite me there with `/invite`.",
}
_OTHERWISE = "its settings do not let me. Ask who manages it."


def how_to_fix(channel: str, code: str) -> str:
    """Word the hint for a channel that refused us with a code."""
    return f"I could not post this in <#{channel}>: {_CAUSES.get(code, _OTHERWISE)}"
