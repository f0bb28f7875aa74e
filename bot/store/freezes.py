"""Freezes: at most one per target; one that is over is as if it had never been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, or_, select

from bot.store.dialects import insert_or
from bot.store.owing import record_events
from bot.store.schema import freezes, inbox
from bot.updates.approvals import Freeze, subject_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.database import Database
    from bot.updates.ports import NewEvent


class SqlFreezes:
    """Implements `bot.updates.approvals.FreezeStore`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def freeze(self, freeze: Freeze, event: NewEvent, delivery: str = "") -> bool:
        """Record one with its event, once; see the port."""
        row = {
            "target": freeze.target,
            "who": freeze.who,
            "since": freeze.since,
            "until": freeze.until,
            "reason": freeze.reason,
        }
        async with self._database.write() as connection:
            if delivery and not await self._is_first(connection, delivery):
                return False
            new = insert_or(connection, freezes).values(row)
            await connection.execute(new.on_conflict_do_update(index_elements=["target"], set_=row))
            await self._tell(connection, freeze.target, event)
        return True

    async def unfreeze(self, target: str, event: NewEvent) -> Freeze | None:
        """Lift one and record the event; see the port."""
        lifted = delete(freezes).where(freezes.c.target == target, self._in_force())
        async with self._database.write() as connection:
            row = (await connection.execute(lifted.returning(freezes))).first()
            if row is not None:
                await self._tell(connection, target, event)
        return _freeze_of(row) if row else None

    async def freezes(self) -> Sequence[Freeze]:
        """Give those in force, the oldest first."""
        wanted = select(freezes).where(self._in_force()).order_by(freezes.c.since, freezes.c.target)
        async with self._database.read() as connection:
            return [_freeze_of(row) for row in await connection.execute(wanted)]

    async def _is_first(self, connection: AsyncConnection, delivery: str) -> bool:
        row = {"key": f"freeze {delivery}", "seen_at": self._now()}
        new = insert_or(connection, inbox).values(row).on_conflict_do_nothing()
        return (await connection.execute(new.returning(inbox.c.key))).first() is not None

    async def _tell(self, connection: AsyncConnection, target: str, event: NewEvent) -> None:
        await record_events(connection, subject_of(target), self._now(), [event])

    def _in_force(self) -> ColumnElement[bool]:
        return or_(freezes.c.until.is_(None), freezes.c.until > self._now())


def _freeze_of(row: Any) -> Freeze:
    return Freeze(
        target=row.target, who=row.who, since=row.since, until=row.until, reason=row.reason
    )
