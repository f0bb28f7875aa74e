"""Events reach the app signed, and again when it does not take them."""

import asyncio
import json

import pytest
from aiohttp import web

from bot.sandbox.slack import Manifest, SlackSimulator
from bot.sandbox.slack.delivery import Failure, signature
from tests.unit.sandbox.slack.conftest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET


class Endpoint:
    """A bare server that answers what it is told to and remembers what it got."""

    def __init__(self):
        self.answers = []
        self.got = asyncio.Queue()

    async def start(self):
        app = web.Application()
        app.router.add_post("/events", self.receive)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/events"

    async def receive(self, request):
        await self.got.put((request.headers, await request.read()))
        return self.answers.pop(0) if self.answers else web.Response()

    async def next(self):
        async with asyncio.timeout(5):
            headers, body = await self.got.get()
        return headers, json.loads(body)


@pytest.fixture
async def endpoint(slack):
    endpoint = Endpoint()
    await slack.deliver_to(await endpoint.start())
    yield endpoint
    await endpoint.runner.cleanup()


async def test_opening_the_home_tab_lets_the_app_publish_it(slack, browser, http_app):
    assert await browser.act("home") == {}
    home = await slack.wait_for(lambda: slack.person("ada").home)
    assert (await browser.state())["home"]["id"] == home.id
    body = http_app.seen[0]
    assert body["event"]["tab"] == "home"
    assert "view" not in body["event"]
    await browser.act("home")
    again = await slack.wait_for(lambda: http_app.seen[1:] and http_app.seen[1])
    assert again["event"]["view"]["id"] == home.id
    assert again["event_id"] != body["event_id"]


async def test_an_event_is_signed_json_in_an_envelope(slack, endpoint):
    slack.person("ada").open_home("messages")
    headers, body = await endpoint.next()
    assert headers["Content-Type"] == "application/json"
    expected = signature(
        SIGNING_SECRET, headers["X-Slack-Request-Timestamp"], json.dumps(body).encode()
    )
    assert headers["X-Slack-Signature"] == expected
    assert (body["type"], body["event"]["type"]) == ("event_callback", "app_home_opened")
    assert body["event"]["channel"] == "D0ADA"
    assert body["authorizations"][0]["is_bot"] is True
    assert {"token", "team_id", "api_app_id", "event_id", "event_time"} <= body.keys()


async def test_an_event_the_app_does_not_take_comes_three_more_times(slack, endpoint):
    endpoint.answers = [web.Response(status=500) for _ in range(4)]
    slack.person("ada").open_home()
    first, body = await endpoint.next()
    assert "X-Slack-Retry-Num" not in first
    for number in ("1", "2", "3"):
        headers, again = await endpoint.next()
        assert again == body
        assert headers["X-Slack-Retry-Num"] == number
        assert headers["X-Slack-Retry-Reason"] == "http_error"
    assert endpoint.got.empty()


async def test_an_event_is_not_repeated_once_taken_or_declined(slack, endpoint):
    declined = web.Response(status=500, headers={"x-slack-no-retry": "1"})
    endpoint.answers = [web.Response(status=404), web.Response(status=204), declined]
    slack.person("ada").open_home()
    assert "X-Slack-Retry-Num" not in (await endpoint.next())[0]
    assert (await endpoint.next())[0]["X-Slack-Retry-Num"] == "1"
    slack.person("ada").open_home()
    assert "X-Slack-Retry-Num" not in (await endpoint.next())[0]
    slack.person("lin").open_home()
    assert (await endpoint.next())[1]["event"]["user"] == "U0LIN"
    assert endpoint.got.empty()


async def test_too_many_redirects_are_named_as_the_reason(slack, endpoint):
    endpoint.answers = [web.Response(status=307, headers={"Location": "/events"}) for _ in "123"]
    slack.person("ada").open_home()
    reason = ""
    while not reason:
        headers, _ = await endpoint.next()
        reason = headers.get("X-Slack-Retry-Reason", "")
    assert reason == "too_many_redirects"


@pytest.mark.parametrize(
    ("answer", "verified"),
    [
        ("json", True),
        ("text", True),
        ("wrong", False),
    ],
)
async def test_a_url_proves_itself_by_echoing_the_challenge(slack, endpoint, answer, verified):
    async def receive(request):
        challenge = (await request.json())["challenge"]
        match answer:
            case "json":
                return web.json_response({"challenge": challenge})
            case "text":
                return web.Response(text=challenge)
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_post("/", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    assert await slack.dispatch.verify_url() is verified
    await runner.cleanup()


async def test_a_stock_app_proves_its_url(slack, http_app):
    assert await slack.dispatch.verify_url()


async def test_nobody_to_tell_is_a_failed_delivery(slack):
    slack.person("ada").open_home()
    entries = await slack.traffic.changes.wait_for(lambda: slack.traffic.since(0)[3:], 5)
    assert entries[0]["error"] == Failure.NOT_DELIVERED


@pytest.fixture
async def quiet():
    simulator = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        manifest=Manifest(events=frozenset(), home_enabled=False),
    )
    await simulator.start()
    yield simulator
    await simulator.stop()


async def test_an_event_the_app_did_not_ask_for_is_not_sent(quiet):
    quiet.person("ada").open_home("messages")
    await quiet.dispatch.close()
    assert quiet.traffic.last == 0


async def test_without_a_home_tab_nobody_opens_it(quiet):
    with pytest.raises(LookupError, match="no Home tab"):
        quiet.person("ada").open_home()
