"""What Slack makes of typed mentions when a command is declared with `should_escape`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.slack.workspace import Workspace

_MENTION = re.compile(r"(?<![\w&])([@#])([\w-]+(?:\.[\w-]+)*)")
_URL = re.compile(r"https?://[^\s<>]+")


def resolved(workspace: Workspace, text: str) -> str:
    """Give a text, escaped already, with people, channels and links as `<...>`."""
    users = {user.name: f"<@{user.id}|{user.name}>" for user in workspace.users.values()}
    channels = {
        channel.name: f"<#{channel.id}|{'' if channel.is_private else channel.name}>"
        for channel in workspace.channels.values()
        if not channel.is_im
    }

    def mention(found: re.Match[str]) -> str:
        known = users if found[1] == "@" else channels
        return known.get(found[2], found[0])

    return _URL.sub(r"<\g<0>>", _MENTION.sub(mention, text))
