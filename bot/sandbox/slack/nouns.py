"""What a workspace consists of: people, channels, messages and views, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
"""A JSON object as Slack sends or receives it; its values are whatever Slack put there."""

ViewState = dict[str, dict[str, Json]]
"""`view.state.values`: block_id → action_id → the element's state."""


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot of the workspace."""

    id: str
    name: str
    real_name: str
    locale: str = "en-US"
    tz: str = "Etc/UTC"
    email: str = ""
    is_bot: bool = False
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class UserGroup:
    """Users who are mentioned and allowed together; `users` are their ids."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation. `members` are user ids, the bot's among them where it was invited."""

    id: str
    name: str
    members: frozenset[str] = frozenset()
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `only_for` is the user id that sees it; empty: the whole channel."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: tuple[Json, ...] = ()
    thread_ts: str = ""
    broadcast: bool = False
    only_for: str = ""
    metadata: Json | None = None
    files: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    edited: bool = False
    bot_id: str = ""

    @property
    def is_reply(self) -> bool:
        """Say whether it stands in a thread below another message."""
        return bool(self.thread_ts) and self.thread_ts != self.ts

    def words(self) -> str:
        """Give every text a reader of the blocks sees; without blocks, the text."""
        return words(self.blocks) or self.text


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file, or the announcement of one: then `content` is None."""

    id: str
    name: str
    user: str
    content: bytes | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command that the app declares.

    `should_escape`: whether mentions typed by a person arrive as ids, `<@U0ADA>`.
    """

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut that the app declares; `type` is "global" or "message"."""

    type: str
    callback_id: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A modal or a Home tab as it stands.

    `payload` is what the app sent, ids filled in; `channel` the id of where it was opened from.
    """

    id: str
    user: str
    payload: Json
    hash: str
    root_id: str
    previous_id: str = ""
    state: ViewState = field(default_factory=dict)
    channel: str = ""

    @property
    def blocks(self) -> tuple[Json, ...]:
        """Give the blocks."""
        return tuple(self.payload.get("blocks", ()))

    @property
    def callback_id(self) -> str:
        """Give the callback id, empty if the app set none."""
        return str(self.payload.get("callback_id", ""))

    @property
    def title(self) -> str:
        """Give the title's text."""
        return str(self.payload.get("title", {}).get("text", ""))

    @property
    def private_metadata(self) -> str:
        """Give what the app keeps in the view."""
        return str(self.payload.get("private_metadata", ""))

    def words(self) -> str:
        """Give every text a reader of the view sees."""
        return "\n".join(filter(None, [self.title, words(self.blocks)]))


_SPOKEN = ("text", "alt_text", "title", "label", "placeholder", "hint", "description")


def words(node: object) -> str:
    """Give the texts inside blocks, in order, one a line; ids and values are left out."""
    return "\n".join(_texts(node))


def _texts(node: object) -> list[str]:
    if isinstance(node, list | tuple):
        return [text for item in node for text in _texts(item)]
    if not isinstance(node, dict):
        return []
    found: list[str] = []
    for key, value in node.items():
        if key in _SPOKEN and isinstance(value, str):
            found.append(value)
        else:
            found += _texts(value)
    return found
