"""A simulated Slack on loopback and a stock Bolt app behind it."""

from __future__ import annotations

import pytest

from bot.sandbox.slack import Manifest, Shortcut, SlackSimulator
from tests.unit.sandbox.slack.browser import Browser
from tests.unit.sandbox.slack.clock import Clock
from tests.unit.sandbox.slack.raw_app import RawApp
from tests.unit.sandbox.slack.stock_app import HttpApp

BOT_TOKEN = "xoxb-of-a-test"
APP_TOKEN = "xapp-of-a-test"
SIGNING_SECRET = "a-signing-secret"
SHORTCUTS = (
    Shortcut("message", "change_job", "Change this job"),
    Shortcut("global", "change_any_job", "Change a job", "Opens the form"),
)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def slack(clock):
    simulator = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        now=clock,
        manifest=Manifest(shortcuts=SHORTCUTS),
        event_retry_seconds=(0.0, 0.0, 0.0),
    )
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def http_app(slack):
    app = HttpApp(slack.api_url, BOT_TOKEN, SIGNING_SECRET)
    await slack.deliver_to(await app.start())
    yield app
    await app.stop()


@pytest.fixture
def client(http_app):
    return http_app.client


@pytest.fixture
def browser(slack, http_app):
    return Browser(slack, http_app.session)


@pytest.fixture
async def hasty():
    simulator = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        ack_seconds=0.2,
        event_retry_seconds=(0.0, 0.0, 0.0),
        manifest=Manifest(shortcuts=SHORTCUTS),
    )
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def raw_app(slack):
    app = RawApp()
    app.url = await app.start()
    await slack.deliver_to(app.url)
    yield app
    await app.stop()
