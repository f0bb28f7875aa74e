import asyncio
from datetime import timedelta

import pytest

from bot.errors import ConfigurationError
from bot.sandbox.slack import troubles
from bot.slack.app import build_app
from bot.slack.background import Background
from bot.slack.client import Identity, open_slack_client
from bot.slack.socket import open_socket
from tests.unit.slack.runtime.conftest import APP_TOKEN, BOT_TOKEN, CHANNEL

IDENTITY = Identity("U0FLINKBOT", "B0FLINKBOT", "T0SANDBOX", "sandbox", "flinkbot")


@pytest.fixture
def gone():
    return []


@pytest.fixture
def open_it(client, clock, gone):
    def opening(client=client, token=APP_TOKEN, listener=None, **options):
        app = build_app(client=client, identity=IDENTITY, background=Background())

        async def flink(ack, body):
            await ack(f"heard {body['text']}")

        app.command("/flink")(listener or flink)
        on_gone = options.pop("on_gone", lambda: gone.append(clock()))
        return open_socket(app, token, now=clock, on_gone=on_gone, **options)

    return opening


async def connected(slack):
    await slack.wait_for(lambda: slack.sockets.connections)


async def test_a_command_comes_and_its_answer_goes_through_the_socket(slack, open_it):
    async with open_it() as socket:
        await connected(slack)
        outcome = await slack.person("ada").command(CHANNEL, "/flink jobs")

        assert outcome.message.text == "heard jobs"
        assert await socket.trouble() is None
    assert slack.sockets.connections == 0
    assert len(slack.calls("apps.connections.open")) == 1


async def test_what_no_listener_matches_is_acknowledged_over_a_socket_too(slack, open_it):
    async with open_it():
        await connected(slack)
        outcome = await slack.person("ada").command(CHANNEL, "/kafka")

    assert "no command `/kafka`" in outcome.message.text


async def test_it_comes_back_when_slack_asks_it_to(slack, open_it):
    async with open_it():
        await connected(slack)
        await slack.sockets.disconnect()
        await connected(slack)
        outcome = await slack.person("ada").command(CHANNEL, "/flink again")

    assert outcome.message.text == "heard again"


@pytest.mark.parametrize("token", ["xapp-wrong", BOT_TOKEN])
async def test_an_app_token_slack_refuses_is_a_configuration_error(open_it, token):
    with pytest.raises(ConfigurationError, match="SLACK_APP_TOKEN: it is") as caught:
        async with open_it(token=token):
            pass
    assert token not in str(caught.value)


async def test_the_start_does_not_wait_for_a_slack_in_trouble(slack, open_it, clock, caplog):
    slack.fail_next("apps.connections.open", troubles.server_error())
    async with open_it() as socket:
        assert "cannot connect yet: internal_error" in caplog.text
        await connected(slack)
        clock.tick(1)
        await slack.person("ada").command(CHANNEL, "/flink")
        assert await socket.trouble() is None


async def test_a_connection_away_for_too_long_is_told_once(session, clock, gone, open_it):
    nowhere = open_slack_client(BOT_TOKEN, "http://127.0.0.1:1/api", session)
    async with open_it(client=nowhere) as socket:
        clock.tick(31)
        assert await socket.trouble() == "no connection for 31 s"
        clock.time += timedelta(minutes=5)
        await socket.check()
        await socket.check()
        assert gone == [clock()]


async def test_the_connection_is_watched_without_being_asked(session, open_it):
    nowhere = open_slack_client(BOT_TOKEN, "http://127.0.0.1:1/api", session)
    noticed = asyncio.Event()
    watching = {"on_gone": noticed.set, "gone_after": timedelta(), "watch_seconds": 0.001}
    async with open_it(client=nowhere, **watching), asyncio.timeout(5):
        await noticed.wait()


async def test_closing_leaves_no_task_behind(slack, open_it):
    before = asyncio.all_tasks()
    async with open_it():
        await connected(slack)
    await asyncio.sleep(0)

    assert {t.get_name() for t in asyncio.all_tasks() - before if "socket" in t.get_name()} == set()


async def test_closing_waits_for_the_answer_to_what_has_come(slack, open_it):
    came, go_on = asyncio.Event(), asyncio.Event()

    async def slow(ack, body):
        came.set()
        await go_on.wait()
        await ack("heard at last")

    opening = open_it(listener=slow)
    await opening.__aenter__()
    await connected(slack)
    asking = asyncio.create_task(slack.person("ada").command(CHANNEL, "/flink jobs"))
    await came.wait()
    closing = asyncio.create_task(opening.__aexit__(None, None, None))
    ended, _ = await asyncio.wait([closing], timeout=0.5)
    assert not ended, "it did not wait"
    go_on.set()
    await closing

    assert (await asking).message.text == "heard at last"
