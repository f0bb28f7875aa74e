import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import StoreUnavailableError
from bot.ticks import Tick, Ticks


def host_clock():
    return datetime.now(UTC)


class Steady:
    """Seconds that pass when told to."""

    def __init__(self):
        self.passed = 0.0

    def __call__(self):
        return self.passed


@pytest.fixture
async def ticks():
    made = Ticks(host_clock)
    yield made
    await made.stop()


class Counted:
    """Work that counts its runs and can be held."""

    def __init__(self):
        self.runs = 0
        self.changed = asyncio.Condition()
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self):
        self.runs += 1
        async with self.changed:
            self.changed.notify_all()
        await self.gate.wait()

    async def ran(self, times):
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: self.runs >= times)


async def test_a_tick_runs_at_start_and_when_nudged(ticks):
    work = Counted()
    ticks.add(Tick("work", work, every=3600))
    ticks.start()
    await work.ran(1)

    ticks.nudge("work")

    await work.ran(2)


async def test_a_nudge_while_it_runs_makes_it_run_once_more(ticks):
    work = Counted()
    work.gate.clear()
    ticks.add(Tick("work", work, every=3600))
    ticks.start()
    await work.ran(1)

    ticks.nudge("work")
    ticks.nudge("work")
    work.gate.set()

    await work.ran(2)
    await ticks.stop()
    assert work.runs == 2


async def test_it_comes_back_exactly_when_something_is_due(ticks):
    work = Counted()
    due = [datetime.now(UTC) + timedelta(milliseconds=30), None]

    async def next_due():
        return due.pop(0) if due else None

    ticks.add(Tick("work", work, every=3600, next_due=next_due))
    ticks.start()

    await work.ran(2)


async def test_it_can_be_woken_by_a_moment(ticks):
    work = Counted()
    ticks.add(Tick("work", work, every=3600))
    ticks.start()
    await work.ran(1)
    await asyncio.sleep(0)  # it must have ended

    ticks.wake_by("work", datetime.now(UTC) + timedelta(milliseconds=30))

    await work.ran(2)


async def test_what_wakes_it_later_puts_off_nothing(ticks):
    work = Counted()
    ticks.add(Tick("work", work, every=3600))
    ticks.start()
    await work.ran(1)
    await asyncio.sleep(0)

    ticks.nudge("work")
    ticks.wake_by("work", datetime.now(UTC) + timedelta(seconds=60))

    await work.ran(2)


@pytest.mark.parametrize("next_due", [None, timedelta(hours=1)])
async def test_a_moment_named_while_it_runs_is_kept(ticks, next_due):
    work = Counted()
    work.gate.clear()

    async def due():
        return datetime.now(UTC) + next_due if next_due else None

    ticks.add(Tick("work", work, every=3600, next_due=due))
    ticks.start()
    await work.ran(1)

    ticks.wake_by("work", datetime.now(UTC) + timedelta(milliseconds=30))
    ticks.wake_by("work", datetime.now(UTC) + timedelta(seconds=60))
    work.gate.set()

    await work.ran(2)


async def test_a_tick_is_not_woken_after_the_end():
    ticks = Ticks(host_clock)
    work = Counted()
    ticks.add(Tick("work", work, every=3600))
    ticks.start()
    await work.ran(1)
    await ticks.stop()

    ticks.wake_by("work", datetime.now(UTC))

    assert work.runs == 1


async def test_a_failing_tick_is_logged_and_runs_again(ticks, caplog):
    work = Counted()

    async def fail_once():
        await work()
        if work.runs == 1:
            raise ZeroDivisionError

    ticks.add(Tick("work", fail_once, every=3600))
    ticks.start()
    await work.ran(1)
    await asyncio.sleep(0)

    ticks.nudge("work")

    await work.ran(2)
    assert "tick work failed" in caplog.text


async def test_a_tick_that_does_not_finish_is_called_stale():
    clock = Steady()
    ticks = Ticks(host_clock, steady=clock)
    work = Counted()
    work.gate.clear()
    ticks.add(Tick("work", work, every=1))
    assert ticks.stale() == []
    ticks.start()
    await work.ran(1)

    clock.passed = 60
    assert ticks.stale() == []
    clock.passed = 61
    assert ticks.stale() == ["work"]
    work.gate.set()
    await ticks.stop()


