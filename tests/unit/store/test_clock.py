"""The server's clock, asked now and then and carried on by one that nobody turns."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.store.clock import ServerClock, host_clock
from bot.store.postgres import open_postgres
from bot.store.urls import parsed
from tests.unit.store.bench import opened_at

NOON = datetime(2031, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Steady:
    """A monotonic clock that moves only when told to."""

    def __init__(self):
        self.at = 1000.0

    def __call__(self):
        return self.at


class Server:
    """Answers the one question after a while: its host is years ahead of this one."""

    def __init__(self, steady, *takes):
        self._steady, self._takes = steady, list(takes)
        self._began_at = steady.at

    async def execute(self, _):
        took = self._takes.pop(0)
        self._told = self._steady.at + took / 2 - self._began_at
        self._steady.at += took
        return self

    def scalar_one(self):
        return int(NOON.timestamp()) * 1_000_000 + 123456 + round(self._told * 1_000_000)


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
async def clock(steady):
    clock = ServerClock(steady)
    await clock.set(Server(steady, 1.0))
    return clock


async def test_whatever_this_host_takes_for_the_time_the_servers_counts(clock, steady):
    assert clock() == NOON + SECOND  # asked a second ago, answered in the middle

    steady.at += 3600.5
    assert clock() == NOON + SECOND + timedelta(seconds=3600.5)


async def test_it_may_be_set_again_backwards_too(clock, steady):
    steady.at += 5000

    await clock.set(Server(steady, 0.0))

    assert clock() == NOON


async def test_an_answer_that_took_long_is_too_vague_to_replace_what_is_known(clock, steady):
    steady.at += 10
    before = clock()

    await clock.set(Server(steady, 1.1))

    assert clock() == before + timedelta(seconds=1.1)


class Skewed(Server):
    """Reads its clock at the last moment: the question was under way all the time."""

    async def execute(self, _):
        await super().execute(_)
        self._told = self._steady.at - self._began_at
        return self


async def test_a_first_answer_that_took_long_is_not_believed_either(steady):
    clock = ServerClock(steady)

    await clock.set(Skewed(steady, 8.0, 1.1, 0.5, 9.9))

    assert abs(clock() - (NOON + 9.6 * SECOND)) <= SECOND / 4


def test_before_it_is_set_it_tells_this_hosts_time(steady):
    assert abs(ServerClock(steady)() - host_clock()) < 60 * SECOND


async def test_replicas_on_one_server_tell_its_time_whatever_their_steady_clocks_say(postgres_url):
    async with (
        open_postgres(parsed(postgres_url)) as one,
        open_postgres(parsed(postgres_url)) as two,
    ):
        async with one.read() as connection:
            told = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()

        assert one.now is not host_clock
        assert abs(one.now() - told) < SECOND
        assert abs(one.now() - two.now()) < SECOND


async def test_a_server_has_its_own_clock_and_a_file_has_this_hosts(postgres_url, tmp_path):
    async with opened_at(postgres_url, None) as shared:
        assert shared.now is shared.database.now is not host_clock
        await shared.database.set_clock()
    async with opened_at(f"sqlite+aiosqlite:///{tmp_path}/x.sqlite3", None) as alone:
        assert alone.now is host_clock
        await alone.database.set_clock()  # there is nothing to ask
