import logging
from dataclasses import replace

import pytest

from bot.flink.update import State
from bot.sandbox.slack import troubles
from bot.slack.pacing import Pace
from bot.slack.payload import Payload
from tests.unit.slack.runtime.conftest import BOT_TOKEN, CHANNEL, CHECKED, DIRECT, SAVED

POST, EDIT = "chat.postMessage", "chat.update"


async def test_retry_after_of_a_post_is_waited_for_by_every_post(bench):
    bench.slack.fail_next(POST, troubles.rate_limited(30))
    await bench.queued("u1", job="d-1")
    await bench.tick()
    await bench.queued("u2", channel="C0APPROVALS", job="d-2")
    await bench.tick(29)
    assert bench.count(POST) == 1
    await bench.tick(1)

    assert (bench.texts(), bench.texts("C0APPROVALS")) == (["card u1 queued"], ["card u2 queued"])
    assert bench.count("conversations.history") == 0


async def test_retry_after_of_an_edit_does_not_hold_up_posts(bench):
    await bench.queued()
    await bench.settle()
    bench.clock.tick(2)
    bench.slack.fail_next(EDIT, troubles.rate_limited(30))
    await bench.moved(CHECKED)
    await bench.tick()
    assert bench.texts() == ["card u1 queued", f"thread u1 running  {CHECKED}"]
    await bench.tick(29)
    assert bench.count(EDIT) == 1
    await bench.tick(1)

    assert bench.texts()[0] == "card u1 running"


async def test_an_edit_that_met_a_broken_connection_is_repeated(bench):
    await bench.queued()
    await bench.settle()
    bench.slack.fail_next(EDIT, troubles.drop_answer())
    bench.slack.fail_next(EDIT, troubles.server_error())
    await bench.moved(step="one")
    await bench.settle()

    assert bench.texts() == ["card u1 running one"]
    assert bench.count(EDIT) == 3


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("channel_not_found", "/invite"),
        ("not_in_channel", "/invite"),
        ("is_archived", "archived"),
        ("restricted_action_read_only_channel", "Ask who manages it"),
        ("restricted_action_of_tomorrow", "Ask who manages it"),
    ],
)
async def test_a_channel_that_refuses_us_sends_the_conversation_to_the_requester(bench, code, hint):
    bench.slack.fail_next(POST, troubles.refuse(code))
    await bench.queued()
    await bench.moved(CHECKED)
    await bench.ended()
    await bench.settle()

    card, *replies = bench.slack.messages("ada")
    assert bench.texts() == []
    assert f"<#{CHANNEL}>" in card.text
    assert hint in card.words()
    assert len(replies) == 2
    assert {m.thread_ts for m in replies} == {card.ts}


async def test_a_bot_removed_in_mid_update_goes_on_in_a_direct_message(bench):
    await bench.queued()
    await bench.settle()
    channel = bench.slack.workspace.channels[CHANNEL]
    bench.slack.workspace.put_channel(replace(channel, members=frozenset({"U0ADA"})))
    await bench.moved(CHECKED, SAVED)
    await bench.ended(State.FAILED)
    await bench.settle()

    card, *rest = bench.slack.messages("ada")
    assert "card u1 failed" in card.text
    assert [m.text.split()[0] for m in rest] == ["thread", "thread", "verdict"]
    assert bench.texts() == ["card u1 queued"]
    assert (await bench.updates.get("u1")).channel == DIRECT


async def test_a_direct_message_that_is_refused_too_is_given_up_loudly(bench, caplog):
    bench.slack.fail_next(POST, troubles.refuse("is_archived"), times=2)
    await bench.queued()
    await bench.settle()

    assert bench.texts("ada") == []
    assert "u1:card (card) will never reach D0ADA" in caplog.text


