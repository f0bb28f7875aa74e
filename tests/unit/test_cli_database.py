"""`flinkbot db`, and what `config check` says of the database, on both kinds of database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.schema import HEAD
from bot.store.upgrade import upgrade
from tests.unit.test_cli import TARGET, flinkbot

FRESH = f"Schema: none; the newest known: {HEAD}\nAn upgrade is due: flinkbot db upgrade\n"


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/flinkbot.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, sqlite: str) -> str:
    """Give the address of a database without any table."""
    if request.param == "sqlite":
        return sqlite
    created: str = request.getfixturevalue("postgres_server").create()
    return created


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "flinkbot.toml"
    file.write_text(TARGET, encoding="utf-8")
    return file


def db(command: str, url: str, *args: object):
    """Run a command with nothing but the database's address."""
    nothing = dict.fromkeys(
        ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "ALIBABA_CLOUD_ACCESS_KEY_ID"), None
    )
    return flinkbot("db", command, *args, FLINKBOT_DATABASE_URL=url, **nothing)


def test_an_upgrade_needs_the_address_alone_and_may_be_repeated(url: str) -> None:
    before = db("current", url)
    first, second = db("upgrade", url), db("upgrade", url)
    after = db("current", url)

    assert (before.exit_code, before.stdout.split("\n", 1)[1]) == (1, FRESH)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"Upgraded from schema none to {HEAD}.\n" in first.stdout
    assert f"Schema {HEAD}, the newest already: nothing to do.\n" in second.stdout
    assert after.exit_code == 0
    assert after.stdout.endswith(f"newest known: {HEAD}\nNothing to do.\n")


def test_the_address_may_come_from_the_file(sqlite: str, config: Path) -> None:
    config.write_text(f'[database]\nurl = "{sqlite}"\n', encoding="utf-8")

    result = flinkbot("db", "upgrade", "--config", config)

    assert result.exit_code == 0
    assert f"Database: {sqlite}\n" in result.stdout


@pytest.mark.parametrize("command", ["current", "upgrade"])
def test_a_newer_schema_is_refused(sqlite: str, tmp_path: Path, command: str) -> None:
    upgrade(sqlite)
    with closing(sqlite3.connect(tmp_path / "flinkbot.sqlite3")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    result = db(command, sqlite)

    assert result.exit_code == 2
    assert f"schema '9999', this Flinkbot knows up to '{HEAD}'" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["current", "upgrade"])
def test_a_database_out_of_reach_is_one_sentence_without_the_password(command: str) -> None:
    result = db(command, "postgresql://bot:hunter2@127.0.0.1:1/flinkbot")

    assert result.exit_code == 2
    assert result.stderr.startswith("flinkbot: database.url: PostgreSQL database 'flinkbot' at 127")
    assert "Traceback" not in result.output
    assert "hunter2" not in result.output


def test_the_check_of_the_configuration_tells_of_the_database(config: Path, url: str) -> None:
    upgrade(url)

    result = flinkbot("config", "check", "--config", config, FLINKBOT_DATABASE_URL=url)

    assert result.exit_code == 0
    assert f"Database answers: schema {HEAD}, the newest\n" in result.stdout


def test_a_file_that_is_not_there_yet_is_no_fault(config: Path, sqlite: str) -> None:
    result = flinkbot("config", "check", "--config", config, FLINKBOT_DATABASE_URL=sqlite)

    assert result.exit_code == 0
    assert "Database answers: nothing there yet; made at the first start" in result.stdout


def test_an_older_file_is_no_fault_either(config: Path, sqlite: str, tmp_path: Path) -> None:
    upgrade(sqlite)
    with closing(sqlite3.connect(tmp_path / "flinkbot.sqlite3")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")

    result = flinkbot("config", "check", "--config", config, FLINKBOT_DATABASE_URL=sqlite)

    assert result.exit_code == 0
    assert f"Database answers: schema 0001; brought to {HEAD} at the start" in result.stdout


def test_a_server_without_the_schema_is_a_fault_that_says_what_to_do(
    config: Path, postgres_server
) -> None:
    url = postgres_server.create()

    result = flinkbot("config", "check", "--config", config, FLINKBOT_DATABASE_URL=url)
    offline = flinkbot(
        "config", "check", "--offline", "--config", config, FLINKBOT_DATABASE_URL=url
    )

    assert result.exit_code == 1
    assert "Run `flinkbot db upgrade` once" in result.stderr
    assert f"{config} is sound, but not everything" in result.stderr
    assert offline.exit_code == 0


def test_the_check_shows_no_password(config: Path) -> None:
    given = {"FLINKBOT_DATABASE_URL": "postgresql://bot:hunter2@127.0.0.1:1/flinkbot"}

    result = flinkbot("config", "check", "--config", config, **given)

    assert result.exit_code == 1
    assert "Database: postgresql://bot@127.0.0.1:1/flinkbot\n" in result.stdout
    assert "database.url: PostgreSQL database 'flinkbot' at 127.0.0.1:1 cannot be" in result.stderr
    assert "hunter2" not in result.output
