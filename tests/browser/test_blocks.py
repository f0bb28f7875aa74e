"""Every block as the page draws it: what it says; no axe violations; light, dark and narrow."""

import re

import pytest

from tests.browser.kitchen.app import MESSAGES, VIEWS
from tests.browser.pages import expect, without_violations

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"color_scheme": "light", "viewport": {"width": 375, "height": 800}},
}
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("look", LOOKS)
async def test_every_block_is_accessible_and_fits(kitchen, tmp_path, look):
    page = await kitchen.open(**LOOKS[look])
    for name in MESSAGES:
        message = await kitchen.message(page, name)
        await message.screenshot(path=tmp_path / f"{name}-{look}.png")
        assert not await page.page.evaluate(WIDER), f"{name} is wider than the window"
        await without_violations(page.page)
    for name in VIEWS:
        modal = await kitchen.modal(page, name)
        await modal.root.screenshot(path=tmp_path / f"modal-{name}-{look}.png")
        await without_violations(page.page)
        await modal.root.get_by_role("button", name="Close").click()
        await page.no_modal()


async def test_mrkdwn_is_formatted_and_never_taken_for_html(kitchen, cook):
    said = await kitchen.message(cook, "texts")
    for tag, words in (("strong", "Bold"), ("em", "italic"), ("s", "struck"), ("code", "code")):
        await expect(said.locator(f".text {tag}", has_text=words).first).to_be_visible()
    await expect(said).to_contain_text("2 * 3 * 4 snake_case_name")
    await expect(said.locator("blockquote")).to_have_text("quoted still quoted")
    await expect(said.locator("pre")).to_contain_text("return '<b>&</b>'")
    assert "• one\n    ◦ two\n1. first\n2. second" in await said.inner_text()
    await expect(said.get_by_role("listitem")).to_have_count(0)
    await expect(said.get_by_role("link", name="A link")).to_have_attribute("rel", "noreferrer")
    await expect(said).to_contain_text("@Ada Okafor, #data-jobs, @here, @ops")
    await expect(said).to_contain_text("Sep 21, 2026 at 4:13 PM 🚀 :nonsense: <b>")


async def test_a_long_section_is_folded_until_it_is_asked_for(kitchen, cook):
    said = await kitchen.message(cook, "texts")
    words = said.locator(".words", has_text="Line 30")
    folded = (await words.bounding_box())["height"]
    await said.get_by_role("button", name="Show more").click()
    assert (await words.bounding_box())["height"] > 1.5 * folded
    await expect(said.get_by_role("button", name="Show less")).to_be_visible()


async def test_rich_text_nests_its_lists_and_keeps_its_styles(kitchen, cook):
    said = (await kitchen.message(cook, "rich")).locator(".rich")
    await expect(said.locator("ul ul ul li")).to_have_text("innermost")
    await expect(said.locator("ol ol li").first).to_have_text("alpha")
    await expect(said.locator("ol[start='3'] li")).to_have_text("third")
    await expect(said.locator("u", has_text="underlined")).to_be_visible()
    await expect(said).to_contain_text("👋🏼")
    await expect(said.locator("pre")).to_have_text("a = 1\nb = 2")


async def test_markdown_is_drawn_and_its_html_stays_text(kitchen, cook):
    said = (await kitchen.message(cook, "rich")).locator(".markdown")
    await expect(said.get_by_role("heading", name="One heading")).to_be_visible()
    await expect(said.locator("ul ul ol li")).to_have_text("deepest")
    await expect(said.get_by_role("img", name="Done:")).to_be_visible()
    await expect(said.get_by_role("cell", name="16")).to_have_css("text-align", "right")
    await expect(said.locator("pre")).to_have_text("SELECT * FROM orders WHERE a < 3;")
    await expect(said).to_contain_text("<script>alert(1)</script> stays text.")
    await expect(said.locator("script")).to_have_count(0)


async def test_a_data_table_is_paged_and_sorted(kitchen, cook):
    table = (await kitchen.message(cook, "tables")).get_by_role("table", name="Jobs of the day")
    rows = table.locator("tbody tr")
    await expect(rows).to_have_count(5)
    await table.get_by_role("button", name="Parallelism").click()
    numbers = [int(text) for text in await table.locator("tbody td:nth-child(2)").all_inner_texts()]
    assert numbers == sorted(numbers)
    column = table.get_by_role("columnheader", name="Parallelism")
    await expect(column).to_have_attribute("aria-sort", "ascending")
    await column.get_by_role("button").press("Enter")
    await expect(column).to_have_attribute("aria-sort", "descending")
    await expect(rows.first).to_contain_text("12")
    await cook.page.get_by_role("button", name="Next page").click()
    await cook.page.get_by_role("button", name="Next page").click()
    await expect(rows).to_have_count(2)
    await expect(cook.page.get_by_text(re.compile("^11.12 of 12"))).to_be_visible()
    await expect(cook.page.get_by_role("button", name="Next page")).to_be_disabled()


async def test_a_chart_tells_its_numbers(kitchen, cook):
    said = await kitchen.message(cook, "charts")
    await expect(said.get_by_role("img", name="Jobs by state: pie chart")).to_be_visible()
    await expect(said).to_contain_text("failed 11 %")
    await said.get_by_text("Show the numbers").last.click()
    row = said.get_by_role("row").filter(has=cook.page.get_by_role("rowheader", name="Fri"))
    await expect(row.get_by_role("cell")).to_have_text(["260", "-40"])


async def test_a_plan_says_how_far_each_task_is(kitchen, cook):
    said = await kitchen.message(cook, "plans")
    plan = said.locator(".plan")
    await expect(plan).to_contain_text("1 of 4 done")
    for state in ("Complete", "In progress", "Pending", "Failed"):
        await expect(plan.get_by_role("img", name=state)).to_be_visible()
    await expect(said.get_by_role("link", name="Play: How to rescale")).to_be_visible()
    await said.get_by_role("button", name="Look").click()
    assert (await kitchen.action("card-0"))["value"] == "card-0"


async def test_the_home_tab_holds_cards_containers_and_what_is_pressed(kitchen, cook):
    await cook.page.get_by_role("link", name="Flinkbot").first.click()
    await cook.page.get_by_role("tab", name="Home").click()
    home = cook.page.get_by_role("tabpanel", name="Home")
    await expect(home.get_by_text("At home")).to_be_visible()
    await without_violations(cook.page)
    await expect(home.get_by_text("and below")).to_be_visible()
    await home.get_by_role("button", name="Show A container").click()
    await expect(home.get_by_text("and below")).to_be_hidden()
    await home.get_by_role("button", name="Look").first.click()
    assert (await kitchen.action("card-1"))["value"] == "card-1"
    await home.get_by_role("combobox", name="Tint", exact=True).click()
    await home.get_by_role("option", name="Red").click()
    assert (await kitchen.action("tint"))["selected_option"]["value"] == "red"


async def test_a_block_the_page_does_not_know_is_shown_all_the_same(kitchen, cook):
    drawn = await cook.page.evaluate(
        """async () => {
            const { blocks } = await import("/web/blocks.js");
            const [node] = blocks([{ type: "hologram", depth: 3 }], { context: {}, state: {} });
            return node.textContent;
        }"""
    )
    assert "hologram" in drawn
    assert '"depth": 3' in drawn
