"""Several stores on one server: no row is taken twice, no two wait for each other."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import event, insert

from bot.errors import ConfigurationError, LostLeaseError
from bot.flink.update import State
from bot.store.rows import columns_of
from bot.store.schema import outbox, updates
from bot.updates.messages import MessageKind
from tests.fakes.clock import T0, FakeClock
from tests.unit.store.bench import LEASE, STEP, opened_at, plan_of, queue

REPLICAS, ROWS = 4, 500


@asynccontextmanager
async def replicas_on(url):
    async with AsyncExitStack() as stack:
        clock = FakeClock()
        stores = [opened_at(url, clock) for _ in range(REPLICAS)]
        yield [await stack.enter_async_context(store) for store in stores], clock


@pytest.fixture
async def replicas(postgres_url):
    async with replicas_on(postgres_url) as opened:
        yield opened


async def fill(store):
    """Make many updates that are due, and a card owed for each."""
    due = [plan_of(f"u{n}", f"d-{n}", state=State.QUEUED, next_at=T0) for n in range(ROWS)]
    blank = {"version": 1, "settled": 0, "ts": "", "sending": False, "digest": "", "attempts": 0}
    cards = [
        {**blank, "key": f"{one.id}:card", "update_id": one.id, "kind": MessageKind.CARD.value}
        | {"channel": "C1", "due_at": T0, "fence": 0}
        for one in due
    ]
    async with store.database.write() as connection:
        rows = [columns_of(one) | {"updated_at": T0} for one in due]
        await connection.execute(insert(updates), rows)
        await connection.execute(insert(outbox), cards)


async def take_all(stores, claim, most):
    """Let all of them claim until nothing is left; give what each claim took."""

    async def take(store):
        found = []
        while taken := await claim(store, most):
            found.append([one.id if hasattr(one, "id") else one.key for one in taken])
        return found

    return [batch for batches in await asyncio.gather(*map(take, stores)) for batch in batches]


@pytest.mark.parametrize(
    ("claim", "sizes"),
    [
        (lambda store, most: store.updates.claim_due(most), (1, 3, 7, 20, 100, ROWS)),
        (lambda store, most: store.outbox.claim_messages(most), (7, 20, 100, ROWS)),
    ],
    ids=["updates", "messages"],
)
async def test_no_row_is_claimed_by_two_and_no_claim_takes_more_than_asked_for(
    replicas, claim, sizes
):
    stores, clock = replicas
    await fill(stores[0])

    for most in sizes:
        batches = await take_all(stores, claim, most)

        taken = [name for batch in batches for name in batch]
        assert len(taken) == len(set(taken)) == ROWS, most
        assert max(map(len, batches)) <= most
        clock.tick(LEASE)  # all leases end: the next round begins with all rows


async def test_who_comes_too_late_writes_nothing(replicas):
    [late, prompt, *_], clock = replicas
    await queue(late)
    [its] = await late.updates.claim_due(1)
    clock.tick(LEASE)
    [theirs] = await prompt.updates.claim_due(1)

    with pytest.raises(LostLeaseError):
        await late.updates.save(replace(its, step="late"))

    await prompt.updates.save(replace(theirs, step="prompt"))
    assert (await late.updates.get("u1")).step == "prompt"


async def test_a_replica_gives_back_only_what_it_has_claimed(replicas):
    [leaving, staying, *_], _ = replicas
    for number in range(4):
        await queue(leaving, f"u{number}", f"d-{number}")
    its = {one.id for one in await leaving.updates.claim_due(2)}
    await staying.updates.claim_due(2)

    await leaving.release_leases()

    assert {one.id for one in await staying.updates.claim_due(10)} == its


async def test_a_duty_is_done_by_one_of_all_in_each_period(replicas):
    stores, clock = replicas
    for _ in range(20):
        taken = await asyncio.gather(
            *(store.duties.take(name, 60) for name in ("digest", "tidy") for store in stores)
        )
        assert (sum(taken[:REPLICAS]), sum(taken[REPLICAS:])) == (1, 1)
        clock.tick(59.9)
        assert not any([await store.duties.take("digest", 60) for store in stores])
        clock.tick(0.1)


# The engine and the delivery write about the same update, in the same moment


class Strife:
    """Everything that writes about updates, as fast as it can, for a number of rounds each."""

    def __init__(self, stores, rounds):
        self._stores, self._rounds = stores, rounds
        self.done = dict.fromkeys(["saved", "sent", "moved", "buried", "lost"], 0)

    async def engine(self, store):
        for _ in range(self._rounds):
            claimed = await store.updates.claim_due(5)
            saves = (self._tried("saved", store.updates.save(one, [STEP])) for one in claimed)
            await asyncio.gather(*saves)

    async def delivery(self, store, number):
        for turn in range(self._rounds):
            for message in await store.outbox.claim_messages(5):
                await self._deliver(store.outbox, message, turn + number)

    async def _deliver(self, outbox, message, turn):
        await self._tried("sending", outbox.mark_sending(message))
        if turn % 5 == 3:
            moved = "C2" if message.channel == "C1" else "C1"
            await self._tried("moved", outbox.redirect(message, moved))
        elif turn % 5 == 4 and message.kind is MessageKind.THREAD:
            await self._tried("buried", outbox.bury(message, "channel_not_found"))
        else:
            sent = outbox.mark_sent(message, message.ts or f"{turn}.0", "digest")
            await self._tried("sent", sent)

    async def _tried(self, name, writing):
        """Write, or lose against who was quicker; anything else is a fault."""
        try:
            await writing
        except LostLeaseError:
            name = "lost"
        self.done[name] = self.done.get(name, 0) + 1

    async def run(self):
        async with asyncio.TaskGroup() as all_at_once:
            for number, store in enumerate(self._stores):
                all_at_once.create_task(self.engine(store))
                all_at_once.create_task(self.delivery(store, number))


async def test_engine_and_delivery_never_wait_for_each_other_in_a_circle(replicas):
    stores, _ = replicas
    for number in range(6):
        await queue(stores[0], f"u{number}", f"d-{number}", [STEP, STEP])
    strife, collisions = Strife(stores, rounds=15), []
    for store in stores:
        event.listen(store.database.engine.sync_engine, "handle_error", collisions.append)

    await strife.run()

    assert min(strife.done[name] for name in ("saved", "sent", "moved", "buried")) > 0
    assert collisions == []


# A newer schema comes under replicas that run

EXPANSION = """
ALTER TABLE updates ADD COLUMN later TEXT;
ALTER TABLE outbox ADD COLUMN later INTEGER DEFAULT 0 NOT NULL;
ALTER TABLE events ADD COLUMN later TEXT;
CREATE TABLE later (id TEXT PRIMARY KEY, update_id TEXT REFERENCES updates (id));
CREATE INDEX later_by_update ON outbox (later);
UPDATE alembic_version SET version_num = 'later';
"""


async def test_replicas_that_run_go_on_while_a_newer_version_upgrades_the_database(postgres_server):
    url = postgres_server.fresh()
    async with replicas_on(url) as (stores, _):
        for number in range(6):
            await queue(stores[0], f"u{number}", f"d-{number}", [STEP, STEP])
        await Strife(stores, rounds=6).run()  # by now their statements are prepared
        strife = Strife(stores, rounds=8)

        async with asyncio.TaskGroup() as both:
            both.create_task(strife.run())
            both.create_task(_expand(url))

        assert strife.done["saved"] > 0
        await queue(stores[1], "u9", "d-9", [STEP])
    with pytest.raises(ConfigurationError, match=r"'later'.*or a newer one"):
        await opened_at(url, None).__aenter__()  # but none starts there any more
    postgres_server.drop(url)


async def _expand(url):
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute(EXPANSION)
