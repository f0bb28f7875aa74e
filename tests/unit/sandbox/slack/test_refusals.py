"""Every refusal of the Web API is met once: who may not, where not, and what is not there."""

import math
from dataclasses import dataclass, field, replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, SlackSimulator
from bot.sandbox.slack.scopes import SCOPES
from bot.sandbox.slack.workspace import BOT_USER, CHANNELS, PEOPLE, WorkspaceRules
from tests.unit.sandbox.slack.cards import form, home
from tests.unit.sandbox.slack.conftest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.unit.sandbox.slack.test_chat_methods import CHANNEL, refused

GROUP = Channel("G0TEAM", "team-private", PEOPLE | {BOT_USER}, is_private=True)
POST = {"channel": CHANNEL, "text": "x"}


def rules(**changes):
    def change(slack):
        slack.workspace.rules = WorkspaceRules(**changes)

    return change


def archived(slack):
    channel = replace(slack.workspace.channels[CHANNEL], is_archived=True)
    slack.workspace.put_channel(channel)


def revoked(error):
    return lambda slack: slack.revoke_bot_token(error)


def untouched(_slack):
    pass


@dataclass(frozen=True)
class Rule:
    """`given`: what is so before the call."""

    error: str
    method: str
    arguments: dict = field(default_factory=dict)
    given: object = untouched

    def __str__(self):
        return f"{self.error} of {self.method}"


RULES = [
    Rule("not_in_channel", "chat.postMessage", POST | {"channel": "C0RANDOM"}),
    Rule("not_in_channel", "chat.postEphemeral", POST | {"channel": "C0RANDOM", "user": "U0ADA"}),
    Rule("not_in_channel", "chat.scheduleMessage", POST | {"channel": "C0RANDOM"}),
    Rule("not_in_channel", "chat.update", POST | {"channel": "C0RANDOM", "ts": "1.000001"}),
    Rule("not_in_channel", "chat.delete", {"channel": "C0RANDOM", "ts": "1.000001"}),
    Rule("not_in_channel", "conversations.history", {"channel": "C0RANDOM"}),
    Rule("not_in_channel", "conversations.replies", {"channel": "C0RANDOM", "ts": "1.000001"}),
    Rule("is_archived", "chat.postMessage", POST, archived),
    Rule("is_archived", "chat.postEphemeral", POST | {"user": "U0ADA"}, archived),
    Rule("is_archived", "chat.update", POST | {"ts": "1.000001"}, archived),
    Rule("channel_not_found", "chat.postMessage", POST | {"channel": "G0PLATFORM"}),
    Rule("channel_not_found", "chat.scheduleMessage", POST | {"channel": "G0PLATFORM"}),
    Rule("channel_not_found", "conversations.history", {"channel": "G0PLATFORM"}),
    Rule("channel_not_found", "conversations.members", {"channel": "G0PLATFORM"}),
    Rule(
        "messages_tab_disabled",
        "chat.postMessage",
        POST | {"channel": "U0ADA"},
        rules(messages_tab_enabled=False),
    ),
    Rule("cannot_dm_bot", "chat.postMessage", POST | {"channel": BOT_USER}),
    Rule("cannot_dm_bot", "conversations.open", {"users": BOT_USER}),
    Rule("user_not_found", "conversations.open", {"users": "U0X"}),
    Rule("user_not_found", "users.info", {"user": "U0X"}),
    Rule("users_not_found", "users.lookupByEmail", {"email": "nobody@sandbox.example"}),
    Rule("no_such_subteam", "usergroups.users.list", {"usergroup": "S0X"}),
    Rule(
        "not_enabled",
        "views.publish",
        {"user_id": "U0ADA", "view": home()},
        rules(home_enabled=False),
    ),
    Rule("user_not_found", "views.publish", {"user_id": "U0X", "view": home()}),
    Rule("not_found", "views.update", {"view_id": "V0X", "view": form()}),
    Rule("not_found", "views.update", {"external_id": "nobody's", "view": form()}),
    Rule("invalid_arguments", "views.update", {"view": form()}),
    Rule("invalid_arguments", "views.open", {"view": form()}),
    Rule("invalid_arguments", "views.push", {"view": form()}),
    Rule("invalid_trigger_id", "views.push", {"view": form(), "trigger_id": "1.2.3"}),
    Rule("invalid_types", "conversations.list", {"types": "public_channel,secret"}),
    Rule("invalid_limit", "conversations.list", {"limit": 0}),
    Rule("invalid_limit", "conversations.history", {"channel": CHANNEL, "limit": "many"}),
    Rule("invalid_cursor", "users.list", {"cursor": "not a cursor"}),
    Rule("invalid_cursor", "users.list", {"cursor": "bm90IGEgY3Vyc29y"}),
    Rule("invalid_cursor", "users.list", {"cursor": "bmV4dDpvbmU="}),
    Rule("invalid_cursor", "users.list", {"cursor": "////"}),
    Rule("invalid_ts_oldest", "conversations.history", {"channel": CHANNEL, "oldest": "monday"}),
    Rule("invalid_ts_latest", "conversations.history", {"channel": CHANNEL, "latest": "monday"}),
    Rule("file_not_found", "files.info", {"file": "F0X"}),
    Rule("token_revoked", "auth.test", {}, revoked("token_revoked")),
    Rule("account_inactive", "chat.postMessage", POST, revoked("account_inactive")),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
async def test_a_call_against_a_rule_is_refused_in_slacks_words(slack, client, rule):
    rule.given(slack)
    assert (await refused(client.api_call(rule.method, json=rule.arguments)))["error"] == rule.error


async def test_a_missing_argument_is_named(client):
    answer = await refused(client.api_call("chat.postMessage", json={"text": "x"}))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


async def test_a_message_is_edited_only_as_long_as_the_workspace_allows(slack, client, clock):
    rules(edit_seconds=60)(slack)
    ts = (await client.chat_postMessage(**POST))["ts"]
    clock.pass_seconds(59)
    await client.chat_update(**POST, ts=ts)
    clock.pass_seconds(2)
    assert (await refused(client.chat_update(**POST, ts=ts)))["error"] == "edit_window_closed"
    rules(edit_seconds=math.inf)(slack)
    assert (await client.chat_update(**POST, ts=ts))["ok"]


async def test_a_home_tab_cannot_take_the_external_id_of_another_view(slack, client):
    mine = home() | {"external_id": "mine"}
    await client.views_publish(user_id="U0ADA", view=mine)
    await client.views_publish(user_id="U0ADA", view=mine)
    answer = await refused(client.views_publish(user_id="U0LIN", view=mine))
    assert answer["error"] == "duplicate_external_id"
    assert slack.person("lin").home is None


@pytest.fixture
async def granted(http_app):
    """Give a client of an app that was granted all scopes but some."""
    started = []

    async def grant(*without, extra=()):
        slack = SlackSimulator(
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            signing_secret=SIGNING_SECRET,
            scopes=(SCOPES | set(extra)) - set(without),
            channels=(*CHANNELS, GROUP),
        )
        started.append(slack)
        await slack.start()
        return AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url, session=http_app.session)

    yield grant
    for slack in started:
        await slack.stop()


