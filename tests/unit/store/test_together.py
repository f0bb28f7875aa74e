"""Writes that share a commit, on both databases: each gets its own end, and hears of it."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from bot.errors import StoreUnavailableError
from bot.store.postgres import open_postgres
from bot.store.sqlite import open_sqlite
from bot.store.together import Together
from bot.store.trouble import CollisionError
from bot.store.urls import parsed

NOTES = text("CREATE TABLE notes (said TEXT PRIMARY KEY)")


def opened(folder):
    return open_sqlite(parsed(f"sqlite+aiosqlite:///{folder}/x.sqlite3"))


@asynccontextmanager
async def with_notes(opening):
    async with opening as database:
        async with database.write() as connection:
            await connection.execute(NOTES)
        yield database


@pytest.fixture
async def shared(postgres_server):
    """Give a database on the server."""
    url = postgres_server.fresh()
    async with with_notes(open_postgres(parsed(url))) as database:
        yield database
    postgres_server.drop(url)


@pytest.fixture
async def alone(tmp_path):
    """Give a database in a file."""
    async with with_notes(opened(tmp_path)) as database:
        yield database


@pytest.fixture(params=["alone", "shared"])
def database(request):
    """Give a database, of each kind in turn."""
    return request.getfixturevalue(request.param)


def note(said, fails_after=None):
    """Make a piece of work; it tells which transaction it ran in."""

    async def write(connection):
        await connection.execute(text("INSERT INTO notes VALUES (:said)"), {"said": said})
        if fails_after is not None:
            raise fails_after
        return id(connection)

    return write


async def noted(database):
    async with database.read() as connection:
        return sorted((await connection.execute(text("SELECT said FROM notes"))).scalars())


async def test_work_that_comes_together_shares_a_transaction(database):
    transactions = await asyncio.gather(*(database.together(note(said)) for said in "abc"))
    assert len(set(transactions)) == 1
    assert await noted(database) == ["a", "b", "c"]


async def test_what_work_gives_is_given_once_it_is_committed(database):
    await database.together(note("a"))
    assert await noted(database) == ["a"]


async def test_work_that_fails_does_not_undo_that_of_others(database):
    works = [note("a"), note("b", fails_after=LookupError("gone")), note("c")]
    found = await asyncio.gather(*map(database.together, works), return_exceptions=True)
    assert isinstance(found[1], LookupError)
    assert await noted(database) == ["a", "c"]


async def test_work_that_fails_alone_is_undone_and_told(database):
    with pytest.raises(LookupError, match="gone"):
        await database.together(note("a", fails_after=LookupError("gone")))
    assert await noted(database) == []


async def test_after_a_failure_the_next_work_is_done(database):
    with pytest.raises(LookupError):
        await database.together(note("a", fails_after=LookupError()))
    await database.together(note("b"))
    assert await noted(database) == ["b"]


async def test_a_caller_that_gives_up_does_not_undo_what_others_share(database):
    first = asyncio.create_task(database.together(note("a")))
    second = asyncio.create_task(database.together(note("b")))
    await asyncio.sleep(0)  # both have asked, neither is served
    first.cancel()
    await asyncio.wait([first, second])
    assert first.cancelled()
    assert await noted(database) == ["a", "b"]


async def test_a_failure_that_nobody_waits_for_is_dropped(database):
    waiting = asyncio.create_task(database.together(note("a", fails_after=LookupError())))
    await asyncio.sleep(0)
    waiting.cancel()
    await database.together(note("b"))
    assert await noted(database) == ["b"]


async def test_work_waits_for_a_transaction_that_is_open(alone):
    database = alone
    async with database.write() as connection:
        waiting = asyncio.create_task(database.together(note("b")))
        await connection.execute(text("INSERT INTO notes VALUES ('a')"))
        assert not waiting.done()
    await waiting
    assert await noted(database) == ["a", "b"]


async def test_when_the_commit_fails_all_are_told_and_nothing_is_repeated(database):
    @asynccontextmanager
    async def answer_lost():
        async with database.write() as connection:
            yield connection
        raise ConnectionError("lost after the commit")

    together = Together(answer_lost)
    found = await asyncio.gather(*(together(note(said)) for said in "ab"), return_exceptions=True)
    assert [type(one) for one in found] == [ConnectionError, ConnectionError]
    assert await noted(database) == ["a", "b"]  # a second try would have found them there


async def test_when_no_transaction_begins_all_are_told(database):
    @asynccontextmanager
    async def locked():
        raise TimeoutError("database is locked")
        yield

    found = await asyncio.gather(
        *map(Together(locked), [note("a"), note("b")]), return_exceptions=True
    )
    assert [str(one) for one in found] == ["database is locked", "database is locked"]


async def test_the_database_is_not_closed_before_work_that_nobody_waits_for_is_done(tmp_path):
    async with opened(tmp_path) as closing:
        async with closing.write() as connection:
            await connection.execute(text("CREATE TABLE notes (said TEXT PRIMARY KEY)"))
        leaving = asyncio.create_task(closing.together(note("a")))
        await asyncio.sleep(0)
        leaving.cancel()
    async with opened(tmp_path) as again:
        assert await noted(again) == ["a"]


# When the database goes away


def counted(work, tries):
    """Note every try."""

    async def count(connection):
        tries.append(work)
        return await work(connection)

    return count


async def away(connection):
    """Lose the connection, as seen from here."""
    await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_when_the_database_goes_away_under_a_piece_all_are_told_at_once(shared):
    tries = []
    works = [counted(work, tries) for work in (note("a"), away, note("b"))]

    found = await asyncio.gather(*map(shared.together, works), return_exceptions=True)

    assert [type(one) for one in found] == [StoreUnavailableError] * 3
    assert len(tries) == 2  # none again, and the third not even once
    assert await noted(shared) == []


async def test_when_the_connection_is_lost_at_the_commit_all_are_told(shared, postgres_server):
    @asynccontextmanager
    async def lost():
        async with shared.write() as connection:
            yield connection
            postgres_server.end_sessions(shared.engine.url.database)

    together = Together(lost)
    found = await asyncio.gather(*(together(note(said)) for said in "ab"), return_exceptions=True)

    assert [type(one) for one in found] == [StoreUnavailableError] * 2
    assert await noted(shared) == []


async def test_afterwards_work_is_done_again(shared):
    with pytest.raises(StoreUnavailableError):
        await shared.together(away)

    await shared.together(note("a"))
    assert await noted(shared) == ["a"]


async def test_a_fault_of_a_piece_is_its_own(shared):
    works = [note("a"), note("a"), note("b")]
    found = await asyncio.gather(*map(shared.together, works), return_exceptions=True)

    assert [isinstance(one, Exception) for one in found] == [False, True, False]
    assert not isinstance(found[1], StoreUnavailableError)
    assert await noted(shared) == ["a", "b"]


# When two transactions collide


def behind_time(database, times):
    """Change a row that somebody else changes first, so many times."""

    async def change(connection):
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        seen = (await connection.execute(text("SELECT said FROM notes"))).scalar_one()
        if times:
            times.pop()
            async with database.write() as other:
                await other.execute(text("UPDATE notes SET said = said || '!'"))
        await connection.execute(text("UPDATE notes SET said = said || '?'"))
        return seen

    return change


async def test_what_the_server_undid_for_another_is_done_again_at_once(shared):
    await shared.together(note("a"))

    assert await shared.together(behind_time(shared, [1])) == "a!"
    assert await noted(shared) == ["a!?"]


async def test_it_is_done_again_once_and_then_told(shared):
    await shared.together(note("a"))

    with pytest.raises(CollisionError, match="could not serialize"):
        await shared.together(behind_time(shared, [1, 1]))

    assert await noted(shared) == ["a!!"]


async def test_a_deadlock_with_somebody_else_is_survived(shared):
    for said in "ab":
        await shared.together(note(said))
    both_hold_one = asyncio.Barrier(2)
    touch = text("UPDATE notes SET said = said WHERE said = :said")

    async def first(connection):
        await connection.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
        await connection.execute(touch, {"said": "a"})
        tried.append(1)
        if len(tried) == 1:
            await both_hold_one.wait()
        await connection.execute(touch, {"said": "b"})

    async def other():
        async with shared.write() as connection:
            await connection.execute(text("SET LOCAL deadlock_timeout = '1h'"))
            await connection.execute(touch, {"said": "b"})
            await both_hold_one.wait()
            await connection.execute(touch, {"said": "a"})

    tried = []
    await asyncio.gather(shared.together(first), other())
    assert tried == [1, 1]
