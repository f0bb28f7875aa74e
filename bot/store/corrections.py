"""The one thing that may happen to an update after its end: what was unknown is found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from bot.flink.update import State
from bot.store.drafts import SqlDrafts
from bot.store.owing import owe_edit, owe_replies, record_events
from bot.store.rows import columns_of, update_of
from bot.store.schema import updates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.flink.update import Update
    from bot.updates.ports import NewEvent

_FOUND_OUT = ("state", "step", "verdict", "progress")


class SqlCorrections(SqlDrafts):
    """The part of `UpdateStore` about updates that ended unknown."""

    async def correct(self, found: Update, happened: Sequence[NewEvent]) -> Update | None:
        """Write what was found out; see the port."""
        at = self._now()
        columns = columns_of(found)
        change = (
            update(updates)
            .where(
                updates.c.id == found.id,
                updates.c.state == State.UNKNOWN.value,
                updates.c.fence == found.fence,
            )
            .values(
                {name: columns[name] for name in _FOUND_OUT}
                | {"updated_at": at, "fence": updates.c.fence + 1}
            )
            .returning(updates)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(change)).first()
            if row is None:
                return None
            corrected = update_of(row)
            told = await record_events(connection, corrected.id, at, happened)
            await owe_edit(connection, corrected.id, at)
            await owe_replies(connection, corrected.id, corrected.channel, at, told)
        return corrected
