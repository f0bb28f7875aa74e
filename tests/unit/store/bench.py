"""A store on a file of its own, and the few moves that its tests are made of."""

from dataclasses import replace

from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State, Verdict
from bot.notes import Code, note
from bot.store import open_store
from bot.updates.ports import NewEvent
from tests.factories import make_update

LEASE = 60.0
PLANNED = frozenset({State.PLANNED})
VERDICT = Verdict(notes=(note(Code.VERDICT_APPLIED),))
STEP = NewEvent(note(Code.EVENT_PROGRESS, status="HOT_UPDATING"))
SILENT = NewEvent(note(Code.EVENT_CHECKED), told=False)


def url_of(folder):
    return f"sqlite+aiosqlite:///{folder}/flinkbot.sqlite3"


def opened(folder, clock):
    return opened_at(url_of(folder), clock)


def opened_at(url, clock):
    return open_store(url, now=clock, lease_seconds=LEASE)


def plan_of(update_id="u1", deployment="d-1", target="prod", **overrides):
    """An update that nobody has applied yet."""
    ref = DeploymentRef(target, deployment)
    bare = {"queued_at": None, "state": State.PLANNED}
    return make_update(**{"id": update_id, "ref": ref, **bare, **overrides})


async def queue(store, update_id="u1", deployment="d-1", events=(), **overrides):
    """Plan an update and apply it."""
    await store.updates.add(plan_of(update_id, deployment, **overrides), [])
    return await store.updates.transition(
        update_id, origin=PLANNED, state=State.QUEUED, events=list(events)
    )


async def claim(store):
    """Take the only update that is due."""
    [claimed] = await store.updates.claim_due(10)
    return claimed


def ended(update, at, state=State.SUCCEEDED):
    return replace(update, state=state, verdict=VERDICT, next_at=None, finished_at=at)


async def keys(store, limit=20):
    return [message.key for message in await store.outbox.claim_messages(limit)]


async def deliver_all(store):
    """Post whatever is owed until nothing is; give the keys in the order of posting."""
    posted = []
    while messages := await store.outbox.claim_messages(20):
        for message in messages:
            posted.append(message.key)
            await store.outbox.mark_sending(message)
            await store.outbox.mark_sent(message, message.ts or f"{len(posted)}.0", "digest")
    return posted
