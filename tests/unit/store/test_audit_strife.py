"""Several stores append to one audit at once: one chain, no deadlock; to read it takes no room."""

import asyncio
import tracemalloc
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from psycopg import sql
from sqlalchemy import update

from bot.flink.update import State
from bot.store.audit import verify
from bot.store.chain import put
from bot.store.reading import entries
from bot.store.schema import updates
from tests.fakes.clock import T0, FakeClock
from tests.postgres import name_of
from tests.unit.store.bench import PLANNED, SILENT, STEP, ended, opened, opened_at, plan_of, url_of

REPLICAS, UPDATES, STEPS = 4, 24, 4


@pytest.fixture
async def replicas(postgres_url):
    async with AsyncExitStack() as stack:
        clock = FakeClock()
        yield [
            await stack.enter_async_context(opened_at(postgres_url, clock)) for _ in range(REPLICAS)
        ]


async def live(stores, number):
    """Lead an update to its end: each step at another replica, all updates at once."""
    name = f"u{number}"

    def at(step):
        return stores[(number + step) % len(stores)].updates

    await at(0).add(plan_of(name, f"d-{number}", state=State.PLANNED), [SILENT])
    its = await at(1).transition(name, origin=PLANNED, state=State.QUEUED, events=[STEP, STEP])
    for step in range(STEPS):
        its = await at(step).save(replace(its, step=f"step {step}", state=State.RUNNING), [STEP])
    await at(0).save(ended(its, T0), [STEP, SILENT])


def deadlocks(server, url):
    ended = sql.SQL("SELECT deadlocks FROM pg_stat_database WHERE datname = {}")
    [(count,)] = server.run(ended.format(name_of(url)))
    return count


async def test_nobody_who_appends_is_waited_for_before_the_commit(replicas, postgres_url):
    """Either of two who write both rows would wait for the other if it held the chain's end."""
    [one, other, *_] = replicas
    for number in (1, 2):
        await one.updates.add(plan_of(f"u{number}", f"d-{number}"), [])

    async with one.database.write() as mine:
        await touch(mine, "u1")
        async with other.database.write() as theirs:
            await touch(theirs, "u2")
            waiting = asyncio.create_task(touch(mine, "u2"))
        await waiting

    written = [entry.columns["update_id"] for entry in entries(postgres_url)]
    assert written == ["u2", "u1", "u2"]
    assert verify(postgres_url).broken is None


async def touch(connection, name):
    """Write an update and its event, in somebody's transaction."""
    written = update(updates).where(updates.c.id == name).values(reason="touched")
    await connection.execute(written)
    await put(connection, name, T0, [STEP])


async def test_many_who_append_at_once_make_one_chain(replicas, postgres_server, postgres_url):
    before = deadlocks(postgres_server, postgres_url)

    await asyncio.gather(*(live(replicas, number) for number in range(UPDATES)))

    findings = verify(postgres_url)
    assert (findings.broken, findings.end.position) == (None, UPDATES * (5 + STEPS))
    assert deadlocks(postgres_server, postgres_url) == before


async def test_who_reads_while_others_append_sees_a_whole_chain(replicas, postgres_url):
    appending = asyncio.gather(*(live(replicas, number) for number in range(UPDATES)))
    seen = []
    while not appending.done():
        findings = await asyncio.to_thread(verify, postgres_url)
        assert findings.broken is None
        seen.append(findings.end.position)
    await appending

    assert seen == sorted(seen)
    assert len(set(seen)) > 1


async def test_a_file_in_use_is_read_as_it_was_at_one_moment(tmp_path):
    async with opened(tmp_path, FakeClock()) as store:
        reading = entries(url_of(tmp_path))
        await store.updates.add(plan_of("u1", "d-1"), [SILENT])
        assert len([next(reading)]) == 1
        await store.updates.add(plan_of("u2", "d-2"), [SILENT])
        assert list(reading) == []

        assert verify(url_of(tmp_path)).end.position == 2


@pytest.mark.parametrize("work", [verify, lambda url: [None for _ in entries(url)].clear()])
async def test_a_longer_audit_takes_no_more_memory_to_read(tmp_path, work):
    peaks = []
    async with opened(tmp_path, FakeClock()) as store:
        for _ in range(2):
            async with store.database.write() as connection:
                for number in range(20):
                    await put(connection, f"subject {number}", T0, [STEP] * 100)
            tracemalloc.start()
            work(url_of(tmp_path))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    assert peaks[1] < 1.2 * peaks[0]
