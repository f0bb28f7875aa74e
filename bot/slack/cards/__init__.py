"""Word a message owed to Slack from its update: card, thread, verdict, alert, notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.slack.cards.card import card
from bot.slack.cards.notice import notice
from bot.slack.cards.parts import Look
from bot.slack.cards.told import alert, told, verdict
from bot.updates.messages import MessageKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.flink.update import Update
    from bot.slack.payload import Payload
    from bot.updates.messages import Message
    from bot.updates.ports import Event

__all__ = ["render"]


def render(
    message: Message,
    update: Update,
    events: Sequence[Event],
    now: datetime,
    *,
    compact: bool = False,
    environment: str = "",
) -> Payload:
    """Give what a message says now; `compact` leaves out every list.

    `environment` is what the configuration calls the target's: production, staging, ...
    """
    look = Look(now, environment, compact)
    match message.kind:
        case MessageKind.CARD:
            return card(update, events, look)
        case MessageKind.THREAD:
            return told(message, update, events)
        case MessageKind.VERDICT:
            return verdict(update, events, look)
        case MessageKind.ALERT:
            return alert(update, events, look)
        case MessageKind.NOTICE:
            return notice(message, update, look)
        case _:
            assert_never(message.kind)
