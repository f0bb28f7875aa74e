"""The page around the messages: places, people, the composer, the keyboard, and narrow windows."""

import asyncio
import re

import pytest_asyncio

from bot.sandbox.stage import CHANNEL
from tests.browser.pages import expect

NARROW = {"width": 390, "height": 844}
QUIET = "C0APPROVALS"


@pytest_asyncio.fixture(loop_scope="session")
async def phone(stage):
    """Give the page as Ada sees it on a narrow screen that is touched, in the dark."""
    return await stage.open("ada", viewport=NARROW, has_touch=True, color_scheme="dark")


def menu(page):
    """Find the button of the person's menu."""
    return page.page.get_by_role("button", name=re.compile("^You are"))


async def choose(page, words):
    """Choose in the person's menu."""
    await menu(page).click()
    await page.page.get_by_role("menuitemradio", name=words).click()


def place(page, name):
    """Find a conversation in the sidebar."""
    return page.page.get_by_role("navigation").get_by_role("link", name=name)


async def background(page):
    """Give the colour behind the messages."""
    return await page.page.evaluate("getComputedStyle(document.body).backgroundColor")


# --- the first minute, and typing -----------------------------------------------------------


async def test_a_stranger_sees_at_once_what_to_type(ada):
    await expect(ada.log).to_contain_text("Three things to try")
    await ada.accessible()
    await ada.log.get_by_role("button", name="See what it can do").click()
    await expect(ada.composer).to_have_value("/flink")
    await expect(ada.composer).to_be_focused()
    await ada.page.keyboard.press("Enter")
    answer = await ada.message("What do you want to do?")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(ada.log).not_to_contain_text("Three things to try")
    await expect(ada.composer).to_have_value("")
    await ada.accessible()


async def test_an_address_may_name_a_person_as_people_do(stage, ada):
    await ada.page.goto(f"{stage.slack.base_url}/#lin/{CHANNEL}")
    await expect(menu(ada)).to_contain_text("Lin")
    await ada.type("/flink")
    await ada.message("What do you want to do?")


async def test_an_address_that_names_nobody_leads_to_the_first_person(stage, ada):
    stage.console_expected.append("409 (Conflict)")
    await ada.page.goto(f"{stage.slack.base_url}/#nobody/{CHANNEL}")
    await expect(menu(ada)).to_contain_text("Ada")
    await expect(ada.page).to_have_url(re.compile("#(U0ADA.*)?$"))


async def test_who_becomes_somebody_else_while_the_page_is_reading_sees_what_they_see(stage, ada):
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(route):
        reading.set()
        await go_on.wait()
        await route.continue_()

    await ada.page.route("**/sandbox/state?user=U0ADA", slowly)
    await ada.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await reading.wait()
    await ada.page.goto(f"{stage.slack.base_url}/#U0LIN/{CHANNEL}")
    go_on.set()
    await expect(menu(ada)).to_contain_text("Lin")


async def test_commands_are_completed_while_they_are_typed(ada):
    offers = ada.page.get_by_role("listbox", name="Commands").get_by_role("option")
    await ada.composer.press_sequentially("/fl")
    await expect(offers).to_have_count(1)
    await expect(ada.composer).to_have_attribute("aria-activedescendant", re.compile("."))
    await ada.accessible()
    await ada.page.keyboard.press("Enter")
    await expect(ada.composer).to_have_value("/flink ")
    await ada.composer.press_sequentially("res")
    await expect(offers.first).to_have_text("/flink rescale")
    await ada.page.keyboard.press("ArrowUp")
    await expect(offers.last).to_have_attribute("aria-selected", "true")
    await ada.page.keyboard.press("ArrowDown")
    await ada.page.keyboard.press("Tab")
    await expect(ada.composer).to_have_value("/flink rescale ")
    await ada.composer.fill("/")
    await expect(offers).to_have_count(1)
    await ada.page.keyboard.press("Escape")
    await expect(offers).to_have_count(0)
    await expect(ada.composer).to_have_value("/")


async def test_drafts_stay_with_their_place_and_sent_lines_come_back(ada):
    await ada.type("one for the history")
    await ada.composer.fill("a thought for later")
    await place(ada, "approvals").click()
    await expect(ada.composer).to_have_value("")
    await expect(ada.composer).to_be_focused()
    await ada.page.keyboard.press("ArrowUp")
    await expect(ada.composer).to_have_value("one for the history")
    await ada.page.keyboard.press("ArrowDown")
    await expect(ada.composer).to_have_value("")
    await place(ada, "data-jobs").click()
    await expect(ada.composer).to_have_value("a thought for later")


