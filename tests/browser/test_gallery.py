"""`flinkbot sandbox --gallery`: every state and screen has its picture, and none is blank."""

import logging
import re
from base64 import b64encode
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest_asyncio
import structlog

from bot.flink.dli.catalogue import groups_of
from bot.flink.dli.setting import JobType
from bot.flink.update import Outlook, State
from bot.sandbox.gallery import (
    answers,
    approvals,
    cards,
    dli_samples,
    frozen,
    home,
    modals,
    page,
    samples,
)
from bot.sandbox.gallery.main import run_gallery
from bot.updates.dli.route import ROLLBACK, DliOperation

ROOT = Path(__file__).parent.parent.parent
README, IMAGES = ROOT / "README.md", ROOT / "bot" / "sandbox" / "images"
SQL = JobType.SQL

_INK = """async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = new OffscreenCanvas(64, 64);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, 64, 64);
    const { data } = context.getImageData(0, 0, 64, 64);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 3).join());
    return seen.size;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gallery(browser, tmp_path_factory):
    """Give the folder that the command fills, and what it says."""
    folder = tmp_path_factory.mktemp("gallery")
    root, said = logging.getLogger(), StringIO()
    handlers, level = root.handlers[:], root.level
    try:
        with redirect_stdout(said):
            await run_gallery(folder)
    finally:  # the program has configured the logging of this process
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
    return folder, said.getvalue()


def test_every_state_outlook_and_verdict_has_its_picture(gallery):
    folder, _ = gallery
    names = {file.stem for file in folder.glob("*.png")}
    wanted = {f"card-{state}" for state in State if state is not State.RUNNING}
    wanted |= {f"card-running-{outlook}" for outlook in Outlook if outlook is not Outlook.NORMAL}
    wanted |= {f"card-running-{number}-{step}" for number, step in enumerate(cards.STEPS, 1)}
    wanted |= {f"verdict-{code.removeprefix('verdict_')}" for code in samples.ENDINGS}
    wanted |= {f"dli-verdict-{code.removeprefix('verdict_')}" for code in dli_samples.ENDINGS}
    wanted |= {f"dli-running-back-{step}" for step in ROLLBACK}
    wanted |= {f"dli-queued-{one.removeprefix('dli_').replace('_', '-')}" for one in DliOperation}
    assert wanted - names == set()


def test_the_pictures_of_the_readme_are_of_the_gallery(gallery):
    folder, _ = gallery
    shown = {file.name for file in IMAGES.glob("*.png")}
    assert shown == set(re.findall(r"sandbox/images/([\w-]+\.png)", README.read_text("utf-8")))
    assert shown <= {file.name for file in folder.glob("*.png")}


def test_every_screen_has_its_picture(gallery):
    folder, said = gallery
    names = {file.stem for file in folder.glob("*.png")}
    wanted = {*modals.NAMES, *home.NAMES, *(f"answer-{name}" for name in answers.NAMES)}
    wanted |= {f"page-{name}" for name in ("channel", "form", "review", "jobs", "launcher")}
    wanted |= {f"page-review-{eyes}" for eyes in ("dark", "narrow")}
    wanted |= {*page.NAMES, *(f"dli-form-{group.replace('_', '-')}" for group in groups_of(SQL))}
    wanted |= {*frozen.NAMES, *approvals.NAMES}
    assert wanted - names == set()
    assert f"{len(names)} pictures" in said


async def test_no_picture_is_blank_and_the_page_shows_them_all(gallery, browser):
    folder, _ = gallery
    pictures, shown = _read(folder)
    assert sorted(shown) == sorted(pictures)
    page = await browser.new_page()
    try:
        colours = {name: await page.evaluate(_INK, data) for name, data in pictures.items()}
    finally:
        await page.close()
    assert {name: many for name, many in colours.items() if many < 8} == {}


def _read(folder):
    """Give the pictures as addresses a browser can load, and the names that the page shows."""
    pictures = {
        file.name: f"data:image/png;base64,{b64encode(file.read_bytes()).decode()}"
        for file in folder.glob("*.png")
    }
    return pictures, re.findall(r'src="([^"]+)"', (folder / "index.html").read_text("utf-8"))
