"""Shortcuts, files, locales, trouble, membership and the clouds, as the browser turns them."""

import asyncio

import pytest
from aiohttp import ClientError, web

from bot.sandbox.slack import Command, Manifest, SlackSimulator, troubles
from tests.unit.sandbox.slack import cards
from tests.unit.sandbox.slack.browser import Browser
from tests.unit.sandbox.slack.conftest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.unit.sandbox.slack.test_chat_methods import refused


async def test_a_message_shortcut_carries_the_message(slack, browser, client, http_app):
    posted = await client.chat_postMessage(channel="C0DATAJOBS", text="hello")
    where = {"channel": "C0DATAJOBS", "ts": posted["ts"]}
    told = await browser.act("shortcut", callback_id="change_job", **where)
    assert told == {"ok": True, "shown": "", "reason": ""}
    body = http_app.seen[0]
    assert (body["type"], body["callback_id"]) == ("message_action", "change_job")
    assert body["message"]["text"] == "hello"
    assert (body["message_ts"], body["channel"]["id"]) == (posted["ts"], "C0DATAJOBS")
    assert body["response_url"].startswith(slack.base_url)
    assert not body.keys() & {"container", "state"}
    await slack.wait_for(lambda: slack.person("ada").views)


async def test_a_global_shortcut_names_no_channel(slack, browser, http_app):
    assert (await browser.act("shortcut", callback_id="change_any_job"))["ok"]
    body = http_app.seen[0]
    assert body["type"] == "shortcut"
    assert not body.keys() & {"channel", "message", "response_url"}
    await slack.wait_for(lambda: slack.person("ada").views)


async def test_a_shortcut_without_an_app_fails_visibly(slack):
    outcome = await slack.person("ada").shortcut("change_any_job")
    assert "did not work" in outcome.shown


@pytest.mark.parametrize(
    "body",
    [
        {"callback_id": "change_job"},
        {"callback_id": "other"},
        {"callback_id": "change_job", "channel": "C0DATAJOBS", "ts": "1.000000"},
    ],
)
async def test_a_shortcut_that_is_not_offered_cannot_be_chosen(browser, body):
    await browser.act("shortcut", status=409, **body)


async def test_somebody_elses_ephemeral_message_cannot_be_used(browser, client):
    posted = await client.chat_postEphemeral(channel="C0DATAJOBS", user="U0LIN", text="x")
    where = {"channel": "C0DATAJOBS", "ts": posted["message_ts"]}
    told = await browser.act("shortcut", status=409, callback_id="change_job", **where)
    assert told == {"error": "the message is gone"}


async def test_the_state_tells_what_the_app_declares(browser):
    state = await browser.state()
    assert state["commands"] == []
    assert [one["callback_id"] for one in state["shortcuts"]] == ["change_job", "change_any_job"]
    assert state["shortcuts"][1] == {
        "type": "global",
        "callback_id": "change_any_job",
        "name": "Change a job",
        "description": "Opens the form",
    }
    assert (state["home_enabled"], state["clouds"], state["troubles"]) == (True, [], [])
    assert state["delivery"] == {"mode": "http", "connections": 0}
    jobs = next(one for one in state["channels"] if one["id"] == "C0DATAJOBS")
    assert (jobs["has_bot"], jobs["num_members"], jobs["topic"]) == (True, 3, jobs["topic"])


async def test_a_locale_is_switched(slack, browser, client):
    await browser.act("locale", locale="zh-CN")
    info = await client.users_info(user="U0ADA", include_locale=True)
    assert info["user"]["locale"] == "zh-CN"
    assert slack.person("ada").user.locale == "zh-CN"
    await browser.act("locale", status=409, locale="Chinese")


async def test_trouble_is_ordered_shown_met_and_forgotten(slack, browser, client):
    order = {"method": "chat.postMessage", "kind": "refuse", "error": "is_archived", "times": 2}
    await browser.act("trouble", **order)
    await browser.act("trouble", method="*", kind="server_error")
    assert (await browser.state())["troubles"] == [
        order | {"retry_after": 1},
        {"method": "*", "kind": "server_error", "error": "", "retry_after": 1, "times": 1},
    ]
    posting = client.chat_postMessage(channel="C0DATAJOBS", text="x")
    assert (await refused(posting))["error"] == "is_archived"
    assert (await browser.state())["troubles"][0]["times"] == 1
    await browser.act("calm")
    assert (await browser.state())["troubles"] == []
    assert (await client.auth_test())["ok"]


