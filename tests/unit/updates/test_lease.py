"""A step acts only while its update is surely ours, and its result waits for the database."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import LostLeaseError, StoreUnavailableError
from bot.flink.update import State
from bot.updates.lease import Leases
from tests.factories import make_update
from tests.fakes.clock import T0
from tests.fakes.virtual import play

LEASE, BUDGET = 20.0, 45.0
AWAY = StoreUnavailableError("connection refused")


def seconds():
    return asyncio.get_running_loop().time()


def now():
    return T0 + timedelta(seconds=seconds())


class Store:
    """A database that is away from one moment to another, or hangs; a lease may be taken over."""

    def __init__(self, *, away=(), hangs_from=None, lost_from=None):
        self.until = now() + timedelta(seconds=LEASE)
        self.away, self.hangs_from, self.lost_from = away, hangs_from, lost_from
        self.renewed, self.tried, self.saved = [], [], []

    async def _answer(self):
        self.tried.append(seconds())
        if self.hangs_from is not None and seconds() >= self.hangs_from:
            await asyncio.Event().wait()
        if any(start <= seconds() < end for start, end in self.away):
            raise AWAY
        if self.lost_from is not None and seconds() >= self.lost_from:
            raise LostLeaseError("u1")

    async def renew(self, update):
        await self._answer()
        self.renewed.append(seconds())
        self.until = now() + timedelta(seconds=LEASE)
        return self.until

    async def save(self, update, events, *, alert, release):
        await self._answer()
        self.saved.append((update, events, alert, release))
        return replace(update, step="written")

    @property
    def ours(self):
        """Whether nobody else can have claimed it."""
        return now() < self.until


def held(store):
    return make_update(state=State.RUNNING, lease_until=store.until)


class Step:
    """Work that takes a while; knows when it was stopped, and that it was always ours."""

    def __init__(self, store, takes):
        self.store, self.takes = store, takes
        self.began = self.stopped = None

    async def __call__(self, update):
        self.began = seconds()
        try:
            while seconds() < self.began + self.takes:
                await asyncio.sleep(0.25)  # of the loop's virtual time
                assert self.store.ours, "somebody else may have it"
        finally:
            self.stopped = seconds()
        return "done"


def carried_out(store_with, takes, at_most=BUDGET):
    """Work for so long; give what came of it, the step and the store."""

    async def scene():
        store = Store(**store_with)
        step = Step(store, takes)
        leases = Leases(store, now)
        try:
            came = await leases.while_held(held(store), step, at_most)
        except (LostLeaseError, TimeoutError) as error:
            came = type(error)
        assert store.ours or store.lost_from is not None
        return came, step, store

    return play(scene)


def test_a_step_shorter_than_a_third_of_its_lease_asks_the_database_nothing():
    came, _, store = carried_out({}, takes=LEASE / 3 - 1)

    assert (came, store.tried) == ("done", [])


def test_a_step_that_takes_longer_than_its_lease_is_finished():
    came, _, store = carried_out({}, takes=200, at_most=1000)

    assert came == "done"
    assert len(store.renewed) == pytest.approx(3 * 200 / LEASE, abs=1)


def test_a_step_that_takes_longer_than_it_may_is_stopped():
    came, step, _ = carried_out({}, takes=200)

    assert (came, step.stopped) == (TimeoutError, BUDGET)


def test_a_step_whose_lease_was_taken_over_is_stopped_as_soon_as_that_is_known():
    came, step, store = carried_out({"lost_from": 10}, takes=200)

    assert came is LostLeaseError
    assert step.stopped == store.tried[-1] == pytest.approx(2 * LEASE / 3)


@pytest.mark.parametrize("trouble", [{"away": [(0, 99)]}, {"hangs_from": 0}])
def test_a_step_ends_before_its_lease_does_when_the_database_is_away(trouble):
    came, step, _ = carried_out(trouble, takes=200)

    assert (came, step.stopped) == (TimeoutError, LEASE - 2)


def test_the_renewal_is_tried_again_so_that_a_short_absence_stops_nothing():
    came, _, store = carried_out({"away": [(5, 15)]}, takes=40)

    assert came == "done"
    assert len(store.tried) > len(store.renewed) > 2


def test_the_last_moment_counts_from_the_last_renewal():
    came, step, store = carried_out({"away": [(15, 99)]}, takes=200)

    assert came is TimeoutError
    assert step.stopped == pytest.approx(store.renewed[-1] + LEASE - 2)


@pytest.mark.parametrize("left", [timedelta(), timedelta(seconds=-1), None])
def test_a_step_whose_lease_has_ended_is_not_begun(left):
    async def scene():
        store = Store()
        step = Step(store, takes=1)
        update = replace(held(store), lease_until=None if left is None else now() + left)
        with pytest.raises(LostLeaseError):
            await Leases(store, now).while_held(update, step, BUDGET)
        assert step.began is None

    play(scene)


def test_what_a_step_raises_is_raised():
    async def scene():
        async def work(update):
            raise ZeroDivisionError

        store = Store()
        with pytest.raises(ZeroDivisionError):
            await Leases(store, now).while_held(held(store), work, BUDGET)

    play(scene)


def test_a_result_is_written_once_the_database_is_back():
    async def scene():
        store = Store(away=[(0, 3600)])
        update = held(store)
        written = await Leases(store, now).save(update, ["event"], alert=True, release=False)
        assert written.step == "written"
        assert store.saved == [(update, ["event"], True, False)]
        pauses = [b - a for a, b in zip(store.tried, store.tried[1:], strict=False)]
        assert max(pauses) <= 5
        assert sum(pauses[:4]) < 2
        assert len(store.tried) < 1600

    play(scene)


def test_a_result_of_what_somebody_else_took_over_meanwhile_is_dropped():
    async def scene():
        store = Store(away=[(0, 60)], lost_from=60)
        with pytest.raises(LostLeaseError):
            await Leases(store, now).save(held(store))
        assert store.saved == []

    play(scene)


def test_who_waits_for_the_database_can_be_cut_off():
    async def scene():
        store = Store(away=[(0, 60)])
        saving = asyncio.create_task(Leases(store, now).save(held(store)))
        await asyncio.sleep(10)  # of the loop's virtual time
        saving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saving
        assert seconds() < 11

    play(scene)
