"""Many updates in flight: what a poll costs, how late it is, and how long it holds up all else."""

import shutil
import tempfile
from contextlib import asynccontextmanager
from functools import partial

from tests.bench.harness import AtMost, Row, benchmark, interleaved, run_child

OURS, FEW, MEMORY, SQLITE = "ours", "few", "memory", "sqlite"
_PER_SECOND = 300
_PEERS = {
    MEMORY: "an APScheduler job each, in memory",
    SQLITE: "an APScheduler job each, in SQLite",
}
_EVERY_POLL = (
    " A poll asks a cloud that answers at once. Ours claims the row, records what was learnt and"
    " owes the card's edit, all committed to disk; an APScheduler job keeps nothing of its poll,"
    " and in memory nothing at all. Each measurement in a process of its own."
)
_STEADY = f"{_PER_SECOND} polls fall due evenly in every second." + _EVERY_POLL
_OUTAGE = "All fall due at once, as after an outage, and each is polled once." + _EVERY_POLL


@benchmark("engine")
async def engine(effort):
    """Poll on steadily, then all at once."""
    rounds, many, few = effort.of(5, 1), effort.of(10_000, 60), effort.of(100, 30)
    async with _contenders(many, few) as measure:
        steady = {
            "seconds": effort.of(5.0, 0.5),
            "warm_up": effort.of(2.0, 0.1),
            "all_due": False,
        }
        calm = await interleaved(
            rounds,
            {
                OURS: partial(measure[OURS], lead=effort.of(1.0, 0.2), **steady),
                FEW: partial(measure[FEW], lead=effort.of(1.0, 0.2), **steady),
                # It takes so long to make all those jobs.
                MEMORY: partial(measure[MEMORY], lead=effort.of(8.0, 0.2), **steady),
                SQLITE: partial(measure[SQLITE], lead=effort.of(12.0, 1.0), **steady),
            },
            warm_ups=0,
        )
        at_once = {"seconds": 0.0, "warm_up": 0.0, "lead": 0.0, "all_due": True}
        names = (OURS, MEMORY, SQLITE)
        storm = await interleaved(
            rounds, {name: partial(measure[name], **at_once) for name in names}, warm_ups=0
        )
    return [*_steady_rows(calm, few, many), *_storm_rows(storm, many)]


@asynccontextmanager
async def _contenders(many, few):
    """Give what measures each contender."""
    with tempfile.TemporaryDirectory(prefix="flinkbot-bench-") as folder:
        made = {}

        async def ours(in_flight, **given):
            about = {"in_flight": in_flight, "per_second": _PER_SECOND}
            if in_flight not in made:
                made[in_flight] = f"{folder}/{in_flight}.sqlite3"
                filled = {"database": made[in_flight], **about}
                await run_child("tests.bench.children.engine_fill", **filled)
            copy = shutil.copy(made[in_flight], f"{folder}/used.sqlite3")
            return await run_child(
                "tests.bench.children.engine_ours", database=copy, **about, **given
            )

        def theirs(store):
            return partial(
                run_child,
                "tests.bench.children.engine_apscheduler",
                in_flight=many,
                per_second=_PER_SECOND,
                store=store,
            )

        yield {
            OURS: partial(ours, many),
            FEW: partial(ours, few),
            MEMORY: theirs(MEMORY),
            SQLITE: theirs(SQLITE),
        }


def _steady_rows(seen, few, many):
    def row(what, unit, key, peer=None, bar=None):
        against = {FEW: f"ours, {few} in flight", **_PEERS}.get(peer, "")
        return _row(seen, (f"{what}, {_count(many)} in flight", unit, key), peer, against, bar)

    yield row("lag between due and polled, p99", "ms", "lag_p99_ms", bar=AtMost(100))
    yield row("CPU per due update", "µs", "cpu_us", FEW, AtMost(1.5))
    for peer in _PEERS:
        yield row("CPU per due update", "µs", "cpu_us", peer)
    for peer in _PEERS:
        yield row("worst event-loop stall", "ms", "stall_worst_ms", peer)
    for peer in _PEERS:
        yield row("memory, RSS", "MiB", "rss", peer, AtMost(1))
    yield row("memory, USS", "MiB", "uss", FEW)


def _storm_rows(seen, many):
    def row(what, unit, key, peer, bar=None):
        named = (f"{what}, {_count(many)} due at once", unit, key)
        return _row(seen, named, peer, _PEERS[peer], bar, how=_OUTAGE)

    for peer in _PEERS:
        yield row("worst event-loop stall", "ms", "stall_worst_ms", peer, AtMost(1 / 20, "1/20"))
    for peer in _PEERS:
        yield row("polls per second", "polls/s", "polls_per_second", peer)


def _row(seen, named, peer, against, bar, how=_STEADY):
    what, unit, key = named
    theirs = [one[key] for one in seen[peer]] if peer else ()
    return Row(what, unit, [one[key] for one in seen[OURS]], theirs, against, bar, how=how)


def _count(number):
    return f"{number:,}".replace(",", " ")
