"""A database with many updates in flight, as the bot would have left it, due from 1970 on.

A process of its own, so that what it takes to make one is not counted as memory of who uses it.
"""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.store import open_store
from bot.store.rows import columns_of
from bot.store.schema import outbox, updates
from tests.bench.harness import say
from tests.factories import VALUES, make_plan, make_update

_TARGETS = 4
_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
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
    "due_at": _BEGAN,
}


def watched(number, given, began):
    """Make an update that waits for the result of its hot update."""
    one = make_update(
        id=f"u{number:07d}",
        operation="polling",
        ref=DeploymentRef(f"target-{number % _TARGETS}", f"d-{number}"),
        plan=make_plan(saved=VALUES, running=VALUES),
        state=State.RUNNING,
    )
    return replace(
        one,
        step="poll",
        progress={"hot_update_id": f"hu-{number}", "status": "HOT_UPDATING"},
        created_at=began,
        queued_at=began,
        watched_since=began,
        next_at=began + timedelta(seconds=number / given["per_second"]),
        card_ts=_CARD["ts"],
    )


def rows_of(given, began):
    """Give the rows of the updates and of their cards: {"in_flight", "per_second"}."""
    rows = [columns_of(watched(number, given, began)) for number in range(given["in_flight"])]
    cards = [{**_CARD, "key": f"{row['id']}:card", "update_id": row["id"]} for row in rows]
    return rows, cards


async def main(given):
    """Record them: {"database", "in_flight", "per_second"}."""
    rows, cards = rows_of(given, _BEGAN)
    url = f"sqlite+aiosqlite:///{given['database']}"
    async with (
        open_store(url, now=lambda: _BEGAN) as store,
        store.database.write() as connection,
    ):
        await connection.execute(insert(updates), rows)
        await connection.execute(insert(outbox), cards)
    say()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
