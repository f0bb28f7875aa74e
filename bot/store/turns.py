"""Turns that all replicas take together: who may send now, and when to ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.dialects import insert_or
from bot.store.schema import turns

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Executable
    from sqlalchemy.ext.asyncio import AsyncConnection

POSTS, EDITS = "posts", "edits"
"""What Slack limits as a whole; the ids of channels look otherwise."""

_AT = bindparam("at", type_=turns.c.free_at.type)
_NEXT = bindparam("next", type_=turns.c.free_at.type)
_HELD = select(turns.c.free_at).where(turns.c.name == bindparam("kind"), turns.c.free_at > _AT)
_FREE = select(func.max(turns.c.free_at)).where(
    turns.c.name.in_([bindparam("kind"), bindparam("its_name")])
)


def _take(insert: type[postgresql.Insert | sqlite.Insert]) -> Executable:
    """Build it once per database: it runs with every post."""
    anew = select(bindparam("its_name", type_=turns.c.name.type), _NEXT).where(~_HELD.exists())
    return (
        insert(turns)
        .from_select(["name", "free_at"], anew)
        .on_conflict_do_update(
            index_elements=["name"], set_={"free_at": _NEXT}, where=turns.c.free_at <= _AT
        )
        .returning(turns.c.free_at)
    )


_TAKE = {"postgresql": _take(postgresql.Insert), "sqlite": _take(sqlite.Insert)}


async def held(connection: AsyncConnection, kind: str, at: datetime) -> datetime | None:
    """Tell until when a kind of call is held, None when it is not."""
    found: datetime | None = (await connection.execute(_HELD, {"kind": kind, "at": at})).scalar()
    return found


async def take_turn(
    connection: AsyncConnection, kind: str, name: str, at: datetime, until: datetime
) -> datetime | None:
    """Take a turn, which nobody else gets `until` a moment: None, or when to ask again.

    Whoever else wants it waits for this transaction to end.
    """
    given = {"kind": kind, "its_name": name}
    taking = _TAKE[connection.dialect.name]
    taken = await connection.execute(taking, {**given, "at": at, "next": until})
    if taken.first() is not None:
        return None
    free_at: datetime = (await connection.execute(_FREE, given)).scalar_one()
    return free_at


async def hold_all(connection: AsyncConnection, kind: str, until: datetime) -> None:
    """Hold a kind of call for everybody; of two who do, the longer counts."""
    anew = insert_or(connection, turns).values(name=kind, free_at=until)
    longest = anew.on_conflict_do_update(
        index_elements=["name"], set_={"free_at": until}, where=turns.c.free_at < until
    )
    await connection.execute(longest)
