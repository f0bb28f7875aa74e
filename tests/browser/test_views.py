"""Modals: the stack, what Submit leads to, and where the focus is."""

import re

import pytest
from slack_sdk.errors import SlackApiError

from tests.browser.kitchen import fields
from tests.browser.kitchen.hands import choose
from tests.browser.kitchen.parts import actions, button, plain
from tests.browser.pages import expect

MORE = {"type": "plain_text_input"}
EVERYTHING = "document.querySelectorAll('body *').length"
SEEN = """(one) => {
    const place = one.getBoundingClientRect();
    const room = one.closest(".content").getBoundingClientRect();
    return place.height > 0 && place.top >= room.top && place.bottom <= room.bottom;
}"""
INSIDE = "document.activeElement === document.body || !!document.activeElement.closest('dialog')"


async def pushed(kitchen, cook, title="On top"):
    """Open a modal and let the app put another on top of it."""
    modal = await kitchen.modal(cook, "pressed")
    await modal.press("Go")
    body = await kitchen.app.seen.first(lambda body: body["type"] == "block_actions")
    note = fields.field("note", "Note", {"type": "plain_text_input"}, optional=True)
    await kitchen.app.push(body["trigger_id"], [note], title=title)
    return modal, await cook.modal(title)


async def test_the_view_below_is_shown_again_as_it_was_left(kitchen, cook):
    modal, top = await pushed(kitchen, cook)
    await expect(top.field("Note")).to_be_focused()
    await cook.accessible()
    await top.press("Cancel")
    await expect(modal.root).to_be_visible()
    await expect(modal.root.get_by_role("button", name="Go", exact=True)).to_be_focused()


async def test_text_typed_into_a_covered_view_is_still_there(kitchen, cook):
    modal = await kitchen.modal(cook, "typed")
    await modal.fill("Name", "kept")
    await modal.field("Sent by Enter").press_sequentially("go on")
    await cook.page.keyboard.press("Enter")
    body = await kitchen.app.seen.first(lambda body: body["type"] == "block_actions")
    assert body["view"]["state"]["values"]["name"]["name"]["value"] == "kept"
    await kitchen.app.push(body["trigger_id"], fields.pressed(), title="On top")
    top = await cook.modal("On top")
    await top.press("Cancel")
    await expect(modal.root).to_be_visible()
    await modal.holds("Name", "kept")
    await modal.holds("Sent by Enter", "go on")
    await expect(modal.field("Sent by Enter")).to_be_focused()


async def test_escape_closes_the_stack_and_the_app_is_told(kitchen, cook):
    _, top = await pushed(kitchen, cook)
    await expect(top.field("Note")).to_be_focused()
    await cook.page.keyboard.press("Escape")
    await cook.no_modal()
    assert (await kitchen.closing())["is_cleared"] is True


async def test_cancel_closes_one_view_and_the_cross_all(kitchen, cook):
    modal, top = await pushed(kitchen, cook)
    await top.press("Cancel")
    await expect(modal.root).to_be_visible()
    assert (await kitchen.closing())["is_cleared"] is False
    await modal.root.get_by_role("button", name="Close").click()
    await cook.no_modal()
    assert (await kitchen.closing())["is_cleared"] is True


async def test_the_focus_stays_in_the_modal_and_returns_where_it_was(kitchen, cook):
    await kitchen.message(cook, "pressed")
    await cook.composer.focus()
    modal = await kitchen.modal(cook, "alerts")
    for _ in range(6):
        await cook.page.keyboard.press("Tab")
        assert await cook.page.evaluate(INSIDE)
    await modal.press("Cancel")
    await cook.no_modal()
    await expect(cook.page.locator(":focus")).to_have_count(1)


async def test_a_modal_without_fields_is_entered_at_its_title(kitchen, cook):
    modal = await kitchen.modal(cook, "alerts")
    await expect(modal.root.get_by_role("heading", name="Kitchen sink")).to_be_focused()


async def test_the_field_that_asks_for_the_focus_gets_it(kitchen, cook):
    modal = await kitchen.modal(cook, "alerts")
    asking = {"type": "plain_text_input", "focus_on_load": True}
    blocks = [
        fields.field("one", "One", {"type": "plain_text_input"}),
        fields.field("two", "Two", asking),
    ]
    await modal.press("Cancel")
    await cook.no_modal()
    kitchen.app.serve["asking"] = lambda: blocks
    modal = await kitchen.modal(cook, "asking")
    await expect(modal.field("Two")).to_be_focused()
    await modal.press("Cancel")
    await cook.no_modal()
    second = {**fields.STATIC, "action_id": "second", "focus_on_load": True}
    blocks[1:] = [actions("both", button("first", "First"), second)]
    modal = await kitchen.modal(cook, "asking")
    await expect(modal.root.get_by_role("combobox")).to_be_focused()


async def test_submit_is_busy_and_a_second_click_sends_nothing(kitchen, cook):
    kitchen.app.held.clear()
    modal = await kitchen.modal(cook, "chosen")
    send = modal.root.get_by_role("button", name="Send")
    await send.click()
    await expect(send).to_have_attribute("aria-busy", "true")
    await send.click()
    kitchen.app.held.set()
    await cook.no_modal()
    await kitchen.submission()
    assert kitchen.app.seen == []


