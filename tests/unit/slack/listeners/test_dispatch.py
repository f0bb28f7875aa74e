"""Every id reaches a listener of its own, through as few of Bolt's as there can be."""

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.app import build_app
from bot.slack.background import Background, RefusedWorkError
from bot.slack.client import Identity
from bot.slack.homes import Homes
from bot.slack.ids import Action
from bot.slack.listeners import register_listeners
from bot.slack.listeners.desk import Desk
from bot.slack.listeners.shortcuts import _ids_on, _said
from bot.slack.surface import CHANGE_ANY_JOB, CHANGE_JOB, HOME_OPENED

IDENTITY = Identity("U0BOT", "B0", "T0", "team", "flinkbot")
WHO = {"user": {"id": "U0ADA"}, "team": {"id": "T0"}, "trigger_id": "1.2.3"}


class Started:
    """Takes the place of the background; notes what would be done."""

    def __init__(self):
        self.names, self.refusing = [], False

    def spawn(self, work, *, name, on_error=None):
        inner = work.cr_frame.f_locals["work"]
        work.close()
        if self.refusing:
            raise RefusedWorkError("stopping")
        inner.close()
        self.names.append(name)


@pytest.fixture
def started():
    return Started()


@pytest.fixture
def app(started):
    client = AsyncWebClient(token="xoxb-1")
    made = build_app(client=client, identity=IDENTITY, background=Background())

    class Anything:
        def __getattr__(self, name):
            return self

        def __call__(self, *args, **given):
            return self

    parts = dict.fromkeys(Desk.__dataclass_fields__, Anything())
    desk = Desk(**parts | {"background": started})
    register_listeners(made, desk, Homes(None, None, None, None), Anything())
    return made


async def sent(app, **body):
    return await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=WHO | body))


def pressed(action):
    return {
        "type": "block_actions",
        "actions": [{"type": "button", "action_id": action, "value": "prod/d-1"}],
        "view": {"id": "V1", "type": "modal", "state": {"values": {}}},
    }


def opened(tab="home"):
    event = {"type": HOME_OPENED, "user": "U0ADA", "tab": tab}
    return {"type": "event_callback", "event": event}


def test_bolt_has_few_listeners_to_ask_and_the_command_is_the_first(app):
    assert len(app._async_listeners) == 7


async def test_every_button_and_choice_is_heard_by_a_listener_of_its_own(app, started):
    for action in Action:
        assert (await sent(app, **pressed(action))).status == 200

    assert len(started.names) == len(Action)
    assert len(set(started.names)) >= len(Action) - 6  # some do the same


@pytest.mark.parametrize(
    ("kind", "shortcut", "work"),
    [
        ("message_action", CHANGE_JOB, "open the form for a message"),
        ("shortcut", CHANGE_ANY_JOB, "open the form"),
    ],
)
async def test_every_shortcut_opens_the_form(app, started, kind, shortcut, work):
    answer = await sent(app, type=kind, callback_id=shortcut.callback_id, message={})

    assert (answer.status, answer.body, started.names) == (200, "", [work])


@pytest.mark.parametrize("unknown", ["open_jobs2", "an_open_jobs", "open.jobs"])
async def test_an_id_that_only_looks_like_one_is_heard_by_nobody(app, started, unknown, caplog):
    await sent(app, **pressed(unknown))

    assert started.names == []
    assert f"no listener for block_actions {unknown}" in caplog.text


@pytest.mark.parametrize(("tab", "work"), [("home", ["fill a Home tab"]), ("messages", [])])
async def test_only_an_opened_home_tab_is_filled(app, started, tab, work):
    answer = await sent(app, **opened(tab))

    assert (answer.status, started.names) == (200, work)


async def test_a_tab_opened_while_the_bot_stops_is_taken_all_the_same(app, started):
    started.refusing = True

    assert (await sent(app, **opened())).status == 200


def card(*values, action=Action.VIEW_UPDATE):
    return {
        "blocks": [
            {"type": "section", "accessory": {"action_id": action, "value": value}}
            for value in values
        ]
    }


@pytest.mark.parametrize(
    ("message", "ids"),
    [
        (card("u1"), {"u1"}),
        (card("u1", "u1"), {"u1"}),
        (card("u1", "u2"), set()),  # a list is about none of them
        (card("u1", action="view_something"), set()),
        ({"blocks": None}, set()),
        ({}, set()),
    ],
)
def test_a_message_is_about_the_update_of_its_buttons(message, ids):
    assert _ids_on(message) == ids


def test_what_other_apps_say_in_blocks_and_attachments_is_read_too():
    message = {
        "text": "Alert",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "lag of orders"}}],
        "attachments": [{"fallback": "billing", "fields": [{"title": "Job", "value": "fraud"}]}],
    }
    assert _said(message).split() == ["Alert", "lag", "of", "orders", "billing", "Job", "fraud"]
    assert len(_said({"text": "x" * 100_000})) < 10_000
