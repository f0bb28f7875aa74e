"""How one process ends its work: in order, in time, and leaving nothing claimed."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest

from bot.errors import StoreUnavailableError
from bot.shutdown import Shutdown
from bot.slack.background import Background, RefusedWorkError
from bot.ticks import Tick, Ticks


class Store:
    """Remembers that leases were given back, or cannot be asked."""

    def __init__(self, story, trouble=None):
        self.story, self.trouble = story, trouble

    async def release_leases(self):
        if self.trouble is not None:
            await self.trouble()
        self.story.append("released")


class Engine:
    def __init__(self, story):
        self.story = story

    def hand_over(self):
        self.story.append("handing over")


class Crew:
    """Works until it is let go, or cut off."""

    def __init__(self, story):
        self.story = story
        self.done = asyncio.Event()

    def close(self):
        self.story.append("closed")

    async def drain(self, seconds):
        try:
            async with asyncio.timeout(seconds):
                await self.done.wait()
            self.story.append("crew ended")
        except TimeoutError:
            self.story.append("crew cut off")


class Ending:
    """What ends, and the story of it."""

    def __init__(self, grace=30.0, trouble=None):
        self.story = []
        self.crew, self.background = Crew(self.story), Background()
        self.ticks = Ticks(lambda: datetime.now(UTC))
        self.tick_gate = asyncio.Event()
        self.ticking = asyncio.Event()
        self.ticks.add(Tick("deliver", self._deliver, every=3600))
        store = Store(self.story, trouble)
        self.shutdown = Shutdown(
            Engine(self.story), self.crew, self.background, self.ticks, store, grace
        )

    async def _deliver(self):
        self.ticking.set()
        await self.tick_gate.wait()
        self.story.append("delivered")

    async def started(self):
        self.ticks.start()
        await self.ticking.wait()
        await self.shutdown.begin()


async def settled():
    """Let everything run that can."""
    for _ in range(6):
        await asyncio.sleep(0)


async def test_what_has_begun_ends_then_the_messages_are_told_then_all_is_given_back():
    ending = Ending()
    await ending.started()
    assert ending.shutdown.draining

    finishing = asyncio.create_task(ending.shutdown.finish())
    await settled()
    with pytest.raises(RefusedWorkError):
        ending.background.spawn(asyncio.sleep(0), name="a click that comes late")
    ending.crew.done.set()
    await settled()
    assert not finishing.done()
    ending.tick_gate.set()
    await finishing

    assert ending.story == ["handing over", "closed", "crew ended", "delivered", "released"]


async def test_what_does_not_end_in_time_is_cut_off_and_given_back(caplog):
    ending = Ending(grace=0.05)
    await ending.started()

    await ending.shutdown.finish()

    assert ending.story == ["handing over", "closed", "crew cut off", "released"]
    assert "cut off at the end: tick deliver" in caplog.messages


async def away():
    raise StoreUnavailableError("connection refused")


async def test_a_database_that_is_away_keeps_nobody_from_ending(caplog):
    caplog.set_level(logging.INFO)
    ending = Ending(trouble=away)
    await ending.started()
    ending.crew.done.set()
    ending.tick_gate.set()

    await ending.shutdown.finish()

    assert "released" not in ending.story
    assert "waits for its leases" in caplog.text
    assert not any(record.exc_info for record in caplog.records)


async def test_a_database_that_hangs_keeps_nobody_from_ending_for_long(caplog):
    ending = Ending(trouble=asyncio.Event().wait)
    ending.shutdown.release_seconds = 0.05
    await ending.started()
    ending.crew.done.set()
    ending.tick_gate.set()

    async with asyncio.timeout(5):
        await ending.shutdown.finish()

    assert "waits for its leases" in caplog.text
