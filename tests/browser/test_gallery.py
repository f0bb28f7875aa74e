"""`flinkbot sandbox --gallery`: every state and screen has its picture, and none is blank."""

import re
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from base64 import b64encode

import pytest_asyncio

from bot.flink.update import Outlook, State
from bot.sandbox.gallery import answers, cards, home, modals, samples
from tests.acceptance.process import environment

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
    """Give the folder that the command filled, and what it said."""
    folder = tmp_path_factory.mktemp("gallery") / "pictures"
    process = await create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "sandbox", "--gallery", str(folder)),
        env=environment(),
        stdout=PIPE,
        stderr=PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert errors == b""
    return folder, out.decode()


def test_every_state_outlook_and_verdict_has_its_picture(gallery):
    folder, _ = gallery
    names = {file.stem for file in folder.glob("*.png")}
    wanted = {f"card-{state}" for state in State if state is not State.RUNNING}
    wanted |= {f"card-running-{outlook}" for outlook in Outlook if outlook is not Outlook.NORMAL}
    wanted |= {f"card-running-{number}-{step}" for number, step in enumerate(cards.STEPS, 1)}
    wanted |= {f"verdict-{code.removeprefix('verdict_')}" for code in samples.ENDINGS}
    assert wanted - names == set()


def test_every_screen_has_its_picture(gallery):
    folder, said = gallery
    names = {file.stem for file in folder.glob("*.png")}
    wanted = {*modals.NAMES, *home.NAMES, *(f"answer-{name}" for name in answers.NAMES)}
    wanted |= {f"page-{name}" for name in ("channel", "form", "review", "jobs", "launcher")}
    wanted |= {f"page-review-{eyes}" for eyes in ("dark", "narrow")}
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
