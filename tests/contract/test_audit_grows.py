"""How the audit grows: in order, whoever writes, and no act without its row."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.flink.update import State
from bot.notes import Code, Note, note
from bot.store.audit import Fault, verify
from bot.store.owing import record_events
from bot.store.schema import events
from bot.updates.ports import NewEvent
from tests.contract.audit import LENGTH, SAID, tampered
from tests.fakes.clock import T0
from tests.unit.store.bench import PLANNED, STEP, ended, plan_of


async def test_events_of_a_replica_without_a_chain_are_taken_in_by_the_next(recorded, filled):
    row = {"update_id": "u0", "seq": 3, "at": T0, "actor": "", "code": "event_saved", "args": {}}
    async with recorded.database.write() as connection:
        await connection.execute(insert(events).values(row))
    before = verify(filled).broken

    await recorded.updates.transition(
        "u1", origin=frozenset({State.QUEUED}), state=State.CANCELLED, events=[STEP]
    )

    findings = verify(filled)
    assert (before.position, before.fault) == (LENGTH + 1, Fault.UNCHAINED)
    assert (findings.broken, findings.end.position, findings.taken_in) == (None, LENGTH + 2, 1)


async def test_what_is_undone_leaves_the_chain_as_it_was(recorded, filled):
    async def half(connection):
        await _put(connection, "u0")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await recorded.database.together(half)
    await recorded.updates.add(plan_of("u9", "d-9"), [SAID])

    findings = verify(filled)
    assert (findings.broken, findings.end.position) == (None, LENGTH + 1)


async def _put(connection, subject):
    return await record_events(connection, subject, T0, [STEP, STEP])


async def test_events_of_one_transaction_are_numbered_on(recorded, filled):
    async with recorded.database.write() as connection:
        first = await _put(connection, "u0")
        second = await _put(connection, "u0")
        other = await _put(connection, "freeze:prod")

    assert (first, second, other) == ([3, 4], [5, 6], [1, 2])
    assert verify(filled).broken is None


@pytest.mark.parametrize("facts", [{"at": T0}, {"cost": float("nan")}])
async def test_facts_that_are_no_json_fail_at_once_and_write_nothing(recorded, filled, facts):
    bad = NewEvent(note(Code.EVENT_CHECKED), facts=facts)

    with pytest.raises((TypeError, ValueError)):
        await recorded.updates.add(plan_of("u9", "d-9"), [bad])

    assert await recorded.updates.get("u9") is None
    assert verify(filled).end.position == LENGTH


async def test_a_bad_event_among_others_fails_alone(recorded, filled):
    claimed = await recorded.updates.claim_due(3)
    bad = NewEvent(Note(Code.EVENT_CHECKED, {"at": T0}))

    saves = [
        recorded.updates.save(one, [bad if one.id == "u1" else STEP], release=True)
        for one in claimed
    ]
    outcomes = await asyncio.gather(*saves, return_exceptions=True)

    failed = {one.id for one, how in zip(claimed, outcomes, strict=True) if not hasattr(how, "id")}
    assert failed == {"u1"}
    findings = verify(filled)
    assert (findings.broken, findings.end.position) == (None, LENGTH + 2)


# No row, no act


REFUSE = {
    "sqlite": [
        """CREATE TRIGGER refuse BEFORE INSERT ON events
        BEGIN SELECT RAISE(ABORT, 'no room for events'); END"""
    ],
    "postgresql": [
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no room for events'; END $$""",
        "CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse()",
    ],
}
ACCEPT = {
    "sqlite": ["DROP TRIGGER refuse"],
    "postgresql": ["DROP TRIGGER refuse ON events", "DROP FUNCTION refuse()"],
}


@pytest.fixture
def refused(filled):
    """A database that takes no events any more, but all else."""
    kind = filled.partition(":")[0].partition("+")[0]
    tampered(filled, *REFUSE[kind])
    yield filled
    tampered(filled, *ACCEPT[kind])


async def test_a_plan_whose_event_is_not_written_is_not_there(recorded, refused):
    with pytest.raises((IntegrityError, DBAPIError), match="no room"):
        await recorded.updates.add(plan_of("u9", "d-9"), [SAID])

    assert await recorded.updates.get("u9") is None


async def test_a_plan_is_not_queued_and_no_card_is_owed_without_its_event(recorded, database_url):
    await recorded.updates.add(plan_of(), [SAID])
    kind = database_url.partition(":")[0].partition("+")[0]
    tampered(database_url, *REFUSE[kind])
    try:
        with pytest.raises((IntegrityError, DBAPIError), match="no room"):
            await recorded.updates.transition(
                "u1", origin=PLANNED, state=State.QUEUED, events=[SAID]
            )
    finally:
        tampered(database_url, *ACCEPT[kind])

    assert (await recorded.updates.get("u1")).state is State.PLANNED
    assert await recorded.updates.claim_due(10) == []
    assert await recorded.outbox.claim_messages(10) == []


async def test_an_intent_is_not_written_without_its_event(recorded, refused):
    [its, *_] = await recorded.updates.claim_due(3)

    with pytest.raises((IntegrityError, DBAPIError), match="no room"):
        await recorded.updates.save(replace(its, step="trigger", intent_at=T0), [STEP])

    assert (await recorded.updates.get(its.id)).step == its.step


async def test_an_end_is_not_written_without_its_event(recorded, refused):
    [its, *_] = await recorded.updates.claim_due(3)

    with pytest.raises((IntegrityError, DBAPIError), match="no room"):
        await recorded.updates.save(ended(its, T0), [STEP])

    assert (await recorded.updates.get(its.id)).state is State.QUEUED
