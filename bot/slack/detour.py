"""Say why something is not where it was expected, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack import text
from bot.slack.reactions import Reaction, reaction_to

if TYPE_CHECKING:
    from bot.flink.update import Update
    from bot.updates.messages import Refusal

OUR_MISTAKE = "our_mistake"
"""Stands for a code where it was not Slack that failed."""
_CAUSES = {
    "is_archived": "it is archived. Unarchive it, or set another `channel` for this target.",
    "not_in_channel": "I am not in it. Invite me there with `/invite`.",
    "channel_not_found": "I cannot see it. If it is private, invite me there with `/invite`.",
    "user_not_in_channel": "I am not in it. Invite me there with `/invite`.",
}
_OTHERWISE = "its settings do not let me. Ask who manages it."


def is_direct(channel: str) -> bool:
    """Tell whether a channel is a direct message."""
    return channel.startswith("D")


def hint(refusal: Refusal, update: Update) -> str:
    """Say on a card why it is not where it belongs."""
    who = text.mention(update.requested_by)
    if is_direct(refusal.channel):
        return f"I could not send this to {who} directly ({text.code(refusal.code, 80)})."
    said = f"I could not post this in {text.channel(refusal.channel)}: {cause(refusal)}"
    if not is_direct(update.channel):
        said += f" Nor could I send it to {who} directly."
    return said


def cause(refusal: Refusal) -> str:
    """Say what is wrong with a place, and what to do about it."""
    if refusal.code == OUR_MISTAKE:
        return "that failed in a way that nobody thought of. The log has more."
    if reaction_to(refusal.code) is not Reaction.REDIRECT:
        return f"Slack refused it ({text.code(refusal.code, 80)}). The log has more."
    return _CAUSES.get(refusal.code, _OTHERWISE)
