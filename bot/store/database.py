"""One SQLite file: opened by one process, written by one connection at a time, never half."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import ConfigurationError
from bot.store.migrate import migrate
from bot.store.nearby import BEGIN_READ, BEGIN_WRITE, NearbyConnection
from bot.store.together import Together

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_ALLOWED = ("sqlite", "sqlite+aiosqlite")
_WRITES = "flinkbot_writes"
_PRAGMAS = (
    "PRAGMA busy_timeout=5000",  # first: the others may have to wait already
    "PRAGMA journal_mode=WAL",
    # NORMAL may lose a committed intent at power loss, and with it the promise of "at most once".
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


class Database:
    """Transactions on one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**{_WRITES: True})
        self._one_writer = asyncio.Lock()
        self.together = Together(self.write)
        """Writes with others in one transaction, for what many do at once."""

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Run one writing transaction; others of this process wait their turn."""
        async with self._one_writer, self._writing.begin() as open_one:
            yield open_one

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Run one reading transaction."""
        async with self.engine.begin() as open_one:
            yield open_one

    async def ping(self) -> None:
        """Prove that the database answers."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open the file alone, at the newest schema.

    Raises:
        ConfigurationError: not a SQLite file, not ours to write, or another process has it.

    """
    path = _file_of(url)
    async with AsyncExitStack() as opened:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            opened.enter_context(_lock(path))
            path.touch(mode=0o600)
            await asyncio.to_thread(migrate, path)
        except (OSError, sqlite3.DatabaseError, DBAPIError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error  # without its SQL
            msg = f"database.url: {path} cannot be used: {cause}"
            raise ConfigurationError(msg) from error
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(path)),
            async_creator=lambda: NearbyConnection(path),
        )
        opened.push_async_callback(engine.dispose)
        _speak_sqlite(engine)
        database = Database(engine)
        opened.push_async_callback(database.together.finish)
        yield database


def _file_of(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in _ALLOWED:
        scheme = url.partition(":")[0]  # no more than that: the rest may hold a password
        msg = f"database.url: {scheme}: is not supported; allowed: sqlite+aiosqlite:///FILE"
        raise ConfigurationError(msg)
    if not parsed.database or parsed.database == ":memory:" or parsed.host or parsed.query:
        msg = "database.url: needs the path of a file and nothing else: sqlite+aiosqlite:///FILE"
        raise ConfigurationError(msg)
    return Path(parsed.database).absolute()


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
