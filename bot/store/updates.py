"""Updates and their events: one method per question, one transaction each."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import LostLeaseError, UserError
from bot.flink.update import State
from bot.notes import Code, note
from bot.store.dialects import insert_or
from bot.store.history import SqlHistory
from bot.store.hot import CLAIM, NEXT_DUE, RENEW, SAVE
from bot.store.leases import FREE, release
from bot.store.owing import owe_card, owe_edit, owe_once, owe_replies, record_events
from bot.store.rows import columns_of, event_of, holds, readable, update_of
from bot.store.schema import IS_LIVE, IS_PLANNED, events, updates
from bot.updates.messages import MessageKind
from bot.updates.sharing import IDLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.flink.snapshot import DeploymentRef
    from bot.flink.update import Update
    from bot.store.database import Database
    from bot.updates.ports import Event, NewEvent
    from bot.updates.sharing import Busy

_SMALLEST = timedelta(microseconds=1)
_APPLIED = frozenset({State.QUEUED, State.AWAITING_APPROVAL})


class SqlStore(SqlHistory):
    """Implements `UpdateStore`."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], lease_seconds: float, owner: str
    ) -> None:
        super().__init__(database, now)
        self._lease = timedelta(seconds=lease_seconds)
        self._owner = owner

    async def add(self, new: Update, happened: Sequence[NewEvent]) -> bool:
        """Record an update; see the port."""
        at = self._now()
        row = columns_of(new) | {"updated_at": at}
        if new.state is State.QUEUED:
            row |= {"queued_at": at, "next_at": at}
        try:
            async with self._database.write() as connection:
                wanted = insert_or(connection, updates).values(row)
                once = wanted.on_conflict_do_nothing(index_elements=["id"]).returning(updates.c.id)
                if (await connection.execute(once)).first() is None:
                    return False
                if new.state is State.QUEUED:
                    await self._record(connection, new, happened)
                else:
                    await record_events(connection, new.id, at, happened)
        except IntegrityError as error:
            if updates.c.holds.name not in str(error.orig):
                raise
            raise await self._in_progress(new.ref) from error
        return True

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
        next_at: datetime | None = None,
    ) -> Update | None:
        """Move an update if it is in one of `origin`; see the port."""
        try:
            async with self._database.write() as connection:
                moved = await self._move(connection, update_id, origin, state, next_at)
                if moved is not None:
                    await self._record(connection, moved, events, tell=tell)
        except IntegrityError as error:
            if updates.c.holds.name not in str(error.orig):
                raise
            refused = await self.get(update_id)
            raise await self._in_progress(refused.ref if refused else None) from error
        return moved

    async def _move(
        self,
        connection: AsyncConnection,
        update_id: str,
        origin: frozenset[State],
        state: State,
        next_at: datetime | None,
    ) -> Update | None:
        at = self._now()
        values: dict[str, Any] = {
            "state": state.value,
            "updated_at": at,
            "fence": updates.c.fence + 1,  # a step at work on it must not undo this
            **FREE,
        }
        if state in _APPLIED:
            values |= {"queued_at": at, "next_at": next_at or at}
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
        if moved.state in _APPLIED:
            await owe_card(connection, moved.id, moved.channel, at)
        elif not await owe_edit(connection, moved.id, at if moved.state.final else None):
            return  # a plan nobody applied: the channel never heard of it
        await owe_replies(connection, moved.id, moved.channel, at, told)
        if alert:
            await owe_once(connection, moved.id, MessageKind.ALERT, moved.channel, at)
        if moved.state.final and tell:
            await owe_once(connection, moved.id, MessageKind.VERDICT, moved.channel, at)

    async def _in_progress(self, ref: DeploymentRef | None) -> UserError:
        """Name the update that holds the job."""
        holder = await self.live_for(ref) if ref else None
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
        lease = {"lease": at + self._lease, "owner": self._owner}
        given = {"now": at, "most": limit, **lease, **_besides(busy)}
        async with self._database.write() as connection:
            rows = await connection.execute(CLAIM, given)
            return readable(rows, update_of, self._database.unreadable)

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
        kept = {"lease_until": at + self._lease, "lease_owner": self._owner}
        values = columns_of(changed) | (FREE if release else kept)
        values["updated_at"] = max(at, (changed.updated_at or at) + _SMALLEST)
        if changed.state.final:
            values |= {"finished_at": changed.finished_at or at, "next_at": None}
        for theirs in ("card_ts", "channel"):  # the delivery's own, written meanwhile
            del values[theirs]
        mine = {
            "its_id": changed.id,
            "its_fence": changed.fence,
            "its_state": changed.state.value,
            "its_updated_at": changed.updated_at,
        }

        async def write(connection: AsyncConnection) -> Update:
            row = (await connection.execute(SAVE, values | mine)).first()
            if row is None:
                return await _written_before(connection, changed)
            saved = update_of(row)
            await self._record(connection, saved, happened, alert=alert)
            return saved

        return await self._database.together(write)

    async def renew(self, held: Update) -> datetime:
        """Make a lease last longer; see the port."""
        until = self._now() + self._lease
        given = {"its_id": held.id, "its_fence": held.fence, "lease": until}

        async def write(connection: AsyncConnection) -> None:
            if (await connection.execute(RENEW, given)).rowcount == 0:
                raise LostLeaseError(held.id)

        await self._database.together(write)
        return until

    async def give_back(self, held: Update) -> None:
        """Give back one update claimed before, as it was; see the port."""
        its = (updates.c.id == held.id, updates.c.fence == held.fence)
        async with self._database.write() as connection:
            await connection.execute(update(updates).where(*its).values(**FREE))

    async def release_leases(self) -> None:
        """Give back everything this process has claimed."""
        async with self._database.write() as connection:
            await release(connection, updates, self._owner)

    async def next_due(self, busy: Busy = IDLE) -> datetime | None:
        """Tell when the next live update is due that `busy` does not name."""
        async with self._database.read() as connection:
            found = (await connection.execute(NEXT_DUE, _besides(busy))).one()
        return min((each for each in found if each is not None), default=None)

    async def expired_plans(self, before: datetime) -> Sequence[Update]:
        """Give plans made before a moment that nobody applied."""
        wanted = select(updates).where(IS_PLANNED, updates.c.created_at <= before)
        return await self._read(wanted)

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
        return await self._read(wanted.order_by(updates.c.created_at.desc()).limit(limit))

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


async def _written_before(connection: AsyncConnection, changed: Update) -> Update:
    """Give what an earlier call wrote that wanted the same; its answer may have been lost.

    Every write moves `updated_at` and is bound to the one it has read, so two of the same can never
    both be made, not even when the first is still under way at the server.
    """
    wanted = select(updates).where(updates.c.id == changed.id, updates.c.fence == changed.fence)
    row = (await connection.execute(wanted)).first()
    found = update_of(row) if row else None
    if found is None or _content(found) != _content(changed):
        raise LostLeaseError(changed.id)
    return found


def _content(update: Update) -> str:
    """Give all that `save` writes of an update, but what it decides itself."""
    columns = columns_of(update)
    own = {"updated_at", "card_ts", "channel"} | (
        {"finished_at", "next_at"} if update.state.final else set()
    )
    return json.dumps(
        {k: v for k, v in columns.items() if k not in own}, default=str, sort_keys=True
    )


def _besides(busy: Busy) -> dict[str, list[str]]:
    """Leave out what is named."""
    return {"busy_updates": sorted(busy.updates), "busy_targets": sorted(busy.targets)}
