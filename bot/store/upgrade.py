"""Look at the schema of a database, and bring it to the newest: the `flinkbot db` commands."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.errors import ConfigurationError
from bot.store.migrate import bring_to_head, version_of
from bot.store.postgres import DRIVER, connect_arguments, told
from bot.store.schema import HEAD
from bot.store.sqlite import alone_with, bring_up, file_of
from bot.store.trouble import reason
from bot.store.urls import is_postgres, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('flinkbot db upgrade'))")


@dataclass(frozen=True, slots=True)
class Schema:
    """Where a database is. `version`: None when it is empty, "" before the first migration."""

    version: str | None
    newest: str = HEAD


def current(url: str) -> Schema:
    """Tell where a database is; changes nothing.

    Raises:
        ConfigurationError: it cannot be reached or read, or is another program's.

    """
    address = parsed(url)
    if not is_postgres(address) and not file_of(address).exists():
        return Schema(None)
    with _connected(address) as connection:
        return Schema(version_of(connection))


def upgrade(url: str) -> Schema:
    """Bring a database to the newest schema; give where it was. Two at once: the second waits.

    Replicas may go on meanwhile: a migration only adds what they do not look at.

    Raises:
        ConfigurationError: it cannot be reached or written, or is another program's.

    """
    address = parsed(url)
    if is_postgres(address):
        with _connected(address) as connection:
            connection.execute(_ONE_AT_A_TIME)
            return Schema(bring_to_head(connection))
    before = current(url)
    with alone_with(file_of(address)):
        bring_up(file_of(address))
    return before


@contextmanager
def _connected(address: URL) -> Iterator[Connection]:
    """Run one transaction, without anything that a long-running process needs."""
    postgres = is_postgres(address)
    name = told(address) if postgres else str(file_of(address))
    engine = create_engine(
        address.set(drivername=DRIVER if postgres else "sqlite"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=connect_arguments(address) if postgres else {},
    )
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        msg = f"database.url: {name} cannot be used: {reason(error)}"
        raise ConfigurationError(msg) from error
