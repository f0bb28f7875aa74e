"""Files that people and apps upload, and who may download them."""

import pytest

from tests.unit.sandbox.slack import cards
from tests.unit.sandbox.slack.conftest import APP_TOKEN, BOT_TOKEN
from tests.unit.sandbox.slack.test_chat_methods import refused


@pytest.fixture
def download(slack, http_app):
    async def get(url, **headers):
        return await http_app.session.get(url, headers=headers, allow_redirects=False)

    return get


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def test_an_uploaded_file_is_shown_as_plain_text(slack, client, download):
    await client.files_upload_v2(channel="C0DATAJOBS", content="<script>", filename="x.html")
    url = slack.messages("data-jobs")[0].files[0]["url_private"]
    answer = await download(url, **bearer(BOT_TOKEN))
    assert answer.content_type == "text/plain"
    assert await answer.text() == "<script>"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.png", "image/png"),
        ("a.svg", "text/plain"),
        ("a.html", "text/plain"),
        ("a", "text/plain"),
    ],
)
async def test_only_pictures_that_cannot_run_are_shown_as_such(browser, download, name, shown):
    file = await browser.upload(name)
    answer = await download(file["url_private"], **bearer(BOT_TOKEN))
    assert answer.content_type == shown


async def test_a_file_that_is_not_there_is_not_found(slack, download):
    assert (await download(f"{slack.base_url}/files/F0")).status == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 302),
        (bearer("xoxb-of-another"), 302),
        (bearer(APP_TOKEN), 302),
        ({"Sec-Fetch-Site": "cross-site"}, 302),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        (bearer(BOT_TOKEN), 200),
    ],
)
async def test_a_file_opens_to_the_bot_and_to_the_page_only(browser, download, headers, status):
    file = await browser.upload()
    assert (await download(file["url_private"], **headers)).status == status


async def test_a_bot_that_may_not_read_files_gets_none(slack, browser, download, client):
    file = await browser.upload()
    slack.api.scopes -= {"files:read"}
    assert (await download(file["url_private"], **bearer(BOT_TOKEN))).status == 302
    assert (await refused(client.files_info(file=file["id"])))["needed"] == "files:read"


async def test_a_person_uploads_a_file_and_the_app_looks_at_it(browser, client):
    file = await browser.upload("Savepoint notes.txt", b"12345")
    assert file["name"] == file["title"] == "Savepoint notes.txt"
    assert (file["size"], file["mimetype"], file["filetype"]) == (5, "text/plain", "text")
    info = await client.files_info(file=file["id"])
    assert info["file"] == file
    assert (await refused(client.files_info(file="F0")))["error"] == "file_not_found"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": ""}, 409),
        ({"content": b""}, 409),
        ({"user": "U0X"}, 409),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
async def test_what_is_no_file_of_a_person_is_not_taken(browser, change, status):
    assert "error" in await browser.upload(**{"status": status} | change)


async def test_an_upload_that_was_not_announced_is_not_taken(slack, http_app):
    answer = await http_app.session.post(f"{slack.base_url}/upload/F0", data=b"x")
    assert answer.status == 404


async def test_an_announced_file_without_content_cannot_be_completed(client):
    announced = await client.files_getUploadURLExternal(filename="x.txt", length=3)
    done = client.files_completeUploadExternal(files=[{"id": announced["file_id"]}])
    assert (await refused(done))["error"] == "file_not_found"


def form_with(element):
    entry = cards.entry("it", {"action_id": "it", **element}, "It", optional=True)
    return cards.form() | {"blocks": [entry]}


async def test_chosen_files_are_submitted_as_file_objects(slack, browser, http_app):
    view = slack.workspace.views.open("U0ADA", form_with({"type": "file_input", "max_files": 1}))
    files = [await browser.upload(name) for name in ("a.txt", "b.txt")]
    where = {"view": view.id, "block": "it", "action": "it"}
    await browser.act("choose", **where, value=[file["id"] for file in files])
    told = await browser.act("submit", view=view.id)
    assert told["errors"] == {"it": "Choose at most 1."}
    await browser.act("choose", **where, value=[files[1]["id"]])
    assert (await browser.act("submit", view=view.id))["closed"]
    submitted = http_app.seen[-1]["view"]["state"]["values"]["it"]["it"]
    assert submitted == {"type": "file_input", "files": [files[1]]}


async def test_a_file_of_a_type_the_app_does_not_take_cannot_be_chosen(slack, browser):
    element = {"type": "file_input", "filetypes": ["sql"]}
    view = slack.workspace.views.open("U0ADA", form_with(element))
    where = {"view": view.id, "block": "it", "action": "it"}
    for name, status in (("a.txt", 409), ("b.sql", 200)):
        file = await browser.upload(name)
        await browser.act("choose", status=status, **where, value=[file["id"]])


async def test_only_own_files_that_are_there_can_be_chosen(slack, browser):
    view = slack.workspace.views.open("U0ADA", form_with({"type": "file_input"}))
    where = {"view": view.id, "block": "it", "action": "it"}
    of_lin = await browser.upload(user="U0LIN")
    for file_id in ("F0", of_lin["id"]):
        await browser.act("choose", status=409, **where, value=[file_id])
