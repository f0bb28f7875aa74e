"""Our engine and its SQLite store with many updates in flight, all of them being polled.

One measurement per process, told on the command line: {"in_flight", "per_second", "seconds",
"all_due"}. With `all_due` every update is due at once, as after an outage, and each is polled once;
else they are due evenly, and polled for so many seconds after a warm-up.
"""

import asyncio
import json
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.store import open_store
from bot.store.rows import columns_of
from bot.store.schema import outbox, updates
from bot.ticks import Tick, Ticks
from bot.updates.crew import Crew
from bot.updates.engine import Engine, Patience
from bot.updates.operation import Step, Wait
from tests.bench.children.watching import Watch, beginning, due_at
from tests.bench.harness import say
from tests.factories import VALUES, make_plan, make_update

_TARGETS = 4
_CARD = {
    "kind": "card",
    "channel": "C0DATAJOBS",
    "version": 1,
    "settled": 1,
    "ts": "1772600000.000100",
    "sending": False,
    "digest": "0" * 64,
    "attempts": 0,
    "fence": 0,
}


def now():
    return datetime.now(UTC)


class Polling:
    """An operation of one step, that asks a cloud which always answers "still at it"."""

    first = "poll"

    def __init__(self, watch):
        self._watch = watch
        self.steps = {"poll": Step(self._poll)}

    async def _poll(self, update):
        self._watch.polled(update.next_at.timestamp())
        await asyncio.sleep(0)  # the cloud answers at once
        return Wait(progress={"status": "HOT_UPDATING"})


async def fill(database, given, base):
    """Record the updates as the bot would have left them."""
    began = datetime.fromtimestamp(base, UTC)
    rows = []
    for number in range(given["in_flight"]):
        one = make_update(
            id=f"u{number:07d}",
            operation="polling",
            ref=DeploymentRef(f"target-{number % _TARGETS}", f"d-{number}"),
            plan=make_plan(saved=VALUES, running=VALUES),
            state=State.RUNNING,
        )
        watched = replace(
            one,
            step="poll",
            progress={"hot_update_id": f"hu-{number}", "status": "HOT_UPDATING"},
            created_at=began,
            queued_at=began,
            watched_since=began,
            next_at=began + timedelta(seconds=due_at(number, given)),
            card_ts=_CARD["ts"],
        )
        rows.append(columns_of(watched))
    cards = [
        {**_CARD, "key": f"{row['id']}:card", "update_id": row["id"], "due_at": began}
        for row in rows
    ]
    async with database.write() as connection:
        await connection.execute(insert(updates), rows)
        await connection.execute(insert(outbox), cards)


async def main(given):
    """Measure."""
    watch = Watch(given)
    with tempfile.TemporaryDirectory(prefix="flinkbot-bench-") as folder:
        async with open_store(f"sqlite+aiosqlite:///{folder}/bench.sqlite3", now=now) as store:
            base = beginning(given)
            await fill(store.database, given, base)
            period = given["in_flight"] / given["per_second"]
            patience = Patience(poll_first=period, poll_factor=1.0, poll_max=period)
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
