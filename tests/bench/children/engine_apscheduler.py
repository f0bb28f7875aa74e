"""The same polls with one APScheduler job per update, as its documentation has it.

One measurement per process, told on the command line: what `watching` takes, and "store": "memory"
or "sqlite". Nothing is kept of what a poll gives: that is the peer's advantage.
"""

import asyncio
import json
import logging
import sys
import tempfile
from datetime import UTC, datetime

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import create_engine

import bot.store  # noqa: F401 - a bot with such jobs would have it in memory, and what it brings
from tests.bench.children.watching import Watch, beginning, due_at
from tests.bench.harness import say

_due = {}
_watch = []


async def poll(number, period):
    """Ask a cloud which always answers "still at it"."""
    due = _due[number]
    _due[number] = due + period
    _watch[0].polled(due)
    await asyncio.sleep(0)  # the cloud answers at once


def scheduler_with(store, folder):
    """Make a scheduler as the documentation has it; give it and what makes its writes durable."""
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    if store == "memory":
        return AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()}, job_defaults=defaults, timezone=UTC
        )
    engine = create_engine(f"sqlite:///{folder}/jobs.sqlite3")
    stores = {"default": SQLAlchemyJobStore(engine=engine)}
    return AsyncIOScheduler(jobstores=stores, job_defaults=defaults, timezone=UTC)


def _durable(scheduler, yes):
    """Let the job store write with or without waiting for the disk."""
    store = scheduler._jobstores["default"]
    if isinstance(store, SQLAlchemyJobStore):
        with store.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if yes else 'OFF'}")


async def main(given):
    """Measure."""
    watch = Watch(given)
    _watch.append(watch)
    period = given["in_flight"] / given["per_second"]
    with tempfile.TemporaryDirectory(prefix="flinkbot-bench-") as folder:
        scheduler = scheduler_with(given["store"], folder)
        scheduler.start(paused=True)
        _durable(scheduler, yes=False)
        base = beginning(given)
        for number in range(given["in_flight"]):
            _due[number] = base + due_at(number, given)
            scheduler.add_job(
                poll,
                "interval",
                seconds=period,
                id=str(number),
                args=[number, period],
                next_run_time=datetime.fromtimestamp(_due[number], UTC),
            )
        _durable(scheduler, yes=True)
        seen = await watch.over(base, scheduler.resume)
        logging.disable()  # it complains of what the end interrupts
        scheduler.shutdown(wait=False)
    say(**seen)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
