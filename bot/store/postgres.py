"""PostgreSQL: a server that any number of replicas share."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.database import Database
from bot.store.migrate import refuse_schema, version_of
from bot.store.trouble import READ_ONLY, reason, state_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import ExceptionContext
    from sqlalchemy.ext.asyncio import AsyncEngine

DRIVER = "postgresql+psycopg"
_CONNECTIONS = 10
_LONGEST_WAIT_SECONDS = 5.0
_SLOWEST_SECONDS = 10.0
_FROZEN_SECONDS = 2.0
"""Whoever is silent so much longer than a transaction of ours may last is frozen, or gone."""
_SECRETS = (
    "password",
    "sslpassword",
    "oauth_client_secret",
    "scram_client_key",
    "scram_server_key",
)
_FORGETFUL = (
    "database.url: the server has synchronous_commit = off: if it crashes, it forgets what it has"
    " just confirmed, and a change of a job may be made twice. Set it to on, for the whole server"
    " or with ALTER ROLE ... SET synchronous_commit = on for this user."
)
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
async def open_postgres(
    url: URL, *, slowest: float = _SLOWEST_SECONDS, connections: int = _CONNECTIONS
) -> AsyncIterator[Database]:
    """Connect, at the newest schema; see `bot.store.upgrade` for who brings it there.

    `slowest`: seconds after which a transaction is given up on. `connections`: at most so many.

    Raises:
        ConfigurationError: out of reach, access refused, or a schema that is not ours.

    """
    engine = create_async_engine(
        address(url),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=min(_LONGEST_WAIT_SECONDS, slowest / 2),
        pool_pre_ping=True,  # a restarted server costs nobody a failed transaction
        hide_parameters=True,
        isolation_level="READ COMMITTED",  # whatever the server's: who waited for a row reads anew
        connect_args=connect_arguments(url) | {"options": _session(url, slowest)},
    )
    # One statement needs no transaction around it, and a third of the journeys.
    reading = {"isolation_level": "AUTOCOMMIT"}
    database = Database(engine, alone=False, slowest=slowest, reading=reading)
    _leave_who_takes_no_writes(engine)
    try:
        try:
            await _check(database)
            await database.set_clock()
        except StoreUnavailableError as error:
            raise unusable(url, error.reason) from error
        except DBAPIError as error:
            raise unusable(url, reason(error)) from error
        yield database
    finally:
        await database.together.finish()
        await engine.dispose()


def address(url: URL) -> URL:
    """Give what an engine may know and print: everything but the secrets."""
    open_ones = {name: value for name, value in url.query.items() if name not in _SECRETS}
    return URL.create(DRIVER, url.username, None, url.host, url.port, url.database, open_ones)


def connect_arguments(url: URL) -> dict[str, Any]:
    """Give what the address itself does not say, and its secrets."""
    given = {name: value for name, value in _PATIENCE.items() if name not in url.query}
    given |= {name: url.query[name] for name in _SECRETS if name in url.query}
    return {"password": url.password, **given} if url.password else given


def _session(url: URL, slowest: float) -> str:
    """Have the server end the transaction of a process that was frozen or vanished within it.

    It may hold what all who write wait for, and the server by itself would wait for hours.
    """
    given = url.query.get("options", ())
    millis = round((slowest + _FROZEN_SECONDS) * 1000)
    ours = f"-c idle_in_transaction_session_timeout={millis}"
    return " ".join([ours, given] if isinstance(given, str) else [ours, *given])


def unusable(url: URL, why: str) -> ConfigurationError:
    """Say which database it is, without the password, and why it cannot be used."""
    hosts = url.query.get("host") or url.host or "the local server"
    place = hosts if isinstance(hosts, str) else ", ".join(hosts)
    place = f"{place}:{url.port}" if url.port else place
    return ConfigurationError(
        f"database.url: PostgreSQL database {url.database!r} at {place} cannot be used: {why}"
    )


def _leave_who_takes_no_writes(engine: AsyncEngine) -> None:
    """Let go of connections to a server that became a standby: a new one finds its successor."""

    @event.listens_for(engine.sync_engine, "handle_error")
    def on_error(context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        if isinstance(error, DBAPIError) and state_of(error) == READ_ONLY:
            context.is_disconnect = True


async def _check(database: Database) -> None:
    async with database.read() as connection:
        version = await connection.run_sync(version_of)
        durability = (await connection.execute(text("SHOW synchronous_commit"))).scalar_one()
    refuse_schema(version)
    if durability == "off":
        raise ConfigurationError(_FORGETFUL)
