"""`db upgrade` on a real server: whole or not at all, once, and only what is ours."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from bot.errors import ConfigurationError
from bot.store import migrate
from bot.store.postgres import address
from bot.store.schema import HEAD, REVISIONS, metadata
from bot.store.sqlite import alone_with
from bot.store.upgrade import Schema, current, upgrade
from bot.store.urls import parsed
from tests.unit.store.bench import url_of
from tests.unit.store.migrations import configured


@pytest.fixture
def url(postgres_server):
    """Give the address of a database without any table."""
    return postgres_server.create()


def run(url, statement):
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def engine_of(url):
    return create_engine(address(parsed(url)), poolclass=NullPool)


def brought_to(url, revision):
    """Give the database as an older Flinkbot left it."""
    with engine_of(url).begin() as connection:
        command.upgrade(configured(connection), revision)
    return url


def tables(url):
    return {
        name for (name,) in run(url, "SELECT tablename FROM pg_tables WHERE schemaname='public'")
    }


def described(url):
    """Give tables, columns, keys and indexes, without their order."""
    seen, found = inspect(engine_of(url)), {}
    for table in seen.get_table_names():
        columns = {
            each["name"]: {**each, "type": str(each["type"])} for each in seen.get_columns(table)
        }
        keys = (seen.get_pk_constraint(table)["constrained_columns"], seen.get_foreign_keys(table))
        found[table] = (columns, keys, seen.get_unique_constraints(table))
    indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    return found, run(url, indexes)


# To the newest


@pytest.mark.parametrize("revision", [None, *REVISIONS])
def test_from_wherever_it_is_the_tables_become_those_in_the_code(url, postgres_server, revision):
    if revision:
        brought_to(url, revision)

    assert (current(url).version, upgrade(url).version) == (revision, revision)

    assert current(url) == Schema(HEAD)
    with engine_of(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert described(url) == described(postgres_server.fresh())


def test_a_second_upgrade_finds_nothing_to_do(url):
    assert upgrade(url).due
    assert not upgrade(url).due


def test_looking_changes_nothing(url):
    assert current(url).due
    assert tables(url) == set()


def test_looking_for_a_file_does_not_make_it(tmp_path):
    assert current(url_of(tmp_path)) == Schema(None)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_upgraded_too(tmp_path):
    assert upgrade(url_of(tmp_path)) == Schema(None)
    assert upgrade(url_of(tmp_path)) == current(url_of(tmp_path)) == Schema(HEAD)


def test_what_is_recorded_survives(url):
    brought_to(url, "0001")
    run(url, "INSERT INTO inbox VALUES ('k', 1)")

    upgrade(url)

    assert run(url, "SELECT key FROM inbox") == [("k",)]


# Not ours, or not now


@pytest.mark.parametrize("look", [current, upgrade])
def test_the_database_of_another_program_is_refused_and_left_alone(url, look):
    run(url, "CREATE TABLE customers (theirs TEXT)")

    with pytest.raises(ConfigurationError, match="of another program"):
        look(url)

    assert tables(url) == {"customers"}


@pytest.mark.parametrize("look", [current, upgrade])
def test_a_newer_schema_is_refused_and_left_alone(url, look):
    upgrade(url)
    run(url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(ConfigurationError, match=rf"schema '9999'.*up to '{HEAD}'.*or a newer one"):
        look(url)

    assert run(url, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_an_upgrade_that_fails_half_way_leaves_the_database_as_it_was(url):
    brought_to(url, "0001")
    run(url, "CREATE TABLE duties (theirs TEXT)")  # in the way of 0003, after 0002 went well
    before = described(url)

    with pytest.raises(ConfigurationError, match=r'cannot be used: relation "duties" already exis'):
        upgrade(url)

    assert described(url) == before
    assert current(url).version == "0001"


def test_of_two_upgrades_at_once_one_does_it_and_both_end_well(url):
    brought_to(url, "0001")
    begin = threading.Barrier(4)

    def together(_):
        begin.wait()
        return upgrade(url).version

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(together, range(4)))

    assert found == ["0001", HEAD, HEAD, HEAD]
    assert not current(url).due


def test_whoever_waits_too_long_for_another_upgrade_is_told(url):
    with psycopg.connect(url) as other:
        other.execute(f"SELECT pg_advisory_xact_lock({int.from_bytes(b'flinkbot')})")

        with pytest.raises(ConfigurationError, match=r"another upgrade runs.*try again"):
            upgrade(url, turn_seconds=0.05)

    assert tables(url) == set()


def test_a_table_that_is_held_is_not_waited_for_while_replicas_queue_behind(url):
    brought_to(url, "0002")
    with psycopg.connect(url) as backup:
        backup.execute("LOCK TABLE updates IN ACCESS SHARE MODE")

        with pytest.raises(ConfigurationError, match=r"has held one of its tables.*Nothing was"):
            upgrade(url, table_seconds=0.05)

    assert current(url).version == "0002"
    assert upgrade(url).version == "0002"


def test_a_file_that_a_bot_has_open_is_refused(tmp_path):
    in_use = pytest.raises(ConfigurationError, match="in use by another Flinkbot process")
    with alone_with(tmp_path / "flinkbot.sqlite3"), in_use:
        upgrade(url_of(tmp_path))


@pytest.mark.parametrize("look", [current, upgrade])
def test_a_file_that_is_no_database_is_refused(tmp_path, look):
    (tmp_path / "flinkbot.sqlite3").write_text("these are not the bytes of a database" * 100)

    with pytest.raises(ConfigurationError, match=r"flinkbot\.sqlite3 cannot be used"):
        look(url_of(tmp_path))


def test_who_may_not_make_tables_is_told_so(url, postgres_server):
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    postgres_server.run(f'CREATE ROLE "r_{name}" LOGIN')

    with pytest.raises(ConfigurationError, match="cannot be used: permission denied for schema"):
        upgrade(postgres_server.url(name, user=f"r_{name}"))


def test_the_bot_starts_at_no_schema_but_its_own():
    for version in (None, "", *REVISIONS[:-1]):
        with pytest.raises(ConfigurationError, match=f"needs schema {HEAD}.*`flinkbot db upgrade`"):
            migrate.refuse_schema(version)
    with pytest.raises(ConfigurationError, match="or a newer one"):
        migrate.refuse_schema("9999")
    migrate.refuse_schema(HEAD)
