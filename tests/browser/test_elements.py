"""Every element of Block Kit, by keys and by mouse, and what the app receives of it."""

import re

import pytest

from tests.browser.kitchen import fields
from tests.browser.kitchen.parts import bullets, line, rich, words
from tests.browser.kitchen.world import PATIENCE
from tests.browser.pages import expect, without_violations

PLACES = ("message", "modal")


async def keys(page, *pressed):
    for key in pressed:
        await page.page.keyboard.press(key)


async def choose(modal, label, *options):
    """Open a list by mouse and click options in it."""
    await modal.field(label).click()
    for option in options:
        await modal.root.get_by_role("option", name=option).click()


async def pressed_in(kitchen, cook, place):
    """Show what sends at once, where it is asked for."""
    if place == "message":
        return await kitchen.message(cook, "pressed")
    return (await kitchen.modal(cook, "pressed")).root


async def test_what_is_typed_by_keys_alone_reaches_the_app(kitchen, cook):
    modal = await kitchen.modal(cook, "typed")
    await expect(modal.field("Name")).to_be_focused()
    for typed in (
        "Orders job",
        "two\nlines",
        "by enter",
        "live",
        "2.5",
        "a@b.example",
        "https://x.example",
    ):
        await cook.page.keyboard.type(typed)
        await keys(cook, "Tab")
    await modal.field("Name").focus()
    await keys(cook, "Enter")
    held = await kitchen.submission()
    assert held["name"]["value"] == "Orders job"
    assert held["notes"]["value"] == "two\nlines"
    assert held["entered"]["value"] == "by enter"
    assert held["amount"]["value"] == "2.5"
    assert held["mail"]["value"] == "a@b.example"
    assert held["site"]["value"] == "https://x.example"
    assert held["story"]["rich_text_value"]["type"] == "rich_text"
    await cook.no_modal()


async def test_text_is_sent_at_enter_or_at_each_key_only_where_the_app_asked_for_it(kitchen, cook):
    modal = await kitchen.modal(cook, "typed")
    await modal.fill("Name", "quiet")
    await modal.field("Sent by Enter").press_sequentially("half")
    await keys(cook, "Enter")
    assert (await kitchen.action("entered"))["value"] == "half"
    await modal.field("Sent while typing").press_sequentially("liv")
    assert (await kitchen.action("live"))["value"] == "liv"
    assert kitchen.app.seen == []
    await expect(modal.root).to_be_visible()


async def test_what_is_wrong_is_told_at_the_field_and_the_first_wrong_field_is_entered(
    kitchen, cook
):
    modal = await kitchen.modal(cook, "typed")
    await modal.fill("Name", "n" * 17)
    await expect(modal.root.get_by_text("17 / 20")).to_have_count(0)
    await modal.fill("Name", "n" * 21)
    await expect(modal.root.get_by_text("21 / 20")).to_be_visible()
    await modal.fill("Amount", "1")
    await modal.fill("E-mail", "nobody")
    await modal.press("Send")
    await modal.wrong("Name", "at most 20")
    await modal.wrong("Amount", "1.5")
    await modal.wrong("E-mail", "e-mail")
    await expect(modal.field("Name")).to_be_focused()
    await cook.accessible()
    assert kitchen.app.seen == []
    kitchen.app.answer = {"response_action": "errors", "errors": {"site": "That host is down."}}
    for label, value in (("Name", "fine"), ("Amount", "2"), ("E-mail", "a@b.example")):
        await modal.fill(label, value)
    await modal.press("Send")
    await modal.wrong("Web address", "That host is down.")
    await expect(modal.field("Name")).not_to_have_attribute("aria-invalid", "true")
    await expect(modal.field("Web address")).to_be_focused()


async def test_an_update_leaves_text_focus_and_caret_where_the_field_stays(kitchen, cook):
    modal = await kitchen.modal(cook, "typed")
    name = modal.field("Name")
    await name.fill("halfway")
    await keys(cook, "ArrowLeft", "ArrowLeft")
    await kitchen.app.update(fields.typed(hint="A new hint."), title="Another title")
    again = await cook.modal("Another title", "A new hint.")
    await expect(again.field("Name")).to_have_value("halfway")
    await expect(again.field("Name")).to_be_focused()
    await cook.page.keyboard.type("X")
    await expect(again.field("Name")).to_have_value("halfwXay")


async def test_a_field_of_another_name_starts_with_its_own_value(kitchen, cook):
    modal = await kitchen.modal(cook, "typed")
    await modal.fill("Name", "old")
    fresh = {"type": "plain_text_input", "initial_value": "fresh"}
    await kitchen.app.update([fields.field("name-2", "Name", fresh)], title="Anew")
    again = await cook.modal("Anew")
    await again.holds("Name", "fresh")
    await again.press("Send")
    assert (await kitchen.submission())["name-2"]["value"] == "fresh"


