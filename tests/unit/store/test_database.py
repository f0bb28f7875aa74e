"""One file, one process, one writer; every connection as durable as promised."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import IntegrityError

from bot.errors import ConfigurationError
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.store import open_store
from bot.store.schema import events, sealed
from bot.updates.sharing import Busy
from tests.fakes.clock import T0, FakeClock
from tests.unit.store.bench import PLANNED, STEP, claim, keys, opened, plan_of, queue

ROOT = Path(__file__).parents[3]
HOLDER = """
import asyncio, sys
from pathlib import Path
from tests.fakes.clock import FakeClock
from tests.unit.store.bench import claim, opened, queue

async def main():
    async with opened(Path(sys.argv[1]), FakeClock()) as store:
        await queue(store)
        await claim(store)
        [card] = await store.outbox.claim_messages(1)
        await store.outbox.mark_sending(card)
        print("claimed", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
async def store(tmp_path):
    async with opened(tmp_path, FakeClock()) as store:
        yield store


@pytest.fixture
def holder(tmp_path):
    """Another process that has the database open and has claimed what there is."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with process:
        assert process.stdout.readline() == "claimed\n"
        yield process
        process.kill()


# Opening


@pytest.mark.parametrize(
    "url",
    [
        "",
        "flinkbot.sqlite3",
        "mysql://flinkbot:hush@db/flinkbot",
        "sqlite",
        "sqlite://",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite:///flinkbot.sqlite3?mode=ro",
        "sqlite+aiosqlite://flinkbot.sqlite3/x",
        "sqlite+pysqlite:///flinkbot.sqlite3",
    ],
)
async def test_what_is_no_address_of_a_database_is_refused_without_its_password(url):
    with pytest.raises(ConfigurationError, match=r"^database\.url: .*///FILE") as refused:
        await open_store(url, now=FakeClock()).__aenter__()

    assert "hush" not in str(refused.value)


async def test_a_missing_folder_is_made_and_the_file_is_for_its_owner_only(tmp_path):
    async with opened(tmp_path / "some" / "where", FakeClock()) as store:
        await queue(store)
        modes = {
            stat.S_IMODE(file.stat().st_mode)
            for file in (tmp_path / "some" / "where").glob("*.sqlite3*")
            if file.suffix != ".lock"
        }

    assert modes == {0o600}


async def test_odd_characters_in_the_path_are_only_characters(tmp_path):
    folder = tmp_path / "über #1 ; & 'x'"
    async with opened(folder, FakeClock()) as store:
        await store.updates.add(plan_of(), [])

    assert (folder / "flinkbot.sqlite3").stat().st_size > 0


@pytest.mark.parametrize("obstacle", ["a file where the folder should be", "a folder", "not ours"])
async def test_a_file_that_cannot_be_the_database_is_refused_by_name(tmp_path, obstacle):
    folder = tmp_path / "data"
    file = folder / "flinkbot.sqlite3"
    if obstacle == "a folder":
        file.mkdir(parents=True)
    elif obstacle == "not ours":
        folder.mkdir()
        file.write_text("these are not the bytes of a database" * 100)
    else:
        folder.write_text("")

    with pytest.raises(ConfigurationError, match=r"flinkbot\.sqlite3 cannot be used"):
        await opened(folder, FakeClock()).__aenter__()

    if obstacle == "not ours":
        assert file.read_text().startswith("these are not")


async def test_a_database_that_cannot_be_migrated_is_refused_without_the_statement(tmp_path):
    with closing(sqlite3.connect(tmp_path / "flinkbot.sqlite3")) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE events (theirs TEXT)")

    with pytest.raises(ConfigurationError, match="cannot be used: ") as refused:
        await opened(tmp_path, FakeClock()).__aenter__()

    assert str(refused.value).endswith("cannot be used: table events already exists")


async def test_an_opening_that_failed_does_not_keep_the_file(tmp_path):
    file = tmp_path / "flinkbot.sqlite3"
    file.write_text("these are not the bytes of a database" * 100)
    with pytest.raises(ConfigurationError):
        await opened(tmp_path, FakeClock()).__aenter__()
    file.unlink()

    async with opened(tmp_path, FakeClock()) as store:
        await store.ping()


async def test_every_connection_is_set_up_alike(store):
    expected = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}
    several = asyncio.Barrier(4)

    async def settings():
        async with store.database.read() as connection:
            await several.wait()  # nobody gets a connection that another has given back
            return {
                name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
                for name in expected
            }

    assert await asyncio.gather(*(settings() for _ in range(4))) == [expected] * 4


# Transactions


async def test_a_transaction_that_fails_leaves_nothing(store):
    with pytest.raises(RuntimeError):
        await _half_a_message(store)

    assert await keys(store) == ["u1:card"]


async def _half_a_message(store):
    await queue(store)
    async with store.database.write() as connection:
        await connection.execute(text("DELETE FROM outbox"))
        raise RuntimeError


async def test_a_writer_that_is_cancelled_leaves_nothing_and_holds_nobody(store):
    await queue(store)
    begun = asyncio.Event()

    async def write():
        async with store.database.write() as connection:
            await connection.execute(text("DELETE FROM outbox"))
            begun.set()
            await asyncio.Event().wait()

    writer = asyncio.create_task(write())
    await begun.wait()
    writer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writer

    assert await keys(store) == ["u1:card"]


async def test_a_writer_has_the_file_before_it_reads(tmp_path, store):
    other = sqlite3.connect(tmp_path / "flinkbot.sqlite3", timeout=0, isolation_level=None)
    with closing(other):
        async with store.database.write():
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")


async def test_a_reader_sees_one_moment_and_does_not_hold_the_writer(store):
    async with store.database.read() as connection:
        count = text("SELECT count(*) FROM updates")
        before = (await connection.execute(count)).scalar_one()
        await store.updates.add(plan_of(), [])

        assert (await connection.execute(count)).scalar_one() == before == 0


async def test_a_value_of_no_update_cannot_be_written(store):
    row = {"update_id": "nobody", "name": "sql_body", "body": "", "kept_at": T0}

    with pytest.raises(IntegrityError):
        await _write(store, insert(sealed).values(row))


async def test_a_fault_of_ours_is_not_taken_for_a_held_job(store):
    await store.updates.add(plan_of(), [STEP])
    row = {"update_id": "u1", "seq": 3, "at": T0, "actor": "", "code": "x", "args": {}}
    await _write(store, insert(events).values(row))

    with pytest.raises(IntegrityError, match="events"):
        await store.updates.transition("u1", origin=PLANNED, state=State.QUEUED, events=[STEP])

    assert (await store.updates.get("u1")).state is State.PLANNED


async def _write(store, statement):
    async with store.database.write() as connection:
        await connection.execute(statement)


async def test_a_refused_update_whose_holder_has_just_ended_is_still_refused(store):
    await store.updates.add(plan_of(), [])

    refusal = await store.updates._in_progress(DeploymentRef("prod", "d-1"))

    assert refusal.note.args == {"id": "", "who": "", "since": ""}


# What is asked often is answered from an index


async def plan_of_query(store, work):
    """Give SQLite's plans of all that `work` asks."""
    asked = []
    engine = store.database.engine.sync_engine

    def remember(connection, cursor, statement, parameters, context, executemany):
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", remember)
    await work
    event.remove(engine, "before_cursor_execute", remember)
    async with store.database.read() as connection:
        return [
            row.detail
            for statement, parameters in asked
            if not statement.startswith("BEGIN")
            for row in await connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
        ]


BUSY = Busy(frozenset({"u1", "u2"}), frozenset({"prod"}))


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("updates_due", lambda store: store.updates.claim_due(10)),
        ("updates_due", lambda store: store.updates.claim_due(10, BUSY)),
        ("updates_due", lambda store: store.updates.next_due()),
        ("updates_due", lambda store: store.updates.next_due(BUSY)),
        ("updates_leased", lambda store: store.updates.next_due()),
        ("updates_leased", lambda store: store.updates.release_leases()),
        ("updates_planned", lambda store: store.updates.expired_plans(T0)),
        (
            "updates_one_live_per_job",
            lambda store: store.updates.live_for(DeploymentRef("prod", "d-1")),
        ),
        ("updates_by_hot_update", lambda store: store.updates.watched("prod", "h-1")),
        ("updates_by_creation", lambda store: store.updates.recent(10)),
        ("outbox_owed", lambda store: store.outbox.claim_messages(10)),
        ("outbox_owed", lambda store: store.outbox.next_message_due()),
        ("outbox_leased", lambda store: store.outbox.release_leases()),
    ],
)
async def test_what_has_ended_costs_nothing_when_asked_for_what_is_due(store, index, ask):
    plan = await plan_of_query(store, ask(store))

    assert any(f"INDEX {index}" in line for line in plan), plan
    whole_table = [line for line in plan if line in {"SCAN updates", "SCAN outbox"}]
    assert whole_table == []


