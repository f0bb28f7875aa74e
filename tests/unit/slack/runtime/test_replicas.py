"""Several deliveries on one PostgreSQL: everything once, in order, in pace, whoever dies."""

import asyncio
import itertools
import random
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.flink.update import State
from bot.notes import note
from bot.sandbox.slack import troubles
from bot.slack.pacing import Pace
from bot.store import open_store
from bot.updates.ports import NewEvent
from tests.unit.slack.runtime.conftest import CHANNEL, CHECKED, SAVED, TRIGGERED, Bench

POST, EDIT = "chat.postMessage", "chat.update"
LEASE = 60.0
STEPS = [NewEvent(note(code)) for code in (CHECKED, SAVED, TRIGGERED)]


class Team:
    """Replicas, each with a store and a delivery of its own, on one database."""

    def __init__(self, benches, slack, clock):
        self.benches, self.slack, self.clock = list(benches), slack, clock
        self.first, self.second = benches
        self.troubles = lambda: None

    async def owe(self, channels, updates_each):
        """Owe five messages for each of so many updates, all at once."""
        for number, channel in itertools.product(range(updates_each), channels):
            name = f"{channel.lower()}-{number}"
            await self.first.queued(name, channel=channel, job=name)
        for update in await self.first.updates.claim_due(1000):
            ended = replace(update, state=State.SUCCEEDED, finished_at=self.clock(), next_at=None)
            await self.first.updates.save(ended, STEPS)

    async def round(self):
        """Let everybody deliver at the same time, then go on to when something is due."""
        self.troubles()
        await asyncio.gather(*(bench.delivery.deliver_due() for bench in self.benches))
        due = await self.benches[0].delivery.next_due()
        if due is not None:
            self.clock.tick(max((due - self.clock()).total_seconds(), 0.0))
        return due is not None

    async def settle(self, most=600):
        for _ in range(most):
            if not await self.round():
                return
        raise AssertionError("messages are still owed")

    async def kill_the_first_in_mid_post(self):
        """Let it vanish while a post of it is at Slack: its leases stay, its answer is lost."""
        while True:
            before = len(self.slack.calls(POST))
            doomed = asyncio.create_task(self.first.delivery.deliver_due())
            arrived = self.slack.wait_for(lambda n=before: len(self.slack.calls(POST)) > n)
            arrival = asyncio.create_task(arrived)
            await asyncio.wait({doomed, arrival}, return_when=asyncio.FIRST_COMPLETED)
            in_time = arrival.done() and not doomed.done()
            doomed.cancel()
            arrival.cancel()
            await asyncio.gather(doomed, arrival, return_exceptions=True)
            if in_time:
                self.benches.remove(self.first)
                return
            assert await self.round()

    def posted(self, channel):
        return [message.metadata["event_payload"]["key"] for message in self.read(channel)]

    def read(self, channel):
        return self.slack.messages(channel)


@pytest.fixture
def lease():
    return LEASE


@pytest.fixture
async def team(postgres_url, slack, client, clock, lease):
    async with AsyncExitStack() as stack:
        stores = [
            await stack.enter_async_context(
                open_store(postgres_url, now=clock, lease_seconds=lease)
            )
            for _ in range(2)
        ]
        yield Team([Bench(slack, store, client, clock) for store in stores], slack, clock)


@pytest.fixture
def channels(slack):
    """Give ten channels that the bot is in."""
    names = [f"C0JOBS{letter}" for letter in "ABCDEFGHIJ"]
    known = slack.workspace.channels[CHANNEL]
    for name in names:
        slack.workspace.put_channel(replace(known, id=name, name=name.lower()))
    return names


def is_told_once_and_in_order(team, channels, updates_each):
    for channel in channels:
        keys = team.posted(channel)
        assert [key for key, times in Counter(keys).items() if times > 1] == []
        assert len(keys) == 5 * updates_each
        cards = {m.ts: key for m, key in zip(team.read(channel), keys, strict=True)}
        threads = defaultdict(list)
        for message, key in zip(team.read(channel), keys, strict=True):
            if message.is_reply:
                threads[cards[message.thread_ts].partition(":")[0]].append(key)
        for name, told in threads.items():
            assert told == [f"{name}:event:{n}" for n in (1, 2, 3)] + [f"{name}:verdict"]
        assert len(threads) == updates_each


async def test_two_replicas_tell_everything_once_in_order_and_in_pace(team, channels):
    await team.owe(channels, updates_each=4)
    began = team.clock()
    await team.settle()

    is_told_once_and_in_order(team, channels, updates_each=4)
    for channel in channels:
        times = [float(message.ts) for message in team.read(channel)]
        assert min(after - before for before, after in itertools.pairwise(times)) > 0.99
    assert (team.clock() - began).total_seconds() < 2 * 20
    assert team.slack.calls("conversations.history") == []


async def test_lost_answers_and_a_killed_replica_neither_repeat_nor_lose_anything(team, channels):
    chance = random.Random(7)

    def trouble():
        for kind in (troubles.drop_answer, troubles.drop_request, troubles.server_error):
            if chance.random() < 0.15:
                team.slack.fail_next(POST, kind())
        if chance.random() < 0.05:
            team.slack.fail_next(POST, troubles.rate_limited(3))

    await team.owe(channels, updates_each=2)
    team.troubles = trouble
    for _ in range(4):
        await team.round()
    await team.kill_the_first_in_mid_post()
    await team.settle()

    is_told_once_and_in_order(team, channels, updates_each=2)


