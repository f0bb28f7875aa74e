"""Find and start a browser that is on this machine already; nothing is downloaded."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from playwright.async_api import Browser

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLAYWRIGHT = "Playwright is not installed. Get it with: pip install 'flinkbot[gallery]'"
_CHROMIUM = (
    "no Chromium was found on PATH (looked for {names})."
    " Get it with: apt-get install chromium, or from your system's packages"
)


def missing(
    which: Callable[[str], str | None] = shutil.which,
    installed: Callable[[str], object] = find_spec,
) -> str:
    """Say what a browser needs and is not here, and how to get it; empty if all is here."""
    if not installed("playwright"):
        return _PLAYWRIGHT
    return "" if _path(which) else _CHROMIUM.format(names=", ".join(_NAMES))


@asynccontextmanager
async def open_chromium(
    which: Callable[[str], str | None] = shutil.which,
) -> AsyncIterator[Browser]:
    """Run a headless Chromium.

    Raises:
        ConfigurationError: it or Playwright is not on this machine.

    """
    if trouble := missing(which):
        raise ConfigurationError(trouble)
    from playwright.async_api import async_playwright  # noqa: PLC0415 - an optional dependency

    async with async_playwright() as playwright:
        # A container has no sandbox for it, and it sees nothing but pages of this process.
        arguments = ["--no-sandbox", "--force-color-profile=srgb", "--font-render-hinting=none"]
        browser = await playwright.chromium.launch(executable_path=_path(which), args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


def _path(which: Callable[[str], str | None]) -> str | None:
    return next(filter(None, map(which, _NAMES)), None)