# One process


async def test_a_second_opening_is_refused_also_within_the_process(tmp_path, store):
    with pytest.raises(ConfigurationError, match="in use by another Flinkbot process"):
        await opened(tmp_path, FakeClock()).__aenter__()


async def test_a_closed_database_can_be_opened_again(tmp_path):
    for _ in range(2):
        async with opened(tmp_path, FakeClock()) as store:
            await store.ping()


async def test_what_a_killed_process_had_claimed_is_due_again_at_once(tmp_path, holder):
    with pytest.raises(ConfigurationError, match="in use by another Flinkbot process"):
        await opened(tmp_path, FakeClock()).__aenter__()

    holder.kill()
    assert holder.wait() == -9

    async with opened(tmp_path, FakeClock()) as store:
        assert (await store.updates.next_due(), await store.outbox.next_message_due()) == (T0, T0)
        assert (await claim(store)).id == "u1"
        [card] = await store.outbox.claim_messages(10)
        assert (card.key, card.sent_at is not None) == ("u1:card", True)


async def test_leases_of_an_unclean_end_are_void_for_those_who_held_them(tmp_path):
    async with opened(tmp_path, FakeClock()) as store:
        await queue(store)
        lost = await claim(store)

    async with opened(tmp_path, FakeClock()) as store:
        assert (await claim(store)).fence > lost.fence
