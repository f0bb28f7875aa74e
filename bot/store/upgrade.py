"""Look at the schema of a database, and bring it to the newest: the `flinkbot db` commands."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.errors import ConfigurationError
from bot.store.migrate import bring_to_head, refuse_newer, version_of
from bot.store.postgres import address, connect_arguments, unusable
from bot.store.schema import HEAD
from bot.store.sqlite import alone_with, bring_up, file_of
from bot.store.trouble import NOT_IN_TIME, reason, state_of
from bot.store.urls import is_postgres, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection

_ONE_AT_A_TIME = text(f"SELECT pg_advisory_xact_lock({int.from_bytes(b'flinkbot')})")
_TURN_SECONDS = 60.0
_TABLE_SECONDS = 5.0
"""Replicas queue behind whoever waits to change a table, so nobody does for long."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Where a database is. `version`: None when it is empty, "" before the first migration."""

    version: str | None
    newest: str = HEAD

    @property
    def due(self) -> bool:
        """Tell whether an upgrade is due."""
        return self.version != self.newest


def current(url: str) -> Schema:
    """Tell where a database is; changes nothing.

    Raises:
        ConfigurationError: it cannot be reached or read, or is another program's or a newer one's.

    """
    place = parsed(url)
    if is_postgres(place):
        with _connected(place) as connection:
            return _seen(connection)
    return _current_file(place)


def upgrade(
    url: str, *, turn_seconds: float = _TURN_SECONDS, table_seconds: float = _TABLE_SECONDS
) -> Schema:
    """Bring a database to the newest schema, whole or not at all; give where it was.

    Replicas may go on meanwhile: a migration only adds what they do not look at. Of two at once the
    second waits (PostgreSQL: `turn_seconds`) or is refused (SQLite). `table_seconds`: how long a
    migration may wait for a table that somebody holds.

    Raises:
        ConfigurationError: it cannot be reached or written, or is another program's or a newer
            one's; nothing was changed.

    """
    place = parsed(url)
    if is_postgres(place):
        with _connected(place) as connection:
            _wait_at_most(connection, turn_seconds)
            connection.execute(_ONE_AT_A_TIME)
            _wait_at_most(connection, table_seconds)
            return Schema(bring_to_head(connection))
    file = file_of(place)
    with alone_with(file):
        before = _current_file(place)
        bring_up(file)
    return before


def _wait_at_most(connection: Connection, seconds: float) -> None:
    millis = max(1, round(seconds * 1000))  # 0 means for ever
    connection.execute(text(f"SET LOCAL lock_timeout = {millis}"))


def _current_file(place: URL) -> Schema:
    if not file_of(place).exists():
        return Schema(None)
    engine = create_engine(place.set(drivername="sqlite"), poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return _seen(connection)
    except DBAPIError as error:
        msg = f"database.url: {file_of(place)} cannot be used: {reason(error)}"
        raise ConfigurationError(msg) from error


def _seen(connection: Connection) -> Schema:
    version = version_of(connection)
    refuse_newer(version)
    return Schema(version)


@contextmanager
def _connected(place: URL) -> Iterator[Connection]:
    """Run one transaction, without anything that a long-running process needs."""
    engine = create_engine(
        address(place),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=connect_arguments(place),
    )
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        why = reason(error)
        if state_of(error) == NOT_IN_TIME:
            why = (
                "another upgrade runs, or something (a backup, a session left open) has held one of"
                " its tables for too long. Nothing was changed; try again"
            )
        raise unusable(place, why) from error
