"""Who locks several rows takes them in the order of their keys: no two wait for each other."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import bindparam, select, text, update

from bot.store.schema import outbox, updates
from bot.updates.messages import MessageKind, Refusal
from tests.fakes.clock import FakeClock
from tests.unit.store.bench import STEP, opened_at, queue

WAITERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
SOON = text("SET LOCAL deadlock_timeout = '10ms'")
REFUSED = Refusal("C0JOBS", "is_archived")
OF_U1, REPLIES = outbox.c.update_id == "u1", outbox.c.kind == MessageKind.THREAD.value


@pytest.fixture
async def store(postgres_url):
    async with opened_at(postgres_url, FakeClock()) as store:
        for number in (1, 2, 3):
            await queue(store, f"u{number}", f"d-{number}", events=[STEP, STEP])
        yield store


async def written_anew(store, table, **values):
    """Write all rows, the last one first: table and indexes are read in the order of writing."""
    keys = select(table.c.id).order_by(table.c.id.desc())
    touch = update(table).where(table.c.id == bindparam("its")).values(values)
    async with store.database.write() as connection:
        for key in (await connection.execute(keys)).scalars().all():
            await connection.execute(touch, {"its": key})


@asynccontextmanager
async def held_in_order(store, table, *where):
    """Hold the first row until somebody waits for it, then all the others."""
    ids = select(table.c.id).where(*where).order_by(table.c.id)
    take = select(table.c.id).where(table.c.id == bindparam("its")).with_for_update()
    async with store.database.write() as connection:
        await connection.execute(SOON)
        first, *others = (await connection.execute(ids)).scalars().all()
        await connection.execute(take, {"its": first})
        yield
        while not await waiters(store):
            pass  # each question lets the others run
        for its in others:
            await connection.execute(take, {"its": its})


async def waiters(store):
    async with store.database.read() as connection:
        return (await connection.execute(WAITERS)).scalar_one()


async def claimed(store):
    return {message.key: message for message in await store.outbox.claim_messages(20)}


async def with_its_card_posted(store):
    card = (await claimed(store))["u1:card"]
    await store.outbox.mark_sending(card)
    await store.outbox.mark_sent(card, "1.0", "digest")
    return await claimed(store)


async def test_updates_are_given_back_in_order(store):
    await store.updates.claim_due(3)
    await written_anew(store, updates, reason="anew")

    async with held_in_order(store, updates):
        giving_back = asyncio.create_task(store.updates.release_leases())

    await giving_back
    assert len(await store.updates.claim_due(3)) == 3


async def test_messages_are_given_back_in_order(store):
    before = await claimed(store)
    await written_anew(store, outbox, version=outbox.c.version + 1)

    async with held_in_order(store, outbox, outbox.c.key.in_(before)):
        giving_back = asyncio.create_task(store.outbox.release_leases())

    await giving_back
    assert set(await claimed(store)) == set(before)


async def test_a_conversation_is_moved_in_order(store):
    reply = (await with_its_card_posted(store))["u1:event:1"]

    async with held_in_order(store, outbox, OF_U1):
        moving = asyncio.create_task(store.outbox.redirect(reply, "D0ANNA", REFUSED))

    await moving
    assert {one.channel for one in (await claimed(store)).values() if one.update_id == "u1"} == {
        "D0ANNA"
    }


async def test_replies_are_given_up_in_order(store):
    card = (await claimed(store))["u1:card"]
    await written_anew(store, outbox, version=outbox.c.version + 1)

    async with held_in_order(store, outbox, OF_U1, REPLIES):
        giving_up = asyncio.create_task(store.outbox.bury(card, "no such channel"))

    await giving_up
    async with store.database.read() as connection:
        buried = select(outbox.c.buried).where(OF_U1, REPLIES)
        said = (await connection.execute(buried)).scalars().all()
    assert said == ["no card to reply to"] * 2