async def test_an_app_that_does_not_answer_leaves_the_form_and_a_banner(kitchen, cook):
    kitchen.app.deaf.add("sink")
    modal = await kitchen.modal(cook, "typed")
    await modal.fill("Name", "Orders")
    await modal.press("Send")
    await expect(
        modal.root.get_by_role("alert").filter(has_text="trouble connecting")
    ).to_be_visible()
    await modal.holds("Name", "Orders")
    await cook.accessible()
    kitchen.app.deaf.clear()
    await modal.press("Send")
    await cook.no_modal()


async def test_submit_can_lead_to_another_view(kitchen, cook):
    after = fields.form([], title="Thank you")
    kitchen.app.answer = {"response_action": "update", "view": {**after, "submit": plain("Fine")}}
    modal = await kitchen.modal(cook, "chosen")
    await modal.press("Send")
    again = await cook.modal("Thank you")
    await expect(again.root.get_by_role("button", name="Fine")).to_be_visible()
    kitchen.app.answer = {"response_action": "clear"}
    await again.press("Fine")
    await cook.no_modal()


async def test_submit_can_put_a_view_on_top_and_the_stack_ends_at_once(kitchen, cook):
    after = fields.form([], title="And this")
    kitchen.app.answer = {"response_action": "push", "view": after}
    modal = await kitchen.modal(cook, "chosen")
    await choose(modal, "Colour", "Green")
    await modal.press("Send")
    top = await cook.modal("And this")
    await top.press("Cancel")
    await modal.holds("Colour", "Green")
    await modal.press("Send")
    top = await cook.modal("And this")
    kitchen.app.answer = {"response_action": "clear"}
    await top.press("Send")
    await cook.no_modal()


async def test_an_update_of_a_view_that_has_changed_meanwhile_is_refused(kitchen, cook):
    modal = await kitchen.modal(cook, "typed")
    seen = kitchen.app.view
    await kitchen.app.update(fields.typed(hint="The second."))
    await expect(modal.root).to_contain_text("The second.")
    late = fields.form(fields.typed(hint="Too late."))
    with pytest.raises(SlackApiError) as caught:
        await kitchen.app.client.views_update(view_id=seen["id"], hash=seen["hash"], view=late)
    assert caught.value.response["error"] == "hash_conflict"
    await expect(modal.root).to_contain_text("The second.")


async def test_modals_and_updates_leave_nothing_behind(kitchen, cook):
    await (await kitchen.modal(cook, "chosen")).press("Cancel")
    await cook.no_modal()
    before = await cook.page.evaluate(EVERYTHING)
    modal = await kitchen.modal(cook, "chosen")
    for turn in range(5):
        await choose(modal, "Job", "Orders")
        await kitchen.app.update([fields.field(f"more-{turn}", "More", MORE), *fields.chosen()])
        await expect(modal.root.locator(f"[data-block=more-{turn}]")).to_be_visible()
    await modal.press("Cancel")
    await cook.no_modal()
    assert await cook.page.evaluate(EVERYTHING) == before


async def test_a_long_modal_scrolls_between_its_head_and_its_foot(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    await cook.page.set_viewport_size({"width": 390, "height": 600})
    await expect(modal.root.get_by_role("button", name="Send")).to_be_in_viewport()
    await expect(modal.root.get_by_role("heading", name="Kitchen sink")).to_be_in_viewport()
    await modal.root.get_by_role("button", name=re.compile("Choose files")).focus()
    await expect(
        modal.root.get_by_role("button", name=re.compile("Choose files"))
    ).to_be_in_viewport()
    await expect(modal.root.get_by_role("button", name="Send")).to_be_in_viewport()
    await cook.accessible()


async def test_a_reload_shows_the_modal_with_what_was_typed(kitchen, cook):
    modal = await kitchen.modal(cook, "typed")
    await modal.fill("Name", "Orders")
    await modal.fill("Sent by Enter", "half")
    await kitchen.slack.wait_for(
        lambda: kitchen.ada.views[0].state["entered"]["entered"]["value"] == "half"
    )
    await cook.reload()
    await modal.holds("Name", "Orders")
    await modal.holds("Sent by Enter", "half")


async def test_a_field_that_is_refused_or_gone_back_to_is_seen_with_its_label(kitchen, cook):
    names = [f"Field {number}" for number in range(9)]
    kitchen.app.serve["many"] = lambda: [
        fields.field(name[-1], name, {"type": "plain_text_input"}, optional=True) for name in names
    ]
    kitchen.app.answer = {"response_action": "errors", "errors": {"2": "Not this one."}}
    await cook.page.set_viewport_size({"width": 1280, "height": 500})
    modal = await kitchen.modal(cook, "many")
    label = modal.root.get_by_text(re.compile("^Field 2"))
    await modal.field("Field 8").focus()
    assert not await label.evaluate(SEEN)
    await modal.press("Send")
    await expect(modal.field("Field 2")).to_be_focused()
    assert await label.evaluate(SEEN)
    assert await modal.root.get_by_text("Not this one.").evaluate(SEEN)
    for name in ("Field 1", "Field 0"):
        await cook.page.keyboard.press("Shift+Tab")
        await expect(modal.field(name)).to_be_focused()
        assert await modal.root.get_by_text(re.compile(f"^{name}")).evaluate(SEEN)