@pytest.mark.parametrize("code", ["user_not_found", "missing_scope"])
async def test_a_requester_who_cannot_be_reached_directly_is_given_up_loudly(bench, caplog, code):
    bench.slack.fail_next(POST, troubles.refuse("not_in_channel"))
    bench.slack.fail_next("conversations.open", troubles.refuse(code))
    await bench.queued()
    await bench.settle()

    assert f"no direct message for u1:card: {code}" in caplog.text
    assert f"will never reach {CHANNEL}: not_in_channel" in caplog.text
    assert bench.delivery.stopped is None


async def test_a_direct_message_is_opened_again_when_slack_is_in_trouble(bench):
    bench.slack.fail_next(POST, troubles.refuse("not_in_channel"), times=3)
    bench.slack.fail_next("conversations.open", troubles.server_error())
    bench.slack.fail_next("conversations.open", troubles.refuse("token_revoked"))
    await bench.queued()
    await bench.tick()
    await bench.tick(5)
    assert bench.delivery.stopped == "token_revoked"
    await bench.settle()

    assert len(bench.texts("ada")) == 1
    assert bench.delivery.stopped is None


async def test_a_verdict_still_comes_when_its_card_was_given_up(bench):
    bench.slack.fail_next(POST, troubles.refuse("metadata_too_large"))
    await bench.queued()
    await bench.moved(CHECKED)
    await bench.ended()
    await bench.settle()

    assert bench.texts() == ["verdict u1 succeeded"]


@pytest.mark.parametrize("code", ["msg_too_long", "msg_blocks_too_long", "invalid_blocks"])
async def test_content_slack_refuses_is_sent_in_its_compact_form(bench, code):
    bench.slack.fail_next(POST, troubles.refuse(code))
    await bench.queued()
    await bench.settle()

    assert bench.texts() == ["card u1 queued (compact)"]
    assert bench.count("conversations.history") == 0


async def test_content_slack_refuses_twice_is_sent_as_plain_text(bench):
    def huge(message, update, events, compact):
        return Payload(str(update.state) + "x" * 50_000, [{"type": "nonsense"}])

    bench.delivery = bench.new_delivery(render=huge)
    await bench.queued()
    await bench.settle()
    await bench.ended()
    await bench.settle()

    card, verdict = bench.slack.messages(CHANNEL)
    assert card.blocks == verdict.blocks == ()
    assert card.text == "succeeded" + "x" * 2991


async def test_plain_text_still_says_why_it_came_directly(bench):
    bench.slack.fail_next(POST, troubles.refuse("is_archived"))
    bench.slack.fail_next(POST, troubles.refuse("msg_too_long"), times=2)
    await bench.queued()
    await bench.settle()

    (card,) = bench.slack.messages("ada")
    assert card.blocks == ()
    assert card.text.startswith("I could not post this in")


async def test_plain_text_that_slack_refuses_is_given_up_loudly(bench, caplog):
    bench.slack.fail_next(POST, troubles.refuse("invalid_blocks"), times=3)
    await bench.queued()
    await bench.settle()

    assert bench.texts() == []
    assert "will never reach" in caplog.text


async def test_what_slack_says_about_a_refusal_is_logged(bench, caplog):
    bench.delivery = bench.new_delivery(
        render=lambda message, update, events, compact: Payload(
            "card", [] if compact else [{"type": "header"}]
        )
    )
    await bench.queued()
    await bench.settle()

    assert "invalid_blocks: " in caplog.text
    assert "/blocks/0" in caplog.text


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_a_card_that_cannot_be_edited_is_posted_again(bench, code):
    await bench.queued()
    await bench.settle()
    bench.clock.tick(2)
    bench.slack.fail_next(EDIT, troubles.refuse(code))
    await bench.moved(CHECKED)
    await bench.settle()

    old, new, step = bench.slack.messages(CHANNEL)
    assert (old.text, new.text) == ("card u1 queued", "card u1 running")
    assert (await bench.updates.get("u1")).card_ts == new.ts
    assert step.thread_ts == new.ts


async def test_a_reply_whose_thread_is_gone_is_posted_outside_of_it(bench):
    await bench.queued()
    await bench.settle()
    bench.slack.fail_next(POST, troubles.refuse("thread_not_found"))
    await bench.moved(CHECKED)
    await bench.settle()

    assert [m.is_reply for m in bench.slack.messages(CHANNEL)] == [False, False]


