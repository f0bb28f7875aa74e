"""The database goes away under a bot at work: it stops acting, says so, and goes on by itself."""

import asyncio
import signal
from contextlib import contextmanager

import psutil
import pytest

from tests import postgres
from tests.acceptance.fleet import Fleet, health

SOME = 6
# What was committed must survive the server, not this machine: its disk need not be waited for.
DURABLE = "fsync = off\nsynchronous_commit = on\n"
AWAY = (200, 503, {"database": "out of reach"})
SILENT = (200, 503, {"database": "no answer within 2 s"})
WELL = (200, 200, {})


class Database:
    """A server of our own, that can be stopped as by a power cut, or freeze."""

    def __init__(self, running):
        self._server = running.server
        self.url = running.fresh()

    async def stop(self):
        everyone = self._processes()
        everyone[0].send_signal(signal.SIGQUIT)  # it says good-bye to nobody
        _, alive = await asyncio.to_thread(psutil.wait_procs, everyone, 10)
        assert not alive

    async def start(self):
        await asyncio.to_thread(self._server.ensure_postgres_running)

    @contextmanager
    def frozen(self):
        """Keep all of its processes from running: connections stay open and nothing answers."""
        processes = self._processes()
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    def _processes(self):
        parent = self._server.get_postmaster_info().process
        return [parent, *parent.children(recursive=True)]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with postgres.running(tmp_path_factory.mktemp("lost") / "postgres", DURABLE) as running:
        yield running


@pytest.fixture
def database(server):
    return Database(server)


@pytest.fixture
def make_world(database):
    return lambda folder: Fleet(folder, database.url)


@pytest.fixture
async def updates(world):
    """Let a bot be in the middle of some updates; give their ids."""
    world.expected.append("the database is out of reach")
    bot = await world.join()
    jobs = world.jobs(SOME)
    ids = [await world.planned(bot, job) for job in jobs]
    for job in jobs:
        world.cloud.behave(job, {"duration_s": 30})  # a second and a half: the cloud is fast
    await asyncio.gather(*(world.apply(bot, update_id) for update_id in ids))
    await world.alibaba.called("HotUpdateJob", SOME // 2)
    return ids


async def told_as(bot, wanted, seconds=20):
    """Wait until the bot says of its health what is wanted."""
    async with asyncio.timeout(seconds):
        while (said := await health(bot)) != wanted:
            assert said[0] == 200, "an orchestrator would restart it"
            await asyncio.sleep(0.05)  # it is asked as an orchestrator asks


async def all_end_well(world, ids):
    await world.all_told(ids)
    assert world.alibaba.calls("UpdateDeployment") == SOME
    assert world.alibaba.calls("HotUpdateJob") == SOME


async def test_a_database_that_is_stopped_and_started_costs_no_update_and_repeats_none(
    world, database, updates, caplog
):
    [bot] = world.bots
    await database.stop()
    await told_as(bot, AWAY)
    writes = world.alibaba.calls("UpdateDeployment") + world.alibaba.calls("HotUpdateJob")
    await asyncio.sleep(7)  # more than one round of every tick
    assert await health(bot) == AWAY
    later = world.alibaba.calls("UpdateDeployment") + world.alibaba.calls("HotUpdateJob")
    assert later == writes, "it acted without a record"

    await database.start()
    await told_as(bot, WELL)
    await all_end_well(world, updates)

    said = [line for line in caplog.messages if "the database is" in line]
    assert len(said) == 2, said
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_database_that_freezes_blocks_nothing_for_longer_than_it_may(
    world, database, updates
):
    [bot] = world.bots
    with database.frozen():
        await told_as(bot, SILENT)
    await told_as(bot, WELL, 30)
    await all_end_well(world, updates)
