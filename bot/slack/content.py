"""What a message says when it is delivered: rendered late, shorter each time Slack refuses it."""

from __future__ import annotations

import hashlib
import json
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from bot.slack.payload import Payload
from bot.updates.ports import MessageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.flink.update import Update
    from bot.updates.ports import Event, Message

_MOST_BLOCKS = 50
_PLAIN_LENGTH = 3_000  # an edit may have 4,000 characters


class Render(Protocol):
    """Words a message from its update and everything that happened to it."""

    def __call__(
        self, message: Message, update: Update, events: Sequence[Event], compact: bool, /
    ) -> Payload:
        """Give the content; `compact` leaves out all that is not needed to act."""
        ...


class Detail(IntEnum):
    """How much of a message is said."""

    FULL = 0
    COMPACT = 1
    PLAIN = 2
    """Cut text without blocks: what Slack cannot refuse for its form."""


class Contents:
    """Renders messages and remembers how short each has to be. In memory only."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._details: dict[str, Detail] = {}
        self._hints: dict[str, str] = {}

    def of(self, message: Message, update: Update, events: Sequence[Event]) -> Payload:
        """Give what a message says now."""
        detail = self._details.get(message.key, Detail.FULL)
        payload = self._render(message, update, events, detail >= Detail.COMPACT)
        if detail is Detail.PLAIN:
            payload = Payload(payload.text[:_PLAIN_LENGTH], [])
        hint = self._hints.get(update.id)
        return with_hint(payload, hint) if hint and message.kind is MessageKind.CARD else payload

    def shorten(self, key: str) -> bool:
        """Say less in a message from now on; False when it cannot be shortened any more."""
        detail = self._details.get(key, Detail.FULL)
        if detail is Detail.PLAIN:
            return False
        self._details[key] = Detail(detail + 1)
        return True

    def add_hint(self, update_id: str, hint: str) -> None:
        """Say on an update's card why it is not where it was expected."""
        self._hints[update_id] = hint

    def forget(self, key: str) -> None:
        """Drop what is remembered of a message."""
        self._details.pop(key, None)


def with_hint(payload: Payload, hint: str) -> Payload:
    """Put a sentence in front."""
    text = f"{hint}\n{payload.text}"[:_PLAIN_LENGTH]
    if not payload.blocks:
        return Payload(text, [])
    section = {"type": "section", "text": {"type": "mrkdwn", "text": hint}}
    return Payload(text, [section, *payload.blocks][:_MOST_BLOCKS])


def digest_of(payload: Payload) -> str:
    """Fingerprint a content, so that the same is never sent twice."""
    text = json.dumps([payload.text, payload.blocks], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