async def test_formatted_text_is_written_with_the_buttons(kitchen, cook):
    modal = await kitchen.modal(cook, "typed")
    story = modal.field("Story")
    await expect(story.locator("strong")).to_have_text("upon")
    await expect(story.get_by_role("listitem")).to_have_text("a time")
    await story.fill("loud")
    await story.select_text()
    bold = modal.root.get_by_role("button", name="Bold")
    await bold.click()
    await expect(bold).to_have_attribute("aria-pressed", "true")
    await keys(cook, "End", "Enter")
    await bold.click()
    await cook.page.keyboard.type("and quiet")
    await keys(cook, "Enter")
    await modal.root.get_by_role("button", name="Bulleted list").click()
    await cook.page.keyboard.type("first")
    await keys(cook, "Enter")
    await cook.page.keyboard.type("second")
    await cook.accessible()
    await modal.fill("Name", "story")
    await modal.press("Send")
    written = (await kitchen.submission())["story"]["rich_text_value"]
    loud, quiet = words("loud", bold=True), words("\nand quiet")
    assert written == rich(line(loud, quiet), bullets(0, "first", "second"))


async def test_formatted_text_can_be_quoted_and_marked_as_code(kitchen, cook):
    modal = await kitchen.modal(cook, "typed")
    story = modal.field("Story")
    await story.fill("state.backend")
    await story.select_text()
    await modal.root.get_by_role("button", name="Code").click()
    await modal.root.get_by_role("button", name="Quote").click()
    await expect(story.locator("blockquote code")).to_have_text("state.backend")
    await kitchen.app.update(fields.typed(hint="A new hint."))
    await expect(modal.root).to_contain_text("A new hint.")
    await modal.fill("Name", "story")
    await modal.press("Send")
    written = (await kitchen.submission())["story"]["rich_text_value"]
    quote = {"type": "rich_text_quote", "elements": [words("state.backend", code=True)]}
    assert written == rich(quote)


async def test_an_emptied_text_is_none_and_what_is_mentioned_goes_as_a_whole(kitchen, cook):
    mention = {"type": "user", "user_id": "U0LIN"}
    story = {"type": "rich_text_input", "initial_value": rich(line(words("ask "), mention))}
    kitchen.app.serve["asked"] = lambda: [fields.field("story", "Story", story, optional=True)]
    modal = await kitchen.modal(cook, "asked")
    await expect(modal.field("Story")).to_be_focused()
    await keys(cook, "ControlOrMeta+End", "End")
    await cook.page.keyboard.type(" soon")
    await modal.press("Send")
    written = (await kitchen.submission())["story"]["rich_text_value"]
    assert written == rich(line(words("ask "), mention, words(" soon")))
    await cook.no_modal()
    modal = await kitchen.modal(cook, "asked")
    await modal.field("Story").fill("")
    await modal.press("Send")
    assert (await kitchen.submission())["story"]["rich_text_value"] is None


