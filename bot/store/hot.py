"""Statements that run with every step of every update: built once, not each time.

SQLAlchemy takes several times longer to build one of them than SQLite to carry it out.
"""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, func, or_, select, update

from bot.flink.update import State
from bot.store.schema import IS_LEASED, IS_LIVE, updates

_RUNNABLE = (State.QUEUED.value, State.RUNNING.value)
_NOT_BUSY = and_(
    updates.c.id.not_in(bindparam("busy_updates", expanding=True)),
    updates.c.target.not_in(bindparam("busy_targets", expanding=True)),
)

_DUE = (
    select(updates.c.id)
    .where(
        IS_LIVE,
        updates.c.state.in_(_RUNNABLE),
        updates.c.next_at <= bindparam("now"),
        or_(updates.c.lease_until.is_(None), updates.c.lease_until <= bindparam("now")),
        _NOT_BUSY,
    )
    .order_by(updates.c.next_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)  # SQLite, with its one writer, has no such words
    .cte("due")
    .prefix_with("MATERIALIZED")  # chosen once: chosen again for each row, it may exceed `most`
)
CLAIM = (
    update(updates)
    .where(updates.c.id.in_(select(_DUE.c.id)))
    .values(
        fence=updates.c.fence + 1, lease_until=bindparam("lease"), lease_owner=bindparam("owner")
    )
    .returning(updates)
)
"""Takes what is due: `now`, `most`, `lease` (until when), `owner`, `busy_updates`, `busy_targets`.

What another replica is just taking is passed over, not waited for.
"""

_WAITS = and_(updates.c.state.in_(_RUNNABLE), updates.c.next_at.is_not(None), _NOT_BUSY)
_FREE = select(func.min(updates.c.next_at)).where(IS_LIVE, _WAITS, updates.c.lease_until.is_(None))
_AGAIN = case(
    (updates.c.lease_until > updates.c.next_at, updates.c.lease_until), else_=updates.c.next_at
)
_LEASED = select(func.min(_AGAIN)).where(IS_LEASED, _WAITS)
NEXT_DUE = select(_FREE.scalar_subquery(), _LEASED.scalar_subquery())
"""When the next is due: of those that are free, of those that are leased. Takes what is busy."""

SAVE = (
    update(updates)
    .where(
        updates.c.id == bindparam("its_id"),
        updates.c.fence == bindparam("its_fence"),
        updates.c.updated_at.is_not_distinct_from(
            bindparam("its_updated_at", type_=updates.c.updated_at.type)
        ),
        or_(IS_LIVE, updates.c.state == bindparam("its_state")),  # what has ended stays so
    )
    .returning(updates)
)
"""Writes an update, columns by name, if nobody wrote it since it was read: `its_...`."""

RENEW = (
    update(updates)
    .where(
        updates.c.id == bindparam("its_id"),
        updates.c.fence == bindparam("its_fence"),
        IS_LIVE,
        IS_LEASED,  # what was given back is not taken again by a renewal that comes late
    )
    .values(lease_until=bindparam("lease"))
)
"""Moves the end of a lease to `lease`, if it is still whose it was."""
