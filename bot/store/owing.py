"""Owe messages in the transaction that gives the reason to, so that neither exists alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, insert, select, update

from bot.store import chain
from bot.store.schema import outbox
from bot.updates.messages import MessageKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.updates.messages import Refusal
    from bot.updates.ports import NewEvent

_NEW = {
    "version": 1,
    "settled": 0,
    "ts": "",
    "sending": False,
    "digest": "",
    "attempts": 0,
    "fence": 0,
}
# Built once: they run with every step of every update, and building takes longer than running.
_EDIT_CARD = (
    update(outbox)
    .where(outbox.c.key == bindparam("its_key"))
    .values(version=outbox.c.version + 1)  # a time it was put off to stays
)
# A post of unknown fate is looked for no sooner than planned: Slack may not show it yet.
_EDIT_ALL_NOW = (
    update(outbox)
    .where(outbox.c.key.in_([bindparam("its_key"), bindparam("its_notice")]))
    .values(
        version=outbox.c.version + 1,
        due_at=case(
            (outbox.c.ts != "", bindparam("its_due_at", type_=outbox.c.due_at.type)),
            else_=outbox.c.due_at,
        ),
    )
)


def owed(row: Any) -> ColumnElement[bool]:
    """Tell whether a row of the outbox is still to be delivered."""
    return and_(row.settled < row.version, row.buried.is_(None))


async def record_events(
    connection: AsyncConnection, update_id: str, at: datetime, new: Sequence[NewEvent]
) -> list[int]:
    """Append events; give the numbers of those to be told."""
    if not new:
        return []
    first = await chain.put(connection, update_id, at, new)
    return [seq for seq, event in enumerate(new, start=first) if event.told]


def card_key(update_id: str) -> str:
    """Give the key of an update's card."""
    return _key(update_id, MessageKind.CARD)


def _key(update_id: str, kind: MessageKind) -> str:
    return f"{update_id}:{kind.value}"


async def owe_card(connection: AsyncConnection, update_id: str, channel: str, at: datetime) -> None:
    """Owe the card, or its next edit."""
    if not await owe_edit(connection, update_id):
        await _owe(connection, update_id, MessageKind.CARD, channel, at)


async def owe_edit(
    connection: AsyncConnection, update_id: str, due_at: datetime | None = None
) -> bool:
    """Owe a card's next edit; False when no card is or was owed.

    Edits coalesce: only the newest content is ever sent. One that was put off stays put off, unless
    this one shows the end: `due_at` says when it is due. A notice tells nothing else, so that is
    when it is edited too.
    """
    given: dict[str, Any] = {"its_key": card_key(update_id)}
    if due_at is None:
        found = await connection.execute(_EDIT_CARD, given)
    else:
        given |= {"its_notice": _key(update_id, MessageKind.NOTICE), "its_due_at": due_at}
        found = await connection.execute(_EDIT_ALL_NOW, given)
    return found.rowcount > 0


async def owe_replies(
    connection: AsyncConnection, update_id: str, channel: str, at: datetime, told: Sequence[int]
) -> None:
    """Owe a thread reply for each event; without a card to reply to, they are given up at once."""
    for seq in told:
        await _owe(connection, update_id, MessageKind.THREAD, channel, at, seq)
    if told:
        await give_up_replies(connection, update_id)


async def give_up_replies(connection: AsyncConnection, update_id: str) -> None:
    """Give up the replies of a card that was given up before it was ever posted."""
    card = outbox.alias("card")
    never_posted = (card.c.key == card_key(update_id), card.c.ts == "", card.c.buried.is_not(None))
    replies = (outbox.c.update_id == update_id, outbox.c.kind == MessageKind.THREAD.value)
    await connection.execute(
        update(outbox)
        .where(*replies, owed(outbox.c), select(card.c.id).where(*never_posted).exists())
        .values(buried="no card to reply to", sending=False)
    )


async def owe_once(
    connection: AsyncConnection, update_id: str, kind: MessageKind, channel: str, at: datetime
) -> bool:
    """Owe a message that an update has at most once (verdict, alert); tell whether it is new."""
    key = _key(update_id, kind)
    known = await connection.execute(select(outbox.c.id).where(outbox.c.key == key))
    if known.first() is not None:
        return False
    await _owe(connection, update_id, kind, channel, at)
    return True


async def owe_notice(
    connection: AsyncConnection, update_id: str, refusal: Refusal, channel: str, at: datetime
) -> None:
    """Owe a notice of why an update is not told where it belongs; the first reason stays."""
    if await owe_once(connection, update_id, MessageKind.NOTICE, channel, at):
        why = {"refused_in": refusal.channel, "refusal": refusal.code}
        mine = outbox.c.key == _key(update_id, MessageKind.NOTICE)
        await connection.execute(update(outbox).where(mine).values(why))


async def _owe(
    connection: AsyncConnection,
    update_id: str,
    kind: MessageKind,
    channel: str,
    at: datetime,
    event: int | None = None,
) -> None:
    row = {
        **_NEW,
        "key": _key(update_id, kind) if event is None else f"{update_id}:event:{event}",
        "update_id": update_id,
        "kind": kind.value,
        "channel": channel,
        "event": event,
        "due_at": at,
    }
    await connection.execute(insert(outbox).values(row))
