"""Which permission each method needs, and the refusal when the app was installed without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.refusals import RefusedError

if TYPE_CHECKING:
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Channel
    from bot.sandbox.slack.workspace import Workspace

_WRITE = "chat:write"
_FILES = "files:write"

_NEEDED = {
    "chat.delete": _WRITE,
    "chat.deleteScheduledMessage": _WRITE,
    "chat.postEphemeral": _WRITE,
    "chat.postMessage": _WRITE,
    "chat.scheduleMessage": _WRITE,
    "chat.update": _WRITE,
    "conversations.join": "channels:join",
    "conversations.open": "im:write",
    "files.completeUploadExternal": _FILES,
    "files.getUploadURLExternal": _FILES,
    "files.info": "files:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
}
_NEEDED_BY_KIND = {
    "conversations.history": "history",
    "conversations.info": "read",
    "conversations.members": "read",
    "conversations.replies": "history",
}
"""What is read of a conversation; the other half of the scope says of which kind it is."""
_KINDS = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}

SCOPES = frozenset(
    {
        *(f"{kind}:{right}" for kind in _KINDS.values() for right in ("read", "history")),
        _WRITE,
        _FILES,
        "files:read",
        "channels:join",
        "commands",
        "im:write",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)
"""What the simulated installation was granted unless told otherwise."""


def require_scopes(workspace: Workspace, method: str, given: Arguments) -> None:
    """Refuse a method whose scope is missing, naming it as Slack does."""
    for needed in _needed(workspace, method, given):
        if needed not in given.scopes:
            provided = ",".join(sorted(given.scopes))
            raise RefusedError("missing_scope", details={"needed": needed, "provided": provided})


def _needed(workspace: Workspace, method: str, given: Arguments) -> list[str]:
    if method == "conversations.list":
        kinds = (given.text("types") or "public_channel").split(",")
        return [f"{_KINDS[kind]}:read" for kind in kinds if kind in _KINDS]
    if method in _NEEDED_BY_KIND:
        kind = _kind(workspace.channels.get(given.text("channel")))
        return [f"{kind}:{_NEEDED_BY_KIND[method]}"]
    return [_NEEDED[method]] if method in _NEEDED else []


def _kind(channel: Channel | None) -> str:
    if channel is None:
        return "channels"
    if channel.is_im:
        return "im"
    return "groups" if channel.is_private else "channels"
