"""Our engine and its SQLite store with many updates in flight, all of them being polled.

One measurement per process, told on the command line: what `watching` takes, and "database", made
by `engine_fill` and used up by this.
"""

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime

from bot.store import open_store
from bot.ticks import Tick, Ticks
from bot.updates.crew import Crew
from bot.updates.engine import Engine, Patience
from bot.updates.operation import Step, Wait
from tests.bench.children.watching import Watch, beginning
from tests.bench.harness import say


def now():
    return datetime.now(UTC)


class Polling:
    """An operation of one step, that asks a cloud which always answers "still at it"."""

    first = "poll"
    slower = 1.0

    def __init__(self, watch):
        self._watch = watch
        self.steps = {"poll": Step(self._poll)}

    async def _poll(self, update):
        self._watch.polled(update.next_at.timestamp())
        await asyncio.sleep(0)  # the cloud answers at once
        return Wait(progress={"status": "HOT_UPDATING"})


_BEGIN_AT = """
UPDATE updates SET created_at = :at, queued_at = :at, watched_since = :at,
    next_at = CASE WHEN :all_due THEN :at ELSE next_at + :at END
"""


def begin_at(moment, given):
    """Let everything that began in 1970 begin at a moment instead."""
    bound = {"at": round(moment * 1e6), "all_due": given["all_due"]}
    with closing(sqlite3.connect(given["database"])) as connection, connection:
        connection.execute(_BEGIN_AT, bound)


async def main(given):
    """Measure."""
    watch, base = Watch(given), beginning(given)
    begin_at(base, given)
    period = given["in_flight"] / given["per_second"]
    patience = Patience(poll_first=period, poll_factor=1.0, poll_max=period)
    async with open_store(f"sqlite+aiosqlite:///{given['database']}", now=now) as store:
        engine = Engine(store.updates, {"polling": Polling(watch)}, now, patience)
        ticks = Ticks(now)

        def freed(due_again):
            if due_again is None:
                ticks.nudge("advance")
            else:
                ticks.wake_by("advance", due_again)

        crew = Crew(store.updates, engine.work, freed)
        ticks.add(Tick("advance", crew.start_due, every=5.0, next_due=crew.next_due))
        seen = await watch.over(base, ticks.start)
        await crew.drain(10)
        await ticks.stop()
    say(**seen)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
