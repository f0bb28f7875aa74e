"""The log of a conversation: what is new, edited, private, attached, or said in a thread."""

import re

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.stage import CHANNEL, VARIABLES
from tests.browser.pages import expect
from tests.browser.test_shell import QUIET, place


@pytest.fixture
def app(stage):
    """Give the Web API as the bot calls it."""
    return AsyncWebClient(token=VARIABLES["SLACK_BOT_TOKEN"], base_url=stage.slack.api_url)


async def test_what_is_unread_is_counted_until_it_is_seen(stage, ada):
    stage.lin.say(QUIET, "please look")
    await expect(place(ada, "approvals 1 unread")).to_be_visible()
    await expect(ada.page).to_have_title(re.compile(r"^\(1\) #data-jobs"))
    await ada.accessible()
    await place(ada, "approvals").click()
    await ada.message("please look")
    await expect(place(ada, "approvals")).to_have_accessible_name("approvals")
    await expect(ada.page).to_have_title(re.compile("^#approvals"))


async def test_a_line_stands_where_the_new_begins(stage, ada):
    stage.lin.say(QUIET, "seen before")
    await place(ada, "approvals").click()
    await ada.message("seen before")
    await expect(ada.log.get_by_role("separator", name="New")).to_have_count(0)
    await place(ada, "data-jobs").click()
    stage.lin.say(QUIET, "come since")
    await place(ada, "approvals 1 unread").click()
    await expect(ada.log.get_by_role("separator", name="New")).to_have_count(1)
    shown = await ada.log.inner_text()
    assert shown.index("seen before") < shown.index("New") < shown.index("come since")
    await ada.accessible()


async def test_messages_of_one_author_share_a_heading_and_edits_are_marked(stage, ada, app):
    stage.lin.say(CHANNEL, "one")
    stage.lin.say(CHANNEL, "two")
    posted = await app.chat_postMessage(channel=CHANNEL, text="three")
    await ada.message("three", "APP")
    await expect(ada.log.get_by_role("separator", name="Today")).to_be_visible()
    headings = await ada.messages.get_by_role("paragraph").filter(has_text="Lin Wei").all()
    widths = [(await heading.bounding_box())["width"] for heading in headings]
    assert [width > 1 for width in widths] == [True, False], "the second is there to be heard only"
    await app.chat_update(channel=CHANNEL, ts=posted["ts"], text="four")
    await ada.message("four (edited)")


async def test_a_private_answer_is_dismissed_for_good(ada):
    await ada.type("/flink")
    answer = await ada.message("What do you want to do?")
    await answer.get_by_role("button", name="Dismiss message").click()
    await expect(ada.messages).to_have_count(0)
    await expect(ada.log).to_be_focused()
    await ada.reload()
    await expect(ada.log).to_contain_text("Three things to try")
    await expect(ada.messages).to_have_count(0)


async def test_edits_and_posts_leave_what_is_read_where_it_is(stage, ada, app):
    posted = await app.chat_postMessage(channel=CHANNEL, text="an update begins")
    for number in range(40):
        stage.lin.say(CHANNEL, f"line {number}")
    await ada.message("line 39")
    reading = ada.messages.filter(has_text="line 12")
    await reading.evaluate("(one) => one.scrollIntoView()")
    more = reading.get_by_role("button", name="Message actions")
    await more.focus()
    before = await reading.bounding_box()
    text = "an update goes on,\nin\nmany\nlines"
    await app.chat_update(channel=CHANNEL, ts=posted["ts"], text=text)
    stage.lin.say(CHANNEL, "the newest")
    newer = ada.page.get_by_role("button", name="New messages")
    await expect(newer).to_be_visible()
    await expect(ada.messages.filter(has_text="an update goes on")).to_have_count(1)
    assert await reading.bounding_box() == before
    await expect(more).to_be_focused()
    await ada.accessible()
    await newer.click()
    await expect(ada.messages.filter(has_text="the newest")).to_be_in_viewport()
    await expect(newer).to_be_hidden()


async def test_the_newest_message_stays_in_sight_when_the_window_becomes_narrower(stage, ada):
    for number in range(15):
        stage.lin.say(CHANNEL, f"{number}: " + "many words that fill a line of a wide window " * 3)
    newest = await ada.message("14: many words")
    await expect(newest).to_be_in_viewport(ratio=1)
    await ada.page.get_by_role("button", name="Traffic").click()
    await expect(newest).to_be_in_viewport(ratio=1)
    await ada.page.set_viewport_size({"width": 800, "height": 600})
    await expect(newest).to_be_in_viewport(ratio=1)


async def test_a_thread_is_counted_opened_answered_and_closed(stage, ada, lin):
    question = stage.ada.say(CHANNEL, "who is on call?")
    stage.lin.say(CHANNEL, "me", thread_ts=question.ts)
    message = await ada.message("who is on call?", "1 reply")
    await expect(ada.messages.filter(has_text="me").filter(has_text="Lin")).to_have_count(0)
    await ada.open_thread(message)
    field = ada.page.get_by_label("Reply to the thread")
    await expect(field).to_be_focused()
    await field.fill("thank you")
    await ada.page.keyboard.press("Enter")
    await ada.reply("thank you")
    await ada.accessible()
    await lin.message("who is on call?", "2 replies")
    await ada.page.keyboard.press("Escape")
    await expect(ada.thread).to_be_hidden()
    await expect(ada.messages.get_by_role("link", name=re.compile("^2 replies"))).to_be_focused()


async def test_a_file_of_text_shows_its_beginning_and_all_of_it_on_request(ada, app):
    lines = "\n".join(f"SELECT {number};" for number in range(12))
    await app.files_upload_v2(
        channel=CHANNEL, filename="jobs.sql", title="The statement", content=lines
    )
    message = await ada.message("The statement")
    preview = message.get_by_role("region", name="Preview of The statement")
    await expect(preview).to_contain_text("SELECT 7;")
    await expect(preview).not_to_contain_text("SELECT 8;")
    await ada.accessible()
    await message.get_by_role("button", name="Show all 12 lines").click()
    await expect(preview).to_contain_text("SELECT 11;")
    await message.get_by_role("button", name="Show less").click()
    await expect(preview).not_to_contain_text("SELECT 8;")
