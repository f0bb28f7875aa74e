"""What the browser reads and does; the drawing itself is for the browser tests."""

import asyncio
import re

from bot.sandbox.slack.page import FILES
from tests.unit.sandbox.slack import cards


async def test_the_page_and_its_files_are_served(slack, http_app):
    index = await http_app.session.get(f"{slack.base_url}/")
    assert "default-src 'self'" in index.headers["Content-Security-Policy"]
    for name in re.findall(r'"(/web/[^"]+)"', await index.text()):
        assert (await http_app.session.get(f"{slack.base_url}{name}")).status == 200


def test_the_page_asks_nobody_else_for_anything():
    for file in FILES.rglob("*.*"):
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        text = re.sub(r"^\s*(//|/?\*).*$", "", text, flags=re.MULTILINE)
        assert not re.search(r"https?://\w", text), file.name
        assert "innerHTML" not in text


async def test_the_state_is_what_this_person_sees(browser, client):
    await client.chat_postEphemeral(channel="C0DATAJOBS", user="U0ADA", text="only ada")
    await client.chat_postMessage(channel="C0DATAJOBS", text="all")
    assert "channels" not in await browser.state(user="")
    ada, lin = await browser.state(), await browser.state("U0LIN")
    assert [m["text"] for m in ada["messages"]["C0DATAJOBS"]] == ["only ada", "all"]
    assert [m["only_you"] for m in ada["messages"]["C0DATAJOBS"]] == [True, False]
    assert [m["text"] for m in lin["messages"]["C0DATAJOBS"]] == ["all"]
    assert "Flinkbot" in [channel["name"] for channel in ada["channels"]]


async def test_a_form_is_opened_filled_and_submitted(slack, browser, http_app):
    told = await browser.act("command", channel="C0DATAJOBS", text="/flink update orders")
    assert told == {"ok": True, "shown": "", "reason": ""}
    await slack.wait_for(lambda: slack.person("ada").views)
    view = (await browser.state())["views"][0]["id"]
    job = {"view": view, "block": "job", "action": "job"}
    found = await browser.act("suggest", **job, typed="ord")
    assert [option["value"] for option in found["options"]] == ["orders", "payments"]
    missing = await browser.act("submit", view=view)
    assert set(missing["errors"]) == {"job"}
    await browser.act("choose", **job, value="orders")
    assert (await browser.act("submit", view=view))["closed"]
    gone = await browser.act("submit", status=409, view=view)
    assert "not open" in gone["error"]


async def test_options_that_fail_to_load_say_so(slack, browser, http_app):
    http_app.options = [cards.option("x" * 200)]
    view = slack.workspace.views.open("U0ADA", cards.form())
    told = await browser.act("suggest", view=view.id, block="job", action="job", typed="")
    assert "less than 76" in told["error"]


async def test_a_view_is_closed(slack, browser, http_app):
    slack.workspace.views.open("U0ADA", cards.form())
    view = (await browser.state())["views"][0]["id"]
    await browser.act("close", view=view)
    assert (await browser.state())["views"] == []
    assert http_app.seen[-1]["type"] == "view_closed"


async def test_a_button_of_a_message_is_clicked(slack, browser, client):
    posted = await client.chat_postMessage(channel="C0DATAJOBS", text="x", blocks=cards.card())
    where = {"channel": "C0DATAJOBS", "ts": posted["ts"], "block": "decide", "action": "approve"}
    assert (await browser.act("click", **where, value="7"))["ok"]
    await slack.wait_for(lambda: slack.messages("data-jobs")[0].text == "approved")
    await browser.act("click", status=409, **where)
    lost = await browser.act("click", status=409, **where | {"ts": "1.000001"})
    assert lost["error"] == "the message is gone"


async def test_people_talk_in_channels_and_threads(slack, browser):
    await browser.act("say", channel="C0DATAJOBS", text="hi <all>")
    ts = slack.messages("data-jobs")[0].ts
    await browser.act("say", channel="C0DATAJOBS", text="yes", thread=ts)
    assert [m.text for m in slack.messages("data-jobs")] == ["hi &lt;all&gt;", "yes"]
    assert slack.messages("data-jobs")[1].is_reply


async def test_the_home_tab_is_part_of_the_state(browser, client):
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [cards.button()]}]}
    published = await client.views_publish(user_id="U0ADA", view=home)
    shown = (await browser.state())["home"]
    assert shown["id"] == published["view"]["id"]
    block = shown["blocks"][0]["block_id"]
    told = await browser.act("click", view=shown["id"], block=block, action="approve")
    assert told["ok"]


async def test_other_sites_cannot_act(slack, http_app):
    form = {"user": "U0ADA", "channel": "C0DATAJOBS", "text": "/flink"}
    answer = await http_app.session.post(f"{slack.base_url}/sandbox/command", data=form)
    assert answer.status == 415


async def test_nobody_else_can_act(browser):
    told = await browser.act("say", status=409, user="U0X", channel="C0DATAJOBS", text="x")
    assert "U0X" in told["error"]


async def test_changes_are_streamed_until_the_end(slack, browser):
    stream = await browser.session.get(f"{slack.base_url}/sandbox/changes")
    first = await stream.content.readuntil(b"\n\n")
    await browser.act("say", channel="C0DATAJOBS", text="hi")
    second = await stream.content.readuntil(b"\n\n")
    assert int(second.split()[1]) > int(first.split()[1])
    async with asyncio.timeout(5):
        await slack.stop()
    await stream.content.read()
