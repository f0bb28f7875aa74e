"""One SQLite file: opened by one process, written by one connection at a time, never half."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import ConfigurationError
from bot.store.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_ALLOWED = ("sqlite", "sqlite+aiosqlite")
_WRITES = "flinkbot_writes"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # NORMAL may lose a committed intent at power loss, and with it the promise of "at most once".
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
)


@dataclass(frozen=True, slots=True)
class Database:
    """Transactions on one database."""

    engine: AsyncEngine
    _one_writer: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Run one writing transaction; others of this process wait their turn."""
        options = {_WRITES: True}
        async with self._one_writer, self.engine.execution_options(**options).begin() as open_one:
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
        ConfigurationError: not a SQLite file, or another process has it.

    """
    path = _file_of(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = _lock(path)
    try:
        path.touch(mode=0o600)
        await asyncio.to_thread(migrate, path)
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
        _speak_sqlite(engine)
        try:
            yield Database(engine)
        finally:
            await engine.dispose()
    finally:
        lock.release()


def _file_of(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in _ALLOWED or not parsed.database:
        scheme = url.partition(":")[0]
        msg = f"database.url: {scheme}: is not supported; allowed: sqlite+aiosqlite:///FILE"
        raise ConfigurationError(msg)
    return Path(parsed.database).absolute()


def _lock(path: Path) -> FileLock:
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
    return lock


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
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
