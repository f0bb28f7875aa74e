"""Read the audit's rows as they are stored, however many, in one snapshot; nothing is written."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Text, cast, create_engine, event, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.errors import ConfigurationError
from bot.store.chain import HASHED
from bot.store.migrate import refuse_schema, version_of
from bot.store.postgres import address, connect_arguments, unusable
from bot.store.schema import events
from bot.store.sqlite import file_of
from bot.store.trouble import reason
from bot.store.urls import is_postgres, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine, Select

_AT_ONCE = 500
AT = type_coerce(events.c.at, BigInteger)
# As they are stored: what somebody made of them may be neither JSON nor a time.
RAW = select(
    events.c.position,
    events.c.hash,
    events.c.update_id,
    events.c.seq,
    AT.label("at"),
    events.c.actor,
    events.c.code,
    cast(events.c.args, Text).label("args"),
    cast(events.c.facts, Text).label("facts"),
)
IN_ORDER = (events.c.position.nulls_last(), events.c.at, events.c.update_id, events.c.seq)
"""What was never chained comes first, what is not chained yet last."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the audit as it is stored; `position` 0 or None: not chained."""

    position: Any
    hash: Any
    columns: dict[str, Any]
    """What is hashed, by name; `at` in microseconds since 1970."""


def entries(url: str, since: int | None = None, until: int | None = None) -> Iterator[Entry]:
    """Give the audit, oldest first; not before `since`, before `until` (microseconds since 1970).

    Raises:
        ConfigurationError: the database cannot be reached or read, or is not at this schema.

    """
    wanted = RAW.order_by(*IN_ORDER)
    if since is not None:
        wanted = wanted.where(since <= AT)
    if until is not None:
        wanted = wanted.where(until > AT)
    with snapshot(url) as connection:
        yield from read(connection, wanted)


def read(connection: Connection, wanted: Select[Any]) -> Iterator[Entry]:
    """Read as one goes, however many there are."""
    with connection.execute(wanted, execution_options={"yield_per": _AT_ONCE}) as found:
        for row in found:
            columns = {name: getattr(row, name) for name in HASHED}
            columns |= {name: _json(columns[name]) for name in ("args", "facts")}
            yield Entry(row.position, row.hash, columns)


def _json(text: Any) -> Any:
    try:
        return text if text is None else json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return text


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """Read one moment, while replicas go on.

    Raises:
        ConfigurationError: the database cannot be reached or read, or is not at this schema.

    """
    place = parsed(url)
    postgres = is_postgres(place)
    if not postgres and not file_of(place).exists():
        raise ConfigurationError(f"database.url: {file_of(place)} does not exist")
    engine = create_engine(
        address(place) if postgres else place.set(drivername="sqlite"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=connect_arguments(place) if postgres else {},
    )
    if postgres:
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    else:
        _begin_by_itself(engine)
    try:
        with engine.begin() as connection:
            refuse_schema(version_of(connection))
            yield connection
    except DBAPIError as error:
        if postgres:
            raise unusable(place, reason(error)) from error
        msg = f"database.url: {file_of(place)} cannot be used: {reason(error)}"
        raise ConfigurationError(msg) from error


def _begin_by_itself(engine: Engine) -> None:
    """Have SQLite begin: Python's driver by itself begins none before a SELECT."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")
