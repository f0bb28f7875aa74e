"""The ends that are not plain success, as the channel sees them."""

from bot.sandbox.alibaba.definition import with_parallelism
from tests.acceptance.world import HURRIED, JOB, fault
from tests.browser.test_card import applied


async def test_a_job_that_went_down_is_told_loudly_with_the_ways_to_recover(stage, ada):
    await applied(ada, "/flink rescale inventory-cdc 10")
    await ada.message("JOB DOWN", "RestoreFailed", "1. Old settings: press Restore saved settings")
    await ada.accessible()


async def test_less_than_was_asked_shows_asked_reported_and_observed(stage, ada):
    stage.cloud.behave(stage.cloud.named(JOB), {"granted": 5})
    await applied(ada, f"/flink rescale {JOB} 8")
    await ada.message("Succeeded with differences", "asked 8", "observed 5")
    await ada.accessible()


async def test_a_deployment_that_was_edited_after_the_review_is_not_touched(stage, ada):
    review = await ada.screen(f"/flink rescale {JOB} 8")
    stage.cloud.edit(stage.cloud.named(JOB), parallelism=5, conf={}, by="zhang.min")
    await review.press("Apply")
    await (await ada.modal("Applying")).press("Close")
    card = await ada.message("Stale, not applied", JOB)
    await ada.accessible()
    assert stage.alibaba.calls("UpdateDeployment") == 0
    await ada.press(card, "Retry update")
    await (await ada.modal("Review the change")).says("zhang.min")


async def test_a_lost_answer_without_a_trace_ends_as_unknown_and_is_not_sent_again(stage, ada):
    await stage.restart(times=HURRIED)
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "hang"})
    review = await ada.screen(f"/flink rescale {JOB} 8")
    stage.alibaba.inject(fault("HotUpdateJob", "drop_after"))
    await review.press("Apply")
    await (await ada.modal("Applying")).press("Close")
    await ada.message("Outcome unknown, still watching", "Do not submit it again")
    verdict = await ada.message("Outcome unknown", "Look at the job in the console")
    await ada.accessible()
    await ada.press(verdict, "View update")
    details = await ada.modal("Update")
    await details.says("Timeline", "lost")
    await details.press("Close")
    await ada.press(verdict, "Read the cloud again")
    await ada.message("Still unknown", "Nothing was sent now")
    await ada.accessible()
    job = stage.cloud.named(JOB).latest_job
    job.parts = with_parallelism(job.parts, 8)
    await ada.press(verdict, "Read the cloud again")
    await ada.message("Succeeded", "The running job has the values")
    assert stage.alibaba.calls("HotUpdateJob") == 1


async def test_a_refusal_of_the_cloud_is_told_in_its_own_words(stage, ada):
    review = await ada.screen(f"/flink rescale {JOB} 8")
    stage.alibaba.inject(
        fault("UpdateDeployment", "refuse", code="990301", message="frozen for the season")
    )
    await review.press("Apply")
    await (await ada.modal("Applying")).press("Close")
    await ada.message("Refused by the cloud", "frozen for the season")
    assert stage.alibaba.calls("HotUpdateJob") == 0
