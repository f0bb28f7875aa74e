import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from bot.store.sqlite import open_sqlite
from bot.store.together import Together
from bot.store.urls import parsed


def opened(folder):
    return open_sqlite(parsed(f"sqlite+aiosqlite:///{folder}/x.sqlite3"))


@pytest.fixture
async def database(tmp_path):
    async with opened(tmp_path) as database:
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE notes (said TEXT PRIMARY KEY)"))
        yield database


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


async def test_work_waits_for_a_transaction_that_is_open(database):
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
