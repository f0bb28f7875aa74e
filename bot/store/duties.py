"""Work that one replica does for all: who comes first in a period does it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.store.dialects import insert_or
from bot.store.schema import duties

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.store.database import Database


class SqlDuties:
    """Implements `bot.updates.sharing.Duties`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def take(self, name: str, every: float) -> bool:
        """Tell whether it is this process' turn; nobody else's is within `every` seconds."""
        at = self._now()
        async with self._database.write() as connection:
            mine = (
                insert_or(connection, duties)
                .values(name=name, done_at=at)
                .on_conflict_do_update(
                    index_elements=["name"],
                    set_={"done_at": at},
                    where=duties.c.done_at <= at - timedelta(seconds=every),
                )
                .returning(duties.c.name)
            )
            return (await connection.execute(mine)).first() is not None