async def test_stopping_waits_for_what_runs():
    ticks = Ticks(host_clock)
    work = Counted()
    work.gate.clear()
    ticks.add(Tick("work", work, every=3600))
    ticks.start()
    await work.ran(1)

    stopping = asyncio.create_task(ticks.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    work.gate.set()

    await stopping


async def test_a_tick_that_runs_longer_than_it_rests_is_no_news(ticks, caplog):
    caplog.set_level(logging.INFO)
    work = Counted()
    work.gate.clear()
    ticks.add(Tick("work", work, every=0.05))
    ticks.add(Tick("other", Counted(), every=0.05))
    ticks.start()
    await work.ran(1)
    await ticks._ticks["other"].work.ran(4)
    work.gate.set()
    await work.ran(2)

    assert "maximum number of running instances" not in caplog.text


async def test_stopping_cuts_off_what_runs_on(caplog):
    ticks = Ticks(host_clock)
    work = Counted()
    work.gate.clear()
    ticks.add(Tick("work", work, every=3600))
    ticks.start()
    await work.ran(1)

    await ticks.stop(0.01)

    assert caplog.messages == ["cut off at the end: tick work"]
    assert not ticks._ticks["work"].running
    await ticks.stop(0.01)


# Two clocks


@pytest.mark.parametrize("ahead", [timedelta(hours=5), timedelta(hours=-5)])
@pytest.mark.parametrize("while_running", [False, True])
async def test_moments_are_those_of_the_records_clock_however_far_this_hosts_is_off(
    ahead, while_running
):
    def theirs():
        return datetime.now(UTC) + ahead

    work, due = Counted(), []

    async def next_due():
        return due.pop(0) if due else None

    ticks = Ticks(theirs)
    ticks.add(Tick("work", work, every=3600, next_due=next_due))
    if while_running:
        due.append(theirs() + timedelta(milliseconds=30))
    ticks.start()
    await work.ran(1)
    await asyncio.sleep(0)
    ticks.wake_by("work", theirs() + timedelta(minutes=5))
    if not while_running:
        ticks.wake_by("work", theirs() + timedelta(milliseconds=30))

    await work.ran(2)
    await asyncio.sleep(0)
    assert work.runs == 2
    soon = ticks._scheduler.get_job("work").next_run_time
    assert soon - host_clock() > timedelta(minutes=4)
    await ticks.stop()


# The database is away


class Away:
    """Work that asks a database which is away for some time."""

    def __init__(self):
        self.counted = Counted()
        self.away = True

    async def __call__(self):
        await self.counted()
        if self.away:
            raise StoreUnavailableError("connection refused")


async def run_again(ticks, name, work, times):
    """Nudge a tick so often, one after the other."""
    for _ in range(times):
        before = work.runs
        ticks.nudge(name)
        await work.ran(before + 1)
        await asyncio.sleep(0)


async def test_a_database_that_is_away_is_said_once_and_once_that_it_is_back(ticks, caplog):
    caplog.set_level(logging.INFO, logger="bot.ticks")
    one, two, other = Away(), Away(), Counted()
    ticks.add(Tick("one", one, every=3600))
    ticks.add(Tick("two", two, every=3600))
    ticks.add(Tick("other", other, every=3600))
    ticks.start()
    for work in (one.counted, two.counted, other):
        await work.ran(1)
    await run_again(ticks, "one", one.counted, 3)
    await run_again(ticks, "other", other, 2)
    assert caplog.messages == [
        "the database is out of reach: connection refused; nothing is begun until it is back"
    ]

    one.away = two.away = False
    await run_again(ticks, "one", one.counted, 2)
    await run_again(ticks, "two", two.counted, 2)

    assert caplog.messages[1:] == ["the database is back"]
    assert not any(record.exc_info for record in caplog.records)
    one.away = True
    await run_again(ticks, "one", one.counted, 1)
    assert len(caplog.messages) == 3


@pytest.mark.parametrize("asks_later", [False, True])
async def test_a_tick_is_not_stale_because_the_database_is_away(asks_later):
    steady, work = Steady(), Away()
    ticks = Ticks(host_clock, steady=steady)
    if asks_later:
        ticks.add(Tick("work", work.counted, every=3600, next_due=work))
    else:
        ticks.add(Tick("work", work, every=3600))
    ticks.start()
    await work.counted.ran(1)
    await asyncio.sleep(0)
    for _ in range(3):
        steady.passed += 3600 * 3
        assert ticks.stale() == []
        await run_again(ticks, "work", work.counted, 1)
    await ticks.stop()
