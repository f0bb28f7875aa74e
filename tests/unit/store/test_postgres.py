"""A server that refuses, restarts, hangs or goes away: said in one way, and survived."""

import asyncio
import traceback
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.postgres import open_postgres
from bot.store.schema import HEAD
from bot.store.trouble import CollisionError
from bot.store.urls import parsed
from tests import postgres
from tests.fakes import proxy

SOON = 1.5
"""Seconds after which a test takes a server for hanging."""
COUNT, SEEN = text("SELECT count(*) FROM inbox"), text("INSERT INTO inbox VALUES ('k', 1)")
MANY_AT_ONCE = 4


def opened(url, **options):
    return open_postgres(parsed(url), **options)


@pytest.fixture
async def database(postgres_url):
    async with opened(postgres_url) as database:
        yield database


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    """Give a server that nobody else uses."""
    with postgres.running(tmp_path_factory.mktemp("own") / "postgres") as server:
        yield server


async def count(database):
    async with database.read() as connection:
        return (await connection.execute(COUNT)).scalar_one()


async def why_not(url, **options):
    """Give the sentence with which an opening is refused; nothing of its cause says more."""
    with pytest.raises(ConfigurationError) as refused:
        await opened(url, **options).__aenter__()
    return str(refused.value), "".join(traceback.format_exception(refused.value))


# At the start


@pytest.mark.parametrize("version", ["0001", None])
async def test_a_schema_that_is_not_the_bots_own_is_refused_with_what_to_do(
    postgres_server, version
):
    url = postgres_server.fresh() if version else postgres_server.create()
    if version:
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE alembic_version SET version_num = %s", [version])

    said, _ = await why_not(url)

    have = "schema 0001" if version else "no tables yet"
    assert said == (
        f"database.url: the database has {have}; this Flinkbot needs schema {HEAD}."
        " Run `flinkbot db upgrade` once, then start again."
    )


async def test_the_schema_of_a_newer_bot_is_refused(postgres_server):
    url = postgres_server.fresh()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    assert "this Flinkbot knows up to" in (await why_not(url))[0]


async def test_the_database_of_another_program_is_refused(postgres_server):
    url = postgres_server.create()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE customers (theirs TEXT)")

    assert "is the database of another program" in (await why_not(url))[0]


def guarded(server, url):
    return server.url(postgres.name_of(url), user=postgres.GUARDED)


async def test_a_wrong_password_is_told_and_not_repeated(postgres_server, postgres_url):
    url = guarded(postgres_server, postgres_url).replace("@", ":hunter2@")

    said, everything = await why_not(url)

    assert "password authentication failed" in said
    assert "hunter2" not in everything


@pytest.mark.parametrize("place", ["user", "option"])
async def test_a_right_password_opens_and_cannot_be_seen(postgres_server, postgres_url, place):
    url = guarded(postgres_server, postgres_url)
    if place == "user":
        url = url.replace("@", f":{postgres.PASSWORD}@")
    else:
        url += f"&password={postgres.PASSWORD}"

    async with opened(url) as database:
        await database.ping()
        shown = f"{database.engine!r} {database.engine.url} {database.engine.url.query}"

    assert postgres.PASSWORD not in shown


async def test_a_server_that_is_not_there_is_named():
    said, _ = await why_not("postgresql://bot:hunter2@127.0.0.1:1/flinkbot")

    assert said.startswith("database.url: PostgreSQL database 'flinkbot' at 127.0.0.1:1 cannot be")
    assert "refused" in said


async def test_several_servers_are_all_named():
    said, _ = await why_not("postgresql:///flinkbot?host=127.0.0.1:1&host=localhost:1")

    assert " at 127.0.0.1:1, localhost:1 cannot be used: " in said


async def test_what_the_library_does_not_know_is_told(postgres_url):
    assert 'invalid connection option "sslmod"' in (await why_not(f"{postgres_url}&sslmod=x"))[0]


async def test_how_to_encrypt_goes_through_to_the_library(postgres_server, postgres_url):
    async with proxy.before(postgres_server.socket) as way:
        address = f"postgresql://postgres@{way.address}/{postgres.name_of(postgres_url)}"
        async with opened(f"{address}?sslmode=disable") as database:
            await database.ping()

        assert "SSL" in (await why_not(f"{address}?sslmode=require"))[0]


async def test_a_server_that_does_not_answer_at_the_start_is_told(postgres_server, postgres_url):
    async with proxy.before(postgres_server.socket) as way:
        way.stall()
        url = f"postgresql://postgres@{way.address}/{postgres.name_of(postgres_url)}"

        said, _ = await why_not(url, slowest=SOON)

    assert said.endswith("cannot be used: it did not answer in time")


# While it is open


async def test_a_server_restarted_under_an_open_store_costs_nobody_a_transaction(own_server):
    async with opened(own_server.fresh()) as database:
        assert await count(database) == 0
        own_server.stop()
        own_server.start()

        async with database.write() as connection:
            await connection.execute(SEEN)

        assert await count(database) == 1


async def test_while_a_server_is_down_every_transaction_says_so(own_server):
    async with opened(own_server.fresh()) as database:
        own_server.stop("immediate")
        try:
            with pytest.raises(StoreUnavailableError, match="out of reach: "):
                await database.ping()
            with pytest.raises(StoreUnavailableError):
                async with database.write() as connection:
                    await connection.execute(SEEN)
            with pytest.raises(StoreUnavailableError):
                await database.together(lambda connection: connection.execute(SEEN))
        finally:
            own_server.start()

        await database.ping()


async def test_a_server_that_dies_within_a_transaction_leaves_nothing_of_it(own_server):
    async with opened(own_server.fresh()) as database:
        with pytest.raises(StoreUnavailableError):
            await _write_over_a_crash(database, own_server)

        assert await count(database) == 0


