"""What was done before a test begins: updates that have ended, one a minute."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State, Verdict
from bot.notes import Code, note
from bot.sandbox.stage import CHANNEL, TARGET
from bot.store import open_store
from bot.updates.ports import NewEvent
from tests.factories import make_update

PLANNED = frozenset({State.PLANNED})


async def fill(url, people, count, job="orders-enrichment"):
    """Record updates that two people asked for in turn; give their ids, the newest first."""
    begin = datetime.now(UTC) - timedelta(minutes=count + 1)
    clock = [begin]
    ids = []
    async with open_store(url, now=lambda: clock[0]) as store:
        for number in range(count):
            clock[0] = begin + timedelta(minutes=number)
            ids.insert(0, f"past{number:04}")
            await _one(store.updates, ids[0], people[number % len(people)], clock[0], job)
        while messages := await store.outbox.claim_messages(20):  # all of it has been told
            for message in messages:
                await store.outbox.mark_sending(message)
                await store.outbox.mark_sent(message, message.ts or "1700000000.000001", "digest")
    return ids


async def _one(store, its_id, user, at, job):
    bare = make_update(
        id=its_id,
        name=job,
        ref=DeploymentRef(TARGET, f"d-{its_id}"),
        state=State.PLANNED,
        requested_by=user,
        channel=CHANNEL,
        asked_in=CHANNEL,
        created_at=at,
        queued_at=None,
    )
    await store.add(bare, [NewEvent(note(Code.EVENT_PLANNED), user, told=False)])
    await store.transition(
        its_id,
        origin=PLANNED,
        state=State.QUEUED,
        events=[
            NewEvent(note(Code.EVENT_QUEUED, who=user), user, told=False, facts={"rule": "small"})
        ],
    )
    [claimed] = await store.claim_due(1)
    verdict = Verdict(notes=(note(Code.VERDICT_APPLIED),))
    await store.save(replace(claimed, state=State.SUCCEEDED, verdict=verdict))