@pytest.mark.parametrize(
    "order",
    [
        {"method": "chat.postMessages", "kind": "server_error"},
        {"method": "*", "kind": "explode"},
        {"method": "*", "kind": "refuse"},
        {"method": "*", "kind": "server_error", "times": 0},
        {"method": "*", "kind": "server_error", "times": "many"},
        {"method": "*", "kind": "rate_limited", "retry_after": True},
        {"kind": "server_error"},
    ],
)
async def test_trouble_that_cannot_be_is_not_ordered(browser, order):
    assert "error" in await browser.act("trouble", status=409, **order)
    assert (await browser.state())["troubles"] == []


async def test_a_channel_is_archived_and_the_bot_comes_and_goes(browser, client):
    posting = {"channel": "C0RANDOM", "text": "x"}
    assert (await refused(client.chat_postMessage(**posting)))["error"] == "not_in_channel"
    await browser.act("invite", channel="C0RANDOM", present=True)
    await client.chat_postMessage(**posting)
    await browser.act("archive", channel="C0RANDOM", archived=True)
    assert (await refused(client.chat_postMessage(**posting)))["error"] == "is_archived"
    await browser.act("archive", channel="C0RANDOM", archived=False)
    await browser.act("invite", channel="C0RANDOM", present=False)
    assert (await refused(client.chat_postMessage(**posting)))["error"] == "not_in_channel"


async def test_a_direct_message_cannot_be_archived(browser):
    await browser.state()
    for channel in ("D0ADA", "C0NOWHERE"):
        await browser.act("archive", status=409, channel=channel, archived=True)


async def test_without_sockets_there_is_nothing_to_disconnect(browser):
    assert "no socket" in (await browser.act("disconnect", status=409))["error"]


@pytest.mark.parametrize("body", ["[]", "{", '"x"'])
async def test_a_body_that_is_no_object_is_refused(slack, browser, body):
    answer = await browser.session.post(
        f"{slack.base_url}/sandbox/calm", data=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status == 409
    assert "error" in await answer.json()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://[bad"}, 403),
        ({"Origin": "http://localhost:1"}, 200),
    ],
)
async def test_other_machines_and_sites_are_turned_away(slack, browser, headers, status):
    for path in ("/", "/sandbox/state", "/sandbox/traffic?since=1"):
        url = f"{slack.base_url}{path}"
        assert (await browser.session.get(url, headers=headers)).status == status


async def test_the_state_of_a_stranger_is_refused(browser):
    assert "error" in await browser.read("state", status=409, user="U0X")


async def test_a_command_that_is_not_declared_never_reaches_the_app():
    slack = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        manifest=Manifest(commands=(Command("/flink", "Change a job", "[jobs]"),)),
    )
    ada = slack.person("ada")
    assert "not a valid command" in (await ada.command("random", "/sing")).shown
    assert slack.traffic.last == 0
    assert "dispatch_failed" in (await ada.command("random", "/flink")).shown


# -- Traffic


async def test_both_directions_are_recorded_without_secrets(slack, browser, http_app, client):
    await browser.act("command", channel="C0DATAJOBS", text="/flink update orders")
    await slack.wait_for(lambda: slack.person("ada").views)
    await client.api_call("auth.test", params={"token": BOT_TOKEN})
    await client.chat_postMessage(channel="C0DATAJOBS", text=f"oops {BOT_TOKEN}")
    traffic = await browser.read("traffic", since="0")
    kinds = {(one["direction"], one["kind"]) for one in traffic["entries"]}
    assert {("to_app", "slash_commands"), ("from_app", "views.open")} <= kinds
    command = next(one for one in traffic["entries"] if one["kind"] == "slash_commands")
    assert command["summary"] == "/flink update orders"
    assert (command["ok"], command["status"], command["error"]) == (True, 200, "")
    assert command["request"]["token"] == "(masked)"
    assert traffic["last"] == max(one["id"] for one in traffic["entries"])
    assert traffic["entries"][-1]["request"]["text"] == "oops (masked)"
    for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET):
        assert secret not in str(traffic)


async def test_a_refusal_a_response_url_and_an_upload_are_recorded(slack, browser, client):
    await refused(client.chat_postMessage(channel="C0NOWHERE", text="x"))
    await client.files_upload_v2(content="x", filename="x.txt")
    await browser.session.post(f"{slack.base_url}/response/none", json={"text": "x"})
    entries = (await browser.read("traffic"))["entries"]
    seen = {one["kind"]: one for one in entries}
    assert seen["chat.postMessage"]["error"] == "channel_not_found"
    assert seen["upload"]["request"] == {"name": "x.txt", "size": 1}
    assert (seen["response_url"]["status"], seen["response_url"]["ok"]) == (404, False)


