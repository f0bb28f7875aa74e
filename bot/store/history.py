"""The past, page by page: found from where the last page ended, however much there is."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, or_, select, tuple_

from bot.notes import Code
from bot.store.corrections import SqlCorrections
from bot.store.rows import event_of, readable, update_of
from bot.store.schema import events, updates
from bot.updates.approvals import subject_of
from bot.updates.history import Edge, Page, Past

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from bot.flink.update import Update
    from bot.updates.history import Wanted
    from bot.updates.ports import Event

_PLACE = (updates.c.created_at, updates.c.id)
# The range is what an index finds, in whatever order a database sorts punctuation.
_OF_FREEZES = (
    events.c.update_id >= "freeze",
    events.c.update_id < "freezf",
    events.c.update_id.startswith(subject_of(""), autoescape=True),
)

# Whoever freezes a target has no part in what is done there.
_NO_PART = (Code.EVENT_FROZEN.value, Code.EVENT_UNFROZEN.value)


class SqlHistory(SqlCorrections):
    """Implements `bot.updates.history.History`, as a part of `UpdateStore`."""

    async def history(self, wanted: Wanted, limit: int, edge: Edge | None = None) -> Page:
        """Give a page of what was ever applied, or asked for; see the port."""
        found, more = await self._page(wanted, limit, edge)
        if edge is not None and edge.newer and more is None:  # the first page would be a rest
            edge = None
            found, more = await self._page(wanted, limit, edge)
        back = edge is not None and edge.newer
        begin = found[-1].created_at if found and (more or back) else None
        end = (more.created_at if back and more else edge.created_at) if edge else None
        frozen = await self._freezes(wanted, limit + 1, begin, end)
        newer = _edge(found[0], newer=True) if found and edge is not None else None
        older = _edge(found[-1]) if begin else None
        entries = await self._with_events(found)
        return Page(entries, newer, older, frozen[:limit], len(frozen) > limit)

    async def _page(
        self, wanted: Wanted, limit: int, edge: Edge | None
    ) -> tuple[list[Update], Update | None]:
        """Give updates, newest first, and the one that is next on the far side."""
        newer = edge is not None and edge.newer
        place = tuple_(*_PLACE)
        chosen = select(updates).where(updates.c.queued_at.is_not(None), *_which(wanted))
        if edge is not None:
            its = tuple_(literal(edge.created_at, updates.c.created_at.type), edge.update_id)
            chosen = chosen.where(place > its if newer else place < its)
        order = [column.asc() if newer else column.desc() for column in _PLACE]
        found = await self._read(chosen.order_by(*order).limit(limit + 1))
        following = found[limit] if len(found) > limit else None
        return (found[:limit][::-1] if newer else found[:limit]), following

    async def _freezes(
        self, wanted: Wanted, limit: int, begin: datetime | None, end: datetime | None
    ) -> list[Event]:
        """Give the newest events about freezes between two moments, the first one included."""
        if wanted.job:
            return []
        chosen = select(events).where(*_OF_FREEZES)
        if wanted.user:
            chosen = chosen.where(events.c.actor == wanted.user)
        if begin is not None:
            chosen = chosen.where(events.c.at >= begin)
        if end is not None:
            chosen = chosen.where(events.c.at < end)
        ordered = chosen.order_by(events.c.at.desc(), events.c.update_id, events.c.seq.desc())
        async with self._database.read() as connection:
            rows = await connection.execute(ordered.limit(limit))
            return readable(rows, event_of, self._database.unreadable)

    async def _read(self, wanted: Any) -> list[Update]:
        async with self._database.read() as connection:
            rows = await connection.execute(wanted)
            return readable(rows, update_of, self._database.unreadable)

    async def _with_events(self, found: Sequence[Update]) -> tuple[Past, ...]:
        ids = [update.id for update in found]
        wanted = select(events).where(events.c.update_id.in_(ids))
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(events.c.update_id, events.c.seq))
            told = readable(rows, event_of, self._database.unreadable)
        of = {name: tuple(its) for name, its in groupby(told, lambda event: event.update_id)}
        return tuple(Past(update, of.get(update.id, ())) for update in found)


def _edge(update: Update, *, newer: bool = False) -> Edge:
    return Edge(update.created_at, update.id, newer)


def _which(wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wanted.job:
        name = func.lower(updates.c.name)
        chosen.append(name.contains(wanted.job.lower(), autoescape=True))
    if wanted.user:
        took_part = select(events.c.seq).where(
            events.c.update_id == updates.c.id,
            events.c.actor == wanted.user,
            events.c.code.not_in(_NO_PART),
        )
        chosen.append(or_(updates.c.requested_by == wanted.user, took_part.exists()))
    return chosen
