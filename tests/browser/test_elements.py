"""The elements that send at once, in messages and in modals, by keys and by mouse."""

import re

import pytest

from tests.browser.kitchen.hands import keys, pressed_in
from tests.browser.kitchen.world import PATIENCE
from tests.browser.pages import expect, without_violations

PLACES = ("message", "modal")


@pytest.mark.parametrize("place", PLACES)
async def test_what_is_pressed_is_sent_at_once(kitchen, cook, place):
    root = await pressed_in(kitchen, cook, place)
    await root.get_by_role("button", name="Go", exact=True).click()
    assert (await kitchen.action("go"))["value"] == "go"
    await root.get_by_role("button", name="Refresh the list").press("Enter")
    assert (await kitchen.action("named"))["type"] == "button"
    await root.get_by_role("button", name="More actions").click()
    await cook.accessible()
    await root.get_by_role("menuitem", name="Delete").click()
    assert (await kitchen.action("more"))["selected_option"]["value"] == "delete"
    opener = root.get_by_role("button", name="More actions")
    await expect(opener).to_be_focused()
    await expect(opener).not_to_have_attribute("aria-busy", "true")
    await keys(cook, "ArrowDown", "ArrowDown", "ArrowUp", "Enter")
    assert (await kitchen.action("more"))["selected_option"]["value"] == "details"


@pytest.mark.parametrize("place", PLACES)
async def test_what_is_chosen_outside_of_fields_is_sent_at_once(kitchen, cook, place):
    root = await pressed_in(kitchen, cook, place)
    await root.get_by_role("combobox", name="Tint", exact=True).click()
    await root.get_by_role("option", name="Green").click()
    assert (await kitchen.action("tint"))["selected_option"]["value"] == "green"
    await root.get_by_role("combobox", name="Tints").click()
    await root.get_by_role("option", name="Blue").click()
    tints = (await kitchen.action("tints"))["selected_options"]
    assert [one["value"] for one in tints] == ["blue"]
    await keys(cook, "Escape")
    await root.get_by_role("combobox", name="Pick a date").fill("2026-09-22")
    await keys(cook, "Enter")
    assert (await kitchen.action("date"))["selected_date"] == "2026-09-22"
    await root.get_by_role("combobox", name="Pick a time").fill("noon")
    await expect(root.get_by_text("No results")).to_be_visible()
    await root.get_by_role("combobox", name="Pick a time").fill("12")
    await root.get_by_role("option", name="12:30 PM").click()
    assert (await kitchen.action("hour"))["selected_time"] == "12:30"
    await root.get_by_role("checkbox", name="Fast").check()
    ticked = (await kitchen.action("ticked"))["selected_options"]
    assert [one["value"] for one in ticked] == ["fast"]


@pytest.mark.parametrize("place", PLACES)
async def test_what_asks_first_is_sent_only_after_yes(kitchen, cook, place):
    root = await pressed_in(kitchen, cook, place)
    restart = root.get_by_role("button", name="Restart")
    await restart.click()
    question = cook.page.get_by_role("dialog", name="Are you sure?")
    await expect(question.locator("strong")).to_have_text("restarts")
    await expect(question.get_by_role("button", name="Leave it")).to_be_focused()
    await cook.accessible()
    await keys(cook, "Escape")
    await expect(question).to_be_hidden()
    await expect(restart).to_be_focused()
    later = root.get_by_role("radio", name="Later")
    await later.click()
    await question.get_by_role("button", name="Leave it").click()
    await expect(later).not_to_be_checked()
    assert kitchen.app.seen == []
    await restart.press("Enter")
    await question.get_by_role("button", name="Do it").click()
    assert (await kitchen.action("danger"))["value"] == "danger"
    await later.click()
    await question.get_by_role("button", name="Do it").click()
    assert (await kitchen.action("one"))["selected_option"]["value"] == "later"


@pytest.mark.parametrize("place", PLACES)
async def test_a_button_is_busy_until_the_answer_and_marked_where_none_came(kitchen, cook, place):
    kitchen.app.deaf.add("broken")
    root = await pressed_in(kitchen, cook, place)
    button = root.get_by_role("button", name="Break")
    await button.dblclick()
    await expect(button).to_have_attribute("aria-busy", "true")
    mark = root.get_by_role("img", name=re.compile("Something went wrong"))
    await expect(mark).to_be_visible(timeout=PATIENCE * 1000 + 4000)
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await kitchen.action("broken")
    assert kitchen.app.seen == [], "the second click of a double click is none"
    kitchen.app.deaf.clear()
    await button.click()
    await kitchen.action("broken")
    await expect(mark).to_be_hidden()


async def test_thumbs_and_the_bin_are_pressed(kitchen, cook):
    votes = await kitchen.message(cook, "votes")
    await votes.get_by_role("button", name="Good").click()
    assert (await kitchen.action("thumbs"))["type"] == "feedback_buttons"
    await expect(votes.get_by_role("button", name="Good")).to_have_attribute("aria-pressed", "true")
    await votes.get_by_role("button", name="Remove").press("Enter")
    assert (await kitchen.action("bin"))["type"] == "icon_button"
    await votes.get_by_role("button", name="Run the workflow").click()
    await expect(cook.page.get_by_text("runs no workflows")).to_be_visible()


async def test_a_link_button_is_a_link_and_the_app_hears_of_it(kitchen, cook):
    root = await pressed_in(kitchen, cook, "message")
    link = root.get_by_role("button", name="Open the console")
    await expect(link).to_have_attribute("href", "https://console.example/jobs")
    await cook.page.context.route("https://console.example/**", lambda route: route.abort())
    await link.click()
    assert (await kitchen.action("link"))["type"] == "button"


async def test_a_list_open_in_a_message_is_accessible(kitchen, cook):
    root = await pressed_in(kitchen, cook, "message")
    await root.get_by_role("combobox", name="Tints").click()
    await without_violations(cook.page)
