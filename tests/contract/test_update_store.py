"""What `UpdateStore` promises to the engine, the use cases and the listeners."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import LostLeaseError, UserError
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import LIVE, State
from bot.notes import Code, note
from bot.updates.approvals import Freeze
from bot.updates.hot_update.plan import WATCH_HOT_UPDATE
from bot.updates.ports import Draft, NewEvent
from bot.updates.sharing import Busy
from tests.fakes.clock import T0, FakeClock
from tests.unit.store.bench import (
    LEASE,
    PLANNED,
    SILENT,
    STEP,
    claim,
    deliver_all,
    ended,
    keys,
    opened_at,
    plan_of,
    queue,
)

EVERY_STATE = frozenset(State)
QUEUED = frozenset({State.QUEUED})


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def store(database_url, clock):
    async with opened_at(database_url, clock) as store:
        yield store


# Moving


async def test_an_update_nobody_recorded_is_none(store):
    assert await store.updates.get("nobody") is None


async def test_applying_makes_it_due_at_once_and_stamps_when(store, clock):
    queued = await queue(store)

    assert queued.state is State.QUEUED
    assert (queued.queued_at, queued.next_at, queued.updated_at) == (T0, T0, T0)
    assert await store.updates.get("u1") == queued
    assert await store.updates.next_due() == T0


async def test_calling_it_off_stamps_the_end_and_makes_it_due_no_more(store, clock):
    await queue(store)
    clock.tick(3)

    cancelled = await store.updates.transition(
        "u1", origin=QUEUED, state=State.CANCELLED, events=[]
    )

    assert (cancelled.finished_at, cancelled.next_at) == (clock(), None)
    assert await store.updates.next_due() is None
    assert await store.updates.claim_due(10) == []


async def test_only_one_of_two_who_move_it_succeeds(store):
    await store.updates.add(plan_of(), [])

    moved = await asyncio.gather(
        *(
            store.updates.transition("u1", origin=PLANNED, state=state, events=[])
            for state in (State.QUEUED, State.CANCELLED, State.EXPIRED, State.SUPERSEDED)
        )
    )

    [winner] = [update for update in moved if update is not None]
    assert (await store.updates.get("u1")).state is winner.state


async def test_a_move_from_another_state_changes_and_records_nothing(store):
    before = await queue(store)

    moved = await store.updates.transition("u1", origin=PLANNED, state=State.EXPIRED, events=[STEP])

    assert moved is None
    assert await store.updates.get("u1") == before
    assert await store.updates.events("u1") == []


async def test_moving_an_update_that_does_not_exist_is_no_move(store):
    moved = await store.updates.transition(
        "nobody", origin=EVERY_STATE, state=State.CANCELLED, events=[]
    )

    assert moved is None


@pytest.mark.parametrize("late", [{}, {"release": False}])
async def test_what_is_called_off_while_a_step_works_on_it_stays_called_off(store, clock, late):
    await queue(store)
    at_work = await claim(store)
    await store.updates.transition("u1", origin=QUEUED, state=State.CANCELLED, events=[])

    with pytest.raises(LostLeaseError):
        await store.updates.save(replace(at_work, state=State.RUNNING), [STEP], **late)

    assert (await store.updates.get("u1")).state is State.CANCELLED
    assert await store.updates.events("u1") == []


# One live update per job


async def test_a_second_update_of_the_same_deployment_is_refused_and_told_who_holds_it(
    store, clock
):
    await queue(store, requested_by="U0ANNA")
    clock.tick(60)
    await store.updates.add(plan_of("u2", requested_by="U0BEN"), [])

    with pytest.raises(UserError) as refused:
        await store.updates.transition("u2", origin=PLANNED, state=State.QUEUED, events=[STEP])

    since = "2026-03-02T09:00:00+00:00"
    expected = note(Code.UPDATE_IN_PROGRESS, id="u1", who="U0ANNA", since=since)
    assert refused.value.note == expected
    assert (await store.updates.get("u2")).state is State.PLANNED
    assert await store.updates.events("u2") == []


async def test_of_many_applied_at_once_exactly_one_holds_the_job(store):
    names = [f"u{number}" for number in range(8)]
    for name in names:
        await store.updates.add(plan_of(name), [])

    moves = [
        store.updates.transition(name, origin=PLANNED, state=State.QUEUED, events=[])
        for name in names
    ]
    outcomes = await asyncio.gather(*moves, return_exceptions=True)

    assert len([outcome for outcome in outcomes if isinstance(outcome, UserError)]) == 7
    assert len(await store.updates.recent(10, live_only=True)) == 1


@pytest.mark.parametrize("other", [("prod", "d-2"), ("test", "d-1")])
async def test_another_deployment_or_target_is_not_held(store, other):
    target, deployment = other
    await queue(store)

    assert await queue(store, "u2", deployment, target=target) is not None


@pytest.mark.parametrize("state", sorted(LIVE))
async def test_every_live_state_holds_the_job(store, state):
    await store.updates.add(plan_of(), [])
    await store.updates.transition("u1", origin=PLANNED, state=state, events=[])

    assert (await store.updates.live_for(DeploymentRef("prod", "d-1"))).id == "u1"
    with pytest.raises(UserError):
        await queue(store, "u2")


@pytest.mark.parametrize("state", sorted(EVERY_STATE - LIVE - PLANNED))
async def test_an_update_that_ended_lets_go_of_the_job(store, clock, state):
    await queue(store)
    await store.updates.save(ended(await claim(store), clock(), state))

    assert await store.updates.live_for(DeploymentRef("prod", "d-1")) is None
    assert await queue(store, "u2") is not None


async def test_watching_a_hot_update_does_not_hold_the_job(store):
    await queue(store, "w1", operation=WATCH_HOT_UPDATE)
    await queue(store, "w2", operation=WATCH_HOT_UPDATE)

    assert await store.updates.live_for(DeploymentRef("prod", "d-1")) is None
    assert await queue(store, "u1") is not None


# Claims, leases, fences


async def test_an_update_is_found_by_its_card_where_that_was_posted(store):
    await queue(store)
    await deliver_all(store)
    card = (await store.updates.get("u1")).card_ts
    channel = (await store.updates.get("u1")).channel

    assert (await store.updates.of_card(channel, card)).id == "u1"
    assert await store.updates.of_card("C0ELSEWHERE", card) is None
    assert await store.updates.of_card(channel, "9.9") is None


async def test_a_claim_takes_the_longest_due_first_and_no_more_than_asked(store, clock):
    for name in ("late", "later", "latest"):
        await queue(store, name, name)
        clock.tick(1)

    assert {update.id for update in await store.updates.claim_due(2)} == {"late", "later"}
    assert [update.id for update in await store.updates.claim_due(2)] == ["latest"]


async def test_a_claim_leaves_alone_what_is_in_hand_and_full_targets(store, clock):
    for number, target in enumerate(("prod", "prod", "full", "dev")):
        await queue(store, f"u{number}", f"d-{number}", target=target)
    busy = Busy(frozenset({"u0"}), frozenset({"full"}))

    claimed = await store.updates.claim_due(10, busy)

    assert {update.id for update in claimed} == {"u1", "u3"}
    assert await store.updates.next_due(busy) == clock() + timedelta(seconds=LEASE)
    assert {update.id for update in await store.updates.claim_due(10)} == {"u0", "u2"}


async def test_a_lease_that_ran_out_makes_nothing_due_that_is_still_in_hand(store, clock):
    await queue(store)
    await store.updates.claim_due(1)
    clock.tick(LEASE)
    in_hand = Busy(frozenset({"u1"}))

    assert await store.updates.next_due() <= clock()
    assert await store.updates.next_due(in_hand) is None
    assert await store.updates.claim_due(1, in_hand) == []


async def test_what_is_not_due_yet_is_not_claimed(store, clock):
    await queue(store)
    claimed = await claim(store)
    later = clock() + timedelta(seconds=5)
    await store.updates.save(replace(claimed, state=State.RUNNING, next_at=later))

    clock.tick(4.999999)
    assert await store.updates.claim_due(10) == []
    clock.tick(0.000001)
    assert (await claim(store)).state is State.RUNNING


@pytest.mark.parametrize("state", [State.PLANNED, State.AWAITING_APPROVAL, State.FAILED])
async def test_what_is_not_to_be_run_is_not_claimed_even_if_a_time_is_set(store, state):
    await store.updates.add(plan_of(state=state, next_at=T0), [])

    assert await store.updates.claim_due(10) == []
    assert await store.updates.next_due() is None


async def test_concurrent_claims_never_give_the_same_update_twice(store):
    for number in range(30):
        await queue(store, f"u{number}", f"d-{number}")

    claims = await asyncio.gather(*(store.updates.claim_due(4) for _ in range(12)))

    taken = [update for claimed in claims for update in claimed]
    assert sorted(update.id for update in taken) == sorted(f"u{number}" for number in range(30))
    assert {update.fence for update in taken} == {taken[0].fence}


async def test_a_claim_not_given_back_ends_with_its_lease(store, clock):
    await queue(store)
    lost = await claim(store)

    clock.tick(LEASE - 0.001)
    assert await store.updates.claim_due(10) == []
    assert await store.updates.next_due() == T0 + timedelta(seconds=LEASE)

    clock.tick(0.001)
    taken_over = await claim(store)
    assert taken_over.fence > lost.fence


async def test_whoever_lost_the_lease_writes_nothing(store, clock):
    await queue(store)
    lost = await claim(store)
    await deliver_all(store)
    clock.tick(LEASE)
    taken_over = await claim(store)

    with pytest.raises(LostLeaseError):
        await store.updates.save(ended(lost, clock()), [STEP], alert=True)

    assert await store.updates.get("u1") == taken_over
    assert await store.updates.events("u1") == []
    assert await keys(store) == []


async def test_saving_an_update_that_does_not_exist_is_a_lost_lease(store):
    with pytest.raises(LostLeaseError):
        await store.updates.save(plan_of("nobody"))


async def test_a_save_without_release_keeps_the_claim_and_renews_the_lease(store, clock):
    await queue(store)
    claimed = await claim(store)
    clock.tick(LEASE - 1)

    kept = await store.updates.save(replace(claimed, intent_at=clock()), release=False)

    clock.tick(LEASE - 1)
    assert await store.updates.claim_due(10) == []
    await store.updates.save(kept)
    assert (await claim(store)).intent_at == kept.intent_at


async def test_a_claimed_update_put_off_beyond_its_lease_is_next_due_when_it_was_put_off_to(
    store, clock
):
    await queue(store)
    until = clock() + timedelta(seconds=3 * LEASE)
    await store.updates.save(replace(await claim(store), next_at=until), release=False)

    assert await store.updates.next_due() == until


async def test_given_back_claims_are_due_at_once_and_void(store):
    await queue(store)
    lost = await claim(store)

    await store.updates.release_leases()

    assert await store.updates.next_due() == T0
    assert (await claim(store)).id == "u1"
    with pytest.raises(LostLeaseError):
        await store.updates.save(lost)


async def test_one_that_is_given_back_is_as_it_was_and_the_others_stay_claimed(store):
    await queue(store, "u1", "d-1")
    await queue(store, "u2", "d-2")
    before = await store.updates.get("u1")
    first, second = sorted(await store.updates.claim_due(2), key=lambda update: update.id)

    await store.updates.give_back(first)

    after = await store.updates.get("u1")
    assert after == replace(before, fence=after.fence)
    assert [update.id for update in await store.updates.claim_due(2)] == ["u1"]
    await store.updates.give_back(first)  # late: it is somebody else's by now
    assert await store.updates.claim_due(2) == []
    await store.updates.save(second)


async def test_the_next_due_is_the_earliest_of_free_and_claimed(store, clock):
    assert await store.updates.next_due() is None
    await queue(store, "u1", "d-1")
    await claim(store)
    at_end_of_lease = T0 + timedelta(seconds=LEASE)
    assert await store.updates.next_due() == at_end_of_lease

    clock.tick(10)
    await queue(store, "u2", "d-2")
    assert await store.updates.next_due() == clock()
    second = await claim(store)
    soon = clock() + timedelta(seconds=5)
    second = await store.updates.save(replace(second, next_at=soon))
    assert await store.updates.next_due() == soon
    await store.updates.save(replace(second, next_at=at_end_of_lease + timedelta(seconds=1)))
    assert await store.updates.next_due() == at_end_of_lease


# Saving


async def test_a_save_gives_and_keeps_what_was_written(store, clock):
    await queue(store)
    claimed = await claim(store)
    clock.tick(1)

    saved = await store.updates.save(
        replace(claimed, state=State.RUNNING, step="poll", progress={"hot_update_id": "h-1"})
    )

    assert (saved.step, saved.progress, saved.updated_at) == (
        "poll",
        {"hot_update_id": "h-1"},
        clock(),
    )
    assert await store.updates.get("u1") == saved


async def test_a_save_does_not_undo_what_the_delivery_wrote_meanwhile(store, clock):
    await queue(store)
    claimed = await claim(store)
    [card] = await store.outbox.claim_messages(1)
    await store.outbox.redirect(card, "D0ANNA")
    [card] = await store.outbox.claim_messages(1)
    await store.outbox.mark_sent(card, "1.1", "digest")

    saved = await store.updates.save(replace(claimed, state=State.RUNNING), [STEP])

    assert (saved.channel, saved.card_ts) == ("D0ANNA", "1.1")
    assert {m.channel for m in await store.outbox.claim_messages(9)} == {"D0ANNA"}


async def test_a_final_save_repeated_owes_one_verdict(store, clock):
    await queue(store)
    claimed = await claim(store)

    for _ in range(3):
        claimed = await store.updates.save(ended(claimed, clock()))

    assert (await deliver_all(store)).count("u1:verdict") == 1


async def test_the_end_is_owed_once_also_when_the_lease_was_taken_over_before_it(store, clock):
    await queue(store)
    lost = await claim(store)
    clock.tick(LEASE)
    taken_over = await claim(store)
    await store.updates.save(ended(taken_over, clock()))
    with pytest.raises(LostLeaseError):
        await store.updates.save(ended(lost, clock(), State.FAILED))

    assert (await store.updates.get("u1")).state is State.SUCCEEDED
    assert (await deliver_all(store)).count("u1:verdict") == 1
    assert await store.updates.next_due() is None


async def test_a_final_save_stamps_the_end_and_makes_it_due_no_more(store, clock):
    await queue(store)
    claimed = await claim(store)
    clock.tick(5)

    failed = await store.updates.save(replace(claimed, state=State.FAILED, next_at=clock()))

    assert (failed.finished_at, failed.next_at) == (clock(), None)
    assert await store.updates.get("u1") == failed


async def test_what_has_ended_is_not_begun_again_by_whoever_ended_it(store, clock):
    await queue(store)
    failed = await store.updates.save(ended(await claim(store), clock(), State.FAILED))

    for state in (State.RUNNING, State.SUCCEEDED):
        with pytest.raises(LostLeaseError):
            await store.updates.save(replace(failed, state=state), [STEP])

    assert await store.updates.get("u1") == failed
    assert await store.updates.events("u1") == []


# Events


async def test_events_are_numbered_in_order_with_their_time_and_actor(store, clock):
    await store.updates.add(plan_of(), [NewEvent(note(Code.EVENT_PLANNED), "U0ANNA")])
    clock.tick(2)
    await store.updates.transition("u1", origin=PLANNED, state=State.QUEUED, events=[SILENT, STEP])

    events = await store.updates.events("u1")

    assert [(event.seq, event.note.code, event.actor) for event in events] == [
        (1, Code.EVENT_PLANNED, "U0ANNA"),
        (2, Code.EVENT_CHECKED, ""),
        (3, Code.EVENT_PROGRESS, ""),
    ]
    assert [(event.at - T0).total_seconds() for event in events] == [0, 2, 2]
    assert events[2].note == STEP.note
    assert await store.updates.events("nobody") == []


# Looking


async def test_recent_gives_the_newest_first_without_plans_nobody_applied(store):
    for minute, name in enumerate(("old", "middle", "new")):
        await queue(store, name, name, created_at=T0 + timedelta(minutes=minute))
    await store.updates.add(plan_of("never", created_at=T0 + timedelta(days=1)), [])

    assert [update.id for update in await store.updates.recent(2)] == ["new", "middle"]
    assert [u.id for u in await store.updates.recent(9)] == ["new", "middle", "old"]


async def test_recent_can_be_of_one_deployment_and_of_live_ones_only(store, clock):
    await queue(store, "u1", "d-1", created_at=clock())
    await store.updates.save(ended(await claim(store), clock()))
    clock.tick(1)
    await queue(store, "u2", "d-1", created_at=clock())
    await queue(store, "u3", "d-3", created_at=clock() + timedelta(seconds=1))
    orders = DeploymentRef("prod", "d-1")

    assert [u.id for u in await store.updates.recent(9, orders)] == ["u2", "u1"]
    assert [u.id for u in await store.updates.recent(9, live_only=True)] == ["u3", "u2"]
    assert [u.id for u in await store.updates.recent(9, orders, live_only=True)] == ["u2"]


async def test_plans_that_nobody_applied_in_time_are_found(store):
    await store.updates.add(plan_of("old", created_at=T0), [])
    await store.updates.add(plan_of("new", created_at=T0 + timedelta(seconds=1)), [])
    await queue(store, "applied", created_at=T0)

    assert [update.id for update in await store.updates.expired_plans(T0)] == ["old"]


async def test_a_hot_update_is_found_by_its_id_and_target_the_newest_first(store):
    progress = {"hot_update_id": "h-1"}
    await queue(store, "u1", progress=progress, created_at=T0)
    await queue(
        store,
        "w1",
        operation=WATCH_HOT_UPDATE,
        progress=progress,
        created_at=T0 + timedelta(seconds=1),
    )

    assert (await store.updates.watched("prod", "h-1")).id == "w1"
    assert await store.updates.watched("test", "h-1") is None
    assert await store.updates.watched("prod", "h-2") is None


# Drafts and deliveries


async def test_a_draft_is_kept_whole_and_written_over_whole(store):
    draft = Draft(
        id="f1",
        user="U0ANNA",
        channel="C0JOBS",
        target="prod",
        deployment_id="d-1",
        shown={"parallelism": "4"},
        typed={"parallelism": "8 ünï"},
        update_id="u1",
    )
    await store.updates.save_draft(draft)
    assert await store.updates.draft("f1") == draft

    bare = Draft(id="f1", user="U0ANNA", channel="C0JOBS")
    await store.updates.save_draft(bare)
    assert await store.updates.draft("f1") == bare
    assert await store.updates.draft("f2") is None


async def frozen(store, delivery):
    """Freeze by a command's delivery; tell whether that was the first of it."""
    freeze = Freeze(target="prod", who="U0ANNA", since=T0)
    return await store.freezes.freeze(freeze, STEP, delivery)


async def test_a_delivery_is_new_once_however_many_look_at_the_same_time(store):
    sights = await asyncio.gather(*(frozen(store, "Ev1") for _ in range(10)))

    assert sorted(sights) == [False] * 9 + [True]
    assert await frozen(store, "Ev2")


async def test_old_drafts_and_deliveries_are_forgotten_and_younger_ones_kept(store, clock):
    await store.updates.save_draft(Draft(id="old", user="U0ANNA", channel="C0JOBS"))
    await frozen(store, "old")
    clock.tick(10)
    await store.updates.save_draft(Draft(id="new", user="U0ANNA", channel="C0JOBS"))
    await frozen(store, "new")

    await store.updates.forget(clock())

    assert await store.updates.draft("old") is None
    assert await store.updates.draft("new") is not None
    assert not await frozen(store, "new")
    assert await frozen(store, "old")
