"""The fields one chooses in, by keys and by mouse, and what the app receives of them."""

import re

from tests.browser.kitchen import fields
from tests.browser.kitchen.hands import choose, keys
from tests.browser.pages import expect

WIDER = "(one) => one.scrollWidth > one.clientWidth"


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
        {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": b"lag = 3\n"}
        for name in ("a", "name-that-is-too-long-for-its-line-" * 3)
    )
    await chooser.set_input_files({**one, "name": "c.exe"})
    await expect(modal.root.get_by_role("alert").filter(has_text="only txt, png")).to_be_visible()
    await chooser.set_input_files([one, other])
    rows = modal.root.get_by_role("list", name="Chosen files").get_by_role("listitem")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("8 bytes")
    assert not await modal.root.locator(".content").evaluate(WIDER), "it scrolls sideways"
    await cook.accessible()
    await modal.root.get_by_role("button", name="Remove a.txt").click()
    await expect(rows).to_have_count(1)
    await modal.press("Send")
    files = (await kitchen.submission())["files"]["files"]
    assert [file["name"] for file in files] == [other["name"]]


async def test_conversations_start_with_the_one_at_hand_and_many_can_be_added(kitchen, cook):
    here = {"default_to_current_conversation": True}
    own = {"include": ["im", "public"], "exclude_bot_users": True}
    kitchen.app.serve["talks"] = lambda: [
        fields.field("one", "One", {"type": "conversations_select", **here}),
        fields.field("many", "Many", {"type": "multi_conversations_select", "filter": own}),
        fields.field("more", "More", {"type": "multi_channels_select", "max_selected_items": 1}),
    ]
    modal = await kitchen.modal(cook, "talks")
    await modal.holds("One", "data-jobs")
    await modal.field("Many").click()
    offered = modal.root.get_by_role("listbox", name="Options: Many").get_by_role("option")
    await expect(offered).to_have_text(["data-jobs", "approvals", "random"])
    await choose(modal, "Many", "random", "approvals")
    await keys(cook, "Escape", "Backspace")
    await choose(modal, "More", "random")
    await expect(modal.root.get_by_role("option", name="approvals")).to_be_disabled()
    await keys(cook, "Escape")
    await modal.press("Send")
    held = await kitchen.submission()
    assert held["one"]["selected_conversation"] == "C0DATAJOBS"
    assert held["many"]["selected_conversations"] == ["C0RANDOM"]
    assert held["more"]["selected_channels"] == ["C0RANDOM"]


async def test_a_list_opens_at_what_is_chosen(kitchen, cook):
    modal = await kitchen.modal(cook, "chosen")
    await modal.field("Time").click()
    await expect(modal.root.get_by_role("option", name="9:30 AM")).to_be_in_viewport()
    await expect(modal.root.get_by_role("option", name="12:00 AM")).not_to_be_in_viewport()
