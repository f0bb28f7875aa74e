"""What `UpdateStore` promises when the answer to a commit is lost, and to whoever holds a lease."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import LostLeaseError, StoreUnavailableError
from bot.flink.update import State
from bot.updates.sharing import Busy
from tests.fakes.clock import FakeClock
from tests.unit.store.bench import LEASE, STEP, claim, deliver_all, ended, opened_at, queue

QUEUED = frozenset({State.QUEUED})


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def store(database_url, clock):
    async with opened_at(database_url, clock) as store:
        yield store


@pytest.fixture
def cut(store):
    """Give a switch: the next commit is made, and its answer lost."""
    write, orders = store.database.together._write, []

    @asynccontextmanager
    async def cut_after_the_commit():
        async with write() as connection:
            yield connection
        if orders:
            raise StoreUnavailableError(orders.pop())

    store.database.together._write = cut_after_the_commit
    return lambda: orders.append("the connection broke")


# A write whose answer was lost


@pytest.mark.parametrize("end", [False, True])
async def test_a_result_that_was_written_unheard_is_found_when_it_is_written_again(
    store, clock, cut, end
):
    await queue(store)
    claimed = await claim(store)
    result = replace(claimed, state=State.RUNNING, step="poll", progress={"id": "h", "seen": (1,)})
    result = ended(result, clock()) if end else result
    cut()
    with pytest.raises(StoreUnavailableError):
        await store.updates.save(result, [STEP], alert=True)
    clock.tick(3)

    saved = await store.updates.save(result, [STEP], alert=True)

    assert saved == await store.updates.get("u1")
    assert (saved.step, saved.progress) == ("poll", {"id": "h", "seen": [1]})
    assert len(await store.updates.events("u1")) == 1
    told = ["u1:card", "u1:event:1", *(["u1:verdict"] if end else []), "u1:alert"]
    assert sorted(await deliver_all(store)) == sorted(told)


async def test_one_that_goes_on_from_what_it_found_is_written_as_usual(store, clock, cut):
    await queue(store)
    claimed = await claim(store)
    intent = replace(claimed, intent_at=clock())
    cut()
    with pytest.raises(StoreUnavailableError):
        await store.updates.save(intent, release=False)

    found = await store.updates.save(intent, release=False)
    saved = await store.updates.save(replace(found, intent_at=None, step="poll"), [STEP])

    assert (saved.intent_at, saved.step) == (None, "poll")
    assert len(await store.updates.events("u1")) == 1


async def test_a_result_that_was_given_back_unheard_and_claimed_since_is_not_written_over(
    store, clock, cut
):
    await queue(store)
    claimed = await claim(store)
    result = replace(claimed, state=State.RUNNING, step="poll")
    cut()
    with pytest.raises(StoreUnavailableError):
        await store.updates.save(result, [STEP])
    taken_over = await claim(store)

    with pytest.raises(LostLeaseError):
        await store.updates.save(result, [STEP])

    assert await store.updates.get("u1") == taken_over


async def test_another_result_than_the_one_that_was_written_unheard_is_refused(store, cut):
    await queue(store)
    claimed = await claim(store)
    cut()
    with pytest.raises(StoreUnavailableError):
        await store.updates.save(replace(claimed, step="poll"), release=False)

    with pytest.raises(LostLeaseError):
        await store.updates.save(replace(claimed, step="verify"), [STEP], release=False)

    assert (await store.updates.get("u1")).step == "poll"
    assert await store.updates.events("u1") == []


async def test_the_same_result_written_by_two_at_once_happens_once(store):
    await queue(store)
    result = replace(await claim(store), step="poll")

    one, two = await asyncio.gather(*(store.updates.save(result, [STEP]) for _ in range(2)))

    assert one == two
    assert len(await store.updates.events("u1")) == 1


async def test_each_write_is_later_than_the_one_before_also_when_the_clock_stands_still(store):
    await queue(store)
    first = await store.updates.save(await claim(store), release=False)
    second = await store.updates.save(first, release=False)

    assert first.updated_at < second.updated_at


# Whose lease it is


async def test_a_claim_says_until_when_it_is(store, clock):
    await queue(store)

    claimed = await claim(store)

    assert claimed.lease_until == clock() + timedelta(seconds=LEASE)
    assert (await store.updates.save(claimed)).lease_until is None


async def test_a_renewed_lease_keeps_others_away_and_changes_nothing_else(store, clock):
    await queue(store)
    claimed = await claim(store)
    clock.tick(LEASE - 1)

    until = await store.updates.renew(claimed)

    assert until == clock() + timedelta(seconds=LEASE)
    assert await store.updates.get("u1") == replace(claimed, lease_until=until)
    clock.tick(LEASE - 1)
    assert await store.updates.claim_due(10) == []
    clock.tick(1)
    assert (await claim(store)).fence > claimed.fence


async def test_a_lease_that_ran_out_is_renewed_while_nobody_else_took_it(store, clock):
    await queue(store)
    claimed = await claim(store)
    clock.tick(2 * LEASE)

    await store.updates.renew(claimed)

    assert await store.updates.claim_due(10) == []


async def taken_over(store, clock, claimed):
    clock.tick(LEASE)
    await store.updates.claim_due(10, Busy())


async def called_off(store, clock, claimed):
    await store.updates.transition("u1", origin=QUEUED, state=State.CANCELLED, events=[])


async def given_back(store, clock, claimed):
    await store.updates.save(claimed)


async def handed_over(store, clock, claimed):
    await store.updates.release_leases()


async def finished(store, clock, claimed):
    await store.updates.save(ended(claimed, clock()), release=False)


@pytest.mark.parametrize("lost", [taken_over, called_off, given_back, handed_over, finished])
async def test_a_lease_that_was_lost_is_not_renewed(store, clock, lost):
    await queue(store)
    claimed = await claim(store)
    await lost(store, clock, claimed)
    before = await store.updates.get("u1")

    with pytest.raises(LostLeaseError):
        await store.updates.renew(claimed)

    assert await store.updates.get("u1") == before


async def test_renewing_what_does_not_exist_is_a_lost_lease(store, clock):
    await queue(store)
    claimed = await claim(store)

    with pytest.raises(LostLeaseError):
        await store.updates.renew(replace(claimed, id="nobody"))
