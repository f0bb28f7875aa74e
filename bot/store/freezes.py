"""Freezes: at most one per target; one that is over is as if it had never been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, or_, select

from bot.store.dialects import insert_or
from bot.store.schema import freezes
from bot.updates.approvals import Freeze

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.store.database import Database


class SqlFreezes:
    """Implements `bot.updates.approvals.FreezeStore`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def freeze(self, freeze: Freeze) -> None:
        """Record one; it replaces the one that the target has."""
        row = {
            "target": freeze.target,
            "who": freeze.who,
            "since": freeze.since,
            "until": freeze.until,
            "reason": freeze.reason,
        }
        async with self._database.write() as connection:
            new = insert_or(connection, freezes).values(row)
            await connection.execute(new.on_conflict_do_update(index_elements=["target"], set_=row))

    async def unfreeze(self, target: str) -> Freeze | None:
        """Lift one; None when there is none (any more)."""
        lifted = delete(freezes).where(freezes.c.target == target, self._in_force())
        async with self._database.write() as connection:
            row = (await connection.execute(lifted.returning(freezes))).first()
        return _freeze_of(row) if row else None

    async def freezes(self) -> Sequence[Freeze]:
        """Give those in force, the oldest first."""
        wanted = select(freezes).where(self._in_force()).order_by(freezes.c.since, freezes.c.target)
        async with self._database.read() as connection:
            return [_freeze_of(row) for row in await connection.execute(wanted)]

    def _in_force(self) -> ColumnElement[bool]:
        return or_(freezes.c.until.is_(None), freezes.c.until > self._now())


def _freeze_of(row: Any) -> Freeze:
    return Freeze(
        target=row.target, who=row.who, since=row.since, until=row.until, reason=row.reason
    )
