"""One replica of several on one PostgreSQL: told to begin, it polls what is due until nothing is.

Told on the command line: {"url", "cloud_seconds", "target_workers"}. Says that it is ready, and
when asked, which updates it polled and when it polled the last.
"""

import asyncio
import json
import logging
import sys
import time
from datetime import timedelta

from bot.store import open_store
from bot.ticks import Tick, Ticks
from bot.updates.crew import Crew
from bot.updates.engine import Engine, Patience
from bot.updates.operation import Step, Wait
from tests.bench.harness import requests, say

_LONG = 3600.0


class Polling:
    """An operation of one step, that asks a cloud which takes its time and says "still at it"."""

    first = "poll"
    slower = 1.0

    def __init__(self, cloud_seconds):
        self._cloud_seconds = cloud_seconds
        self.steps = {"poll": Step(self._poll)}
        self.polled = []
        self.last_at = 0.0

    async def _poll(self, update):
        await asyncio.sleep(self._cloud_seconds)
        self.polled.append(update.id)
        self.last_at = time.monotonic()
        return Wait(seconds=_LONG, progress={"status": "HOT_UPDATING"})


async def poll_all(store, given):
    """Poll everything that is due; tell what and until when."""
    polling = Polling(given["cloud_seconds"])
    patience = Patience(poll_first=_LONG, poll_max=_LONG, give_up_after=_LONG * 24)
    engine = Engine(store.updates, {"polling": polling}, store.now, patience)
    ticks = Ticks(store.now)

    def freed(due_again):
        if due_again is None:
            ticks.nudge("advance")

    crew = Crew(store.updates, engine.work, freed)
    nothing_due = asyncio.Event()

    async def next_due():
        due = await store.updates.next_due()
        if due is None or due > store.now() + timedelta(seconds=_LONG / 2):
            nothing_due.set()
        return await crew.next_due()

    ticks.add(Tick("advance", crew.start_due, every=0.5, next_due=next_due))
    ticks.start()
    await nothing_due.wait()
    await crew.drain(10)
    await ticks.stop()
    return {"polled": polling.polled, "last_at": polling.last_at}


async def main(given):
    """Measure, once."""
    # A tick that claims for long is not started twice, which is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    async with open_store(given["url"]) as store:
        say()
        async for _ in requests():
            say(**await poll_all(store, given))
            return


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
