"""Which permission each method needs, and the refusal when the app was installed without it."""

from __future__ import annotations

from bot.sandbox.slack.refusals import RefusedError

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_WRITE = ("chat:write",)
_FILES = ("files:write",)

NEEDED: dict[str, tuple[str, ...]] = {
    "chat.delete": _WRITE,
    "chat.postEphemeral": _WRITE,
    "chat.postMessage": _WRITE,
    "chat.update": _WRITE,
    "conversations.history": _HISTORY,
    "conversations.info": _READ,
    "conversations.join": ("channels:join",),
    "conversations.open": ("im:write", "mpim:write"),
    "conversations.replies": _HISTORY,
    "files.completeUploadExternal": _FILES,
    "files.getUploadURLExternal": _FILES,
    "files.info": ("files:read",),
    "users.info": ("users:read",),
}
"""One of them is enough here; Slack asks for the one that fits the kind of conversation.

https://docs.slack.dev/reference/scopes
"""

SCOPES = frozenset(
    {
        *_READ,
        *_HISTORY,
        *_WRITE,
        *_FILES,
        "files:read",
        "channels:join",
        "commands",
        "im:write",
        "users:read",
        "users:read.email",
    }
)
"""What the simulated installation was granted unless told otherwise."""


def require_scope(method: str, granted: frozenset[str]) -> None:
    """Refuse a method whose scope is missing, naming it as Slack does."""
    needed = NEEDED.get(method, ())
    if needed and not granted.intersection(needed):
        provided = ",".join(sorted(granted))
        raise RefusedError("missing_scope", details={"needed": needed[0], "provided": provided})
