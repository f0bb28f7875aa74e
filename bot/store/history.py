"""The past, page by page: found from where the last page ended, however much there is."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, or_, select, tuple_

from bot.store.corrections import SqlCorrections
from bot.store.rows import event_of, readable, update_of
from bot.store.schema import events, updates
from bot.updates.history import Edge, Page, Past

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from bot.flink.update import Update
    from bot.updates.history import Wanted

_PLACE = (updates.c.created_at, updates.c.id)


class SqlHistory(SqlCorrections):
    """Implements `bot.updates.history.History`, as a part of `UpdateStore`."""

    async def history(self, wanted: Wanted, limit: int, edge: Edge | None = None) -> Page:
        """Give a page of what was ever applied, or asked for; see the port."""
        found, more = await self._page(wanted, limit, edge)
        if edge is not None and edge.newer and not more:  # else the first page would be a rest
            edge = None
            found, more = await self._page(wanted, limit, edge)
        if not found:
            return Page(())
        back = edge is not None and edge.newer
        newer = _edge(found[0], newer=True) if edge is not None else None
        older = _edge(found[-1]) if more or back else None
        return Page(await self._with_events(found), newer, older)

    async def _page(
        self, wanted: Wanted, limit: int, edge: Edge | None
    ) -> tuple[list[Update], bool]:
        """Give updates, newest first, and whether there are more on the far side."""
        newer = edge is not None and edge.newer
        place = tuple_(*_PLACE)
        chosen = select(updates).where(updates.c.queued_at.is_not(None), *_which(wanted))
        if edge is not None:
            its = tuple_(literal(edge.created_at, updates.c.created_at.type), edge.update_id)
            chosen = chosen.where(place > its if newer else place < its)
        order = [column.asc() if newer else column.desc() for column in _PLACE]
        found = await self._read(chosen.order_by(*order).limit(limit + 1))
        return (found[:limit][::-1] if newer else found[:limit]), len(found) > limit

    async def _read(self, wanted: Any) -> list[Update]:
        async with self._database.read() as connection:
            return readable(await connection.execute(wanted), update_of)

    async def _with_events(self, found: Sequence[Update]) -> tuple[Past, ...]:
        ids = [update.id for update in found]
        wanted = select(events).where(events.c.update_id.in_(ids))
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(events.c.update_id, events.c.seq))
            told = readable(rows, event_of)
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
            events.c.update_id == updates.c.id, events.c.actor == wanted.user
        )
        chosen.append(or_(updates.c.requested_by == wanted.user, took_part.exists()))
    return chosen
