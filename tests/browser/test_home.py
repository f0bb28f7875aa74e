"""The Home tab and the shortcuts: ways in that need no command."""

import re

import pytest_asyncio

from bot.sandbox.stage import CHANNEL
from tests.acceptance.world import JOB
from tests.browser.pages import button, expect
from tests.browser.test_card import applied

HEADING = "Change running Flink jobs, safely"


@pytest_asyncio.fixture(loop_scope="session")
async def home(stage, ada):
    """Give the Home tab as Ada sees it."""
    return await opened(ada)


async def opened(page):
    """Open the conversation with the bot, and its Home tab."""
    await page.open(f"D{page.user.id[1:]}")
    await page.page.get_by_role("tab", name="Home").click()
    panel = page.page.get_by_role("tabpanel", name="Home")
    await expect(panel.get_by_text(HEADING)).to_be_visible()
    return panel


async def test_home_shows_what_goes_on_and_its_buttons_lead_everywhere(stage, ada, home):
    await expect(home).to_contain_text("you may; cards go to #data-jobs")
    await ada.accessible()
    await button(home, "List the jobs").click()
    answer = await ada.modal("Flinkbot", JOB)
    await ada.accessible()
    await answer.press("Close")
    await button(home, "Show the newest updates").click()
    await (await ada.modal("Flinkbot", "No updates yet.")).press("Close")
    await button(home, "Open the form").click()
    await ada.modal("Change a job", "Choose a job")


async def test_a_change_from_home_is_reviewed_applied_and_seen_there(stage, ada, home):
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "hang"})
    await button(home, "Open the form").click()
    form = await ada.modal("Change a job")
    await form.choose("Job", JOB, typed="orders")
    await form.fill("Parallelism", "8")
    await form.press("Review")
    await (await ada.modal("Review the change")).press("Apply")
    await (await ada.modal("Applying")).press("Close")
    await button(home, "Read everything on this tab again").click()
    await expect(home).to_contain_text(re.compile("Running: orders-enrichment.*step", re.DOTALL))
    await ada.accessible()
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "succeed", "duration_s": 0})
    await stage.seen(lambda: _verdicts(stage))
    await button(home, "Read everything on this tab again").click()
    await expect(home).to_contain_text("Succeeded: orders-enrichment")
    await button(home, "View update").click()
    await (await ada.modal("Update")).says("Timeline")


def _verdicts(stage):
    return [one for one in stage.slack.messages(CHANNEL) if "Succeeded" in one.words()]


async def test_home_fits_a_narrow_window_in_the_dark(stage):
    ada = await stage.open("ada", viewport={"width": 390, "height": 844}, color_scheme="dark")
    await opened(ada)
    await ada.accessible()


async def test_the_channel_of_the_card_is_asked_for_where_the_target_has_none(stage):
    stage.text = stage.text.replace(f'\nchannel = "{CHANNEL}"', "")
    await stage.restart()
    ada = await stage.open("ada")
    home = await opened(ada)
    await button(home, "Open the form").click()
    form = await ada.modal("Change a job")
    await form.choose("Job", JOB, typed="orders")
    await form.holds("Parallelism", "4")
    await form.fill("Parallelism", "8")
    await form.press("Review")
    await expect(form.root.get_by_text("Please complete this required field.")).to_be_visible()
    await form.select("Channel", "data-jobs")
    await ada.accessible()
    await form.press("Review")
    await (await ada.modal("Review the change")).press("Apply")
    await (await ada.modal("Applying")).press("Close")
    await ada.open(CHANNEL)
    await ada.message("Succeeded", JOB)


async def test_the_shortcut_of_a_card_opens_the_form_of_its_job(stage, ada):
    await applied(ada, f"/flink rescale {JOB} 8")
    card = await ada.message("Succeeded", JOB)
    await _shortcut(ada, card)
    form = await ada.modal("Change a job")
    await form.holds("Parallelism", "8")
    await ada.accessible()


async def test_the_shortcut_of_a_persons_message_is_about_the_job_it_names(stage, ada, lin):
    await lin.type("payments-fraud lags behind, has anybody looked?")
    message = await ada.message("payments-fraud lags behind")
    await _shortcut(ada, message)
    await (await ada.modal("Change a job")).holds("Parallelism", "6")


async def test_the_global_shortcut_opens_an_empty_form(calm, reader):
    await reader.page.get_by_role("button", name="Shortcuts").click()
    await reader.page.get_by_role("menuitem", name="Change a Flink job").click()
    await reader.modal("Change a job", "Choose a job")


async def _shortcut(page, message):
    await message.hover()
    await message.get_by_role("button", name="Message actions").click()
    await page.accessible()
    await page.page.get_by_role("menuitem", name="Change this job").click()
