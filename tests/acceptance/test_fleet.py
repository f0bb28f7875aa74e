"""Two bots on one PostgreSQL do everything once, and one goes on where the other stops."""

import asyncio
from collections import Counter
from dataclasses import replace
from time import monotonic

import pytest

from bot.sandbox.stage import CHANNEL
from tests.acceptance.fleet import Fleet, health
from tests.acceptance.test_hanging_cloud import Held
from tests.acceptance.world import JOB, QUICK, key_of

MANY = 32
KINDS = ("card", "verdict")
SAID = {"work": "draining"}


@pytest.fixture
def make_world(postgres_url):
    return lambda folder: Fleet(folder, postgres_url)


class Counting:
    """Stands before a bot's cloud and counts the writes that go through it."""

    def __init__(self):
        self.writes = 0

    def __call__(self, cloud):
        self._cloud = cloud
        return self

    def __getattr__(self, name):
        if name in {"save", "hot_update"}:
            self.writes += 1
        return getattr(self._cloud, name)


async def test_two_bots_apply_everything_once_and_tell_it_once(world):
    through = [Counting(), Counting()]
    jobs = world.jobs(MANY)
    bots = [await world.join(replace(QUICK, cloud=counting)) for counting in through]

    asked = [await world.planned(bots[number % 2], job) for number, job in enumerate(jobs)]
    await asyncio.gather(*(world.apply(bots[n % 2], plan) for n, plan in enumerate(asked)))
    await world.all_told(asked)

    assert [len(job.hot_updates) for job in jobs] == [1] * MANY
    writes = world.alibaba.calls("UpdateDeployment"), world.alibaba.calls("HotUpdateJob")
    assert writes == (MANY, MANY)
    told = Counter(key_of(message) for message in world.slack.messages(CHANNEL))
    assert all(told[f"{update_id}:{kind}"] == 1 for update_id in asked for kind in KINDS)
    assert {key: count for key, count in told.items() if count > 1 and key} == {}
    assert sum(each.writes for each in through) == 2 * MANY
    assert min(each.writes for each in through) > 0, "one bot did everything"


async def at_work(world, held, grace):
    """Let a bot hang in the first step of an update, and another one join; give both."""
    leaving = await world.join(replace(QUICK, cloud=held.before("sandbox"), drain_seconds=grace))
    update_id = await world.planned(leaving, world.cloud.named(JOB))
    held.hold()
    await world.apply(leaving, update_id)
    await asyncio.wait_for(held.asked.wait(), 10)
    await world.join()
    return leaving, update_id


async def continued(world, update_id):
    """Tell how long it took another bot to go on, once the one at work had left."""
    left_at = monotonic()
    await world.alibaba.called("UpdateDeployment")
    took = monotonic() - left_at
    assert "Succeeded" in (await world.told(update_id)).words()
    assert world.alibaba.calls("UpdateDeployment") == world.alibaba.calls("HotUpdateJob") == 1
    return took


async def test_a_bot_that_leaves_ends_its_step_and_another_goes_on_within_a_second(world):
    held = Held()
    leaving, update_id = await at_work(world, held, grace=30)
    assert await health(leaving) == (200, 200, {})

    going = asyncio.create_task(world.leave(0))
    async with asyncio.timeout(5):
        while (told := await health(leaving)) != (200, 503, SAID):
            assert told == (200, 200, {})
    assert world.alibaba.calls("UpdateDeployment") == 0
    held.let_go()
    await going

    assert await continued(world, update_id) < 1.5


async def test_what_does_not_end_within_the_grace_is_cut_off_and_begun_again_elsewhere(world):
    world.expected += ["was cut off after 0.1 s of draining", "cut off at the end: tick deliver"]
    held = Held()
    _, update_id = await at_work(world, held, grace=0.1)

    await world.leave(0)

    assert await continued(world, update_id) < 1.5


class Tidying:
    """Stands before a bot's record and counts how often old plans were looked for."""

    def __init__(self):
        self.looks = 0

    def __call__(self, store):
        self._store = store
        return self

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def expired_plans(self, before):
        self.looks += 1
        return await self._store.expired_plans(before)


async def test_what_has_to_be_done_once_a_minute_is_done_by_one_bot(world):
    tidying = Tidying(), Tidying()
    bots = [await world.join(replace(QUICK, updates=each)) for each in tidying]
    for bot in bots:
        done = bot.ticks._ticks["tidy"].seen_at
        bot.ticks.nudge("tidy")
        async with asyncio.timeout(10):
            while bot.ticks._ticks["tidy"].seen_at == done:
                await world.ask("/flink jobs")

    assert sum(each.looks for each in tidying) == 1
