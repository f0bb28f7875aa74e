"""PostgreSQL: a server that any number of replicas share."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.database import Database
from bot.store.migrate import refuse_schema, version_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import URL

DRIVER = "postgresql+psycopg"
_CONNECTIONS = 10
_LONGEST_WAIT_SECONDS = 5.0
_PATIENCE = {
    "connect_timeout": 5,  # seconds
    # A server that vanished without a word is noticed within seconds, not within hours.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
    "target_session_attrs": "read-write",  # of several hosts, the one that takes writes
    "application_name": "flinkbot",
}


@asynccontextmanager
async def open_postgres(url: URL) -> AsyncIterator[Database]:
    """Connect, at the newest schema; see `bot.store.upgrade` for who brings it there.

    Raises:
        ConfigurationError: out of reach, access refused, or a schema that is not ours.

    """
    engine = create_async_engine(
        url.set(drivername=DRIVER),
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_LONGEST_WAIT_SECONDS,
        pool_pre_ping=True,  # a restarted server costs nobody a failed transaction
        hide_parameters=True,
        connect_args=connect_arguments(url),
    )
    # One statement needs no transaction around it, and a third of the journeys.
    database = Database(engine, alone=False, reading={"isolation_level": "AUTOCOMMIT"})
    try:
        try:
            await _check(database)
            await database.set_clock()
        except StoreUnavailableError as error:
            msg = f"database.url: {told(url)} cannot be used: {error.reason}"
            raise ConfigurationError(msg) from error
        yield database
    finally:
        await database.together.finish()
        await engine.dispose()


def connect_arguments(url: URL) -> dict[str, Any]:
    """Give what the address itself does not say."""
    return {name: value for name, value in _PATIENCE.items() if name not in url.query}


def told(url: URL) -> str:
    """Name the database without the password."""
    place = f"{url.host}:{url.port}" if url.port else url.host or "the local server"
    return f"PostgreSQL database {url.database!r} at {place}"


async def _check(database: Database) -> None:
    async with database.read() as connection:
        version = await connection.run_sync(version_of)
    refuse_schema(version)
