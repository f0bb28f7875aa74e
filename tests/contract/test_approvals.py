"""What the record promises of answers to requests, and of freezes, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flink.update import State
from bot.notes import Code, note
from bot.updates.approvals import EVERYWHERE, Answer, Freeze
from bot.updates.ports import NewEvent
from tests.fakes.clock import T0, FakeClock
from tests.unit.store.bench import PLANNED, keys, opened_at, plan_of

AWAITING = frozenset({State.AWAITING_APPROVAL})
SOON = T0 + timedelta(minutes=15)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def store(database_url, clock):
    async with opened_at(database_url, clock) as store:
        yield store


async def ask(store, update_id="u1", deployment="d-1"):
    """Plan an update and ask for approval."""
    await store.updates.add(plan_of(update_id, deployment), [])
    return await store.updates.transition(
        update_id, origin=PLANNED, state=State.AWAITING_APPROVAL, events=[], next_at=SOON
    )


async def answer(store, user="U0LIN", *, approves=True, digest=None, reason=""):
    update = await store.updates.get("u1")
    said = Answer(
        user=user,
        approves=approves,
        digest=update.plan.digest if digest is None else digest,
        at=T0,
        reason=reason,
    )
    event = NewEvent(note(Code.EVENT_APPROVED, who=user), user)
    return await store.approvals.answer("u1", said, event)


# Asking


async def test_asking_holds_the_job_owes_the_card_and_is_not_run(store):
    asked = await ask(store)

    assert (asked.state, asked.queued_at, asked.next_at) == (State.AWAITING_APPROVAL, T0, SOON)
    assert await store.updates.live_for(asked.ref) == asked
    assert [each.id for each in await store.updates.recent(5)] == ["u1"]
    assert await keys(store) == ["u1:card"]


async def test_what_waits_for_approval_is_never_claimed(store, clock):
    await ask(store)
    clock.tick(3600)

    assert await store.updates.claim_due(10) == []
    assert await store.updates.next_due() is None


# Answers


async def test_an_answer_is_kept_with_its_reason_its_event_and_the_cards_edit(store):
    await ask(store)
    before = await store.updates.events("u1")
    [card] = await store.outbox.claim_messages(5)
    await store.outbox.mark_sending(card)
    await store.outbox.mark_sent(card, "1.0", "digest")

    assert await answer(store, approves=False, reason="not today")

    [said] = await store.approvals.answers("u1")
    assert (said.user, said.approves, said.reason) == ("U0LIN", False, "not today")
    [event] = (await store.updates.events("u1"))[len(before) :]
    assert (event.note.code, event.actor) == (Code.EVENT_APPROVED, "U0LIN")
    assert sorted(await keys(store)) == ["u1:card", f"u1:event:{event.seq}"]


async def test_many_clicks_of_one_person_are_one_answer(store):
    await ask(store)

    assert sorted(await asyncio.gather(*(answer(store) for _ in range(20)))) == [False] * 19 + [
        True
    ]
    assert len(await store.approvals.answers("u1")) == 1
    events = await store.updates.events("u1")
    assert [each.note.code for each in events].count(Code.EVENT_APPROVED) == 1


async def test_answers_come_oldest_first(store):
    await ask(store)
    for user in ("U0LIN", "U0ADA", "U0MAX"):
        assert await answer(store, user)

    users = [each.user for each in await store.approvals.answers("u1")]
    assert sorted(users) == users == ["U0ADA", "U0LIN", "U0MAX"]  # all at one moment: by name


async def test_an_answer_to_another_plan_is_none(store):
    await ask(store)

    assert not await answer(store, digest="another")
    assert await store.approvals.answers("u1") == []


@pytest.mark.parametrize("state", [State.QUEUED, State.CANCELLED, State.EXPIRED])
async def test_what_waits_no_more_takes_no_answers(store, state):
    await ask(store)
    await store.updates.transition("u1", origin=AWAITING, state=state, events=[])

    assert not await answer(store)
    assert await store.approvals.answers("u1") == []


async def test_a_plan_nobody_asked_for_takes_no_answers(store):
    await store.updates.add(plan_of(), [])

    assert not await answer(store)


# Reminders


async def test_what_waits_is_looked_at_when_its_time_has_come(store, clock):
    asked = await ask(store)
    await store.updates.add(plan_of("u2", "d-2"), [])

    assert await store.approvals.waiting(SOON - timedelta(seconds=1)) == []
    assert await store.approvals.waiting(SOON) == [asked]


async def test_of_those_who_remind_one_is_first(store):
    asked = await ask(store)
    again = SOON + timedelta(minutes=30)
    event = NewEvent(note(Code.EVENT_REMINDED, people="U0LIN", until=again))

    done = await asyncio.gather(
        *(store.approvals.remind(asked, again, [event]) for _ in range(5)),
    )

    assert sorted(done) == [False] * 4 + [True]
    present = await store.updates.get("u1")
    assert (present.next_at, present.attempt) == (again, 1)
    codes = [each.note.code for each in await store.updates.events("u1")]
    assert codes == [Code.EVENT_REMINDED]


async def test_what_was_decided_meanwhile_is_not_reminded_of(store):
    asked = await ask(store)
    await store.updates.transition("u1", origin=AWAITING, state=State.QUEUED, events=[])

    assert not await store.approvals.remind(asked, SOON, [])


async def test_what_is_live_is_told_something_and_what_has_ended_is_not(store):
    await ask(store)
    [card] = await store.outbox.claim_messages(5)
    await store.outbox.mark_sending(card)
    await store.outbox.mark_sent(card, "1.0", "digest")
    event = NewEvent(note(Code.EVENT_CHECKED), "U0ADA")

    assert await store.approvals.tell("u1", event)
    await store.updates.transition("u1", origin=AWAITING, state=State.QUEUED, events=[])
    [card, *_] = await store.outbox.claim_messages(5)
    await store.outbox.mark_sent(card, card.ts, "digest")
    assert await store.approvals.tell("u1", replace(event, told=False))
    [claimed] = await store.updates.claim_due(1)
    running = await store.updates.save(replace(claimed, state=State.RUNNING))
    assert await store.approvals.tell("u1", replace(event, told=False))
    await store.updates.save(replace(running, state=State.FAILED))
    assert not await store.approvals.tell("u1", event)

    codes = [each.note.code for each in await store.updates.events("u1")]
    assert codes.count(Code.EVENT_CHECKED) == 3
    assert [key for key in await keys(store) if ":event" in key] == []


# Freezes


SAID = NewEvent(note(Code.EVENT_APPROVED, who="U0ADA"), "U0ADA", told=False)


def freeze(target="prod", *, until=None, reason="release day"):
    return Freeze(target=target, who="U0ADA", since=T0, until=until, reason=reason)


async def test_a_freeze_holds_until_it_is_lifted(store, clock):
    await store.freezes.freeze(freeze(), SAID)
    clock.tick(1_000_000)

    assert await store.freezes.freezes() == [freeze()]
    assert await store.freezes.unfreeze("prod", SAID) == freeze()
    assert await store.freezes.freezes() == []
    assert await store.freezes.unfreeze("prod", SAID) is None


async def test_a_freeze_ends_by_itself_at_its_time(store, clock):
    over = freeze(until=T0 + timedelta(hours=2))
    await store.freezes.freeze(over, SAID)

    clock.tick(7199)
    assert await store.freezes.freezes() == [over]
    clock.tick(1)
    assert await store.freezes.freezes() == []
    assert await store.freezes.unfreeze("prod", SAID) is None


async def test_a_target_has_one_freeze_the_newest(store):
    await store.freezes.freeze(freeze(reason="old"), SAID)
    await store.freezes.freeze(freeze(EVERYWHERE), SAID)
    await store.freezes.freeze(freeze(reason="new"), SAID)

    assert await store.freezes.freezes() == [freeze(EVERYWHERE), freeze(reason="new")]


async def test_freezing_and_lifting_are_events_of_the_target(store):
    await store.freezes.freeze(freeze(), SAID)
    await store.freezes.unfreeze("prod", SAID)
    await store.freezes.unfreeze("prod", SAID)

    assert [each.seq for each in await store.updates.events("freeze:prod")] == [1, 2]
    assert await keys(store) == []


async def test_a_freeze_that_is_delivered_twice_is_recorded_once(store):
    assert await store.freezes.freeze(freeze(), SAID, "t-1")
    await store.freezes.unfreeze("prod", SAID)

    assert not await store.freezes.freeze(freeze(), SAID, "t-1")
    assert await store.freezes.freezes() == []
    assert len(await store.updates.events("freeze:prod")) == 2
    assert await store.freezes.freeze(freeze(), SAID, "t-2")
