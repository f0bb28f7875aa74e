import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest

from bot.store.nearby import BEGIN_READ, BEGIN_WRITE, NearbyConnection


class Journeys(NearbyConnection):
    """Notes in which thread each function ran; tests look at it as SQLAlchemy does."""

    def __init__(self, path):
        super().__init__(path)
        self.here, self.there = [], []
        self.hold = None

    def noting(self, fn):
        def run(*args, **kwargs):
            is_here = threading.current_thread() is threading.main_thread()
            (self.here if is_here else self.there).append(fn.__name__)
            if self.hold is not None and not is_here:
                self.hold.wait(10)
            return fn(*args, **kwargs)

        run.__name__ = fn.__name__
        return run

    async def _execute(self, fn, *args, **kwargs):
        return await super()._execute(self.noting(fn), *args, **kwargs)


@pytest.fixture
async def connection(tmp_path):
    one = await Journeys(tmp_path / "x.sqlite3")
    one._conn.isolation_level = None
    await one.execute("CREATE TABLE notes (said TEXT PRIMARY KEY)")
    one.here.clear()
    one.there.clear()
    yield one
    await one.close()


async def run(connection, statement):
    cursor = await connection.cursor()
    await cursor.execute(statement)
    rows = await cursor.fetchall()
    await cursor.close()
    return list(rows)


async def test_writing_leaves_the_event_loop_only_for_the_lock_and_the_disk(connection):
    await run(connection, BEGIN_WRITE)
    connection.here.clear()
    await run(connection, "INSERT INTO notes VALUES ('a') RETURNING said")
    await connection.commit()
    assert connection.here == ["cursor", "execute", "fetchall", "close"]
    assert connection.there == ["execute", "commit"]


async def test_reading_keeps_what_may_be_much_off_the_event_loop(connection):
    await run(connection, BEGIN_READ)
    connection.here.clear()
    connection.there.clear()
    await run(connection, "SELECT said FROM notes")
    await connection.commit()
    assert connection.there == ["execute", "fetchall"]
    assert connection.here == ["cursor", "close", "commit"]


async def test_after_a_write_was_undone_reading_is_kept_off_the_event_loop_again(connection):
    await run(connection, BEGIN_WRITE)
    await connection.rollback()
    connection.there.clear()
    await run(connection, "SELECT said FROM notes")
    assert connection.there == ["execute", "fetchall"]


async def test_what_sqlite_refuses_is_raised_and_the_connection_goes_on(connection):
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await run(connection, "SELECT * FROM nowhere")
    assert await run(connection, "SELECT 1") == [(1,)]
    assert "close" in connection.here


async def test_after_the_lock_was_refused_reading_is_kept_off_the_event_loop_again(
    connection, tmp_path
):
    await run(connection, "PRAGMA busy_timeout=0")
    with closing(sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)) as other:
        other.execute(BEGIN_WRITE)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await run(connection, BEGIN_WRITE)
    await connection.rollback()  # as a pool does with what is given back
    connection.there.clear()
    await run(connection, "SELECT said FROM notes")
    assert connection.there == ["execute", "fetchall"]


async def test_what_follows_a_cancelled_commit_waits_for_it(connection):
    await run(connection, BEGIN_WRITE)
    await run(connection, "INSERT INTO notes VALUES ('a')")
    connection.hold = threading.Event()
    committing = asyncio.create_task(connection.commit())
    await asyncio.sleep(0)
    committing.cancel()
    await asyncio.wait([committing])
    undoing = asyncio.create_task(connection.rollback())
    await asyncio.sleep(0)
    connection.hold.set()
    await undoing
    assert connection.there[-2:] == ["commit", "rollback"]
    assert await run(connection, "SELECT said FROM notes") == [("a",)]