async def test_shift_and_enter_begin_a_new_line(stage, ada):
    await ada.composer.press_sequentially("first")
    await ada.page.keyboard.press("Shift+Enter")
    await ada.composer.press_sequentially("second")
    await ada.page.keyboard.press("Enter")
    await ada.message("first")
    assert stage.slack.messages(CHANNEL)[-1].text == "first\nsecond"


# --- people ---------------------------------------------------------------------------------


async def test_one_becomes_somebody_else(stage, ada):
    await menu(ada).click()
    await ada.accessible()
    await ada.page.keyboard.press("Escape")
    await expect(menu(ada)).to_be_focused()
    await choose(ada, "Lin Wei")
    await expect(menu(ada)).to_have_text(re.compile("Lin Wei"))
    await ada.type("it is me")
    await ada.message("it is me")
    assert stage.slack.messages(CHANNEL)[-1].user == stage.lin.user.id


async def test_moments_are_written_in_the_language_chosen(ada, stage):
    stage.lin.say(CHANNEL, "what time is it?")
    message = await ada.message("what time is it?")
    await expect(message.get_by_role("time")).to_have_text(re.compile(r"^\d+:\d\d [AP]M$"))
    await choose(ada, "Deutsch")
    await expect(message.get_by_role("time")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    assert stage.ada.user.locale == "de-DE"


async def test_a_theme_is_kept_and_the_system_followed_otherwise(ada):
    light = await background(ada)
    await choose(ada, "Dark")
    dark = await background(ada)
    assert dark != light
    await ada.accessible()
    await ada.reload()
    assert await background(ada) == dark
    await choose(ada, "As the system")
    assert await background(ada) == light
    await ada.page.emulate_media(color_scheme="dark")
    assert await background(ada) == dark


# --- places ---------------------------------------------------------------------------------


async def test_home_and_messages_are_tabs_for_the_keyboard_too(ada):
    await place(ada, "Flinkbot Home").click()
    home = ada.page.get_by_role("tabpanel", name="Home")
    await expect(home).to_contain_text("Change running Flink jobs")
    await expect(place(ada, "Flinkbot Home")).to_have_attribute("aria-current", "page")
    await ada.page.reload()
    await expect(home).to_contain_text("Change running Flink jobs")
    await ada.page.get_by_role("tab", name="Home").press("ArrowRight")
    await expect(ada.page.get_by_role("tab", name="Messages")).to_be_focused()
    await expect(home).to_be_hidden()
    await expect(ada.log).to_contain_text("This is between you and the app")
    await ada.accessible()


async def test_a_channel_without_the_bot_and_an_archived_one_say_so(stage, ada):
    await place(ada, "random").click()
    main = ada.page.get_by_role("main")
    await expect(main).to_contain_text("Flinkbot is not in this channel and cannot post here.")
    await ada.accessible()
    await main.get_by_role("button", name="Add Flinkbot").click()
    await expect(main).to_contain_text("Flinkbot is here")
    await place(ada, "old-jobs").click()
    await expect(ada.composer).to_be_disabled()
    await ada.accessible()
    await main.get_by_role("button", name="Bring it back").click()
    await expect(ada.composer).to_be_enabled()
    assert not stage.slack.workspace.channels["C0OLDJOBS"].is_archived


async def test_a_broken_connection_is_told_and_found_again(stage, ada):
    stage.console_expected += ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING"]
    port = int(stage.slack_url.rpartition(":")[2])
    await stage.slack.stop()
    await expect(ada.page.get_by_text("The sandbox does not answer.")).to_be_visible()
    await ada.accessible()
    await ada.composer.fill("is anybody there?")
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.get_by_text("What you typed is still here.")).to_be_visible()
    await expect(ada.composer).to_have_value("is anybody there?")
    await stage.slack.start(port)
    await expect(ada.page.get_by_text("The sandbox answers again.")).to_be_visible()
    await expect(ada.page.get_by_text("What you see may be old.")).to_be_hidden()
    await ada.page.get_by_role("button", name="Send").click()
    await ada.message("is anybody there?")


