"""Answers to requests: each person's once, and only while the update waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.flink.update import State
from bot.store.dialects import insert_or
from bot.store.owing import owe_edit, owe_replies, record_events
from bot.store.rows import readable, update_of
from bot.store.schema import IS_LIVE, approvals, updates
from bot.updates.approvals import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, TextClause
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.flink.update import Update
    from bot.store.database import Database
    from bot.updates.ports import NewEvent

_WAITS = updates.c.state == State.AWAITING_APPROVAL.value


class SqlApprovals:
    """Implements `bot.updates.approvals.ApprovalStore`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def answer(self, update_id: str, answer: Answer, event: NewEvent) -> bool:
        """Record an answer once; see the port."""
        async with self._database.write() as connection:
            asked = await self._locked(connection, update_id)
            if asked is None or asked.plan.digest != answer.digest:
                return False
            row = {
                "update_id": update_id,
                "user": answer.user,
                "approves": answer.approves,
                "digest": answer.digest,
                "reason": answer.reason,
                "at": answer.at,
            }
            new = insert_or(connection, approvals).values(row).on_conflict_do_nothing()
            written = await connection.execute(new.returning(approvals.c.user))
            if written.first() is None:
                return False
            await self._tell(connection, asked, [event])
        return True

    async def answers(self, update_id: str) -> Sequence[Answer]:
        """Give the answers so far, the oldest first."""
        wanted = (
            select(approvals)
            .where(approvals.c.update_id == update_id)
            .order_by(approvals.c.at, approvals.c.user)
        )
        async with self._database.read() as connection:
            return [
                Answer(
                    user=row.user,
                    approves=row.approves,
                    digest=row.digest,
                    at=row.at,
                    reason=row.reason,
                )
                for row in await connection.execute(wanted)
            ]

    async def waiting(self, due_before: datetime) -> Sequence[Update]:
        """Give updates that wait for approval and were to be looked at before a moment."""
        wanted = select(updates).where(IS_LIVE, _WAITS, updates.c.next_at <= due_before)
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(updates.c.next_at))
            return readable(rows, update_of, self._database.unreadable)

    async def remind(self, asked: Update, again_at: datetime, events: Sequence[NewEvent]) -> bool:
        """Record a reminder, if nobody was faster; see the port."""
        mine = (
            update(updates)
            .where(updates.c.id == asked.id, _WAITS, updates.c.next_at == asked.next_at)
            .values(next_at=again_at, attempt=updates.c.attempt + 1)
            .returning(updates)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(mine)).first()
            if row is not None:
                await self._tell(connection, update_of(row), events)
        return row is not None

    async def tell(self, update_id: str, event: NewEvent) -> bool:
        """Record an event of an update that is live; see the port."""
        async with self._database.write() as connection:
            live = await self._locked(connection, update_id, IS_LIVE)
            if live is not None:
                await self._tell(connection, live, [event])
        return live is not None

    async def _locked(
        self,
        connection: AsyncConnection,
        update_id: str,
        stands: ColumnElement[bool] | TextClause = _WAITS,
    ) -> Update | None:
        """Read an update that stands so; its row is ours until the transaction ends."""
        wanted = select(updates).where(updates.c.id == update_id, stands).with_for_update()
        row = (await connection.execute(wanted)).first()
        return update_of(row) if row else None

    async def _tell(
        self, connection: AsyncConnection, asked: Update, events: Sequence[NewEvent]
    ) -> None:
        at = self._now()
        told = await record_events(connection, asked.id, at, events)
        await owe_edit(connection, asked.id)
        await owe_replies(connection, asked.id, asked.channel, at, told)
