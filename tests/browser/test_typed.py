"""The fields one types into, and what the app receives of them."""

import re

from tests.browser.kitchen import fields
from tests.browser.kitchen.hands import choose, keys
from tests.browser.kitchen.parts import bullets, line, rich, words
from tests.browser.pages import expect

DAY = {"type": "datepicker", "placeholder": fields.plain("Which day")}


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


async def test_what_is_left_empty_is_told_of_at_each_field_that_is_required(kitchen, cook):
    group = {"type": "checkboxes", "options": fields.TOPPINGS}
    parts = {"Name": {"type": "plain_text_input"}, "Colour": fields.STATIC, "Day": DAY}
    blocks = [fields.field(label, label, part) for label, part in parts.items()]
    kitchen.app.serve["required"] = lambda: [*blocks, fields.field("Toppings", "Toppings", group)]
    modal = await kitchen.modal(cook, "required")
    await modal.press("Send")
    for label in parts:
        await modal.wrong(label, "required")
    told = modal.root.get_by_role("group", name="Toppings")
    await expect(told).to_have_accessible_description(re.compile("required"))
    await cook.accessible()
    await modal.fill("Name", "Orders")
    await choose(modal, "Colour", "Red")
    await modal.fill("Day", "2026-12-24")
    await keys(cook, "Tab")
    await modal.tick("Olives")
    await modal.press("Send")
    assert (await kitchen.submission())["Day"]["selected_date"] == "2026-12-24"


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
