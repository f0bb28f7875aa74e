"""Two replicas on one PostgreSQL against one: do they share the work, and only that?"""

import asyncio
import json
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from bot.store import open_store
from bot.store.schema import outbox, updates
from tests import postgres
from tests.bench.children.engine_fill import rows_of
from tests.bench.harness import AtLeast, Row, benchmark, child, interleaved

_TWO, _ONE = "two", "one"
_SETTINGS = "max_connections = 200\n"  # it writes to the disk, as it would at work
_LONG_AGO = timedelta(minutes=1)
_HOW = (
    " All {count} updates of four targets are due at once, as after an outage, and each is polled"
    " once; a replica has 16 workers per target. Every poll is claimed, recorded with the card's"
    " edit it owes, and committed. Server and replicas, a process each, share the two cores."
    " That none was polled twice is checked in every round."
)


@benchmark("replicas")
async def replicas(effort):
    """Poll everything once, alone and in pairs."""
    rounds, count = effort.of(5, 1), effort.of(1_500, 60)
    rows = []
    with (
        tempfile.TemporaryDirectory(prefix="flinkbot-bench-") as folder,
        postgres.running(Path(folder) / "postgres", _SETTINGS) as server,
    ):
        for cloud_seconds, bar in ((0.2, AtLeast(1.7)), (0.0, None)):
            measure = partial(polls_per_second, server, count, cloud_seconds)
            team = {_TWO: partial(measure, 2), _ONE: partial(measure, 1)}
            seen = await interleaved(rounds, team)
            rows.append(_row(seen, count, cloud_seconds, bar))
    return rows


def _row(seen, count, cloud_seconds, bar):
    millis = f"{cloud_seconds * 1000:g}"
    how = f"A poll asks a cloud that answers after {millis} ms." + _HOW.format(count=count)
    what = f"polls per second, two replicas on PostgreSQL, cloud at {millis} ms"
    return Row(what, "polls/s", seen[_TWO], seen[_ONE], "one replica", bar, how=how)


async def polls_per_second(server, count, cloud_seconds, how_many):
    """Measure so many replicas on a database of their own."""
    async with _filled(server, count) as url, AsyncExitStack() as stack:
        given = json.dumps({"url": url, "cloud_seconds": cloud_seconds})
        team = [
            await stack.enter_async_context(child("tests.bench.children.replica", given))
            for _ in range(how_many)
        ]
        began = time.monotonic()
        answers = await asyncio.gather(*(one.ask() for one in team))
    polled = [update for answer in answers for update in answer["polled"]]
    if len(polled) != count or len(set(polled)) != count:
        raise AssertionError(f"{count} updates, {len(polled)} polls of {len(set(polled))}")
    return count / (max(answer["last_at"] for answer in answers) - began)


@asynccontextmanager
async def _filled(server, count):
    """Give a database in which so many updates are due."""
    url = server.fresh()
    began = datetime.now(UTC) - _LONG_AGO
    watched, cards = rows_of({"in_flight": count, "per_second": count * 1000}, began)
    async with open_store(url) as store, store.database.write() as connection:
        await connection.execute(insert(updates), watched)
        await connection.execute(insert(outbox), cards)
    try:
        yield url
    finally:
        server.drop(url)
