"""Move what is still owed of an update's conversation to another channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, update

from bot.store.leases import FREE
from bot.store.owing import card_key, owed
from bot.store.schema import outbox
from bot.updates.messages import MessageKind

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.updates.messages import Refusal

NOT_SENDING = {"sending": False, "sent_at": None}
"""The columns of a message of which no post is under way."""


async def move(connection: AsyncConnection, update_id: str, channel: str, at: datetime) -> None:
    """Owe the card anew and all else that is owed, but what is on its way, to another channel."""
    is_card = outbox.c.key == card_key(update_id)
    waits = and_(owed(outbox.c), ~outbox.c.sending)  # the rest is looked for first
    moved = {
        "channel": channel,
        "thread_ts": None,
        "due_at": at,
        "attempts": 0,
        "refusals": 0,
        **FREE,
        "fence": outbox.c.fence + 1,  # others claimed by now would go to the old channel
    }
    theirs = _conversation(update_id)
    await connection.execute(update(outbox).where(theirs, or_(waits, is_card)).values(moved))
    anew = {"ts": "", "digest": "", "version": outbox.c.version + 1, "buried": None, **NOT_SENDING}
    await connection.execute(update(outbox).where(is_card).values(anew))


async def remember(connection: AsyncConnection, update_id: str, refusal: Refusal) -> None:
    """Note the first refusal on the card, and on all that was owed when it came."""
    concerned = or_(owed(outbox.c), outbox.c.key == card_key(update_id))
    why = {"refused_in": refusal.channel, "refusal": refusal.code}
    known = update(outbox).where(_conversation(update_id), concerned, outbox.c.refusal == "")
    await connection.execute(known.values(why))


def _conversation(update_id: str) -> ColumnElement[bool]:
    return and_(outbox.c.update_id == update_id, outbox.c.kind != MessageKind.NOTICE.value)
