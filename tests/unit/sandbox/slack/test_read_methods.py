"""Looking things up, tokens and rate limits, as a slack_sdk client sees it."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSimulator
from bot.sandbox.slack.rate_limits import POSTS_OF_A_CHANNEL
from tests.unit.sandbox.slack.conftest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.unit.sandbox.slack.test_chat_methods import CHANNEL, refused


async def test_auth_test_names_the_bot_and_its_scopes(client):
    answer = await client.auth_test()
    assert answer["user_id"] == "U0FLINKBOT"
    assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), (APP_TOKEN, "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(slack, http_app, token, error):
    client = AsyncWebClient(token=token, base_url=slack.api_url, session=http_app.session)
    assert (await refused(client.auth_test()))["error"] == error


async def test_a_token_may_stand_in_the_form(slack, http_app):
    answer = await http_app.session.post(f"{slack.api_url}auth.test", data={"token": BOT_TOKEN})
    assert (await answer.json())["ok"]
    assert slack.calls("auth.test")[0].arguments == {}


@pytest.mark.parametrize("flag", ["true", "True", "1"])
async def test_a_flag_may_be_written_in_several_ways(client, flag):
    answer = await client.api_call("users.info", params={"user": "U0LIN", "include_locale": flag})
    assert answer["user"]["locale"] == "zh-CN"
    other = await client.api_call("users.info", params={"user": "U0LIN", "include_locale": "0"})
    assert "locale" not in other["user"]


async def test_an_empty_json_body_is_no_arguments(slack, http_app):
    answer = await http_app.session.post(
        f"{slack.api_url}auth.test",
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {BOT_TOKEN}"},
    )
    assert (await answer.json())["ok"]


async def test_a_token_in_json_is_none(slack, http_app):
    answer = await http_app.session.post(f"{slack.api_url}auth.test", json={"token": BOT_TOKEN})
    assert (await answer.json())["error"] == "not_authed"


async def test_an_unknown_method_is_refused(client):
    assert (await refused(client.api_call("flinks.list")))["error"] == "unknown_method"


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
async def test_a_body_that_is_no_json_object_is_refused(slack, http_app, body, error):
    answer = await http_app.session.post(
        f"{slack.api_url}auth.test", data=body, headers={"Content-Type": "application/json"}
    )
    assert (await answer.json())["error"] == error


async def test_a_user_is_looked_up_with_locale_if_asked(client):
    plain = await client.users_info(user="U0LIN")
    asked = await client.users_info(user="U0LIN", include_locale=True)
    assert "locale" not in plain["user"]
    assert asked["user"]["locale"] == "zh-CN"
    assert (await refused(client.users_info(user="U0X")))["error"] == "user_not_found"


async def test_a_channel_says_whether_the_bot_is_in_it(client):
    assert (await client.conversations_info(channel=CHANNEL))["channel"]["is_member"]
    assert not (await client.conversations_info(channel="C0RANDOM"))["channel"]["is_member"]
    hidden = await refused(client.conversations_info(channel="G0PLATFORM"))
    assert hidden["error"] == "channel_not_found"


async def test_history_comes_in_pages_newest_first(client):
    stamps = [(await client.chat_postMessage(channel=CHANNEL, text=str(n)))["ts"] for n in range(3)]
    first = await client.conversations_history(channel=CHANNEL, limit=2)
    assert [m["text"] for m in first["messages"]] == ["2", "1"]
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=CHANNEL, limit=2, cursor=cursor)
    assert [m["text"] for m in second["messages"]] == ["0"]
    between = await client.conversations_history(
        channel=CHANNEL, oldest=stamps[0], latest=stamps[1], inclusive=True
    )
    assert [m["text"] for m in between["messages"]] == ["1", "0"]
    after = await client.conversations_history(channel=CHANNEL, oldest=stamps[1])
    assert [m["text"] for m in after["messages"]] == ["2"]


async def test_a_thread_that_is_not_there_is_refused(client):
    answer = await refused(client.conversations_replies(channel=CHANNEL, ts="1.000001"))
    assert answer["error"] == "thread_not_found"


async def test_history_is_for_members(client):
    answer = await refused(client.conversations_history(channel="C0RANDOM"))
    assert answer["error"] == "not_in_channel"


@pytest.fixture
async def limited(clock):
    simulator = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        now=clock,
        enforce_rate_limits=True,
    )
    await simulator.start()
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=BOT_TOKEN, base_url=simulator.api_url, session=session)
    await simulator.stop()


async def post_until_limited(client, channel):
    for posted in range(100):
        try:
            await client.chat_postMessage(channel=channel, text="x")
        except SlackApiError as error:
            return posted, error.response
    raise AssertionError("never limited")


async def test_a_channel_takes_a_short_burst_and_then_one_message_a_second(limited, clock):
    posted, answer = await post_until_limited(limited, CHANNEL)
    assert posted == POSTS_OF_A_CHANNEL.burst
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "1"
    await limited.chat_postMessage(channel="C0APPROVALS", text="another channel")
    clock.pass_seconds(1)
    assert (await limited.chat_postMessage(channel=CHANNEL, text="x"))["ok"]


async def test_a_method_has_its_tier(limited, clock):
    for _ in range(50):
        await limited.conversations_info(channel=CHANNEL)
    assert (await refused(limited.conversations_info(channel=CHANNEL))).status_code == 429
    clock.pass_seconds(60)
    assert (await limited.conversations_info(channel=CHANNEL))["ok"]
    assert (await limited.auth_test())["ok"]


async def test_the_bot_joins_public_channels_itself(slack, client):
    await client.conversations_join(channel="C0RANDOM")
    assert (await client.chat_postMessage(channel="C0RANDOM", text="x"))["ok"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0OLDJOBS", "is_archived"),
        ("G0PLATFORM", "channel_not_found"),
        ("D0ADA", "method_not_supported_for_channel_type"),
    ],
)
async def test_other_channels_cannot_be_joined(client, channel, error):
    await client.conversations_open(users="U0ADA")
    assert (await refused(client.conversations_join(channel=channel)))["error"] == error


async def test_a_method_without_its_scope_is_refused_by_name(http_app):
    slack = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        scopes=["commands", "chat:write"],
    )
    await slack.start()
    client = AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url, session=http_app.session)
    answer = await refused(client.users_info(user="U0ADA"))
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "users:read"
    assert answer["provided"] == "chat:write,commands"
    assert (await client.auth_test()).headers["X-OAuth-Scopes"] == "chat:write,commands"
    await slack.stop()
