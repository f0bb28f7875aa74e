"""The real record on a file, without threads: the same moves give the same run, and quickly."""

import sqlite3
from contextlib import asynccontextmanager

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.database import Database
from bot.store.nearby import NearbyConnection
from bot.store.schema import metadata
from bot.store.sqlite import _WRITES, _speak_sqlite, bring_up


class HereConnection(NearbyConnection):
    """Does everything where it is asked for."""

    def _takes_long(self, what, statement):
        return False


@asynccontextmanager
async def opened(path):
    """Open the database of all replicas. What a power cut would lose may be lost here."""
    bring_up(path)
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        async_creator=lambda: HereConnection(path),
    )
    _speak_sqlite(engine)

    @event.listens_for(engine.sync_engine, "connect")
    def hurry(connection, record):
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    database = Database(engine, alone=True, writing={_WRITES: True})
    try:
        yield database
    finally:
        await database.together.finish()
        await engine.dispose()


async def emptied(database):
    """Begin anew."""
    async with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())


def reader(path):
    """Read what is committed, beside everybody."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection
