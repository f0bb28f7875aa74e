"""Other eyes and hands: a telephone's width, the dark, a keyboard alone."""

import pytest

from tests.acceptance.world import JOB
from tests.browser.pages import expect
from tests.browser.test_card import applied

NARROW = {"width": 390, "height": 844}


async def _fits(page):
    """Nothing is wider than the window."""
    wide = await page.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


async def test_a_narrow_window_shows_the_whole_way(stage):
    ada = await stage.open("ada", viewport=NARROW, has_touch=True)
    await _fits(ada)
    review = await ada.screen(f"/flink rescale {JOB} 8")
    await _fits(ada)
    await ada.accessible()
    await review.press("Apply")
    await (await ada.modal("Applying")).press("Close")
    card = await ada.message("Succeeded", JOB)
    await _fits(ada)
    await ada.accessible()
    await ada.open_thread(card)
    await ada.reply("Applied.")
    await _fits(ada)
    await ada.accessible()


@pytest.mark.parametrize("line", ["/flink update", f"/flink update {JOB}"])
async def test_the_form_fits_a_narrow_window(stage, line):
    ada = await stage.open("ada", viewport=NARROW)
    form = await ada.screen(line, "Change a job")
    await form.fill("Reason", "On the road")
    await _fits(ada)
    await ada.accessible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_both_colour_schemes_have_enough_contrast(stage, scheme):
    ada = await stage.open("ada", color_scheme=scheme)
    await ada.type("/flink jobs")
    await ada.message("daily-report")
    await applied(ada, "/flink rescale payments-fraud 9")
    await ada.message("Failed, old settings still run", "payments-fraud")
    await ada.accessible()
    await ada.screen("/flink rescale search-index 8")
    await ada.accessible()


async def test_the_keyboard_alone_goes_from_a_command_to_the_verdict(stage, ada):
    keyboard = ada.page.keyboard
    await ada.composer.focus()
    await keyboard.type(f"/flink update {JOB}")
    await keyboard.press("Enter")
    form = await ada.modal("Change a job")
    await form.holds("Parallelism", "4")
    await _tab_to(ada, form.field("Parallelism"))
    await keyboard.press("ControlOrMeta+a")
    await keyboard.type("8")
    await keyboard.press("Enter")
    review = await ada.modal("Review the change")
    await _tab_to(ada, review.root.get_by_role("button", name="Apply"))
    await keyboard.press("Enter")
    await ada.modal("Applying")
    await keyboard.press("Escape")
    await ada.no_modal()
    card = await ada.message("Succeeded", JOB)
    await _tab_to(ada, card.get_by_role("button", name="View update"))
    await keyboard.press("Enter")
    await ada.modal("Update")
    await keyboard.press("Escape")
    await ada.no_modal()


async def test_a_job_is_chosen_with_the_arrows(calm, reader):
    form = await reader.screen("/flink update", "Change a job")
    box = form.root.get_by_role("combobox", name="Job")
    await _tab_to(reader, box)
    await reader.page.keyboard.type("orders")
    option = reader.page.get_by_role("option", name=JOB)
    await expect(option).to_be_visible()
    await expect(box).to_have_attribute("aria-activedescendant", await option.get_attribute("id"))
    await reader.page.keyboard.press("Enter")
    await form.holds("Parallelism", "4")


async def _tab_to(page, wanted):
    """Press Tab until an element has the focus; it must be within reach."""
    for _ in range(60):
        if await wanted.evaluate("(one) => one === document.activeElement"):
            return
        await page.page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with Tab")
