"""The audit's chain: every event bound to the one before it, so that no row can be moved unseen.

Replicas append to one chain, whose end is one row. It is locked as the last thing that a
transaction does before its commit: `bot.store.together` joins the work of many updates, and one
that waited for their rows while it held the end could wait for somebody who waits for the end.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, func, insert, select, type_coerce, update

from bot.store.dialects import insert_or
from bot.store.schema import audit_head, events, micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.updates.ports import NewEvent

GENESIS = "0" * 64
"""The hash before the first."""
HASHED = ("update_id", "seq", "at", "actor", "code", "args", "facts")
"""What a hash binds besides the position and the hash before, in this order."""
HEAD_ID = 1
_FORMAT = 1
_PENDING = "flinkbot_events"

# Built once: they run with every step of every update, and building takes longer than running.
_COUNT = select(func.count()).select_from(events).where(events.c.update_id == bindparam("its_id"))
_LATE = events.c.position.is_(None)
# All wait for who holds the lock; the server ends the session of who stands still with it.
# With its one writer, SQLite needs no lock, and has no words for it.
_LOCK = (
    select(audit_head.c.position, audit_head.c.hash, select(events).where(_LATE).exists())
    .where(audit_head.c.id == HEAD_ID)
    .with_for_update()
)
_ALL_LATE = (
    select(*(each for each in events.c if each is not events.c.at))
    .add_columns(type_coerce(events.c.at, BigInteger).label("at"))
    .where(_LATE)
    .order_by(events.c.at, events.c.update_id, events.c.seq)
)
_TAKE_IN = (
    update(events)
    .where(events.c.update_id == bindparam("its_id"), events.c.seq == bindparam("its_seq"))
    .values(position=bindparam("its_position"), hash=bindparam("its_hash"))
)
_APPEND = insert(events)
_MOVE = update(audit_head).where(audit_head.c.id == HEAD_ID)


def hash_of(previous: str, position: object, row: Mapping[str, Any] | RowMapping) -> str:
    """Bind an event to its place and to the event before. Its `at` is in microseconds since 1970.

    SHA-256 of a JSON array without spaces, keys sorted, all beyond ASCII escaped: the number of
    this format (1), the hash before, the position, then the columns of `HASHED`.
    """
    bound = [_FORMAT, previous, position, *(row[name] for name in HASHED)]
    # What is no JSON was never hashed like this, and shall be found, not break the search.
    text = json.dumps(bound, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def begin(connection: AsyncConnection) -> None:
    """Begin a transaction; what one on this connection left that was undone is forgotten."""
    connection.info[_PENDING] = []


async def put(
    connection: AsyncConnection, subject: str, at: datetime, new: Sequence[NewEvent]
) -> int:
    """Have events appended when the transaction ends; give the number of the first.

    `subject` is an update whose row this transaction holds, or something of its own that nobody
    else appends to at the same time. Nothing is committed unless they are.
    """
    pending: list[dict[str, Any]] = connection.info[_PENDING]
    before = (await connection.execute(_COUNT, {"its_id": subject})).scalar_one()
    first: int = before + 1 + sum(row["update_id"] == subject for row in pending)
    pending += [
        {
            "update_id": subject,
            "seq": seq,
            "at": at,
            "actor": event.actor,
            "code": event.note.code.value,
            "args": _as_json(event.note.args),
            "facts": _as_json(event.facts),
        }
        for seq, event in enumerate(new, start=first)
    ]
    return first


def _as_json(given: Mapping[str, Any]) -> Any:
    """Fail here, at the piece of work that is at fault, and not when all are written."""
    return json.loads(json.dumps(dict(given), allow_nan=False))


async def append_pending(connection: AsyncConnection) -> None:
    """Chain what `put` was given; the caller commits next, and touches nothing else before."""
    pending: list[dict[str, Any]] = connection.info.pop(_PENDING)
    if not pending:
        return
    position, previous = await _locked_head(connection)
    chained = []
    for row in pending:
        position += 1
        previous = hash_of(previous, position, row | {"at": micros(row["at"])})
        chained.append(row | {"position": position, "hash": previous})
    await connection.execute(_APPEND, chained)
    await connection.execute(_MOVE, {"position": position, "hash": previous})


async def _locked_head(connection: AsyncConnection) -> tuple[int, str]:
    head = (await connection.execute(_LOCK)).first()
    if head is None:
        await _make_head(connection)
        head = (await connection.execute(_LOCK)).one()
    position, previous, late, *_ = head
    if not late:
        return position, previous
    found = (await connection.execute(_ALL_LATE)).mappings().all()
    return await _take_in(connection, position, previous, found)


async def _make_head(connection: AsyncConnection) -> None:
    """Begin the chain; of two who do at once, the second finds the row of the first."""
    never = select(func.count()).select_from(events).where(events.c.position == 0)
    row = {"id": HEAD_ID, "position": 0, "hash": GENESIS}
    wanted = insert_or(connection, audit_head).values(**row, before=never.scalar_subquery())
    await connection.execute(wanted.on_conflict_do_nothing(index_elements=["id"]))


async def _take_in(
    connection: AsyncConnection, position: int, previous: str, found: Iterable[RowMapping]
) -> tuple[int, str]:
    """Chain what replicas of the version before wrote while the database was being upgraded."""
    for row in found:
        position += 1
        previous = hash_of(previous, position, row)
        its = {"its_id": row["update_id"], "its_seq": row["seq"]}
        await connection.execute(_TAKE_IN, {**its, "its_position": position, "its_hash": previous})
    return position, previous
