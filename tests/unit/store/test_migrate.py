"""The tables in the code, the migrations, and what a new file gets are one and the same."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

import bot.store
from bot.errors import ConfigurationError
from bot.store.migrate import migrate
from bot.store.schema import HEAD, metadata
from tests.fakes.clock import FakeClock
from tests.unit.store.bench import opened, plan_of

OPEN = """
import asyncio, sys
from datetime import UTC, datetime
from bot.store import open_store

async def main():
    async with open_store(sys.argv[1], now=lambda: datetime.now(UTC)) as store:
        await store.ping()

asyncio.run(main())
print([name for name in sys.modules if name.split(".")[0] in ("alembic", "mako")])
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "flinkbot.sqlite3"


def run(path, statement):
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def at_base(path):
    """Give a database that has been under migration and has had none yet."""
    run(path, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    return path


def described(path):
    """Give tables, columns, keys and indexes, without the order and the text of statements."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    seen = inspect(engine)
    tables = {}
    for table in seen.get_table_names():
        columns = [{**each, "type": str(each["type"])} for each in seen.get_columns(table)]
        keys = (seen.get_pk_constraint(table)["constrained_columns"], seen.get_foreign_keys(table))
        tables[table] = (columns, keys, seen.get_unique_constraints(table))
    indexes = run(path, "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
    return tables, indexes


def test_the_migrations_lead_to_the_tables_in_the_code(path):
    migrate(at_base(path))

    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_new_file_gets_what_the_migrations_lead_to(tmp_path):
    migrate(tmp_path / "new")
    migrate(at_base(tmp_path / "migrated"))

    new, migrated = described(tmp_path / "new"), described(tmp_path / "migrated")
    new[0].pop("alembic_version")
    migrated[0].pop("alembic_version")
    assert new == migrated
    assert len(new[0]) == len(metadata.tables)


def test_the_head_in_the_code_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).parent / "migrations"))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


@pytest.mark.parametrize("prepare", [lambda path: path, at_base])
def test_a_database_is_at_the_head_afterwards_and_stays(path, prepare):
    migrate(prepare(path))
    once = run(path, "SELECT version_num FROM alembic_version")
    migrate(path)

    assert once == run(path, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_the_migrations_can_be_undone(path):
    migrate(at_base(path))
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    assert run(path, "SELECT name FROM sqlite_master WHERE type = 'table'") == [
        ("alembic_version",)
    ]


@pytest.mark.parametrize("table", ["events", "outbox"])
def test_a_migration_that_fails_half_way_leaves_nothing_behind(path, table):
    run(at_base(path), f"CREATE TABLE {table} (mine TEXT)")
    before = run(path, "SELECT name FROM sqlite_master")

    with pytest.raises(Exception, match=f"table {table} already exists"):
        migrate(path)

    assert run(path, "SELECT name FROM sqlite_master") == before


@pytest.mark.parametrize("table", ["events", "customers"])
def test_the_database_of_another_program_is_refused_and_left_alone(path, table):
    run(path, f"CREATE TABLE {table} (theirs TEXT)")

    with pytest.raises(ConfigurationError, match=r"flinkbot\.sqlite3 .*another program"):
        migrate(path)

    assert run(path, "SELECT name FROM sqlite_master") == [(table,)]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(path):
    migrate(path)
    run(path, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(ConfigurationError, match=rf"schema '9999'.*up to '{HEAD}'"):
        migrate(path)

    assert run(path, "SELECT version_num FROM alembic_version") == [("9999",)]


async def test_what_is_recorded_survives_a_migration(tmp_path):
    async with opened(tmp_path, FakeClock()) as store:
        await store.updates.add(plan_of(), [])

    async with opened(tmp_path, FakeClock()) as store:
        assert (await store.updates.get("u1")).id == "u1"


def test_neither_a_new_file_nor_one_at_the_head_needs_the_migration_tool(path):
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", OPEN, f"sqlite+aiosqlite:///{path}"],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.stdout, done.stderr) == ("[]\n", "")
