"""Files on the way in (SQL put into a form) and out (changes in full), over a real connection."""

from dataclasses import replace

import pytest
from aiohttp import web

from bot.errors import UserError
from bot.notes import Code
from bot.sandbox.slack import SlackSimulator, troubles
from bot.slack.client import open_slack_client
from bot.slack.http import serve
from bot.slack.payload import File, Payload
from bot.slack.posts import SlackMessages
from bot.slack.uploads import LARGEST_SQL, Uploads
from tests.unit.slack.runtime.conftest import (
    APP_TOKEN,
    BOT_TOKEN,
    CHANNEL,
    SAVED,
    SIGNING_SECRET,
    rendered,
)


async def read(slack, client, content, name="orders.sql"):
    file = slack.workspace.files.add(name, "U0ADA", content)
    return await Uploads(client).read_sql(file.id)


async def refused(work):
    with pytest.raises(UserError) as error:
        await work
    return error.value.note


async def test_an_uploaded_statement_is_read_without_its_byte_order_mark(slack, client):
    content = "\N{ZERO WIDTH NO-BREAK SPACE}SELECT 'é';\n".encode()
    assert await read(slack, client, content) == "SELECT 'é';\n"
    assert await read(slack, client, b"x" * LARGEST_SQL) == "x" * LARGEST_SQL


@pytest.mark.parametrize(
    ("content", "code", "args"),
    [
        (b"x" * (LARGEST_SQL + 1), Code.FILE_TOO_LARGE, {"longest": "1 MiB"}),
        (b"SELECT 1;\n\xff\xfe", Code.FILE_NOT_TEXT, {"line": "2"}),
        (b"a\nb\n\x00", Code.FILE_NOT_TEXT, {"line": "3"}),
        (b" \n ", Code.FILE_EMPTY, {}),
    ],
)
async def test_what_is_no_statement_is_refused(slack, client, content, code, args):
    said = await refused(read(slack, client, content))
    assert (said.code, said.args) == (code, args)


async def test_slacks_refusal_is_said(client):
    said = await refused(Uploads(client).read_sql("F0NONE"))
    assert (said.code, said.args) == (Code.FILE_UNREADABLE, {"detail": "file_not_found"})


async def test_a_token_without_the_scope_gets_a_page_to_sign_in(clock, session):
    simulator = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        now=lambda: clock().timestamp(),
        scopes=["commands", "chat:write"],
    )
    await simulator.start()
    try:
        client = open_slack_client(BOT_TOKEN, simulator.api_url, session)
        said = await refused(read(simulator, client, b"SELECT 1"))
    finally:
        await simulator.stop()
    assert (said.code, said.args) == (Code.FILE_UNREADABLE, {"detail": "missing_scope"})


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("http://127.0.0.1:1/files/F1", "not kept at Slack"),
        ("http://files.slack.com/F1", "not kept at Slack"),
        ("https://files.slack.com.evil.example/F1", "not kept at Slack"),
    ],
)
async def test_the_token_goes_to_slack_only(slack, client, address, detail):
    slack.workspace.files.address = lambda _: address
    said = await refused(read(slack, client, b"SELECT 1"))
    assert said.args == {"detail": detail}


async def test_a_download_that_leads_elsewhere_is_not_followed(session):
    asked = []

    async def info(request):
        url = f"http://127.0.0.1:{server.port}/there"
        return web.json_response({"ok": True, "file": {"url_private": url}})

    async def there(request):
        raise web.HTTPFound(f"http://127.0.0.1:{server.port}/elsewhere")

    async def elsewhere(request):
        asked.append(request.headers)
        return web.Response(text="SELECT 1")

    app = web.Application()
    app.add_routes(
        [web.get("/files.info", info), web.get("/there", there), web.get("/elsewhere", elsewhere)]
    )
    server = await serve(app, "127.0.0.1", 0)
    try:
        client = open_slack_client(BOT_TOKEN, f"http://127.0.0.1:{server.port}/", session)
        said = await refused(Uploads(client).read_sql("F1"))
    finally:
        await server.close()
    assert said.args == {"detail": "HTTP 302"}
    assert asked == []


async def test_slack_out_of_reach_is_said(session):
    client = open_slack_client(BOT_TOKEN, "http://127.0.0.1:1/", session)
    assert (await refused(Uploads(client).read_sql("F1"))).code is Code.FILE_UNREADABLE


def with_file(message, update, events, compact):
    said = rendered(message, update, events, compact)
    return replace(said, file=File("The change", "- a\n+ b\n")) if message.event else said


async def test_a_file_is_posted_into_the_thread_once(bench):
    bench.delivery = bench.new_delivery(render=with_file)
    await bench.queued()
    await bench.moved(SAVED)
    await bench.settle()

    card, reply = bench.slack.messages(CHANNEL)
    assert reply.thread_ts == card.ts
    (shared,) = reply.files
    assert (shared["title"], shared["name"]) == ("The change", "u1-event-1.diff")
    assert bench.slack.workspace.files.get(shared["id"]).content == b"- a\n+ b\n"


@pytest.mark.parametrize("effect", ["drop_answer", "drop_request"])
async def test_a_lost_answer_is_looked_up_before_the_file_is_posted_again(bench, effect):
    bench.delivery = bench.new_delivery(render=with_file)
    await bench.queued()
    await bench.moved(SAVED)
    bench.slack.fail_next("files.completeUploadExternal", troubles.Trouble(effect))
    await bench.settle()

    assert len(bench.slack.messages(CHANNEL)) == 2


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_where_slack_takes_no_file_the_words_have_to_do(bench, method):
    bench.delivery = bench.new_delivery(render=with_file)
    await bench.queued()
    await bench.moved(SAVED)
    bench.slack.fail_next(method, troubles.Trouble("refuse", error="missing_scope"), times=9)
    await bench.settle()

    _, reply = bench.slack.messages(CHANNEL)
    assert reply.files == ()
    assert reply.text.startswith("thread u1")
    assert bench.delivery.stopped is None


async def test_an_upload_that_breaks_is_begun_again(bench, slack):
    bench.delivery = bench.new_delivery(render=with_file)
    await bench.queued()
    await bench.moved(SAVED)
    slack.fail_next("files.getUploadURLExternal", troubles.Trouble("server_error"))
    await bench.settle()

    assert len(bench.slack.messages(CHANNEL)[1].files) == 1


async def test_an_address_for_uploads_that_is_dead_is_slacks_failure(session):
    async def ticket(request):
        return web.json_response({"ok": True, "upload_url": "http://127.0.0.1:1/x", "file_id": "F"})

    app = web.Application()
    app.add_routes([web.post("/files.getUploadURLExternal", ticket)])
    server = await serve(app, "127.0.0.1", 0)
    try:
        client = open_slack_client(BOT_TOKEN, f"http://127.0.0.1:{server.port}/", session)
        payload = Payload("x", [], File("t", "c"))
        with pytest.raises(Exception, match="ClientConnectorError"):
            await SlackMessages(client).post(CHANNEL, payload, key="k")
    finally:
        await server.close()
