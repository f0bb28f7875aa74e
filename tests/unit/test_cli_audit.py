"""`flinkbot audit`: it needs the database's address alone, and says what it found by its exit."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.options import micros
from bot.store.upgrade import upgrade
from tests.fakes.clock import T0, FakeClock
from tests.unit.store.bench import SILENT, STEP, opened_at, plan_of, url_of
from tests.unit.test_cli import flinkbot

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database with one event a day, from T0 on."""
    if request.param == "sqlite":
        made = url_of(tmp_path)
    else:
        made = request.getfixturevalue("postgres_url")
    asyncio.run(_fill(made))
    return made


async def _fill(url: str) -> None:
    clock = FakeClock()
    async with opened_at(url, clock) as store:
        for number in range(3):
            await store.updates.add(plan_of(f"u{number}", f"d-{number}"), [SILENT])
            clock.tick(86_400)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    made = url_of(tmp_path)
    asyncio.run(_fill(made))
    with closing(sqlite3.connect(tmp_path / "flinkbot.sqlite3")) as connection, connection:
        connection.execute("UPDATE events SET actor = 'U0MALLORY' WHERE position = 2")
    return made


def audit(command: str, url: str, *args: object):
    """Run a command with nothing but the database's address."""
    nothing = dict.fromkeys(
        ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "ALIBABA_CLOUD_ACCESS_KEY_ID"), None
    )
    return flinkbot("audit", command, *args, FLINKBOT_DATABASE_URL=url, **nothing)


def test_a_sound_audit_gives_an_anchor_that_holds_later(url: str) -> None:
    first = audit("verify", url)
    anchor = first.stdout.split()[-1]
    again = audit("verify", url, "--anchor", anchor)
    other = audit("verify", url, "--anchor", "2:" + "0" * 64)

    assert (first.exit_code, again.exit_code, other.exit_code) == (0, 0, 1)
    assert "Sound: 3 chained events" in first.stdout
    assert anchor.startswith("3:")
    assert "Broken at 2 (rewritten)" in other.stdout


def test_a_broken_audit_is_told_with_the_place(broken: str) -> None:
    result = audit("verify", broken)

    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == [
        "Sound up to: 1",
        "Broken at 2 (changed): what it says, or its hash, is not what was written.",
    ]


def test_what_is_from_before_the_chain_is_counted(tmp_path: Path) -> None:
    made = url_of(tmp_path)
    asyncio.run(_fill(made))
    with closing(sqlite3.connect(tmp_path / "flinkbot.sqlite3")) as connection, connection:
        connection.execute("UPDATE events SET position = 0, hash = NULL, facts = NULL")
        connection.execute("DELETE FROM audit_head")
    late = (
        "INSERT INTO events (update_id, seq, at, actor, code, args) VALUES ('u0',2,1,'','x','{}')"
    )
    with closing(sqlite3.connect(tmp_path / "flinkbot.sqlite3")) as connection, connection:
        connection.execute(late)
    asyncio.run(_one_more(made))

    result = audit("verify", made)

    assert result.exit_code == 0
    assert "Before the chain: 3 events" in result.stdout
    assert "Chained later: 1 events" in result.stdout
    assert "Sound: 2 chained events" in result.stdout


async def _one_more(url: str) -> None:
    async with opened_at(url, FakeClock()) as store:
        await store.updates.add(plan_of("u9", "d-9"), [STEP])


@pytest.mark.parametrize("anchor", ["3", "3:abc", "x:" + "0" * 64])
def test_what_is_no_anchor_is_said_so(broken: str, anchor: str) -> None:
    result = audit("verify", broken, "--anchor", anchor)

    assert result.exit_code == 2
    assert f'--anchor "{anchor}" must be POSITION:HASH' in result.stderr


def test_an_export_has_a_line_an_event_oldest_first(url: str) -> None:
    result = audit("export", url)

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(line["position"], line["update_id"]) for line in lines] == [
        (1, "u0"),
        (2, "u1"),
        (3, "u2"),
    ]


def test_an_export_may_be_a_table(url: str) -> None:
    result = audit("export", url, "--format", "csv")

    assert result.stdout.startswith("position,at,update_id,seq,team,actor,code,args,facts,hash")
    assert len(result.stdout.splitlines()) == 4


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        (0, 3, ["u0", "u1", "u2"]),
        (1, 2, ["u1"]),
        (1, None, ["u1", "u2"]),
        (None, 1, ["u0"]),
        (2.5, None, []),
    ],
)
def test_an_export_is_not_before_since_and_before_until(
    url: str, since: float | None, until: float | None, wanted: list[str]
) -> None:
    given = [
        part
        for option, days in (("--since", since), ("--until", until))
        if days is not None
        for part in (option, (T0 + timedelta(days=days)).isoformat())
    ]

    result = audit("export", url, *given)

    assert [json.loads(line)["update_id"] for line in result.stdout.splitlines()] == wanted


@pytest.mark.parametrize("command", ["verify", "export"])
def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, command: str) -> None:
    result = audit(command, url_of(tmp_path))

    assert result.exit_code == 2
    assert "flinkbot.sqlite3 does not exist" in result.stderr
    assert not (tmp_path / "flinkbot.sqlite3").exists()


@pytest.mark.parametrize("command", ["verify", "export"])
def test_an_older_schema_says_what_to_do(tmp_path: Path, command: str) -> None:
    upgrade(url_of(tmp_path))
    with closing(sqlite3.connect(tmp_path / "flinkbot.sqlite3")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0004'")

    result = audit(command, url_of(tmp_path))

    assert result.exit_code == 2
    assert "Run `flinkbot db upgrade` once" in result.stderr


@pytest.mark.parametrize("command", ["verify", "export"])
def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path, command: str) -> None:
    (tmp_path / "flinkbot.sqlite3").write_text("no database " * 100, encoding="utf-8")

    result = audit(command, url_of(tmp_path))

    assert result.exit_code == 2
    assert "cannot be used: file is not a database" in result.stderr


@pytest.mark.parametrize("command", ["verify", "export"])
def test_a_server_out_of_reach_is_one_sentence_without_the_password(command: str) -> None:
    result = audit(command, "postgresql://bot:hunter2@127.0.0.1:1/flinkbot")

    assert result.exit_code == 2
    assert "PostgreSQL database 'flinkbot' at 127.0.0.1:1 cannot be used" in result.stderr
    assert "hunter2" not in result.output


# When


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("12h", NOW - timedelta(hours=12)),
        (" 90m ", NOW - timedelta(minutes=90)),
        ("2w", NOW - timedelta(weeks=2)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T12:00+01:00", datetime(2026, 3, 1, 11, tzinfo=UTC)),
    ],
)
def test_when_is_a_time_or_how_long_ago(typed: str, meant: datetime) -> None:
    assert micros(typed, "--since", NOW) == int(meant.timestamp()) * 10**6


def test_when_nothing_is_typed_nothing_is_meant() -> None:
    assert micros("", "--since", NOW) is None


@pytest.mark.parametrize("typed", ["soon", "7 days", "7y", "2026-13-01", "999999w", "-7d"])
def test_what_is_no_time_is_said_so(typed: str) -> None:
    with pytest.raises(ConfigurationError, match="--until"):
        micros(typed, "--until", NOW)
