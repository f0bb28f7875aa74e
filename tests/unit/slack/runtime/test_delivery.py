from dataclasses import replace

import pytest
from aiohttp import web

from bot.errors import LostLeaseError, UnreadableRecordError
from bot.flink.update import State
from bot.sandbox.slack import troubles
from bot.slack.calls import SlackFailedError
from bot.slack.client import open_slack_client
from bot.slack.http import serve
from bot.slack.pacing import Pace
from bot.slack.posts import SlackMessages
from bot.updates.messages import MessageKind
from tests.fakes.clock import T0
from tests.unit.slack.runtime.conftest import CHANNEL, CHECKED, DIRECT, SAVED, TRIGGERED


async def test_card_then_steps_then_verdict_arrive_in_order(bench):
    await bench.queued()
    await bench.moved(CHECKED, SAVED, TRIGGERED)
    await bench.ended()
    await bench.settle()

    card, *replies = bench.slack.messages(CHANNEL)
    assert card.text == "card u1 succeeded"
    assert [m.text.split()[-1] for m in replies[:3]] == [CHECKED, SAVED, TRIGGERED]
    assert replies[3].text == "verdict u1 succeeded"
    assert {m.thread_ts for m in replies} == {card.ts}
    assert (await bench.updates.get("u1")).card_ts == card.ts


async def test_a_message_carries_its_key_and_unfurls_nothing(bench):
    await bench.queued()
    await bench.settle()

    (call,) = bench.slack.calls("chat.postMessage")
    assert call.arguments["metadata"]["event_payload"] == {"key": "u1:card"}
    assert (call.arguments["unfurl_links"], call.arguments["unfurl_media"]) == (False, False)


async def test_ten_changes_are_few_edits_and_the_last_one_is_shown(bench):
    await bench.queued()
    await bench.tick()
    for step in range(10):
        await bench.moved(step=f"step-{step}")
        await bench.tick(0.1)
    await bench.settle()

    assert bench.texts() == ["card u1 running step-9"]
    assert bench.count("chat.update") <= 2


async def test_edits_of_one_message_are_a_second_and_a_half_apart(bench):
    await bench.queued()
    await bench.tick()
    await bench.moved(step="one")
    await bench.tick(1.4)
    assert bench.count("chat.update") == 0
    await bench.tick(0.1)
    assert bench.count("chat.update") == 1
    await bench.moved(step="two")
    await bench.tick(1.4)
    assert bench.count("chat.update") == 1
    await bench.tick(0.1)
    assert bench.texts() == ["card u1 running two"]


async def test_the_same_content_is_not_sent_again(bench):
    await bench.queued()
    await bench.moved(step="one")
    await bench.settle()
    await bench.moved(step="one")
    await bench.settle()

    assert bench.count("chat.postMessage") + bench.count("chat.update") == 1


async def test_a_channel_gets_one_message_a_second_and_other_channels_do_not_wait(bench):
    for number in range(4):
        await bench.queued(f"u{number}", job=f"d-{number}")
    await bench.queued("other", channel="C0APPROVALS", job="d-other")

    await bench.tick()
    assert (len(bench.texts()), len(bench.texts("C0APPROVALS"))) == (1, 1)
    for expected in (2, 3, 4):
        await bench.tick(1)
        assert len(bench.texts()) == expected
    assert bench.texts() == [f"card u{number} queued" for number in range(4)]


async def test_a_long_queue_keeps_its_pace(bench):
    for number in range(8):
        await bench.queued(f"u{number}", job=f"d-{number}")
    began = bench.clock()
    await bench.settle()

    assert len(bench.texts()) == 8
    assert (bench.clock() - began).total_seconds() == 7


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(bench):
    bench.slack.fail_next("chat.postMessage", troubles.drop_answer())
    await bench.queued()
    await bench.tick()
    await bench.tick(4.9)
    assert bench.count("conversations.history") == 0
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]
    assert bench.count("chat.postMessage") == 1
    assert (await bench.updates.get("u1")).card_ts == bench.slack.messages(CHANNEL)[0].ts


async def test_a_post_that_never_arrived_is_looked_for_and_posted_once(bench):
    bench.slack.fail_next("chat.postMessage", troubles.drop_request())
    await bench.queued()
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]
    assert bench.count("conversations.history") == 1
    assert bench.count("chat.postMessage") == 2