async def test_a_lost_reply_whose_thread_is_gone_is_posted_outside_of_it(bench):
    await bench.queued()
    await bench.settle()
    bench.slack.fail_next(POST, troubles.drop_request())
    bench.slack.fail_next("conversations.replies", troubles.refuse("thread_not_found"))
    await bench.moved(CHECKED)
    await bench.settle()

    assert [m.is_reply for m in bench.slack.messages(CHANNEL)] == [False, False]


async def test_a_revoked_token_stops_everything_and_loses_nothing(bench, caplog):
    bench.slack.fail_next(POST, troubles.refuse("token_revoked"), times=99)
    await bench.queued("u1", job="d-1")
    await bench.queued("u2", job="d-2")
    for _ in range(50):
        await bench.tick(1)

    assert bench.delivery.stopped == "token_revoked"
    assert bench.count(POST) == 1
    assert [r.levelname for r in caplog.records if "refuses the bot" in r.message] == ["CRITICAL"]

    bench.slack.api.troubles.clear()
    bench.delivery = bench.new_delivery()  # restarted with a new token
    await bench.settle()
    assert bench.texts() == ["card u1 queued", "card u2 queued"]
    assert bench.delivery.stopped is None


async def test_delivery_goes_on_by_itself_when_slack_takes_us_back(bench, caplog):
    await bench.queued()
    await bench.settle()
    bench.client.token = "xoxb-wrong"
    await bench.moved(step="one")
    await bench.tick(2)
    assert bench.delivery.stopped == "invalid_auth"
    due = await bench.delivery.next_due()
    assert (due - bench.clock()).total_seconds() == 60
    await bench.tick(60)
    assert bench.delivery.stopped == "invalid_auth"

    bench.client.token = BOT_TOKEN
    await bench.settle()
    assert bench.delivery.stopped is None
    assert bench.texts() == ["card u1 running one"]
    assert len([r for r in caplog.records if "refuses the bot" in r.message]) == 1


async def test_an_unknown_refusal_is_repeated_and_then_given_up_loudly(bench, caplog):
    bench.slack.fail_next(POST, troubles.refuse("a_code_of_tomorrow"), times=99)
    await bench.queued()
    await bench.settle()

    assert 5 < bench.count(POST) < 15
    assert "will never reach" in caplog.text


async def test_an_unknown_refusal_that_passes_does_no_harm(bench):
    bench.slack.fail_next(POST, troubles.refuse("a_code_of_tomorrow"), times=3)
    await bench.queued()
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]


async def test_a_slack_out_of_reach_is_asked_once_per_tick_not_once_per_message(bench, caplog):
    caplog.set_level(logging.ERROR)
    bench.slack.fail_next(POST, troubles.drop_request(), times=1)
    for number in range(5):
        await bench.queued(f"u{number}", job=f"d-{number}")
    await bench.tick()
    assert bench.count(POST) == 1
    await bench.settle()

    assert sorted(bench.texts()) == [f"card u{number} queued" for number in range(5)]


async def test_edits_of_a_minute_are_limited_and_endings_go_first(bench):
    bench.delivery = bench.new_delivery(pace=Pace(edits_per_minute=4, edits_kept_for_endings=1))
    for number in range(6):
        await bench.queued(f"u{number}", job=f"d-{number}")
    await bench.settle()
    bench.clock.tick(61)
    for update in await bench.updates.claim_due(6):
        ends = update.id == "u5"
        state = State.SUCCEEDED if ends else State.RUNNING
        finished = bench.clock() if ends else None
        await bench.updates.save(replace(update, state=state, finished_at=finished))
    await bench.tick(2)
    await bench.tick(57)
    assert bench.count(EDIT) == 4
    assert "card u5 succeeded" in bench.texts()
    await bench.settle()

    cards = [text for text in bench.texts() if text.startswith("card")]
    assert cards == [f"card u{n} running" for n in range(5)] + ["card u5 succeeded"]
