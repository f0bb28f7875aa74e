"""Updates and their events: one method per question, one transaction each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import LostLeaseError, UserError
from bot.flink.update import State
from bot.notes import Code, note
from bot.store.drafts import SqlDrafts
from bot.store.owing import has_card, owe_card, owe_once, owe_replies, record_events
from bot.store.rows import columns_of, event_of, holds, update_of
from bot.store.schema import IS_LEASED, IS_LIVE, IS_PLANNED, events, updates
from bot.updates.ports import IDLE, MessageKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.flink.snapshot import DeploymentRef
    from bot.flink.update import Update
    from bot.store.database import Database
    from bot.updates.ports import Busy, Event, NewEvent

_RUNNABLE = [State.QUEUED.value, State.RUNNING.value]


class SqlStore(SqlDrafts):
    """Implements `UpdateStore`."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], lease_seconds: float
    ) -> None:
        super().__init__(database, now)
        self._lease = timedelta(seconds=lease_seconds)

    async def add(self, new: Update, happened: Sequence[NewEvent]) -> None:
        """Record a planned update."""
        async with self._database.write() as connection:
            row = columns_of(new) | {"updated_at": self._now()}
            await connection.execute(insert(updates).values(row))
            await record_events(connection, new.id, self._now(), happened)

    async def get(self, update_id: str) -> Update | None:
        """Read one update."""
        found = await self._all(select(updates).where(updates.c.id == update_id))
        return found[0] if found else None

    async def transition(
        self,
        update_id: str,
        *,
        origin: frozenset[State],
        state: State,
        events: Sequence[NewEvent],
        tell: bool = True,
    ) -> Update | None:
        """Move an update if it is in one of `origin`; see the port."""
        try:
            async with self._database.write() as connection:
                moved = await self._move(connection, update_id, origin, state)
                if moved is not None:
                    await self._record(connection, moved, events, tell=tell)
        except IntegrityError as error:
            if updates.c.holds.name not in str(error.orig):
                raise
            raise await self._in_progress(update_id) from error
        return moved

    async def _move(
        self,
        connection: AsyncConnection,
        update_id: str,
        origin: frozenset[State],
        state: State,
    ) -> Update | None:
        at = self._now()
        values: dict[str, Any] = {
            "state": state.value,
            "updated_at": at,
            "fence": updates.c.fence + 1,  # a step at work on it must not undo this
            "lease_until": None,
        }
        if state is State.QUEUED:
            values |= {"queued_at": at, "next_at": at}
        if state.final:
            values |= {"finished_at": at, "next_at": None}
        change = (
            update(updates)
            .where(updates.c.id == update_id, updates.c.state.in_(sorted(origin)))
            .values(values)
            .returning(updates)
        )
        row = (await connection.execute(change)).first()
        return update_of(row) if row else None

    async def _record(
        self,
        connection: AsyncConnection,
        moved: Update,
        happened: Sequence[NewEvent],
        *,
        tell: bool = True,
        alert: bool = False,
    ) -> None:
        """Append what happened and owe what the channel must learn of it."""
        at = self._now()
        told = await record_events(connection, moved.id, at, happened)
        begins = moved.state is State.QUEUED
        if not begins and not await has_card(connection, moved.id):
            return  # a plan nobody applied: the channel never heard of it
        await owe_card(connection, moved.id, moved.channel, at)
        await owe_replies(connection, moved.id, moved.channel, at, told)
        if alert:
            await owe_once(connection, moved.id, MessageKind.ALERT, moved.channel, at)
        if moved.state.final and tell:
            await owe_once(connection, moved.id, MessageKind.VERDICT, moved.channel, at)

    async def _in_progress(self, update_id: str) -> UserError:
        """Name the update that holds the job."""
        refused = await self.get(update_id)
        holder = await self.live_for(refused.ref) if refused else None
        if holder is None:  # it ended between the refusal and this look
            return UserError(note(Code.UPDATE_IN_PROGRESS, id="", who="", since=""))
        since = holder.queued_at or holder.created_at
        return UserError(
            note(
                Code.UPDATE_IN_PROGRESS,
                id=holder.id,
                who=holder.requested_by,
                since=since.isoformat(timespec="seconds"),
            )
        )

    async def claim_due(self, limit: int, busy: Busy = IDLE) -> Sequence[Update]:
        """Take due live updates for this process; each gets a new fence and a lease."""
        at = self._now()
        due = (
            select(updates.c.id)
            .where(
                IS_LIVE,
                updates.c.state.in_(_RUNNABLE),
                updates.c.next_at <= at,
                or_(updates.c.lease_until.is_(None), updates.c.lease_until <= at),
                *_besides(busy),
            )
            .order_by(updates.c.next_at)
            .limit(limit)
        )
        claim = (
            update(updates)
            .where(updates.c.id.in_(due))
            .values(fence=updates.c.fence + 1, lease_until=at + self._lease)
            .returning(updates)
        )
        async with self._database.write() as connection:
            return [update_of(row) for row in await connection.execute(claim)]

    async def save(
        self,
        changed: Update,
        happened: Sequence[NewEvent] = (),
        *,
        alert: bool = False,
        release: bool = True,
    ) -> Update:
        """Write an update claimed before; see the port."""
        at = self._now()
        values = columns_of(changed) | {
            "updated_at": at,
            "lease_until": None if release else at + self._lease,
        }
        if changed.state.final:
            values |= {"finished_at": changed.finished_at or at, "next_at": None}
        for theirs in ("card_ts", "channel"):  # the delivery's own, written meanwhile
            del values[theirs]
        write = (
            update(updates)
            .where(
                updates.c.id == changed.id,
                updates.c.fence == changed.fence,
                or_(IS_LIVE, updates.c.state == changed.state.value),  # what has ended stays so
            )
            .values(values)
            .returning(updates)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(write)).first()
            if row is None:
                raise LostLeaseError(changed.id)
            saved = update_of(row)
            await self._record(connection, saved, happened, alert=alert)
        return saved

    async def release_leases(self) -> None:
        """Give back everything that is claimed."""
        async with self._database.write() as connection:
            await connection.execute(
                update(updates).where(IS_LEASED).values(lease_until=None, fence=updates.c.fence + 1)
            )

    async def next_due(self, busy: Busy = IDLE) -> datetime | None:
        """Tell when the next live update is due that `busy` does not name."""
        runnable = updates.c.state.in_(_RUNNABLE)
        waits = and_(runnable, updates.c.next_at.is_not(None), *_besides(busy))
        free = select(func.min(updates.c.next_at)).where(
            IS_LIVE, waits, updates.c.lease_until.is_(None)
        )
        lease_is_later = (updates.c.lease_until > updates.c.next_at, updates.c.lease_until)
        again = case(lease_is_later, else_=updates.c.next_at)
        leased = select(func.min(again)).where(IS_LEASED, waits)
        wanted = select(free.scalar_subquery(), leased.scalar_subquery())
        async with self._database.read() as connection:
            found = (await connection.execute(wanted)).one()
        return min((each for each in found if each is not None), default=None)

    async def expired_plans(self, before: datetime) -> Sequence[Update]:
        """Give plans made before a moment that nobody applied."""
        return await self._all(select(updates).where(IS_PLANNED, updates.c.created_at <= before))

    async def live_for(self, ref: DeploymentRef) -> Update | None:
        """Give the update that holds a deployment."""
        found = await self._all(select(updates).where(updates.c.holds == holds(ref), IS_LIVE))
        return found[0] if found else None

    async def of_card(self, channel: str, ts: str) -> Update | None:
        """Give the update whose card a message is. Rare, so it has no index: it looks at all."""
        wanted = select(updates).where(updates.c.card_ts == ts, updates.c.channel == channel)
        found = await self._all(wanted.limit(1))
        return found[0] if found else None

    async def recent(
        self, limit: int, ref: DeploymentRef | None = None, *, live_only: bool = False
    ) -> Sequence[Update]:
        """Give the newest updates first; plans nobody applied are left out."""
        wanted = select(updates).where(updates.c.queued_at.is_not(None))
        if ref is not None:
            wanted = wanted.where(
                updates.c.target == ref.target, updates.c.deployment_id == ref.deployment_id
            )
        if live_only:
            wanted = wanted.where(IS_LIVE)
        return await self._all(wanted.order_by(updates.c.created_at.desc()).limit(limit))

    async def watched(self, target: str, hot_update_id: str) -> Update | None:
        """Give the newest update that triggered or watches a hot update."""
        found = await self._all(
            select(updates)
            .where(updates.c.target == target, updates.c.hot_update_id == hot_update_id)
            .order_by(updates.c.created_at.desc())
            .limit(1)
        )
        return found[0] if found else None

    async def _all(self, wanted: Any) -> list[Update]:
        async with self._database.read() as connection:
            return [update_of(row) for row in await connection.execute(wanted)]

    async def events(self, update_id: str) -> Sequence[Event]:
        """Give an update's events in order."""
        wanted = select(events).where(events.c.update_id == update_id).order_by(events.c.seq)
        async with self._database.read() as connection:
            return [event_of(row) for row in await connection.execute(wanted)]


def _besides(busy: Busy) -> list[ColumnElement[bool]]:
    """Leave out what is named; nothing is added to a statement that has nothing to leave out."""
    named = ((updates.c.id, busy.updates), (updates.c.target, busy.targets))
    return [column.not_in(sorted(left_out)) for column, left_out in named if left_out]