SCOPED = [
    ("chat:write", "chat.postMessage", POST),
    ("chat:write", "chat.update", POST),
    ("chat:write", "chat.delete", {}),
    ("chat:write", "chat.postEphemeral", POST),
    ("chat:write", "chat.scheduleMessage", POST),
    ("chat:write", "chat.deleteScheduledMessage", {}),
    ("channels:join", "conversations.join", {"channel": CHANNEL}),
    ("im:write", "conversations.open", {"users": "U0ADA"}),
    ("files:write", "files.getUploadURLExternal", {}),
    ("files:write", "files.completeUploadExternal", {}),
    ("files:read", "files.info", {}),
    ("usergroups:read", "usergroups.list", {}),
    ("usergroups:read", "usergroups.users.list", {}),
    ("users:read", "users.info", {}),
    ("users:read", "users.list", {}),
    ("users:read.email", "users.lookupByEmail", {}),
    ("channels:read", "conversations.list", {}),
    ("groups:read", "conversations.list", {"types": "public_channel,private_channel"}),
    ("im:read", "conversations.list", {"types": "im"}),
    ("channels:read", "conversations.info", {"channel": CHANNEL}),
    ("channels:read", "conversations.info", {"channel": "C0NOWHERE"}),
    ("groups:read", "conversations.members", {"channel": GROUP.id}),
    ("channels:history", "conversations.history", {"channel": CHANNEL}),
    ("groups:history", "conversations.replies", {"channel": GROUP.id, "ts": "1.000001"}),
]


@pytest.mark.parametrize(("scope", "method", "arguments"), SCOPED)
async def test_a_method_takes_its_scope(granted, scope, method, arguments):
    answer = await refused((await granted(scope)).api_call(method, json=arguments))
    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)
    assert scope not in answer["provided"].split(",")


async def test_history_of_a_direct_message_takes_a_scope_of_its_own(granted):
    client = await granted("im:history")
    channel = (await client.conversations_open(users="U0ADA"))["channel"]["id"]
    answer = await refused(client.conversations_history(channel=channel))
    assert answer["needed"] == "im:history"


async def test_public_channels_can_be_written_to_from_outside_with_a_scope(granted):
    client = await granted(extra=["chat:write.public"])
    assert (await client.chat_postMessage(channel="C0RANDOM", text="x"))["ok"]
    ephemeral = client.chat_postEphemeral(channel="C0RANDOM", user="U0ADA", text="x")
    assert (await refused(ephemeral))["error"] == "not_in_channel"


async def test_addresses_of_people_take_a_scope(granted):
    with_it, without = await granted(), await granted("users:read.email")
    for client, shown in ((with_it, True), (without, False)):
        user = (await client.users_info(user="U0ADA"))["user"]
        listed = (await client.users_list())["members"][0]
        assert ("email" in user["profile"]) is shown
        assert ("email" in listed["profile"]) is shown