async def test_a_server_error_on_a_post_proves_nothing_so_it_is_looked_for(bench):
    bench.slack.fail_next("chat.postMessage", troubles.server_error())
    await bench.queued()
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]
    assert bench.count("conversations.history") == 1


async def test_a_card_found_again_shows_what_happened_meanwhile(bench):
    bench.slack.fail_next("chat.postMessage", troubles.drop_answer())
    await bench.queued()
    await bench.tick()
    await bench.moved(step="later")
    await bench.settle()

    assert bench.texts() == ["card u1 running later"]


async def test_a_lost_reply_is_looked_for_in_its_thread(bench):
    await bench.queued()
    await bench.settle()
    bench.slack.fail_next("chat.postMessage", troubles.drop_answer())
    await bench.moved(CHECKED)
    await bench.settle()

    assert len(bench.texts()) == 2
    assert bench.count("conversations.replies") == 1
    assert bench.count("conversations.history") == 0


async def test_a_process_killed_before_the_post_posts_after_the_restart(bench):
    await bench.queued()
    (message,) = await bench.outbox.claim_messages(1)
    await bench.outbox.mark_sending(message)
    await bench.outbox.release_leases()
    bench.delivery = bench.new_delivery()
    await bench.tick()
    assert bench.texts() == []
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]


async def test_a_process_killed_after_the_post_does_not_repeat_it_after_the_restart(bench):
    await bench.queued()
    (message,) = await bench.outbox.claim_messages(1)
    await bench.outbox.mark_sending(message)
    await bench.client.chat_postMessage(
        channel=CHANNEL,
        text="card u1 queued",
        metadata={"event_type": "flinkbot_message", "event_payload": {"key": message.key}},
    )
    await bench.outbox.release_leases()
    bench.delivery = bench.new_delivery(pace=Pace(look_after=2.0))
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]
    assert bench.count("chat.postMessage") == 1


async def test_an_own_message_is_found_behind_many_others(bench):
    bench.slack.fail_next("chat.postMessage", troubles.drop_answer())
    await bench.queued()
    await bench.tick()
    for number in range(250):
        await bench.client.chat_postMessage(channel=CHANNEL, text=f"chatter {number}")
    await bench.settle()

    assert bench.texts().count("card u1 queued") == 1
    assert bench.count("conversations.history") == 2


async def test_a_lost_post_is_looked_for_around_the_time_it_left(bench):
    await bench.queued()
    bench.clock.tick(7200)
    left = bench.clock().timestamp()
    bench.slack.fail_next("chat.postMessage", troubles.drop_answer())
    await bench.settle()

    (look,) = bench.slack.calls("conversations.history")
    window = [float(look.arguments[name]) for name in ("oldest", "latest")]
    assert window == [left - 300, left + 300]


async def test_a_look_that_fails_is_repeated_before_anything_is_posted(bench):
    bench.slack.fail_next("chat.postMessage", troubles.drop_answer())
    bench.slack.fail_next("conversations.history", troubles.refuse("missing_scope"))
    bench.slack.fail_next("conversations.history", troubles.rate_limited(20))
    await bench.queued()
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]
    assert bench.delivery.stopped is None


async def test_a_failed_update_is_told_at_the_top_level(bench):
    await bench.queued()
    await bench.settle()
    await bench.ended(State.FAILED)
    await bench.settle()

    card, verdict = bench.slack.messages(CHANNEL)
    assert (card.text, verdict.text) == ("card u1 failed", "verdict u1 failed")
    assert not verdict.is_reply


async def test_an_alert_is_told_at_the_top_level_while_the_update_goes_on(bench):
    await bench.queued()
    await bench.settle()
    await bench.moved(alert=True)
    await bench.settle()

    assert bench.texts() == ["card u1 running", "alert u1 running"]
    assert not bench.slack.messages(CHANNEL)[1].is_reply


async def test_the_verdict_of_a_long_update_is_shown_in_the_channel_too(bench):
    await bench.queued()
    await bench.settle()
    bench.clock.tick(301)
    await bench.ended()
    await bench.settle()

    assert bench.slack.messages(CHANNEL)[1].broadcast is True


