"""What people are filling in: kept for days, not for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.flink.legible import legible
from bot.store.dialects import insert_or
from bot.store.rows import draft_of
from bot.store.schema import drafts, inbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.store.database import Database
    from bot.updates.ports import Draft


class SqlDrafts:
    """The part of `UpdateStore` about forms."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def save_draft(self, draft: Draft) -> None:
        """Write what a person is filling in, whole."""
        row = {
            "id": draft.id,
            "user": draft.user,
            "channel": draft.channel,
            "target": draft.target,
            "deployment_id": draft.deployment_id,
            "shown": dict(draft.shown) if draft.shown is not None else None,
            "typed": dict(draft.typed) if draft.typed is not None else None,
            "update_id": draft.update_id,
            "saved_at": self._now(),
        }
        async with self._database.write() as connection:
            new = insert_or(connection, drafts).values(row)
            await connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=row))

    async def draft(self, draft_id: str) -> Draft | None:
        """Read what a person is filling in."""
        wanted = select(drafts).where(drafts.c.id == legible(draft_id))
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return draft_of(row) if row else None

    async def forget(self, before: datetime) -> None:
        """Drop drafts, and the keys of deliveries seen, older than a moment."""
        async with self._database.write() as connection:
            await connection.execute(delete(inbox).where(inbox.c.seen_at < before))
            await connection.execute(delete(drafts).where(drafts.c.saved_at < before))
