"""What a message says when it is delivered: rendered late, shorter each time Slack refuses it."""

from __future__ import annotations

import hashlib
import json
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from bot.slack.detour import hint
from bot.slack.payload import Payload
from bot.updates.messages import MessageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.flink.update import Update
    from bot.updates.messages import Message
    from bot.updates.ports import Event

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


def content_of(
    render: Render, message: Message, update: Update, events: Sequence[Event]
) -> Payload:
    """Give what a message says now, as much of it as Slack takes."""
    payload = render(message, update, events, message.detail >= Detail.COMPACT)
    if message.detail >= Detail.PLAIN:
        payload = Payload(payload.text[:_PLAIN_LENGTH], [])
    if message.kind is MessageKind.CARD and message.refusal is not None:
        return _with_hint(payload, hint(message.refusal, update))
    return payload


def _with_hint(payload: Payload, why: str) -> Payload:
    text = f"{why}\n{payload.text}"[:_PLAIN_LENGTH]
    if not payload.blocks:
        return Payload(text, [])
    section = {"type": "section", "text": {"type": "mrkdwn", "text": why}}
    return Payload(text, [section, *payload.blocks][:_MOST_BLOCKS])


def digest_of(payload: Payload) -> str:
    """Fingerprint a content, so that the same is never sent twice."""
    text = json.dumps([payload.text, payload.blocks], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