# --- narrow windows and the keyboard --------------------------------------------------------


async def test_the_welcome_is_read_from_its_top_on_a_small_screen(stage):
    page = await stage.open("lin", viewport={"width": 390, "height": 560})
    await expect(page.log.get_by_role("heading", name="data-jobs")).to_be_in_viewport(ratio=1)
    stage.ada.say(CHANNEL, "hello")
    await expect(await page.message("hello")).to_be_in_viewport(ratio=1)


async def test_on_a_narrow_screen_the_sidebar_is_a_drawer(phone):
    opener = phone.page.get_by_role("button", name="Workspace menu", exact=True)
    sidebar = phone.page.get_by_role("navigation", name="Workspace")
    await expect(sidebar).to_be_hidden()
    await phone.accessible()
    await opener.click()
    await expect(place(phone, "data-jobs")).to_be_focused()
    await phone.accessible()
    await phone.page.keyboard.press("Escape")
    await expect(sidebar).to_be_hidden()
    await expect(opener).to_be_focused()
    await opener.click()
    await place(phone, "approvals").click()
    await expect(sidebar).to_be_hidden()
    await expect(phone.page.get_by_role("heading", name="approvals").first).to_be_visible()


async def test_on_a_narrow_screen_a_thread_takes_all_of_it(stage, phone):
    question = stage.ada.say(CHANNEL, "who is on call?")
    stage.lin.say(CHANNEL, "me", thread_ts=question.ts)
    await phone.open_thread(await phone.message("who is on call?"))
    box = await phone.thread.bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert await phone.log.evaluate(_INERT), "what it covers is no part of the page meanwhile"
    await phone.accessible()
    await phone.page.get_by_role("button", name="Close the thread").click()
    await expect(phone.log).to_be_visible()


async def test_nothing_is_wider_than_a_narrow_screen(phone):
    await phone.type("/flink jobs")
    await phone.message("orders-enrichment")
    assert await phone.page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    assert await phone.log.evaluate("(one) => one.scrollWidth - one.clientWidth") == 0
    await phone.accessible()


async def test_every_stop_of_the_tab_key_has_a_name_and_can_be_seen(stage, ada):
    stage.lin.say(CHANNEL, "hello")
    await ada.message("hello")
    await ada.page.evaluate("document.activeElement.blur()")
    stops = []
    while len(stops) < 60:
        await ada.page.keyboard.press("Tab")
        stop = ada.page.locator(":focus")
        if not await stop.count():
            break
        await expect(stop).to_have_accessible_name(re.compile(r"\S"))
        outline = await stop.evaluate(_SEEN)
        name = await stop.evaluate("(one) => one.ariaLabel || one.textContent || one.id")
        assert outline, name
        stops.append(name.strip())
    assert stops[0] == "Skip to the messages"
    wanted = ["data-jobs", "Traffic", "Make trouble", "Messages", "Message actions", "Send"]
    walked = iter(stops)
    assert all(any(name in stop for stop in walked) for name in wanted), stops


async def test_the_skip_link_leads_to_the_messages(ada):
    await ada.page.evaluate("document.activeElement.blur()")
    await ada.page.keyboard.press("Tab")
    await ada.page.keyboard.press("Enter")
    await expect(ada.log).to_be_focused()
    await expect(ada.composer).to_be_visible()


async def test_the_menu_of_a_message_is_walked_with_the_keyboard(stage, ada):
    stage.lin.say(CHANNEL, "orders-enrichment lags behind")
    message = await ada.message("lags behind")
    more = message.get_by_role("button", name="Message actions")
    await more.focus()
    await ada.page.keyboard.press("ArrowDown")
    items = ada.page.get_by_role("menuitem")
    await expect(items.first).to_be_focused()
    await ada.page.keyboard.press("End")
    await expect(items.last).to_be_focused()
    await ada.page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await ada.page.keyboard.press("Enter")
    await ada.page.keyboard.press("Enter")
    await (await ada.modal("Change a job")).holds("Job", "orders-enrichment")


_INERT = "(one) => Boolean(one.closest('[inert]'))"
_SEEN = """(one) => {
    const drawn = (node) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
        return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    };
    const { width, height } = one.getBoundingClientRect();
    return width > 1 && height > 1 && (drawn(one) || drawn(one.closest("form") ?? one));
}"""
