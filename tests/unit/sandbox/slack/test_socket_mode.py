"""A stock Bolt app over Socket Mode gets through the same, and connections behave."""

import asyncio

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSimulator
from bot.sandbox.slack.delivery import Failure
from tests.unit.sandbox.slack import cards
from tests.unit.sandbox.slack.conftest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.unit.sandbox.slack.stock_app import StockApp
from tests.unit.sandbox.slack.test_chat_methods import refused


@pytest.fixture
async def socket_app(slack):
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url, session=session)
        app = StockApp(client)
        handler = AsyncSocketModeHandler(app.bolt, APP_TOKEN)
        await handler.connect_async()
        await slack.wait_for(lambda: slack.sockets.connections == 1)
        yield app
        await handler.close_async()


async def test_command_form_errors_update_message_and_button(slack, socket_app):
    ada = slack.person("ada")
    assert (await ada.command("data-jobs", "/flink update orders")).ok
    form = await slack.wait_for(lambda: ada.views and ada.views[0])
    socket_app.submission_answer = {"response_action": "errors", "errors": {"job": "Gone"}}
    assert (await ada.submit(form, {"job": "orders"})).errors == {"job": "Gone"}
    socket_app.submission_answer = {"response_action": "update", "view": cards.form("review")}
    assert (await ada.submit(form)).view.private_metadata == "review"
    await socket_app.client.chat_postMessage(
        channel="C0DATAJOBS", text="Rescale orders", blocks=cards.card()
    )
    assert (await ada.click(slack.messages("data-jobs")[0], "approve")).ok
    await slack.wait_for(lambda: slack.messages("data-jobs")[0].text == "approved")


async def test_an_answer_in_the_acknowledgement_is_shown(slack, socket_app):
    ada = slack.person("ada")
    assert (await ada.command("random", "/say hello")).message.text == "hello to you"


class Socket:
    """A bare connection, to look at the frames."""

    def __init__(self, slack):
        self.slack = slack
        self.session = aiohttp.ClientSession()

    async def open(self):
        client = AsyncWebClient(base_url=self.slack.api_url, session=self.session)
        self.url = (await client.apps_connections_open(app_token=APP_TOKEN))["url"]
        self.ws = await self.session.ws_connect(self.url)
        return await self.ws.receive_json()


@pytest.fixture
async def sockets(slack):
    opened = [Socket(slack), Socket(slack)]
    yield opened
    for socket in opened:
        await socket.session.close()


async def test_hello_counts_the_connections(sockets):
    first, second = sockets
    assert (await first.open())["num_connections"] == 1
    assert (await second.open())["num_connections"] == 2


async def test_each_payload_goes_to_one_connection(slack, sockets):
    for socket in sockets:
        await socket.open()
    ada = slack.person("ada")
    for socket in sockets:
        command = asyncio.create_task(ada.command("random", "/flink"))
        envelope = await socket.ws.receive_json()
        assert envelope["type"] == "slash_commands"
        assert envelope["accepts_response_payload"]
        assert envelope["payload"]["command"] == "/flink"
        await socket.ws.send_str("not json")
        await socket.ws.send_json([])
        await socket.ws.send_json({"envelope_id": "another"})
        await socket.ws.send_bytes(b"x")
        ack = {"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}}
        await socket.ws.send_json(ack)
        await socket.ws.send_json(ack)
        assert (await command).message.text == "hi"


async def test_an_app_asked_to_reconnect_gets_nothing_more(slack, sockets):
    first, _ = sockets
    await first.open()
    await slack.sockets.disconnect("refresh_requested")
    asked = {"type": "disconnect", "reason": "refresh_requested"}
    assert await first.ws.receive_json() == asked
    assert slack.sockets.connections == 0
    outcome = await slack.person("ada").command("random", "/flink")
    assert outcome.failure is Failure.NOT_DELIVERED


async def test_a_stock_app_comes_back_after_a_disconnect(slack, socket_app):
    ada = slack.person("ada")
    await slack.sockets.disconnect()
    await slack.wait_for(lambda: slack.sockets.connections == 1, timeout=15)
    assert (await ada.command("random", "/say hello")).message.text == "hello to you"


async def test_a_ticket_opens_one_connection(sockets):
    first, _ = sockets
    await first.open()
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await first.session.ws_connect(first.url)


async def test_a_bot_token_opens_no_connection(slack, http_app):
    answer = await refused(http_app.client.apps_connections_open(app_token=BOT_TOKEN))
    assert answer["error"] == "not_allowed_token_type"


async def test_an_app_that_does_not_acknowledge_in_time_is_told_of():
    slack = SlackSimulator(
        bot_token=BOT_TOKEN, app_token=APP_TOKEN, signing_secret=SIGNING_SECRET, ack_seconds=0.05
    )
    await slack.start()
    socket = Socket(slack)
    await socket.open()
    outcome = await slack.person("ada").command("random", "/flink")
    assert outcome.failure is Failure.TIMEOUT
    assert outcome.shown == '/flink failed with the error "operation_timeout"'
    await socket.session.close()
    await slack.stop()
