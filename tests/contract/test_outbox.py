"""What `Outbox` promises to the delivery: everything owed, in order, once, and never lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import LostLeaseError
from bot.flink.update import State
from bot.notes import Code, note
from bot.updates.messages import MessageKind
from bot.updates.ports import NewEvent
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

LATER = T0 + timedelta(seconds=30)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def store(database_url, clock):
    async with opened_at(database_url, clock) as store:
        yield store


async def claim_message(store):
    """Take the only message that is due."""
    [message] = await store.outbox.claim_messages(10)
    return message


async def deliver(store, ts="1.0", digest="digest"):
    """Post the only message that is due."""
    message = await claim_message(store)
    await store.outbox.mark_sending(message)
    await store.outbox.mark_sent(message, message.ts or ts, digest)
    return message


# What is owed


@pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED, State.SUPERSEDED])
async def test_of_a_plan_that_was_never_queued_nothing_is_told(store, state):
    await store.updates.add(plan_of(), [STEP])
    await store.updates.transition("u1", origin=PLANNED, state=state, events=[STEP])

    assert await keys(store) == []
    assert await store.outbox.next_message_due() is None


async def test_a_queued_update_owes_its_card_where_it_belongs(store):
    await queue(store, channel="C0DATA")

    card = await claim_message(store)

    assert (card.key, card.update_id, card.kind) == ("u1:card", "u1", MessageKind.CARD)
    assert (card.channel, card.ts, card.sent_at, card.attempts) == ("C0DATA", "", None, 0)


async def test_events_to_be_told_owe_a_reply_each_and_silent_ones_none(store):
    await queue(store)
    await store.updates.save(await claim(store), [STEP, SILENT, STEP])

    posted = await deliver_all(store)

    assert posted == ["u1:card", "u1:event:1", "u1:event:3"]


async def test_a_reply_names_the_event_it_tells(store):
    await queue(store, events=[SILENT, STEP])
    await deliver(store)

    reply = await claim_message(store)

    assert (reply.kind, reply.event) == (MessageKind.THREAD, 2)


async def test_calling_off_a_queued_update_owes_the_cards_last_edit_and_the_verdict(store):
    await queue(store)
    await deliver_all(store)
    origin = frozenset({State.QUEUED})
    await store.updates.transition("u1", origin=origin, state=State.CANCELLED, events=[STEP])

    assert await deliver_all(store) == ["u1:card", "u1:event:1", "u1:verdict"]


async def test_an_end_not_to_be_told_owes_the_cards_last_edit_alone(store):
    await queue(store)
    await deliver_all(store)
    origin = frozenset({State.QUEUED})
    await store.updates.transition(
        "u1", origin=origin, state=State.CANCELLED, events=[], tell=False
    )

    assert await deliver_all(store) == ["u1:card"]


async def test_an_alert_is_owed_once_and_waits_for_nothing(store):
    await queue(store)
    claimed = await store.updates.save(await claim(store), alert=True)
    await store.updates.save(claimed, alert=True)

    assert await keys(store) == ["u1:card", "u1:alert"]


# Order


async def test_the_card_goes_first_then_the_replies_one_by_one_and_the_verdict_last(store, clock):
    await queue(store, events=[STEP])
    await store.updates.save(ended(await claim(store), clock()), [STEP])

    assert await keys(store) == ["u1:card"]
    assert await keys(store) == []

    await store.outbox.release_leases()
    assert await deliver_all(store) == ["u1:card", "u1:event:1", "u1:event:2", "u1:verdict"]


async def test_a_reply_put_off_holds_what_comes_after_it(store, clock):
    await queue(store, events=[STEP, STEP])
    await store.updates.save(ended(await claim(store), clock()))
    await deliver(store)
    await store.outbox.defer(await claim_message(store), LATER)

    assert await keys(store) == []
    assert await store.outbox.next_message_due() == LATER

    clock.tick(30)
    assert await deliver_all(store) == ["u1:event:1", "u1:event:2", "u1:verdict"]


async def test_one_updates_trouble_does_not_hold_another(store, clock):
    await queue(store, "u1", "d-1", events=[STEP])
    await queue(store, "u2", "d-2", events=[STEP])
    first, second = await store.outbox.claim_messages(10)
    await store.outbox.defer(first, LATER)
    await store.outbox.mark_sent(second, "1.0", "digest")

    assert await deliver_all(store) == ["u2:event:1"]


async def test_a_reply_given_up_lets_the_rest_through(store, clock):
    await queue(store, events=[STEP, STEP])
    await store.updates.save(ended(await claim(store), clock()))
    await deliver(store)
    await store.outbox.bury(await claim_message(store), "not a message")

    assert await deliver_all(store) == ["u1:event:2", "u1:verdict"]


# Settling


async def test_a_posted_card_is_settled_and_its_place_known_to_the_update(store):
    await queue(store)

    await deliver(store, ts="1.25")

    assert (await store.updates.get("u1")).card_ts == "1.25"
    assert await keys(store) == []
    assert await store.outbox.next_message_due() is None


async def test_a_reply_does_not_change_where_the_card_is(store):
    await queue(store, events=[STEP])
    await deliver(store, ts="1.0")

    await deliver(store, ts="2.0")

    assert (await store.updates.get("u1")).card_ts == "1.0"


async def test_many_changes_owe_one_edit(store):
    await queue(store)
    await deliver(store, ts="1.0", digest="old")
    claimed = await claim(store)
    for _ in range(5):
        claimed = await store.updates.save(claimed, release=False)

    edit = await claim_message(store)

    assert (edit.ts, edit.digest, edit.attempts) == ("1.0", "old", 0)
    await store.outbox.mark_sent(edit, edit.ts, "new")
    assert await keys(store) == []


async def test_what_changed_while_a_card_was_on_its_way_stays_owed(store, clock):
    await queue(store)
    on_its_way = await claim_message(store)
    await store.updates.save(ended(await claim(store), clock()))

    await store.outbox.mark_sent(on_its_way, "1.0", "old")

    card, verdict = await store.outbox.claim_messages(10)
    assert (card.key, card.ts, card.digest) == ("u1:card", "1.0", "old")
    assert verdict.key == "u1:verdict"
    assert card.version > on_its_way.version
    await store.outbox.mark_sent(card, "1.0", "new")
    await store.outbox.mark_sent(verdict, "2.0", "verdict")
    assert await keys(store) == []


async def test_an_edit_put_off_stays_put_off_when_more_changes(store, clock):
    await queue(store)
    await store.outbox.defer(await claim_message(store), LATER)
    await store.updates.save(await claim(store))

    assert await keys(store) == []
    assert await store.outbox.next_message_due() == LATER


async def test_the_edit_that_shows_the_end_does_not_wait_for_one_put_off(store, clock):
    await queue(store)
    await deliver(store, ts="1.0")
    claimed = await store.updates.save(await claim(store), release=False)
    await store.outbox.defer(await claim_message(store), LATER)

    await store.updates.save(ended(claimed, clock()))

    assert await keys(store) == ["u1:card", "u1:verdict"]


async def test_an_edit_put_off_puts_off_nothing_that_changed_meanwhile(store, clock):
    await queue(store)
    await deliver(store, ts="1.0")
    claimed = await store.updates.save(await claim(store), release=False)
    edit = await claim_message(store)
    await store.updates.save(ended(claimed, clock()))

    await store.outbox.defer(edit, LATER)

    assert await keys(store) == ["u1:card", "u1:verdict"]


async def test_the_end_makes_nobody_look_sooner_for_a_post_of_unknown_fate(store, clock):
    await queue(store)
    card = await claim_message(store)
    await store.outbox.mark_sending(card)
    await store.outbox.defer(replace(card, sent_at=clock()), LATER)

    await store.updates.save(ended(await claim(store), clock()))

    assert await keys(store) == []
    assert await store.outbox.next_message_due() == LATER


# Sending


async def test_a_post_that_was_begun_is_known_to_be_after_reopening(database_url, clock):
    async with opened_at(database_url, clock) as store:
        await queue(store)
        await store.outbox.mark_sending(await claim_message(store))

    clock.tick(LEASE)
    async with opened_at(database_url, clock) as store:
        assert (await claim_message(store)).sent_at == T0


@pytest.mark.parametrize("sent_at", [T0, None])
async def test_a_post_put_off_is_on_its_way_only_if_the_message_says_so(store, clock, sent_at):
    await queue(store)
    card = replace(await claim_message(store), sent_at=T0, thread_ts="")
    await store.outbox.mark_sending(card)
    known = replace(card, sent_at=sent_at, attempts=3, refusals=2, detail=1)
    await store.outbox.defer(known, LATER)

    assert await keys(store) == []
    clock.tick(30)
    again = await claim_message(store)
    assert again == replace(known, fence=again.fence)


async def test_a_delivery_clears_the_attempts(store, clock):
    await queue(store)
    tried = replace(await claim_message(store), attempts=1, refusals=1)
    await store.outbox.defer(tried, clock())
    await deliver(store)
    await store.updates.save(await claim(store))

    again = await claim_message(store)
    assert (again.attempts, again.refusals) == (0, 0)


# Claims


async def test_no_more_is_claimed_than_asked_and_the_longest_due_first(store, clock):
    for number in range(3):
        await queue(store, f"u{number}", f"d-{number}")
        clock.tick(1)

    assert await keys(store, 2) == ["u0:card", "u1:card"]
    assert await keys(store, 2) == ["u2:card"]


async def test_concurrent_claims_never_give_the_same_message_twice(store):
    for number in range(20):
        await queue(store, f"u{number}", f"d-{number}")

    claims = await asyncio.gather(*(keys(store, 3) for _ in range(12)))

    taken = sorted(key for claimed in claims for key in claimed)
    assert taken == sorted(f"u{number}:card" for number in range(20))


async def test_a_message_whose_deliverer_vanished_is_due_again_when_its_lease_ends(store, clock):
    await queue(store)
    lost = await claim_message(store)
    ends = T0 + timedelta(seconds=LEASE)

    assert await store.outbox.next_message_due() == ends
    clock.tick(LEASE - 0.001)
    assert await keys(store) == []
    clock.tick(0.001)
    assert (await claim_message(store)).fence > lost.fence


@pytest.mark.parametrize("what", ["mark_sending", "mark_sent", "defer", "redirect", "bury"])
async def test_whoever_lost_a_message_cannot_write_about_it(store, clock, what):
    await queue(store)
    lost = await claim_message(store)
    clock.tick(LEASE)
    taken_over = await claim_message(store)
    arguments = {
        "mark_sending": (),
        "mark_sent": ("6.6", "digest"),
        "defer": (LATER,),
        "redirect": ("D0ANNA",),
        "bury": ("gone",),
    }

    with pytest.raises(LostLeaseError):
        await getattr(store.outbox, what)(lost, *arguments[what])

    assert (await store.updates.get("u1")).card_ts == ""
    await store.outbox.release_leases()
    again = await claim_message(store)
    assert (again.channel, again.sent_at, again.attempts) == (taken_over.channel, None, 0)


# Redirecting


async def test_a_redirected_card_is_posted_anew_and_its_replies_follow(store, clock):
    await queue(store, events=[STEP])
    await store.updates.save(ended(await claim(store), clock()))
    card = await claim_message(store)
    await store.outbox.mark_sending(card)

    await store.outbox.redirect(card, "D0ANNA")

    moved = await claim_message(store)
    assert (moved.key, moved.channel, moved.ts) == ("u1:card", "D0ANNA", "")
    assert moved.sent_at is None
    await store.outbox.mark_sent(moved, "1.0", "digest")
    update = await store.updates.get("u1")
    assert (update.channel, update.card_ts) == ("D0ANNA", "1.0")
    assert (await deliver(store)).channel == "D0ANNA"
    assert (await deliver(store)).channel == "D0ANNA"


async def test_a_redirected_reply_takes_the_card_along_but_not_what_was_told(store):
    await queue(store, events=[STEP, STEP])
    await deliver(store)
    await deliver(store, ts="2.0")
    second = await claim_message(store)

    await store.outbox.redirect(second, "D0ANNA")

    card = await deliver(store, ts="7.0")
    assert (card.key, card.channel, card.ts, card.digest) == ("u1:card", "D0ANNA", "", "")
    assert (await claim_message(store)).key == "u1:event:2"
    assert (await store.updates.get("u1")).card_ts == "7.0"


async def test_what_was_claimed_with_a_redirected_message_is_not_told_in_the_old_channel(store):
    await queue(store)
    await store.updates.save(await claim(store), alert=True)
    card, alert = await store.outbox.claim_messages(10)

    await store.outbox.redirect(card, "D0ANNA")

    with pytest.raises(LostLeaseError):
        await store.outbox.mark_sending(alert)
    again = await store.outbox.claim_messages(10)
    assert {(m.key, m.channel) for m in again} == {("u1:card", "D0ANNA"), ("u1:alert", "D0ANNA")}


async def test_a_card_of_unknown_fate_is_not_looked_for_where_it_is_moved_to(store, clock):
    await queue(store)
    await store.updates.save(await claim(store), alert=True)
    card, alert = await store.outbox.claim_messages(10)
    await store.outbox.mark_sending(card)
    await store.outbox.defer(replace(card, sent_at=clock()), LATER)

    await store.outbox.redirect(alert, "D0ANNA")

    moved, _ = await store.outbox.claim_messages(10)
    assert (moved.key, moved.channel, moved.sent_at) == ("u1:card", "D0ANNA", None)


async def test_a_redirected_message_is_due_at_once_and_the_attempts_start_anew(store, clock):
    await queue(store, events=[STEP])
    tried = replace(await claim_message(store), attempts=1)
    await store.outbox.defer(tried, clock())
    card = await claim_message(store)
    assert card.attempts == 1
    clock.tick(7)

    await store.outbox.redirect(card, "D0ANNA")

    assert await store.outbox.next_message_due() == clock()
    assert (await claim_message(store)).attempts == 0


# Giving up


async def test_without_a_card_the_steps_are_dropped_and_the_verdict_is_not(store, clock):
    await queue(store, events=[STEP])
    await store.outbox.bury(await claim_message(store), "no such channel")
    assert await keys(store) == []
    assert await store.outbox.next_message_due() is None

    await store.updates.save(ended(await claim(store), clock()), [STEP])

    assert await deliver_all(store) == ["u1:verdict"]
    assert await store.outbox.next_message_due() is None


async def test_a_card_whose_edit_was_given_up_still_holds_its_thread(store, clock):
    await queue(store)
    await deliver(store)
    await store.updates.save(await claim(store), [STEP])
    card, reply = await store.outbox.claim_messages(10)
    await store.outbox.bury(card, "cannot be edited any more")
    await store.outbox.mark_sent(reply, "2.0", "digest")
    await store.updates.save(ended(await claim(store), clock()), [STEP])

    assert await deliver_all(store) == ["u1:event:2", "u1:verdict"]


async def test_the_verdict_waits_for_a_reply_put_off_also_when_the_cards_edit_was_given_up(
    store, clock
):
    await queue(store)
    await deliver(store)
    await store.updates.save(await claim(store), [STEP])
    card, reply = await store.outbox.claim_messages(10)
    await store.outbox.bury(card, "cannot be edited any more")
    await store.outbox.defer(reply, LATER)
    await store.updates.save(ended(await claim(store), clock()))

    assert await keys(store) == []
    assert await store.outbox.next_message_due() == LATER


async def test_steps_without_a_card_stay_dropped_when_the_verdict_goes_elsewhere(store, clock):
    await queue(store, events=[STEP])
    await store.outbox.bury(await claim_message(store), "no such channel")
    await store.updates.save(ended(await claim(store), clock()), [STEP])

    await store.outbox.redirect(await claim_message(store), "D0ANNA")

    assert await deliver_all(store) == ["u1:card", "u1:verdict"]
    assert await store.outbox.next_message_due() is None


async def test_a_buried_message_never_comes_back(store, clock):
    await queue(store)
    await store.outbox.bury(await claim_message(store), "no such channel")
    clock.tick(10 * LEASE)
    await store.updates.save(await claim(store), [NewEvent(note(Code.EVENT_CHECKED))])

    assert await keys(store) == []
