"""A stock Bolt app over Socket Mode gets through the same, and connections behave."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.delivery import Failure
from tests.unit.sandbox.slack import cards
from tests.unit.sandbox.slack.conftest import APP_TOKEN, BOT_TOKEN
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

    async def open(self, more=""):
        client = AsyncWebClient(base_url=self.slack.api_url, session=self.session)
        self.url = (await client.apps_connections_open(app_token=APP_TOKEN))["url"] + more
        self.ws = await self.session.ws_connect(self.url)
        return await self.ws.receive_json()


@asynccontextmanager
async def pair(slack):
    opened = [Socket(slack), Socket(slack)]
    yield opened
    for socket in opened:
        await socket.session.close()


@pytest.fixture
async def sockets(slack):
    async with pair(slack) as opened:
        yield opened


@pytest.fixture
async def hasty_sockets(hasty):
    async with pair(hasty) as opened:
        yield opened


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


async def test_ten_connections_are_open_at_once_and_no_more(slack, http_app):
    opened = [Socket(slack) for _ in range(11)]
    try:
        hellos = [await socket.open() for socket in opened]
        assert [hello["type"] for hello in hellos] == ["hello"] * 10 + ["disconnect"]
        assert hellos[-1]["reason"] == "too_many_websockets"
        assert (await opened[-1].ws.receive()).type is aiohttp.WSMsgType.CLOSE
        assert slack.sockets.connections == 10
    finally:
        for socket in opened:
            await socket.session.close()


async def test_payloads_take_turns_between_connections(slack, sockets):
    for socket in sockets:
        await socket.open()
    ada = slack.person("ada")
    for socket in sockets * 2:
        command = asyncio.create_task(ada.command("random", "/flink"))
        envelope = await socket.ws.receive_json()
        await socket.ws.send_json({"envelope_id": envelope["envelope_id"]})
        assert (await command).ok


async def test_an_acknowledgement_counts_only_on_the_connection_that_was_asked(
    hasty, hasty_sockets
):
    first, second = hasty_sockets
    await first.open()
    await second.open()
    command = asyncio.create_task(hasty.person("ada").command("random", "/flink"))
    envelope = await first.ws.receive_json()
    await second.ws.send_json({"envelope_id": envelope["envelope_id"]})
    assert (await command).failure is Failure.TIMEOUT


async def test_an_event_says_which_repetition_it_is_over_a_socket(hasty, hasty_sockets):
    first, _ = hasty_sockets
    await first.open()
    hasty.dispatch.send_event({"event": {"type": "app_home_opened"}})
    envelopes = [await first.ws.receive_json() for _ in range(4)]
    assert {envelope["type"] for envelope in envelopes} == {"events_api"}
    assert not any(envelope["accepts_response_payload"] for envelope in envelopes)
    told = [(one["retry_attempt"], one["retry_reason"]) for one in envelopes]
    assert told == [(0, ""), (1, "timeout"), (2, "timeout"), (3, "timeout")]


async def test_a_warning_leaves_the_connection_in_use(slack, sockets):
    first, _ = sockets
    await first.open()
    await slack.sockets.disconnect("warning")
    assert await first.ws.receive_json() == {"type": "disconnect", "reason": "warning"}
    command = asyncio.create_task(slack.person("ada").command("random", "/flink"))
    envelope = await first.ws.receive_json()
    await first.ws.send_json({"envelope_id": envelope["envelope_id"]})
    assert (await command).ok


async def test_switching_socket_mode_off_closes_the_connection(slack, sockets):
    first, _ = sockets
    await first.open()
    await slack.sockets.disconnect("link_disabled")
    assert (await first.ws.receive_json())["reason"] == "link_disabled"
    assert (await first.ws.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_what_was_handed_over_before_a_refresh_may_be_acknowledged_after_it(slack, sockets):
    first, second = sockets
    await first.open()
    command = asyncio.create_task(slack.person("ada").command("random", "/flink"))
    envelope = await first.ws.receive_json()
    await slack.sockets.disconnect()
    await first.ws.receive_json()
    await second.open()
    await first.ws.send_json({"envelope_id": envelope["envelope_id"]})
    assert (await command).ok


async def test_a_connection_ends_by_itself_after_a_warning(slack, sockets):
    slack.sockets._seconds = slack.sockets._warning = 0.02
    first, _ = sockets
    hello = await first.open()
    assert hello["debug_info"]["approximate_connection_time"] == 0
    reasons = [(await first.ws.receive_json())["reason"] for _ in range(2)]
    assert reasons == ["warning", "refresh_requested"]
    assert slack.sockets.connections == 0


async def test_connections_can_be_asked_to_be_short(sockets):
    first, second = sockets
    assert (await first.open())["debug_info"]["approximate_connection_time"] == 18_060
    hello = await second.open("&debug_reconnects=true")
    assert hello["debug_info"]["approximate_connection_time"] == 360


async def test_a_payload_for_a_connection_that_broke_is_not_delivered(slack, sockets):
    first, _ = sockets
    await first.open()
    [connection] = slack.sockets._open
    await connection.socket.close()
    slack.sockets._open.append(connection)
    outcome = await slack.person("ada").command("random", "/flink")
    assert outcome.failure is Failure.NOT_DELIVERED
    slack.sockets._open.clear()


async def test_the_page_asks_every_connection_to_refresh(slack, sockets, browser):
    for socket in sockets:
        await socket.open()
    delivery = (await browser.state())["delivery"]
    assert delivery == {"mode": "socket", "connections": 2}
    assert await browser.act("disconnect") == {}
    for socket in sockets:
        assert (await socket.ws.receive_json())["reason"] == "refresh_requested"
    assert (await browser.state())["delivery"] == {"mode": "http", "connections": 0}


async def test_a_ticket_opens_one_connection(sockets):
    first, _ = sockets
    await first.open()
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await first.session.ws_connect(first.url)


async def test_a_bot_token_opens_no_connection(slack, http_app):
    answer = await refused(http_app.client.apps_connections_open(app_token=BOT_TOKEN))
    assert answer["error"] == "not_allowed_token_type"


async def test_an_app_that_does_not_acknowledge_in_time_is_told_of(hasty, hasty_sockets):
    first, _ = hasty_sockets
    await first.open()
    outcome = await hasty.person("ada").command("random", "/flink")
    assert outcome.failure is Failure.TIMEOUT
    assert outcome.shown == '/flink failed with the error "operation_timeout"'
