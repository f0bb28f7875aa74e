import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.ticks import Tick, Ticks
from tests.fakes.clock import FakeClock


@pytest.fixture
async def ticks():
    made = Ticks(FakeClock())
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
    ticks = Ticks(FakeClock())
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
    clock = FakeClock()
    ticks = Ticks(clock)
    work = Counted()
    work.gate.clear()
    ticks.add(Tick("work", work, every=1))
    assert ticks.stale() == []
    ticks.start()
    await work.ran(1)

    clock.tick(14)
    assert ticks.stale() == []
    clock.tick(2)
    assert ticks.stale() == ["work"]
    work.gate.set()
    await ticks.stop()


async def test_stopping_waits_for_what_runs():
    ticks = Ticks(FakeClock())
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