async def test_options_are_chosen_by_mouse(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    await choose(modal, "Colour", "Green")
    await choose(modal, "Job", "Reports")
    await choose(modal, "Colours", "Blue", "Red")
    await expect(modal.root.get_by_text("no more than 2")).to_be_visible()
    await expect(modal.root.get_by_role("option", name="Green")).to_be_disabled()
    await keys(cook, "Escape")
    await modal.root.get_by_role("button", name="Remove Blue").click()
    await choose(modal, "Person", "Lin Wei")
    await choose(modal, "People", "Ada Okafor", "Lin Wei")
    await keys(cook, "Escape")
    await choose(modal, "Channel", "approvals")
    await choose(modal, "Conversation", "platform-private")
    await modal.root.get_by_role("checkbox", name="Olives").check()
    await modal.root.get_by_role("radio", name="Cheese").check()
    await modal.press("Send")
    held = await kitchen.submission()
    assert held["colour"]["selected_option"]["value"] == "green"
    assert held["job"]["selected_option"]["value"] == "reports"
    assert [one["value"] for one in held["colours"]["selected_options"]] == ["red"]
    assert held["person"]["selected_user"] == "U0LIN"
    assert held["people"]["selected_users"] == ["U0ADA", "U0LIN"]
    assert held["channel"]["selected_channel"] == "C0APPROVALS"
    assert held["talk"]["selected_conversation"] == "G0PLATFORM"
    assert [one["value"] for one in held["toppings"]["selected_options"]] == ["olives"]
    assert held["size"]["selected_option"]["value"] == "cheese"


async def test_options_are_chosen_by_keys(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    await expect(modal.field("Colour")).to_be_focused()
    await keys(cook, "ArrowDown", "ArrowDown", "Enter", "Tab")
    await cook.page.keyboard.type("pay")
    await expect(modal.root.get_by_role("option")).to_have_count(1)
    await keys(cook, "Enter", "Tab", "ArrowDown", "Enter", "ArrowDown", "Enter", "Escape")
    await keys(cook, "Backspace")
    await modal.root.get_by_role("checkbox", name="Cheese").focus()
    await keys(cook, "Space")
    await modal.root.get_by_role("radio", name="Cheese").focus()
    await keys(cook, "ArrowDown")
    await modal.press("Send")
    held = await kitchen.submission()
    assert held["colour"]["selected_option"]["value"] == "green"
    assert held["job"]["selected_option"]["value"] == "payments"
    assert len(held["colours"]["selected_options"]) == 1
    assert [one["value"] for one in held["toppings"]["selected_options"]] == ["cheese"]
    assert held["size"]["selected_option"]["value"] == "olives"


async def test_a_choice_that_is_optional_can_be_cleared(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    await choose(modal, "Colour", "Red")
    await modal.root.get_by_role("button", name=re.compile("^Clear")).first.click()
    await choose(modal, "Job", "Orders")
    await modal.field("Job").fill("")
    await keys(cook, "Tab")
    await modal.press("Send")
    held = await kitchen.submission()
    assert held["colour"]["selected_option"] is None
    assert held["job"]["selected_option"] is None


async def test_text_that_is_no_choice_does_not_stay_in_a_list(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    await choose(modal, "Colour", "Red")
    await modal.fill("Colour", "Purple")
    await expect(modal.root.get_by_text("No results")).to_be_visible()
    await keys(cook, "Escape")
    await modal.holds("Colour", "Red")
    await expect(modal.root).to_be_visible()


async def test_the_app_is_asked_for_options(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    found = modal.field("Found job")
    await found.click()
    await expect(modal.root.get_by_text("Type 2 or more characters")).to_be_visible()
    assert kitchen.app.seen == []
    await modal.choose("Found job", "Orders", typed="ord")
    asked = await kitchen.app.seen.first(lambda body: body["type"] == "block_suggestion")
    assert asked["value"] == "ord"
    await modal.choose("More found", "Payments", typed="pay")
    await modal.choose("More found", "Reports", typed="rep")
    await modal.field("More found").fill("nothing")
    await expect(modal.root.get_by_text("No results")).to_be_visible()
    await cook.accessible()
    await keys(cook, "Escape")
    await modal.press("Send")
    held = await kitchen.submission()
    assert held["found"]["selected_option"]["value"] == "orders"
    assert [one["value"] for one in held["founds"]["selected_options"]] == ["payments", "reports"]


async def test_an_app_that_gives_no_options_is_told_of_in_the_list(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    kitchen.app.deaf.add("found")
    await modal.field("Found job").fill("orders")
    await expect(modal.root.get_by_text("Loading")).to_be_visible()
    await expect(modal.root.get_by_text("could not be loaded")).to_be_visible()


async def test_days_and_times_are_chosen_by_keys(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    await modal.holds("Day", "Sep 21, 2026")
    await modal.field("Day").focus()
    await keys(cook, "ArrowDown", "PageDown", "ArrowRight", "Enter")
    await modal.holds("Day", "Oct 22, 2026")
    await expect(modal.field("Day")).to_be_focused()
    await modal.fill("Time", "21:41")
    await keys(cook, "Enter")
    await modal.holds("Time", "9:41 PM")
    moment = modal.root.get_by_role("group", name="Moment")
    await moment.get_by_role("combobox", name="Moment: date").fill("2026-12-24")
    await keys(cook, "Tab")
    await moment.get_by_role("combobox", name="Moment: time").fill("6 pm")
    await keys(cook, "Enter")
    await modal.press("Send")
    held = await kitchen.submission()
    assert held["day"]["selected_date"] == "2026-10-22"
    assert held["time"]["selected_time"] == "21:41"
    assert held["moment"]["selected_date_time"] == 1_798_131_600  # 17:00 UTC: 18:00 in Berlin


async def test_days_and_times_are_chosen_by_mouse(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    await modal.field("Day").click()
    await modal.root.get_by_role("button", name="Previous month").click()
    await cook.accessible()
    await modal.root.get_by_role("gridcell", name="Monday, August 3, 2026").click()
    await choose(modal, "Time", "10:30 AM")
    await modal.press("Send")
    held = await kitchen.submission()
    assert held["day"]["selected_date"] == "2026-08-03"
    assert held["time"]["selected_time"] == "10:30"
    assert held["moment"]["selected_date_time"] == fields.MOMENT


async def test_files_go_up_and_can_be_taken_away(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    chooser = modal.root.locator("input[type=file]")
    one, other = (
        {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": b"lag = 3\n"} for name in "ab"
    )
    await chooser.set_input_files({**one, "name": "c.exe"})
    await expect(modal.root.get_by_role("alert").filter(has_text="only txt, png")).to_be_visible()
    await chooser.set_input_files([one, other])
    rows = modal.root.get_by_role("list", name="Chosen files").get_by_role("listitem")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("8 bytes")
    await cook.accessible()
    await modal.root.get_by_role("button", name="Remove a.txt").click()
    await expect(rows).to_have_count(1)
    await modal.press("Send")
    files = (await kitchen.submission())["files"]["files"]
    assert [file["name"] for file in files] == ["b.txt"]


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
