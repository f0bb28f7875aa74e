"""Slack is in trouble for long, or for good: updates go on, and everything is told in the end."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flink.update import State
from bot.sandbox.slack import troubles
from bot.slack.cards import render
from bot.updates.messages import MessageKind
from tests.unit.slack.runtime.conftest import (
    BOT_TOKEN,
    CHANNEL,
    CHECKED,
    DIRECT,
    SAVED,
    Bench,
    client,
    clock,
    session,
    slack,
)
from tests.unit.store.bench import opened

__all__ = ["client", "clock", "session", "slack"]

POST, EDIT = "chat.postMessage", "chat.update"
OPS = "C0APPROVALS"
HOUR = timedelta(hours=1)
CODES = "not_in_channel channel_not_found is_archived restricted_action_read_only_channel"


class World(Bench):
    """A bench whose messages have their real words and whose bot has a fallback channel."""

    def new_delivery(self, **options):
        def worded(message, update, events, compact):
            return render(message, update, events, self.clock(), compact=compact)

        return super().new_delivery(**{"render": worded, "fallback_channel": OPS, **options})

    async def for_an_hour(self):
        """Let the bot try for an hour."""
        ends = self.clock() + HOUR
        while self.clock() < ends:
            await self.delivery.deliver_due()
            due = await self.delivery.next_due() or ends
            self.clock.tick(min(max((due - self.clock()).total_seconds(), 0.1), 60))

    async def whole_life(self, update_id="u1", state=State.SUCCEEDED):
        await self.queued(update_id, job=update_id)
        await self.moved(CHECKED, SAVED)
        await self.ended(state)

    def keys(self, channel=CHANNEL):
        """Give what was posted to a channel, by the second part of the keys."""
        if channel == "ada" and DIRECT not in self.slack.workspace.channels:
            return []
        return [
            message.metadata["event_payload"]["key"].partition(":")[2]
            for message in self.slack.messages(channel)
        ]


TOLD = ["card", "event:1", "event:2", "verdict"]


@pytest.fixture
async def world(tmp_path, slack, client, clock):
    async with opened(tmp_path, clock) as store:
        yield World(slack, store, client, clock)


async def test_an_hour_without_any_connection_delays_everything_and_loses_nothing(world, caplog):
    caplog.set_level(logging.INFO)
    address = world.client.base_url
    world.client.base_url = "http://127.0.0.1:1/api/"
    await world.whole_life()
    await world.for_an_hour()
    assert world.slack.calls(POST) == []
    world.client.base_url = address
    back = world.clock()
    await world.settle()

    assert world.keys() == TOLD
    assert (world.clock() - back).total_seconds() < 65
    assert [record for record in caplog.records if record.exc_info] == []


async def test_an_hour_of_server_errors_delays_everything_and_repeats_nothing(world):
    world.slack.fail_next("*", troubles.server_error(), times=10_000)
    await world.whole_life("u1")
    await world.whole_life("u2", State.FAILED)
    await world.for_an_hour()
    assert world.keys() == []
    world.slack.api.troubles.clear()
    await world.settle()

    assert sorted(world.keys()) == sorted(TOLD * 2)


async def test_an_hour_of_lost_answers_repeats_nothing(world):
    """Slack takes every call and answers none: what it took is found when it speaks again."""
    world.slack.fail_next("*", troubles.drop_answer(), times=10_000)
    await world.whole_life()
    await world.for_an_hour()
    assert world.keys() == ["card"]
    world.slack.api.troubles.clear()
    await world.settle()

    assert world.keys() == TOLD


async def test_a_storm_of_429s_is_waited_out_as_slack_asks(world):
    world.slack.fail_next(POST, troubles.rate_limited(30), times=20)
    world.slack.fail_next(EDIT, troubles.rate_limited(10), times=5)
    await world.queued()
    began = world.clock()
    await world.moved(CHECKED, SAVED)
    await world.ended()
    await world.settle()

    assert world.keys() == TOLD
    assert len(world.slack.calls(POST)) == 20 + 4
    assert world.clock() - began >= timedelta(seconds=20 * 30)


@pytest.mark.parametrize("code", CODES.split())
async def test_a_channel_that_takes_nothing_is_told_of_elsewhere(world, code):
    world.slack.fail_next(POST, troubles.refuse(code))
    await world.whole_life(state=State.FAILED)
    await world.settle()

    assert (world.keys(), world.keys("ada"), world.keys(OPS)) == ([], TOLD, ["notice"])
    (notice,) = world.slack.messages(OPS)
    for part in ("orders", "u1", "<@U0ADA>", f"<#{CHANNEL}>", "How it ended", "Failed"):
        assert part in notice.words(), part
    assert f"<#{CHANNEL}>" in world.slack.messages("ada")[0].words()


async def test_a_bot_removed_in_mid_update_says_so_once_and_in_the_end_how_it_ended(world):
    await world.queued()
    await world.settle()
    channel = world.slack.workspace.channels[CHANNEL]
    world.slack.workspace.put_channel(replace(channel, members=frozenset({"U0ADA"})))
    await world.moved(CHECKED)
    await world.settle()
    assert "It goes on: ⏳ Running" in world.slack.messages(OPS)[0].words()
    await world.moved(SAVED)
    await world.settle()
    assert len([call for call in world.slack.calls(EDIT) if call.arguments["channel"] == OPS]) == 0
    await world.ended()
    await world.settle()

    assert world.keys() == ["card"]
    assert world.keys("ada") == TOLD
    assert "How it ended: ✅ Succeeded" in world.slack.messages(OPS)[0].words()
    assert world.keys(OPS) == ["notice"]


@pytest.mark.parametrize("code", ["user_not_found", "missing_scope", "cannot_dm_bot"])
async def test_where_the_requester_cannot_be_reached_either_the_fallback_gets_it_all(world, code):
    world.slack.fail_next(POST, troubles.refuse("is_archived"))
    world.slack.fail_next("conversations.open", troubles.refuse(code), times=9)
    await world.whole_life()
    await world.settle()

    assert (world.keys(), world.keys("ada"), world.keys(OPS)) == ([], [], TOLD)
    card = world.slack.messages(OPS)[0].words()
    assert f"I could not post this in <#{CHANNEL}>: it is archived" in card
    assert "Nor could I send it to <@U0ADA> directly." in card
    assert world.delivery.stopped is None


@pytest.mark.parametrize("code", ["restricted_action", "user_disabled", "messages_tab_disabled"])
async def test_a_direct_message_that_stops_working_moves_on_to_the_fallback(world, code):
    world.slack.fail_next(POST, troubles.refuse("is_archived"))
    await world.queued()
    await world.settle()
    assert (await world.updates.get("u1")).channel == DIRECT
    world.slack.fail_next(POST, troubles.refuse(code))
    await world.moved(CHECKED)
    await world.ended()
    await world.settle()

    assert world.keys("ada") == ["card"]
    assert world.keys(OPS) == ["notice", "card", "event:1", "verdict"]
    assert (await world.updates.get("u1")).channel == OPS


async def test_a_fallback_that_refuses_what_was_moved_there_ends_the_journey(world, caplog):
    world.slack.fail_next(POST, troubles.refuse("is_archived"), times=99)
    world.slack.fail_next("conversations.open", troubles.refuse("user_not_found"), times=99)
    await world.whole_life()
    await world.settle()

    assert world.keys(OPS) == []
    assert f"u1:card (card) will never reach {OPS}: is_archived" in caplog.text
    assert f"u1:verdict (verdict) will never reach {OPS}: is_archived" in caplog.text


async def test_every_place_that_refuses_is_asked_and_then_it_ends(world, caplog):
    world.slack.fail_next(POST, troubles.refuse("is_archived"), times=99)
    await world.whole_life()
    await world.settle()

    asked = [call.arguments["channel"] for call in world.slack.calls(POST)]
    assert asked[0] == CHANNEL
    assert set(asked) == {CHANNEL, DIRECT, OPS}
    assert len(asked) < 10
    assert "u1:notice (notice) will never reach" in caplog.text


async def test_an_update_of_the_fallback_channel_itself_goes_to_its_requester(world):
    world.slack.fail_next(POST, troubles.refuse("is_archived"))
    await world.queued(channel=OPS)
    await world.settle()

    assert (world.keys(OPS), world.keys("ada")) == ([], ["card"])


async def test_an_update_of_the_fallback_channel_that_nobody_takes_ends_there(world, caplog):
    world.slack.fail_next(POST, troubles.refuse("is_archived"), times=99)
    await world.queued(channel=OPS)
    await world.settle()

    asked = [call.arguments["channel"] for call in world.slack.calls(POST)]
    assert asked == [OPS, DIRECT, OPS]  # the last is the notice
    assert f"u1:card (card) will never reach {DIRECT}: is_archived" in caplog.text


async def test_an_update_asked_for_in_a_direct_message_falls_back_too(world):
    world.slack.fail_next(POST, troubles.refuse("restricted_action"))
    await world.queued(channel=DIRECT)
    await world.settle()

    assert world.keys(OPS) == ["card"]
    assert "I could not send this to <@U0ADA> directly" in world.slack.messages(OPS)[0].words()


async def test_what_slack_will_never_take_is_told_of_in_the_fallback(world):
    world.slack.fail_next(POST, troubles.refuse("metadata_too_large"))
    await world.queued()
    await world.settle()

    (notice,) = world.slack.messages(OPS)
    assert "Slack refused it (`metadata_too_large`)" in notice.words()


async def test_what_cannot_be_worded_is_told_of_in_the_fallback(world):
    def wordless(message, update, events, compact):
        if message.kind is MessageKind.CARD:
            raise KeyError("no words")
        return render(message, update, events, world.clock(), compact=compact)

    world.delivery = world.new_delivery(render=wordless)
    await world.queued()
    await world.settle()

    (notice,) = world.slack.messages(OPS)
    assert "in a way that nobody thought of" in notice.words()


async def test_a_notice_that_can_no_longer_be_edited_stays_as_it_is(world, caplog):
    world.slack.fail_next(POST, troubles.refuse("is_archived"))
    await world.queued()
    await world.settle()
    world.slack.fail_next(EDIT, troubles.refuse("message_not_found"), times=2)
    await world.ended()
    await world.settle()

    assert world.keys(OPS) == ["notice"]
    assert world.keys("ada")[-1] == "verdict"


async def test_without_a_fallback_what_nobody_takes_is_given_up_loudly(world, caplog):
    world.delivery = world.new_delivery(fallback_channel="")
    world.slack.fail_next(POST, troubles.refuse("is_archived"), times=2)
    await world.queued()
    await world.settle()

    assert (world.keys(OPS), world.keys("ada")) == ([], [])
    assert f"will never reach {DIRECT}" in caplog.text


async def test_an_hour_with_a_revoked_token_costs_a_call_a_minute_and_loses_nothing(world):
    await world.whole_life()
    world.client.token = "xoxb-revoked"
    await world.for_an_hour()
    assert world.delivery.stopped == "invalid_auth"
    assert len(world.slack.calls(POST)) == 60
    world.client.token = BOT_TOKEN
    await world.settle()

    assert world.keys() == TOLD
    assert world.delivery.stopped is None
