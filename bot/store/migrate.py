"""Bring the database to the newest schema before anything reads it, whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Column, MetaData, String, Table, create_engine, event, insert
from sqlalchemy.pool import NullPool

from bot.errors import ConfigurationError
from bot.store.schema import HEAD, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_bookkeeping = MetaData()
_alembic_version = Table(
    "alembic_version", _bookkeeping, Column("version_num", String(32), primary_key=True)
)


def migrate(path: Path) -> None:
    """Run the migrations that are missing; into an empty file, write the newest schema itself.

    Both give the same tables, which a test holds to. The migration tool takes longer to load than
    the rest of the start, so it is loaded only for a database of an older Flinkbot.

    Raises:
        ConfigurationError: a newer Flinkbot wrote it, or another program.

    """
    match _version(path):
        case version if version == HEAD:
            return
        case None:
            _create(path)
        case version:
            _upgrade(path, version)


def _version(path: Path) -> str | None:
    """Give the schema's version, None of an empty file, empty when the first migration is due.

    Tables and version are made in one transaction, so tables without a version are not ours.
    """
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if not tables:
            return None
        if _alembic_version.name not in tables:
            msg = (
                f"database.url: {path} is the database of another program."
                " Give Flinkbot a file of its own."
            )
            raise ConfigurationError(msg)
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else ""


def _create(path: Path) -> None:
    with _one_transaction(path) as connection:
        metadata.create_all(connection)
        _bookkeeping.create_all(connection)
        connection.execute(insert(_alembic_version).values(version_num=HEAD))


def _upgrade(path: Path, version: str) -> None:
    from alembic import command  # noqa: PLC0415 - see `migrate`
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with _one_transaction(path) as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            msg = (
                f"{path} has schema {version!r}, this Flinkbot knows up to {HEAD!r}."
                " Use the version of Flinkbot that wrote it, or a newer one."
            )
            raise ConfigurationError(msg) from error


@contextmanager
def _one_transaction(path: Path) -> Iterator[Connection]:
    """Run everything or nothing: Python's driver by itself begins none before a CREATE TABLE."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        yield connection
