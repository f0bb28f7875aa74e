"""The history in the page: pages are turned in place, and an update can be looked at."""

import pytest
import pytest_asyncio

from tests.browser.pages import expect
from tests.past import fill
from tests.unit.store.bench import url_of

pytestmark = pytest.mark.usefixtures("past")


@pytest_asyncio.fixture(loop_scope="session")
async def past(tmp_path):
    """Nine updates of Ada's, from before the bot was started."""
    return await fill(url_of(tmp_path), ["U0ADA"], 9)


async def test_a_page_is_turned_and_turned_back(past, stage, ada):
    await ada.type("/flink history @ada")
    newest = await ada.message("History", "had a part in", past[0], "rule small")
    await ada.accessible()
    await expect(newest).not_to_contain_text(past[8])

    await ada.press(newest, "Show older updates")
    oldest = await ada.message("History", past[8])
    await expect(oldest).not_to_contain_text(past[0])
    await ada.accessible()
    await ada.press(oldest, "Show newer updates")
    newest = await ada.message("History", past[0])

    await expect(ada.messages.filter(has_text="History")).to_have_count(1)
    await ada.press(newest, f"View update {past[0]}")
    await ada.modal("Update", past[0])


async def test_an_update_is_told_whole(past, stage, ada):
    await ada.type(f"/flink history {past[4]}")

    await ada.message("What happened", past[4])
