import pytest

from bot.errors import ConfigurationError
from bot.sandbox.gallery import chromium


def test_a_missing_playwright_is_told_with_the_way_to_get_it():
    said = chromium.missing(which=lambda _: "/usr/bin/chromium", installed=lambda _: None)
    assert "pip install 'flinkbot[gallery]'" in said


def test_a_missing_browser_is_told_with_its_names_and_the_way_to_get_it():
    said = chromium.missing(which=lambda _: None, installed=lambda _: object())
    assert "chromium, chromium-browser, google-chrome" in said
    assert "apt-get install chromium" in said


def test_any_of_the_names_will_do():
    def which(name):
        return "/opt/chrome" if name == "google-chrome" else None

    assert chromium.missing(which=which, installed=lambda _: object()) == ""


async def test_nothing_is_started_where_something_is_missing():
    with pytest.raises(ConfigurationError, match="no Chromium"):
        async with chromium.open_chromium(which=lambda _: None):
            pass
