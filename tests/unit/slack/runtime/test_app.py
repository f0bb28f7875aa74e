import asyncio
from datetime import UTC, datetime

import pytest

from bot.sandbox.slack import troubles
from bot.slack import apologies
from bot.slack.app import build_app
from bot.slack.background import Background
from bot.slack.client import identify
from bot.slack.http import Health, Inbound, build_http_app, serve
from tests.unit.slack.runtime.conftest import CHANNEL, SIGNING_SECRET
from tests.unit.slack.runtime.signing import interaction, signed

BUTTON = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "press",
            "text": {"type": "plain_text", "text": "Press"},
            "value": "u1",
        }
    ],
}
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        BUTTON,
        {
            "type": "input",
            "block_id": "job",
            "optional": True,
            "label": {"type": "plain_text", "text": "Job"},
            "element": {"type": "external_select", "action_id": "pick", "min_query_length": 0},
        },
    ],
}


class Desk:
    """An app behind signed HTTP whose listeners a test writes, and a person in front of it."""

    def __init__(self, app, background, slack, client, url):
        self.app, self.background, self.client = app, background, client
        self.slack, self.url = slack, url
        self.ada = slack.person("ada")

    def on_command(self, listener):
        self.app.command("/flink")(listener)

    async def message_with_button(self):
        await self.client.chat_postMessage(channel=CHANNEL, text="card", blocks=[BUTTON])
        return self.slack.messages(CHANNEL)[-1]

    async def modal(self):
        async def open_form(ack, body):
            await ack()
            await self.client.views_open(trigger_id=body["trigger_id"], view=FORM)

        self.on_command(open_form)
        await self.ada.command(CHANNEL, "/flink")
        return self.ada.views[-1]

    def whispers(self):
        return [m.text for m in self.slack.ephemerals("U0ADA")]

    async def whisper(self):
        return await self.slack.wait_for(lambda: self.whispers()[-1:])


@pytest.fixture
async def desk(slack, client):
    background = Background()
    app = build_app(client=client, identity=await identify(client), background=background)
    built = build_http_app(Health(list), Inbound(app, SIGNING_SECRET))
    server = await serve(built, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.port}/slack/events"
    await slack.deliver_to(url)
    yield Desk(app, background, slack, client, url)
    await background.drain(1)
    await server.close()


@pytest.fixture
def clock():
    """Real time: signatures are checked against it."""
    return lambda: datetime.now(UTC)


async def broken(ack):
    await ack()
    raise ValueError("a bug")


async def test_a_command_whose_listener_fails_tells_the_person_the_incident(desk, caplog):
    desk.on_command(broken)
    outcome = await desk.ada.command(CHANNEL, "/flink")

    incident = outcome.message.text.split("`")[1]
    assert f"incident {incident}: listener of /flink failed" in caplog.text
    assert "ValueError: a bug" in caplog.text


async def test_a_command_during_shutdown_says_to_try_again(desk):
    async def busy(ack):
        desk.background.spawn(asyncio.sleep(0), name="work")
        await ack()

    desk.on_command(busy)
    await desk.background.drain(0)

    assert (await desk.ada.command(CHANNEL, "/flink")).message.text == apologies.STOPPING


async def test_an_unknown_command_is_answered(desk):
    outcome = await desk.ada.command(CHANNEL, "/kafka topics")

    assert outcome.message.text == apologies.unknown_command("/kafka")


async def test_a_button_without_a_listener_is_acknowledged_and_explained(desk, caplog):
    outcome = await desk.ada.click(await desk.message_with_button(), "press")

    assert outcome.failure is None
    assert await desk.whisper() == [apologies.OUTDATED]
    assert "no listener for block_actions press" in caplog.text


async def test_a_button_whose_listener_fails_is_acknowledged_and_explained(desk):
    desk.app.action("press")(broken)
    outcome = await desk.ada.click(await desk.message_with_button(), "press")

    assert outcome.failure is None
    assert "incident" in (await desk.whisper())[0]


async def test_a_button_during_shutdown_is_acknowledged(desk, caplog):
    await desk.background.drain(0)
    outcome = await desk.ada.click(await desk.message_with_button(), "press")

    assert outcome.failure is None
    assert "an apology was not started: stopping" in caplog.text


async def test_a_button_in_a_modal_without_a_listener_is_explained_above_it(desk):
    await desk.ada.click(await desk.modal(), "press")
    shown = await desk.slack.wait_for(lambda: desk.ada.views[1:])

    assert "older version" in shown[0].words()


async def test_a_submission_without_a_listener_turns_into_the_explanation(desk):
    await desk.ada.submit(await desk.modal())

    assert "older version" in desk.ada.views[-1].words()


async def test_a_menu_without_a_listener_is_empty_instead_of_broken(desk):
    view = await desk.modal()

    assert await desk.ada.suggest(view, "job", "pick", "ord") == []


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "view_closed", "view": {"callback_id": "form"}},
        {"type": "shortcut", "callback_id": "old"},
        {"type": "block_actions", "view": {"type": "home"}, "trigger_id": "1.2"},
        {"type": "something_new"},
    ],
)
async def test_whatever_else_comes_is_acknowledged(desk, session, payload):
    async with session.post(desk.url, **signed(interaction(**payload))) as answer:
        assert (answer.status, await answer.text()) == (200, "")


async def test_an_event_nobody_listens_to_is_taken_so_that_slack_does_not_repeat_it(desk, session):
    event = '{"type": "event_callback", "event": {"type": "app_home_opened"}}'
    async with session.post(desk.url, **signed(event, content_type="application/json")) as answer:
        assert answer.status == 200


async def test_an_apology_that_cannot_be_delivered_is_logged(desk, caplog):
    view = await desk.modal()
    desk.slack.fail_next("views.push", troubles.refuse("expired_trigger_id"))
    await desk.ada.click(view, "press")
    await desk.background.drain(1)

    assert "an apology failed" in caplog.text


async def test_the_environment_cannot_turn_the_app_to_oauth(client, slack, monkeypatch, caplog):
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "abc")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-another")
    identity = await identify(client)
    app = build_app(client=client, identity=identity, background=Background())
    server = await serve(build_http_app(Health(list), Inbound(app, SIGNING_SECRET)), "127.0.0.1", 0)
    tokens = []

    async def flink(ack, context):
        tokens.append(context.bot_token)
        await ack()

    app.command("/flink")(flink)
    await slack.deliver_to(f"http://127.0.0.1:{server.port}/slack/events")
    await slack.person("ada").command(CHANNEL, "/flink")
    await server.close()

    assert tokens == [client.token]
    assert len(slack.calls("auth.test")) == 1
    assert [r.message for r in caplog.records if r.name.startswith("slack_bolt")] == []