async def test_a_post_of_unknown_fate_is_looked_for_by_whoever_is_left(team):
    team.slack.fail_next(POST, troubles.drop_answer())
    await team.first.queued()
    await team.first.tick()
    team.benches.remove(team.first)
    await team.settle()

    assert team.posted(CHANNEL) == ["u1:card"]
    assert len(team.slack.calls(POST)) == 1
    assert (team.clock() - (await team.second.updates.get("u1")).created_at).seconds == 5


async def test_retry_after_holds_every_replica(team):
    team.slack.fail_next(POST, troubles.rate_limited(30))
    await team.first.queued("u1", job="d-1")
    await team.first.tick()
    await team.first.queued("u2", channel="C0APPROVALS", job="d-2")
    await team.second.tick(29)
    assert len(team.slack.calls(POST)) == 1
    await team.second.tick(1)

    assert len(team.slack.calls(POST)) == 3


async def test_edits_of_one_message_keep_their_distance_whichever_replica_sends_them(team):
    await team.first.queued()
    await team.first.tick()
    await team.first.moved(step="one")
    await team.second.tick(1.5)
    assert len(team.slack.calls(EDIT)) == 1
    await team.first.moved(step="two")
    await team.first.tick(1.4)
    assert len(team.slack.calls(EDIT)) == 1
    await team.second.tick(0.1)

    assert team.first.texts() == ["card u1 running two"]


class HeldClient(AsyncWebClient):
    """A way to Slack that is long enough to be overtaken on."""

    def __init__(self, client):
        super().__init__(client.token, client.base_url, session=client.session, retry_handlers=[])
        self.left, self.arrives = asyncio.Event(), asyncio.Event()

    async def chat_update(self, **given):
        self.left.set()
        await self.arrives.wait()
        return await super().chat_update(**given)

    async def chat_postMessage(self, **given):  # noqa: N802 - Slack's name
        self.left.set()
        await self.arrives.wait()
        return await super().chat_postMessage(**given)


@pytest.mark.parametrize("lease", [1.0])
async def test_a_post_on_its_way_is_left_alone_however_short_a_lease_is(team):
    held = HeldClient(team.first.client)
    slow = team.first.new_delivery(client=held)
    await team.first.queued()
    late = asyncio.create_task(slow.deliver_due())
    await held.left.wait()

    await team.second.tick(12.9)
    held.arrives.set()
    await late
    await team.settle()

    assert team.posted(CHANNEL) == ["u1:card"]
    assert team.slack.calls("conversations.history") == []


async def test_an_edit_that_arrives_after_a_newer_one_does_not_stay(team):
    held = HeldClient(team.first.client)
    slow = team.first.new_delivery(client=held)
    await team.first.queued()
    await team.first.tick()
    await team.first.moved(step="old")
    team.clock.tick(2)
    late = asyncio.create_task(slow.deliver_due())
    await held.left.wait()

    team.clock.tick(LEASE)
    await team.first.moved(step="new")
    await team.second.tick()
    assert team.first.texts() == ["card u1 running new"]
    held.arrives.set()
    await late
    assert team.first.texts() == ["card u1 running old"]
    team.benches.remove(team.first)
    await team.settle()

    assert team.first.texts() == ["card u1 running new"]


async def test_an_edit_whose_answer_was_lost_after_a_newer_one_does_not_stay(team):
    held = HeldClient(team.first.client)
    slow = team.first.new_delivery(client=held)
    await team.first.queued()
    await team.first.tick()
    await team.first.moved(step="old")
    team.clock.tick(2)
    late = asyncio.create_task(slow.deliver_due())
    await held.left.wait()

    team.clock.tick(LEASE)
    await team.first.moved(step="new")
    await team.second.tick()
    team.slack.fail_next(EDIT, troubles.drop_answer())
    held.arrives.set()
    await late
    team.benches.remove(team.first)
    await team.settle()

    assert team.first.texts() == ["card u1 running new"]


async def test_a_replica_that_was_held_up_before_a_post_leaves_it_to_another(team):
    hurried = team.first.new_delivery(pace=Pace(leaves_within=0.0))
    await team.first.queued()
    await hurried.deliver_due()
    assert team.slack.calls(POST) == []
    team.benches.remove(team.first)
    await team.settle()

    assert team.posted(CHANNEL) == ["u1:card"]
    assert len(team.slack.calls("conversations.history")) == 1


async def test_a_replica_that_was_held_up_before_an_edit_leaves_it_to_another(team):
    await team.first.queued()
    await team.first.tick()
    await team.first.moved(step="one")
    team.clock.tick(2)
    await team.first.new_delivery(pace=Pace(leaves_within=0.0)).deliver_due()
    assert team.slack.calls(EDIT) == []
    team.benches.remove(team.first)
    await team.settle()

    assert team.first.texts() == ["card u1 running one"]
