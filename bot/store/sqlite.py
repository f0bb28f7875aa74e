"""One SQLite file: opened by one process, written by one connection at a time, never half."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import ConfigurationError
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.nearby import BEGIN_READ, BEGIN_WRITE, NearbyConnection
from bot.store.trouble import reason

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

_WRITES = "flinkbot_writes"
_PRAGMAS = (
    "PRAGMA busy_timeout=5000",  # first: the others may have to wait already
    "PRAGMA journal_mode=WAL",
    # NORMAL may lose a committed intent at power loss, and with it the promise of "at most once".
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


@asynccontextmanager
async def open_sqlite(url: URL) -> AsyncIterator[Database]:
    """Open the file alone, at the newest schema.

    Raises:
        ConfigurationError: not a SQLite file, not ours to write, or another process has it.

    """
    path = file_of(url)
    async with AsyncExitStack() as opened:
        opened.enter_context(alone_with(path))
        await asyncio.to_thread(bring_up, path)
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(path)),
            async_creator=lambda: NearbyConnection(path),
            hide_parameters=True,
        )
        opened.push_async_callback(engine.dispose)
        _speak_sqlite(engine)
        database = Database(engine, alone=True, writing={_WRITES: True})
        opened.push_async_callback(database.together.finish)
        yield database


def file_of(url: URL) -> Path:
    """Give the file that an address of SQLite names.

    Raises:
        ConfigurationError: it names none, or more than a file.

    """
    if not url.database or url.database == ":memory:" or url.host or url.query:
        msg = "database.url: needs the path of a file and nothing else: sqlite+aiosqlite:///FILE"
        raise ConfigurationError(msg)
    return Path(url.database).absolute()


def bring_up(path: Path) -> None:
    """Make the file, or bring it to the newest schema; to be called alone with it.

    Raises:
        ConfigurationError: not a SQLite file, not ours, or not to be written.

    """
    with _usable(path):
        path.touch(mode=0o600)
        migrate(path)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Hold the file's lock.

    Raises:
        ConfigurationError: another process has it, or the folder cannot be written.

    """
    with ExitStack() as held:
        with _usable(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(_lock(path))
        yield


@contextmanager
def _usable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.DatabaseError, DBAPIError) as error:
        cause = reason(error) if isinstance(error, DBAPIError) else error
        msg = f"database.url: {path} cannot be used: {cause}"
        raise ConfigurationError(msg) from error


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Refuse a second process: leases and the order of messages count on there being one.

    The operating system lets go of the lock when the process dies, however it dies.
    """
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        msg = (
            f"{path} is in use by another Flinkbot process. Stop that one first,"
            " or give this one a database of its own."
        )
        raise ConfigurationError(msg) from error
    try:
        yield
    finally:
        lock.release()


def _speak_sqlite(engine: AsyncEngine) -> None:
    """Set what holds per connection, and begin transactions ourselves.

    A transaction that reads before it writes can fail at once with SQLITE_BUSY whatever the
    timeout, so a writing one begins IMMEDIATE; Python's driver must not begin its own.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql(BEGIN_WRITE if writes else BEGIN_READ)
