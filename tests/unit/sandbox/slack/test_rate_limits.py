"""How often each method may be called, by the table of Slack's tiers."""

import pytest

from bot.sandbox.slack import SlackSimulator
from bot.sandbox.slack.api import CONNECT, METHODS
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.rate_limits import RATES, RateLimits
from tests.unit.sandbox.slack.conftest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET

TIERS = {
    20: "conversations.list users.list usergroups.list usergroups.users.list",
    50: "chat.update chat.delete chat.scheduleMessage chat.deleteScheduledMessage "
    "chat.scheduledMessages.list conversations.info conversations.history "
    "conversations.replies conversations.join conversations.open users.lookupByEmail",
    100: "views.open views.push views.update views.publish chat.postEphemeral users.info "
    "conversations.members files.getUploadURLExternal files.completeUploadExternal files.info",
}
ROWS = [(method, tier) for tier, methods in TIERS.items() for method in methods.split()]
SPECIAL = {"chat.postMessage", "auth.test", "blocks.validate"}


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def limits(now):
    return RateLimits(lambda: now[0])


@pytest.mark.parametrize(("method", "per_minute"), ROWS)
def test_a_method_is_answered_as_often_a_minute_as_its_tier_says(limits, now, method, per_minute):
    assert [limits.wait_needed(method, "") for _ in range(per_minute)] == [0] * per_minute
    seconds = limits.wait_needed(method, "")
    assert seconds >= 60 / per_minute
    now[0] += seconds
    assert limits.wait_needed(method, "") == 0


def test_every_method_stands_in_the_table_or_is_special():
    assert {method for method, _ in ROWS} | SPECIAL == METHODS.keys()
    assert {method for method, _ in ROWS} | {CONNECT} == RATES.keys()


@pytest.mark.parametrize("method", ["auth.test", "blocks.validate"])
def test_a_method_without_a_tier_is_always_answered(limits, method):
    assert {limits.wait_needed(method, "") for _ in range(500)} == {0}


def test_one_method_does_not_use_up_another(limits):
    for _ in range(51):
        limits.wait_needed("chat.update", "C1")
    assert limits.wait_needed("chat.update", "C2") == 2
    assert limits.wait_needed("chat.delete", "C1") == 0


def test_ten_connections_may_be_opened_at_once_and_then_one_a_minute(limits, now):
    assert [limits.wait_needed(CONNECT, "") for _ in range(11)] == [0] * 10 + [60]
    now[0] += 59
    assert limits.wait_needed(CONNECT, "") == 1
    now[0] += 1
    assert limits.wait_needed(CONNECT, "") == 0


def test_a_channel_takes_a_burst_of_three_and_then_a_message_a_second(limits, now):
    assert [limits.wait_needed("chat.postMessage", "C1") for _ in range(4)] == [0, 0, 0, 1]
    assert limits.wait_needed("chat.postMessage", "C2") == 0
    now[0] += 2
    assert [limits.wait_needed("chat.postMessage", "C1") for _ in range(3)] == [0, 0, 1]
    now[0] += 3600
    assert [limits.wait_needed("chat.postMessage", "C1") for _ in range(4)] == [0, 0, 0, 1]


def test_a_workspace_takes_three_hundred_messages_at_once(limits):
    waits = [limits.wait_needed("chat.postMessage", f"C{n}") for n in range(301)]
    assert waits == [0] * 300 + [1]


@pytest.mark.parametrize(
    ("first", "second"),
    [("C0DATAJOBS", "#data-jobs"), ("data-jobs", "C0DATAJOBS"), ("U0ADA", "D0ADA")],
)
async def test_a_channel_is_the_same_however_it_is_written(first, second):
    slack = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        now=lambda: 1000.0,
        enforce_rate_limits=True,
    )

    def post(channel):
        given = Arguments({"channel": channel, "text": "x"})
        return slack.api.answer("chat.postMessage", BOT_TOKEN, given).status

    slack.workspace.direct_message("U0ADA")
    assert [post(first), post(second), post(first), post(second)] == [200, 200, 200, 429]


async def test_a_call_that_is_limited_does_nothing():
    slack = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        now=lambda: 1000.0,
        enforce_rate_limits=True,
    )
    given = Arguments({"channel": "C0DATAJOBS", "text": "x"})
    replies = [slack.api.answer("chat.postMessage", BOT_TOKEN, given) for _ in range(4)]
    assert (replies[3].body, replies[3].retry_after) == ({"ok": False, "error": "ratelimited"}, 1)
    assert len(slack.messages("data-jobs")) == 3