async def test_the_verdict_of_a_short_update_stays_in_its_thread(bench):
    await bench.queued()
    await bench.settle()
    bench.clock.tick(299)
    await bench.ended()
    await bench.settle()

    assert bench.slack.messages(CHANNEL)[1].broadcast is False


async def test_a_message_that_cannot_be_worded_does_not_hold_up_the_others(bench):
    def fussy(message, update, events, compact):
        if update.id == "u1":
            raise KeyError("no words")
        return bench_render(message, update, events, compact)

    bench_render = bench.delivery._render
    bench.delivery = bench.new_delivery(render=fussy)
    await bench.queued("u1", job="d-1")
    await bench.queued("u2", job="d-2")
    await bench.settle()

    assert bench.texts() == ["card u2 queued"]
    assert await bench.outbox.next_message_due() is None


async def test_a_message_that_this_version_cannot_read_is_kept_and_logged_once(bench, caplog):
    class OfTomorrow:
        async def get(self, update_id):
            raise UnreadableRecordError(f"update {update_id} cannot be read by this version")

    bench.delivery = bench.new_delivery(updates=OfTomorrow())
    await bench.queued("u1", job="d-1")
    await bench.queued("u2", job="d-2")
    for _ in range(6):
        await bench.tick(10)

    said = [record.getMessage() for record in caplog.records]
    assert said == [
        f"message {one}:card waits: update {one} cannot be read by this version"
        for one in ("u1", "u2")
    ]
    bench.delivery = bench.new_delivery()
    await bench.tick(10)
    await bench.settle()
    assert sorted(bench.texts()) == ["card u1 queued", "card u2 queued"]


async def test_a_message_taken_over_by_another_process_is_dropped(bench):
    await bench.queued()
    claimed = await bench.outbox.claim_messages(5)
    await bench.outbox.release_leases()
    await bench.delivery._deliver_in_order(claimed)

    assert bench.texts() == []


async def test_given_back_messages_that_were_taken_over_are_dropped(bench):
    await bench.queued()
    claimed = await bench.outbox.claim_messages(5)
    await bench.outbox.release_leases()
    bench.delivery._halted = True
    await bench.delivery._deliver_in_order(claimed)
    bench.delivery._halted = False
    await bench.settle()

    assert bench.texts() == ["card u1 queued"]


async def test_a_reply_waits_for_its_card_whatever_the_outbox_says(bench):
    await bench.queued()
    await bench.moved(CHECKED)
    (card,) = await bench.outbox.claim_messages(1)
    early = replace(card, key="u1:event:1", kind=MessageKind.THREAD, event=1)
    with pytest.raises(LostLeaseError):
        await bench.delivery._deliver(early)

    assert bench.texts() == []


async def test_a_look_that_does_not_come_to_an_end_proves_nothing(session):
    pages = []

    async def endless(request):
        pages.append(await request.text())
        return web.json_response(
            {"ok": True, "messages": [], "response_metadata": {"next_cursor": str(len(pages))}}
        )

    app = web.Application()
    app.router.add_route("*", "/api/conversations.history", endless)
    server = await serve(app, "127.0.0.1", 0)
    client = open_slack_client("xoxb-t", f"http://127.0.0.1:{server.port}/api", session)
    with pytest.raises(SlackFailedError):
        await SlackMessages(client, 0.5).find("C1", "u1:card", thread_ts="", sent_at=T0)
    await server.close()

    assert len(pages) > 1


async def test_a_message_whose_update_is_gone_is_given_up(bench):
    class NoUpdates:
        async def get(self, update_id):
            return None

    bench.delivery = bench.new_delivery(updates=NoUpdates())
    await bench.queued()
    await bench.settle()

    assert bench.texts() == []


async def test_a_direct_message_is_paced_and_found_like_a_channel(bench):
    bench.slack.fail_next("chat.postMessage", troubles.refuse("channel_not_found"))
    bench.slack.fail_next("chat.postMessage", troubles.drop_answer())
    await bench.queued()
    await bench.settle()

    assert len(bench.texts("ada")) == 1
    assert (await bench.updates.get("u1")).channel == DIRECT
