"""Bring the database to the newest schema before anything reads it, whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    URL,
    Column,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.pool import NullPool

from bot.errors import ConfigurationError
from bot.store.schema import HEAD, REVISIONS, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_bookkeeping = MetaData()
_alembic_version = Table(  # as the migration tool makes it
    "alembic_version",
    _bookkeeping,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def migrate(path: Path) -> None:
    """Bring a SQLite file to the newest schema; an empty one gets that at once.

    Both ways give the same tables, which a test holds to. The migration tool takes longer to load
    than the rest of the start, so it is loaded only for a database of an older Flinkbot.

    Raises:
        ConfigurationError: a newer Flinkbot wrote it, or another program.

    """
    if _version_in(path) != HEAD:
        with _one_transaction(path) as connection:
            bring_to_head(connection)


def bring_to_head(connection: Connection) -> str | None:
    """Run the migrations that are missing, within the caller's transaction; give where it was.

    Raises:
        ConfigurationError: a newer Flinkbot wrote it, or another program.

    """
    version = version_of(connection)
    if version is None:
        metadata.create_all(connection)
        _bookkeeping.create_all(connection)
        connection.execute(insert(_alembic_version).values(version_num=HEAD))
    elif version != HEAD:
        refuse_newer(version)
        _run_migrations(connection)
    return version


def version_of(connection: Connection) -> str | None:
    """Give the schema's version, None of an empty one, empty when the first migration is due.

    Tables and version are made in one transaction, so tables without a version are not ours.

    Raises:
        ConfigurationError: another program's.

    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if _alembic_version.name not in tables:
        msg = (
            f"database.url: {connection.engine.url.database} is the database of another program."
            " Give Flinkbot a database of its own."
        )
        raise ConfigurationError(msg)
    return connection.execute(select(_alembic_version)).scalar() or ""


def refuse_schema(version: str | None) -> None:
    """Refuse to work on a schema other than the newest that this Flinkbot knows.

    Raises:
        ConfigurationError: what to do about it.

    """
    if version == HEAD:
        return
    refuse_newer(version)
    have = f"schema {version}" if version else "no tables yet"
    msg = f"database.url: the database has {have}; this Flinkbot needs schema {HEAD}."
    raise ConfigurationError(f"{msg} Run `flinkbot db upgrade` once, then start again.")


def refuse_newer(version: str | None) -> None:
    """Refuse a schema that this Flinkbot does not know.

    Raises:
        ConfigurationError: what to do about it.

    """
    if version not in {None, "", *REVISIONS}:
        raise ConfigurationError(
            f"database.url: the database has schema {version!r}, this Flinkbot knows up to"
            f" {HEAD!r}. Use the version of Flinkbot that wrote it, or a newer one."
        )


def _version_in(path: Path) -> str | None:
    """Give a file's version if it has one: without an engine, which takes longer than the rest."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:  # no such table
            return None
    return row[0] if row else None


def _run_migrations(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see `migrate`
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _one_transaction(path: Path) -> Iterator[Connection]:
    """Run everything or nothing: Python's driver by itself begins none before a CREATE TABLE."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        yield connection
