"""The card in the channel: it moves with the update, and its buttons are the ways on."""

from tests.acceptance.world import JOB, fault, started_in_the_console
from tests.browser.pages import button, expect


async def applied(page, line):
    """Review and apply; close the receipt."""
    await (await page.screen(line)).press("Apply")
    await (await page.modal("Applying")).press("Close")
    await page.no_modal()


async def test_the_card_moves_while_the_update_does_and_ends_as_a_verdict(stage, ada, lin):
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "hang"})
    await applied(ada, f"/flink rescale {JOB} 8")
    await ada.message("Running", "Step 5 of 6: Poll", "HOT_UPDATING")
    await lin.message("Running", "Step 5 of 6: Poll", "HOT_UPDATING")
    await ada.accessible()
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "succeed", "duration_s": 0})
    card = await ada.message("Succeeded", "observed 8")
    await lin.message("Succeeded", "observed 8")
    await expect(ada.messages.filter(has_text=JOB)).to_have_count(1)
    await ada.open_thread(card)
    await ada.reply("The cloud accepted the hot update")
    await ada.page.get_by_role("button", name="Close the thread").click()
    await expect(ada.thread).to_be_hidden()


async def test_view_shows_everything_that_is_known(stage, ada):
    await applied(ada, f"/flink rescale {JOB} 8")
    card = await ada.message("Succeeded", JOB)
    await ada.press(card, "View update")
    details = await ada.modal("Update")
    await details.says("Outcome", "Timeline", "hot update", "digest")
    await ada.accessible()
    await details.press("Close")
    await ada.no_modal()


async def test_a_queued_update_is_cancelled_after_a_question(stage, ada):
    review = await ada.screen(f"/flink rescale {JOB} 8")
    stage.alibaba.inject(fault("GetDeployment", "delay", seconds=6))
    await review.press("Apply")
    await (await ada.modal("Applying")).press("Close")
    card = await ada.message("Queued", JOB)
    await ada.accessible()
    await ada.press(card, "Cancel update")
    await ada.accessible()
    await ada.answer_dialog("Keep it")
    await expect(card).to_contain_text("Queued")
    await ada.press(card, "Cancel update")
    await ada.answer_dialog("Cancel update")
    await ada.message("is cancelled. Nothing was sent.")
    ended = await ada.message("Cancelled", JOB, "Retry")
    await ada.press(ended, "Retry update")
    await (await ada.modal("Review the change")).says("4 → 8")
    assert stage.alibaba.calls("UpdateDeployment") == 0


async def test_a_failed_update_is_retried_once_the_cause_is_gone(stage, ada):
    await applied(ada, "/flink rescale payments-fraud 9")
    verdict = await ada.message("Failed, old settings still run", "exceeded quota: resourcequota")
    await expect(verdict.get_by_role("heading")).to_be_visible()
    await ada.accessible()
    stage.cloud.behave(stage.cloud.named("payments-fraud"), {"outcome": "succeed"})
    await ada.press(verdict, "Retry update")
    review = await ada.modal("Review the change")
    await review.says("6 → 9")
    await review.press("Apply")
    await ada.message("Succeeded", "payments-fraud")


async def test_what_a_failed_update_saved_is_put_back(stage, ada):
    await applied(ada, "/flink rescale payments-fraud 9")
    verdict = await ada.message("Failed, old settings still run", "payments-fraud")
    await ada.press(verdict, "Restore saved settings")
    review = await ada.modal("Restore saved settings")
    await review.says("9 → 6", "the running job keeps running as it is")
    await expect(button(review.root, "Edit")).to_have_count(0)
    await ada.accessible()
    await review.press("Apply")
    await ada.message("Saved for the next start", "payments-fraud")
    setting = stage.cloud.named("payments-fraud").parts["streamingResourceSetting"]
    assert setting["basicResourceSetting"]["parallelism"] == 6
    assert stage.alibaba.calls("HotUpdateJob") == 1


async def test_a_hot_update_from_the_console_is_watched_to_its_end(stage, ada):
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "hang"})
    started = started_in_the_console(stage)
    await ada.type(f"/flink result {started.id}")
    result = await ada.message(started.id, "Nobody follows it here.")
    await ada.accessible()
    await ada.press(result, "Watch hot update")
    await ada.message(f"Watching hot update {started.id}")
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "succeed", "duration_s": 0})
    await ada.message("Succeeded", "Watched hot update")
    assert stage.alibaba.calls("HotUpdateJob") == 0