@pytest.mark.parametrize(
    ("trouble", "posted"), [(troubles.drop_answer(), 1), (troubles.drop_request(), 0)]
)
async def test_an_answer_that_never_arrived_is_recorded_as_such(
    slack, browser, client, trouble, posted
):
    client.retry_handlers.clear()
    slack.fail_next("chat.postMessage", trouble)
    with pytest.raises(ClientError):
        await client.chat_postMessage(channel="C0DATAJOBS", text="x")
    [entry] = (await browser.read("traffic"))["entries"]
    assert (entry["status"], entry["ok"]) == (None, False)
    assert entry["error"] == "connection closed without an answer"
    assert len(slack.messages("data-jobs")) == posted


async def test_the_page_waits_for_the_next_request(browser, client):
    await client.auth_test()
    last = (await browser.read("traffic"))["last"]
    waiting = asyncio.create_task(browser.read("traffic", since=str(last)))
    await client.auth_test()
    async with asyncio.timeout(5):
        traffic = await waiting
    assert [one["kind"] for one in traffic["entries"]] == ["auth.test"]


async def test_an_id_of_an_earlier_run_gives_everything(browser, client):
    await client.auth_test()
    assert len((await browser.read("traffic", since="999"))["entries"]) == 1
    assert len((await browser.read("traffic", since="x"))["entries"]) == 1


async def test_a_request_does_not_count_as_a_change_of_the_workspace(browser, client):
    before = (await browser.state())["version"]
    await client.auth_test()
    assert (await browser.state())["version"] == before


async def test_a_waiting_page_does_not_keep_the_simulator_from_stopping(slack, browser):
    waiting = asyncio.create_task(browser.read("traffic", since="0"))
    stream = await browser.session.get(f"{slack.base_url}/sandbox/changes")
    await stream.content.readuntil(b"\n\n")
    async with asyncio.timeout(5):
        await slack.stop()
    assert (await waiting)["entries"] == []


# -- Clouds


class Cloud:
    def __init__(self):
        self.asked = []

    async def start(self):
        app = web.Application()
        app.router.add_route("*", "/sandbox/{rest:.*}", self.answer)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def answer(self, request):
        body = await request.json() if request.can_read_body else None
        self.asked.append((request.method, request.path_qs, body))
        return web.json_response({"error": "no such deployment"}, status=404)


@pytest.fixture
async def cloud():
    cloud = Cloud()
    address = await cloud.start()
    slack = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        clouds={"alibaba": address, "gone": "http://127.0.0.1:1"},
    )
    await slack.start()
    cloud.url = f"{slack.base_url}/sandbox/clouds"
    cloud.slack = slack
    yield cloud
    await slack.stop()
    await cloud.runner.cleanup()


async def test_a_clouds_own_control_is_reached_through_the_page(cloud, browser):
    session = browser.session
    answer = await session.post(f"{cloud.url}/alibaba/deployments/d-1/edit", json={"by": "x"})
    assert (answer.status, await answer.json()) == (404, {"error": "no such deployment"})
    await session.get(f"{cloud.url}/alibaba/state?full=1")
    await session.delete(f"{cloud.url}/alibaba/faults")
    assert cloud.asked == [
        ("POST", "/sandbox/deployments/d-1/edit", {"by": "x"}),
        ("GET", "/sandbox/state?full=1", None),
        ("DELETE", "/sandbox/faults", None),
    ]
    assert (await Browser(cloud.slack, session).state())["clouds"] == ["alibaba", "gone"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/azure/state", {"json": {}}, 404),
        ("/gone/faults", {"json": {}}, 502),
        ("/alibaba/faults", {"data": "x=1"}, 415),
    ],
)
async def test_what_cannot_be_forwarded_is_refused(cloud, browser, path, body, status):
    answer = await browser.session.post(f"{cloud.url}{path}", **body)
    assert answer.status == status
    assert "error" in await answer.json()
    assert cloud.asked == []


async def test_a_button_pressed_after_its_form_was_closed_is_refused(slack, browser):
    view = slack.workspace.views.open("U0ADA", cards.form())
    slack.workspace.views.clear("U0ADA")
    told = await browser.act(
        "choose", status=409, view=view.id, block="where", action="target", value="test"
    )
    assert "not open" in told["error"]


async def test_typing_that_outlives_its_field_is_let_go_and_a_choice_is_not(slack, browser):
    view = slack.workspace.views.open("U0ADA", cards.form())
    gone = {"view": view.id, "block": "taken-away", "action": "value", "value": "typed"}
    assert (await browser.act("choose", **gone, dispatch=False))["ok"] is True
    assert "0 elements match" in (await browser.act("choose", status=409, **gone))["error"]
    slack.workspace.views.clear("U0ADA")
    assert (await browser.act("choose", **gone, dispatch=False))["ok"] is True