async def _write_over_a_crash(database, server):
    async with database.write() as connection:
        await connection.execute(SEEN)
        server.stop("immediate")
        server.start()


async def test_a_statement_ended_by_an_administrator_is_trouble_of_the_database(
    database, postgres_server, postgres_url
):
    async def sleep():
        async with database.write() as connection:
            await connection.execute(SEEN)
            await connection.execute(text("SELECT pg_sleep(60)"))

    sleeping = asyncio.create_task(sleep())
    await _statement_runs(postgres_url)
    postgres_server.end_sessions(postgres.name_of(postgres_url))

    with pytest.raises(StoreUnavailableError, match="terminating connection"):
        await sleeping
    assert await count(database) == 0


async def _statement_runs(url):
    """Wait until another session of the database sleeps."""
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as looking:
        while not (await (await looking.execute(sleeping)).fetchone())[0]:
            pass  # each question lets the others run


async def test_sessions_ended_between_transactions_are_not_noticed(
    database, postgres_server, postgres_url
):
    await asyncio.gather(*(count(database) for _ in range(MANY_AT_ONCE)))
    postgres_server.end_sessions(postgres.name_of(postgres_url))

    assert await asyncio.gather(*(count(database) for _ in range(MANY_AT_ONCE))) == [0] * 4


async def test_when_all_connections_are_taken_the_next_is_told_soon(postgres_url):
    async with opened(postgres_url, connections=1, slowest=SOON) as database:
        async with database.write():
            with pytest.raises(StoreUnavailableError, match="all connections are in use"):
                await database.ping()

        await database.ping()


@asynccontextmanager
async def behind_a_proxy(server, url):
    async with proxy.before(server.socket) as way:
        address = f"postgresql://postgres@{way.address}/{postgres.name_of(url)}"
        async with opened(address, slowest=SOON) as database:
            yield database, way
            way.go_on()


@pytest.mark.parametrize("how", ["read", "write", "together"])
async def test_a_server_that_hangs_is_given_up_on_and_found_again(
    postgres_server, postgres_url, how
):
    async with behind_a_proxy(postgres_server, postgres_url) as (database, way):
        way.stall()
        with pytest.raises(StoreUnavailableError, match="did not answer in time"):
            async with asyncio.timeout(SOON + 7):  # by itself the driver would take 10 more
                await _use(database, how)

        way.go_on()
        await _use(database, how)


async def _use(database, how):
    if how == "read":
        await count(database)
    elif how == "write":
        async with database.write() as connection:
            await connection.execute(COUNT)
    else:
        await database.together(lambda connection: connection.execute(COUNT))


async def test_a_server_that_hangs_within_a_transaction_is_given_up_on(
    postgres_server, postgres_url
):
    async with behind_a_proxy(postgres_server, postgres_url) as (database, way):

        async def write():
            async with database.write() as connection:
                await connection.execute(SEEN)
                way.stall()
                await connection.execute(COUNT)

        with pytest.raises(StoreUnavailableError, match="did not answer in time"):
            await write()

        way.go_on()
        assert await count(database) == 0


async def test_a_replica_that_vanishes_within_a_transaction_holds_up_the_others_for_seconds(
    postgres_server, postgres_url
):
    async with (
        opened(postgres_url) as other,
        behind_a_proxy(postgres_server, postgres_url) as (vanishing, way),
    ):

        async def vanish():
            async with vanishing.write() as connection:
                await connection.execute(SEEN)
                way.stall()

        with pytest.raises(StoreUnavailableError):
            await vanish()
        await _see(other)  # waits for the row of a transaction that nobody ends

        assert await count(other) == 1


async def test_what_the_address_says_of_a_session_is_kept_but_its_isolation_is_ours(postgres_url):
    options = "-c%20default_transaction_isolation%3Dserializable%20-c%20geqo%3Doff"
    mark = "&" if "?" in postgres_url else "?"
    async with (
        opened(f"{postgres_url}{mark}options={options}") as database,
        database.write() as connection,
    ):
        isolation = (await connection.execute(text("SHOW transaction_isolation"))).scalar()
        planner = (await connection.execute(text("SHOW geqo"))).scalar()

    assert (isolation, planner) == ("read committed", "off")


async def test_a_server_that_takes_no_writes_any_more_is_left_for_one_that_does(postgres_url):
    async with opened(postgres_url, connections=1) as database:
        async with database.write() as connection:
            await connection.execute(text("SET default_transaction_read_only = on"))

        with pytest.raises(StoreUnavailableError, match="read-only transaction"):
            await _see(database)
        await _see(database)

        assert await count(database) == 1


async def _see(database):
    async with database.write() as connection:
        await connection.execute(SEEN)


async def test_a_fault_of_ours_is_not_taken_for_one_of_the_database(database):
    with pytest.raises(ProgrammingError):
        async with database.read() as connection:
            await connection.execute(text("SELECT nothing FROM inbox"))


async def test_of_two_transactions_that_block_each_other_one_is_told_it_may_try_again(database):
    async with database.write() as connection:
        await connection.execute(text("INSERT INTO inbox VALUES ('a', 1), ('b', 1)"))
    both_hold_one = asyncio.Barrier(2)

    async def touch(first, second):
        async with database.write() as connection:
            await connection.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            touching = text("UPDATE inbox SET seen_at = seen_at + 1 WHERE key = :key")
            await connection.execute(touching, {"key": first})
            await both_hold_one.wait()
            await connection.execute(touching, {"key": second})

    found = await asyncio.gather(touch("a", "b"), touch("b", "a"), return_exceptions=True)

    [told] = [one for one in found if one is not None]
    assert isinstance(told, CollisionError)
    assert "deadlock" in told.reason
