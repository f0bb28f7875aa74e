"""The way back: one changes a job, the other takes it back, and what would be wrong is refused."""

import re

from tests.acceptance.world import JOB
from tests.browser.pages import button, expect


def id_on(text, word="update"):
    return re.search(rf"{word} (\w{{8}})\b", text)[1]


async def rescaled(page, parallelism):
    review = await page.screen(f"/flink rescale {JOB} {parallelism}")
    await review.press("Apply")
    await (await page.modal("Applying")).press("Close")
    await page.no_modal()
    return await page.message("Succeeded", f"observed {parallelism}")


async def test_what_one_changed_the_other_takes_back(stage, ada, lin):
    await rescaled(ada, 8)
    card = await lin.message("Succeeded", "observed 8")
    await lin.press(card, "Roll back")
    review = await lin.modal("Roll back")
    await review.says("8 → 4", "no restart, the job keeps its state", "Roll back")
    await expect(button(review.root, "Edit")).to_have_count(0)
    await lin.accessible()
    await review.press("Roll back")
    await (await lin.modal("Applying")).press("Close")
    await lin.no_modal()

    back = await ada.message("Succeeded", "rolls back", "observed 4")
    await expect(button(back, "Roll back")).to_be_visible()
    await ada.accessible()
    await lin.press(card, "Roll back")
    await (await lin.modal("That did not work")).says("is as it was before")
    assert stage.alibaba.calls("HotUpdateJob") == 2


async def test_what_somebody_changed_since_is_not_taken_back(stage, ada, lin):
    update_id = id_on(await (await rescaled(ada, 8)).inner_text())
    await rescaled(lin, 6)

    refused = await ada.screen(f"/flink rollback {update_id}", "That did not work")

    await refused.says("the job was changed since", "Parallelism", f"/flink history {JOB}")
    await ada.accessible()
    assert stage.alibaba.calls("HotUpdateJob") == 2


async def test_what_failed_was_refused_or_never_done_is_no_way_back(stage, ada):
    await ada.type("/flink rollback")
    await ada.message("Not understood", "/flink rollback <update id>")
    review = await ada.screen(f"/flink rescale {JOB} 8")
    update_id = id_on(await review.root.inner_text(), "plan")
    await review.press("Cancel")
    await ada.no_modal()

    refused = await ada.screen(f"/flink rollback {update_id}", "That did not work")

    await refused.says("has not ended", "What is not done cannot be taken back.")
