"""What several replicas may count on when they deliver from one `Outbox`."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select

from bot.errors import LostLeaseError
from bot.flink.update import State
from bot.store.schema import outbox
from bot.updates.messages import MessageKind, Refusal
from tests.contract.test_outbox import claim_message, deliver
from tests.fakes.clock import T0, FakeClock
from tests.unit.store.bench import LEASE, STEP, claim, ended, keys, opened_at, queue

SOON = T0 + timedelta(seconds=1)
LATER = T0 + timedelta(seconds=30)
OLD_COLUMNS = """
key update_id kind channel event version settled buried ts sending digest attempts due_at fence
lease_until lease_owner
"""
ARCHIVED = Refusal("C0DATA", "is_archived")


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def store(database_url, clock):
    async with opened_at(database_url, clock) as store:
        yield store


async def two_cards(store, first="C1", second="C1"):
    await queue(store, "u1", "d-1", channel=first)
    await queue(store, "u2", "d-2", channel=second)
    return await store.outbox.claim_messages(10)


# Turns


async def test_a_channel_takes_one_post_and_then_rests(store, clock):
    first, second = await two_cards(store)

    assert await store.outbox.mark_sending(first, channel_rest=1.0) is None
    assert await store.outbox.mark_sending(second, channel_rest=1.0) == SOON
    clock.tick(0.999)
    assert await store.outbox.mark_sending(second, channel_rest=1.0) == SOON
    clock.tick(0.001)
    assert await store.outbox.mark_sending(second, channel_rest=1.0) is None


async def test_channels_do_not_wait_for_each_other(store):
    first, second = await two_cards(store, "C1", "C2")

    assert await store.outbox.mark_sending(first, channel_rest=1.0) is None
    assert await store.outbox.mark_sending(second, channel_rest=1.0) is None


async def test_a_message_that_was_refused_its_turn_is_as_it_was(store, clock):
    first, second = await two_cards(store)
    await store.outbox.mark_sending(first, channel_rest=1.0)
    await store.outbox.mark_sending(second, channel_rest=1.0)

    clock.tick(LEASE)
    again = {message.key: message for message in await store.outbox.claim_messages(10)}
    assert again["u2:card"] == replace(second, fence=second.fence + 1)
    assert again["u1:card"].sent_at == T0


async def test_a_turn_taken_for_a_message_that_was_lost_is_not_used_up(store, clock):
    first, second = await two_cards(store)
    await store.outbox.release_leases()
    with pytest.raises(LostLeaseError):
        await store.outbox.mark_sending(first, channel_rest=1.0)
    second = next(m for m in await store.outbox.claim_messages(10) if m.key == second.key)

    assert await store.outbox.mark_sending(second, channel_rest=1.0) is None


async def test_of_many_who_ask_at_once_one_gets_the_turn(postgres_url, clock):
    async with AsyncExitStack() as stack:
        one, two = [
            await stack.enter_async_context(opened_at(postgres_url, clock)) for _ in range(2)
        ]
        for number in range(8):
            await queue(one, f"u{number}", f"d-{number}")
        claimed = [*await one.outbox.claim_messages(4), *await two.outbox.claim_messages(4)]
        asked = [
            store.outbox.mark_sending(message, channel_rest=1.0)
            for store, message in zip([one] * 4 + [two] * 4, claimed, strict=True)
        ]
        answers = await asyncio.gather(*asked)

    assert answers.count(None) == 1
    assert set(answers) == {None, SOON}


async def test_when_slack_wants_no_posts_for_a_while_no_channel_gets_any_but_edits_go_on(
    store, clock
):
    await queue(store, "u1", "d-1")
    await deliver(store)
    await store.updates.save(await claim(store), release=False)
    await queue(store, "u2", "d-2", channel="C2")
    edit, post = await store.outbox.claim_messages(10)

    await store.outbox.hold(post, LATER)
    await store.outbox.hold(post, SOON)

    assert await store.outbox.mark_sending(post, channel_rest=1.0) == LATER
    assert await store.outbox.mark_sending(edit, card_rest=1.5) is None
    clock.tick(30)
    assert await store.outbox.mark_sending(post, channel_rest=1.0) is None


async def test_when_slack_wants_no_edits_for_a_while_posts_go_on(store, clock):
    await queue(store, "u1", "d-1")
    await deliver(store)
    await store.updates.save(await claim(store), release=False)
    await queue(store, "u2", "d-2")
    edit, post = await store.outbox.claim_messages(10)

    await store.outbox.hold(edit, SOON)
    await store.outbox.hold(edit, LATER)

    assert await store.outbox.mark_sending(edit, card_rest=1.5) == LATER
    assert await store.outbox.mark_sending(post, channel_rest=1.0) is None
    clock.tick(30)
    assert await store.outbox.mark_sending(edit, card_rest=1.5) is None


# Edits


@pytest.mark.parametrize("posts", [True, False])
async def test_the_next_edit_of_a_card_keeps_its_distance(store, clock, posts):
    await queue(store)
    if not posts:
        await deliver(store)
        await store.updates.save(await claim(store))
    card = await claim_message(store)
    await store.outbox.mark_sending(card, card_rest=1.5)
    await store.outbox.mark_sent(card, "1.0", "digest")
    await store.updates.save(await claim(store))

    assert await keys(store) == []
    assert await store.outbox.next_message_due() == T0 + timedelta(seconds=1.5)


async def test_the_edit_that_shows_the_end_keeps_no_distance(store, clock):
    await queue(store)
    card = await claim_message(store)
    await store.outbox.mark_sending(card, card_rest=1.5)
    await store.outbox.mark_sent(card, "1.0", "digest")
    claimed = await store.updates.save(await claim(store), release=False)
    await store.updates.save(ended(claimed, clock()))

    assert await keys(store) == ["u1:card", "u1:verdict"]


async def test_what_changed_while_a_card_was_posted_does_not_wait(store, clock):
    await queue(store)
    card = await claim_message(store)
    await store.outbox.mark_sending(card, card_rest=1.5)
    await store.updates.save(ended(await claim(store), clock()))
    await store.outbox.mark_sent(card, "1.0", "digest")

    assert await keys(store) == ["u1:card", "u1:verdict"]


async def test_what_a_card_shows_is_unknown_from_when_an_edit_leaves(store, clock):
    await queue(store)
    await deliver(store, digest="old")
    await store.updates.save(await claim(store))
    edit = await claim_message(store)
    assert edit.digest == "old"
    await store.outbox.mark_sending(edit)
    clock.tick(LEASE)

    again = await claim_message(store)
    assert (again.digest, again.sent_at, again.ts) == ("", None, edit.ts)


async def test_an_edit_can_be_owed_again_by_whoever_lost_the_card(store, clock):
    await queue(store)
    await deliver(store, ts="1.0", digest="old")
    await store.updates.save(await claim(store))
    lost = await claim_message(store)
    clock.tick(LEASE)
    winner = await claim_message(store)
    await store.outbox.mark_sent(winner, "1.0", "new")
    assert await keys(store) == []

    await store.outbox.owe_again(lost)

    again = await claim_message(store)
    assert (again.key, again.digest, again.ts) == ("u1:card", "", "1.0")


async def test_no_edit_is_owed_of_a_card_that_stands_elsewhere_now(store):
    await queue(store)
    await deliver(store, ts="1.0")
    await store.updates.save(await claim(store))
    lost = await claim_message(store)
    await store.outbox.redirect(lost, "D0ANNA")
    await deliver(store, ts="2.0")

    await store.outbox.owe_again(lost)

    assert await keys(store) == []


# Rows of the version before


@pytest.mark.parametrize("sending", [False, True])
async def test_a_row_written_by_a_replica_of_the_version_before_is_understood(store, sending):
    await queue(store, events=[STEP])
    await deliver(store)
    async with store.database.write() as connection:
        reply = (await connection.execute(select(outbox).where(outbox.c.event == 1))).one()
        old = {name: getattr(reply, name) for name in str.split(OLD_COLUMNS)}
        old |= {"key": "u1:event:2", "event": 2, "sending": sending}
        await connection.execute(insert(outbox).values(old))
        await connection.execute(delete(outbox).where(outbox.c.event == 1))

    message = await claim_message(store)
    assert (message.key, message.sent_at) == ("u1:event:2", T0 if sending else None)
    assert (message.thread_ts, message.refusals, message.detail) == (None, 0, 0)
    assert message.refusal is None


# Leases


async def test_marking_as_sending_begins_a_new_lease(store, clock):
    await queue(store)
    card = await claim_message(store)
    clock.tick(LEASE - 1)
    await store.outbox.mark_sending(card)

    clock.tick(LEASE - 1)
    assert await keys(store) == []
    clock.tick(1)
    assert await keys(store) == ["u1:card"]


@pytest.mark.parametrize(("lasts", "lease"), [(LEASE - 1, LEASE), (LEASE + 7, LEASE + 7)])
async def test_a_lease_lasts_as_long_as_what_has_left_may_take(store, clock, lasts, lease):
    await queue(store)
    await store.outbox.mark_sending(await claim_message(store), lasts=lasts)

    clock.tick(lease - 0.001)
    assert await keys(store) == []
    clock.tick(0.001)
    assert await keys(store) == ["u1:card"]


async def test_what_a_replica_gives_back_is_only_its_own(postgres_url, clock):
    async with opened_at(postgres_url, clock) as one, opened_at(postgres_url, clock) as two:
        await queue(one, "u1", "d-1")
        await queue(one, "u2", "d-2")
        (mine,) = await one.outbox.claim_messages(1)
        (theirs,) = await two.outbox.claim_messages(1)
        await one.outbox.release_leases()

        assert await keys(two) == [mine.key]
        assert await two.outbox.mark_sending(theirs) is None


# Where a conversation is


async def test_a_post_is_looked_for_where_it_went(store, clock):
    await queue(store, events=[STEP])
    await deliver(store, ts="1.0")
    reply = await claim_message(store)
    await store.outbox.mark_sending(replace(reply, thread_ts="1.0", channel="C0ELSE"))
    clock.tick(LEASE)

    again = await claim_message(store)
    assert (again.channel, again.thread_ts, again.sent_at) == ("C0ELSE", "1.0", T0)


async def test_what_is_on_its_way_is_not_moved_with_the_rest(store, clock):
    await queue(store, events=[STEP])
    await deliver(store, ts="1.0")
    await store.updates.save(await claim(store), release=False)
    card, reply = await store.outbox.claim_messages(10)
    await store.outbox.mark_sending(replace(reply, thread_ts="1.0"))

    await store.outbox.redirect(card, "D0ANNA")

    await store.outbox.mark_sent(reply, "2.0", "digest")  # still this one's to settle
    assert (await deliver(store, ts="3.0")).channel == "D0ANNA"
    assert await keys(store) == []


async def test_a_moved_message_forgets_the_thread_it_belonged_to(store):
    await queue(store, events=[STEP])
    await deliver(store, ts="1.0")
    reply = await claim_message(store)
    await store.outbox.defer(replace(reply, thread_ts="1.0"), T0)

    await store.outbox.redirect(await claim_message(store), "D0ANNA")

    await deliver(store, ts="2.0")
    assert (await claim_message(store)).thread_ts is None


async def test_a_moved_card_knows_the_first_place_that_refused_it(store):
    await queue(store)
    await store.outbox.redirect(await claim_message(store), "D0ANNA", ARCHIVED)
    await store.outbox.redirect(
        await claim_message(store), "C0OPS", Refusal("D0ANNA", "user_disabled")
    )

    assert (await deliver(store)).refusal == ARCHIVED
    await store.updates.save(await claim(store))
    assert (await claim_message(store)).refusal == ARCHIVED


async def test_a_moved_reply_knows_what_refused_it_too(store):
    await queue(store, events=[STEP])
    await deliver(store)
    await store.outbox.redirect(await claim_message(store), "D0ANNA", ARCHIVED)
    await deliver(store)

    assert (await claim_message(store)).refusal == ARCHIVED


# Notices


async def test_a_notice_is_owed_once_and_waits_for_nothing(store):
    await queue(store)
    await store.outbox.redirect(await claim_message(store), "D0ANNA", ARCHIVED, notice_in="C0OPS")
    card, notice = await store.outbox.claim_messages(10)
    assert (notice.key, notice.kind) == ("u1:notice", MessageKind.NOTICE)
    assert (notice.channel, notice.refusal) == ("C0OPS", ARCHIVED)

    again = Refusal("D0ANNA", "user_disabled")
    await store.outbox.redirect(card, "D0LIN", again, notice_in="C0OPS")

    assert [m.key for m in await store.outbox.claim_messages(10)] == ["u1:card"]


async def test_a_notice_stays_where_it_is_when_the_rest_moves(store, clock):
    await queue(store)
    await store.outbox.redirect(await claim_message(store), "D0ANNA", ARCHIVED, notice_in="C0OPS")
    card, _ = await store.outbox.claim_messages(10)
    await store.outbox.redirect(card, "D0LIN")
    clock.tick(LEASE)

    channels = {m.key: m.channel for m in await store.outbox.claim_messages(10)}
    assert channels == {"u1:card": "D0LIN", "u1:notice": "C0OPS"}


async def test_a_notice_is_edited_when_its_update_ends_and_not_before(store, clock):
    await queue(store)
    await store.outbox.redirect(await claim_message(store), "D0ANNA", ARCHIVED, notice_in="C0OPS")
    for number, message in enumerate(await store.outbox.claim_messages(10), start=1):
        await store.outbox.mark_sent(message, f"{number}.0", "digest")
    claimed = await store.updates.save(await claim(store), release=False)
    assert await keys(store) == ["u1:card"]

    await store.outbox.release_leases()
    await store.updates.save(ended(claimed, clock(), State.FAILED))

    assert await keys(store) == ["u1:card", "u1:notice", "u1:verdict"]


async def test_giving_a_message_up_can_owe_a_notice_too(store):
    await queue(store)
    refusal = Refusal("C0DATA", "no_text")
    await store.outbox.bury(await claim_message(store), "no_text", refusal, notice_in="C0OPS")

    notice = await claim_message(store)
    assert (notice.kind, notice.channel, notice.refusal) == (MessageKind.NOTICE, "C0OPS", refusal)
