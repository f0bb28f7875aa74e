"""The real bot, the simulators, and a browser at the simulated Slack's page, all in one loop."""

import logging
import os
from contextlib import AsyncExitStack
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox.gallery.chromium import missing, open_chromium
from tests.browser.kitchen.world import Kitchen
from tests.browser.scene import Scene
from tests.browser.touched import Touched

REQUIRED = os.environ.get("FLINKBOT_REQUIRE_BROWSER") == "1"  # noqa: TID251 - .ci/run sets it
HERE = Path(__file__).parent
LAST = "test_every_command_button_and_field_was_used"


def pytest_collection_modifyitems(items):
    """One loop for the whole folder, so that one browser serves it; what counts comes last."""
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        if iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    items.sort(key=lambda item: item.path.is_relative_to(HERE) and item.originalname == LAST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Where the browser is required, a test that was skipped has failed."""
    report = yield
    if REQUIRED and report.skipped and item.path.is_relative_to(HERE):
        report.outcome = "failed"
        report.longrepr = f"skipped, but FLINKBOT_REQUIRE_BROWSER=1: {report.longrepr}"
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser():
    """Give Chromium, or skip and say what is missing."""
    if trouble := missing():
        pytest.skip(f"browser tests: {trouble}")
    async with open_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def touched():
    """Give what the browser tests of this session have used so far."""
    return Touched()


@pytest.fixture
def make_scene():
    """Give what makes the scene; tests of another world override it."""
    return Scene


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path, caplog, browser, touched, make_scene):
    """Give the bot, the simulators and the way to their page (`stage.open("ada")`).

    At the end: Slack refused nothing, the bot did not complain, no page had an error in its
    console, and no request left this machine, except what the test named beforehand in
    `stage.allowed`, `stage.expected` and `stage.console_expected`.
    """
    caplog.set_level(logging.INFO, logger="bot")
    async with AsyncExitStack() as stack:
        scene = await stack.enter_async_context(make_scene(tmp_path, browser, touched))
        yield scene
        touched.offered_by(scene.slack)
    judge(scene, caplog)


def judge(scene, caplog):
    """Fail the test where the page, the bot or Slack had something to complain about."""
    left, complaints, refusals = scene.left_the_machine[:], scene.complaints(), scene.refusals()
    scene.forget()
    assert left == [], "a request left this machine"
    assert complaints == [], "the page's console has errors"
    assert refusals == [], "Slack refused what the bot sent"
    said = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING and record.name.startswith(("bot.", "slack"))
    ]
    unexpected = [line for line in said if not any(part in line for part in scene.expected)]
    assert unexpected == [], "the bot complained"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def calm_scene(tmp_path_factory, browser, touched):
    """Give the scene of all tests that change nothing, with Ada's page."""
    async with Scene(tmp_path_factory.mktemp("calm"), browser, touched) as scene:
        yield scene, await scene.open("ada")


@pytest_asyncio.fixture(loop_scope="session")
async def calm(calm_scene, caplog, touched):
    """Give a stage on which a test applies nothing; it is tidied for the next one."""
    caplog.set_level(logging.INFO, logger="bot")
    scene, _ = calm_scene
    yield scene
    await scene.tidy()
    touched.offered_by(scene.slack)
    judge(scene, caplog)


@pytest_asyncio.fixture(loop_scope="session")
async def reader(calm, calm_scene):
    """Give Ada's page on the calm stage."""
    _, page = calm_scene
    await page.no_modal()
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def ada(stage):
    """Give the page as Ada sees it, in the channel of the jobs."""
    return await stage.open("ada")


@pytest_asyncio.fixture(loop_scope="session")
async def lin(stage):
    """Give the page as Lin sees it, in a browser of her own."""
    return await stage.open("lin")


@pytest_asyncio.fixture(loop_scope="session")
async def kitchen(browser):
    """Give a stock Bolt app that shows every element and block, on a Slack of its own."""
    async with Kitchen(browser) as kitchen:
        yield kitchen
        assert kitchen.errors == [], "the page's console has errors"


@pytest_asyncio.fixture(loop_scope="session")
async def cook(kitchen):
    """Give the page as Ada sees it, in the kitchen's Slack."""
    return await kitchen.open()
