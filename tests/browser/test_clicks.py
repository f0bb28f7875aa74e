"""Impatience and company: every button twice, and two people at the same job."""

from bot.sandbox.slack.troubles import rate_limited
from tests.acceptance.world import JOB, fault, started_in_the_console
from tests.browser.pages import expect
from tests.browser.test_card import applied


async def test_apply_pressed_twice_sends_one_update(stage, ada):
    review = await ada.screen(f"/flink rescale {JOB} 8")
    await review.press("Apply", times=2)
    await ada.message("Succeeded", JOB)
    assert stage.alibaba.calls("UpdateDeployment") == 1
    assert stage.alibaba.calls("HotUpdateJob") == 1
    await expect(ada.messages.filter(has_text=JOB)).to_have_count(1)


async def test_a_form_submitted_twice_makes_one_plan(stage, ada):
    form = await ada.screen(f"/flink update {JOB}", "Change a job")
    await form.fill("Parallelism", "8")
    await form.press("Review", times=2)
    review = await ada.modal("Review the change")
    await review.press("Apply")
    await ada.message("Succeeded", JOB)
    assert stage.alibaba.calls("HotUpdateJob") == 1


async def test_cancel_confirmed_by_two_people_cancels_once_and_answers_both(stage, ada, lin):
    review = await ada.screen(f"/flink rescale {JOB} 8")
    stage.alibaba.inject(fault("GetDeployment", "delay", seconds=6))
    await review.press("Apply")
    await (await ada.modal("Applying")).press("Close")
    stage.allowed.add("ratelimited")
    stage.expected.append("ratelimited")
    stage.slack.fail_next("chat.update", rate_limited(2))  # Lin sees the old card a while longer
    await ada.press(await ada.message("Queued", JOB), "Cancel update")
    await lin.press(await lin.message("Queued", JOB), "Cancel update")
    await ada.answer_dialog("Cancel update")
    await ada.message("is cancelled. Nothing was sent.")
    await lin.answer_dialog("Cancel update")
    await lin.message("is cancelled. Nothing was sent.")
    await ada.message("Cancelled", "Retry")
    assert stage.alibaba.calls("UpdateDeployment") == 0


async def test_retry_pressed_twice_opens_reviews_of_which_one_can_be_applied(stage, ada):
    stage.allowed.add("not_found")  # the second screen took the place of the first
    await applied(ada, "/flink rescale payments-fraud 9")
    verdict = await ada.message("Failed, old settings still run", "payments-fraud")
    stage.cloud.behave(stage.cloud.named("payments-fraud"), {"outcome": "succeed"})
    await ada.press(verdict, "Retry update", times=2)
    review = await ada.modal("Review the change")
    await review.press("Apply")
    await ada.message("Succeeded", "payments-fraud")
    assert stage.alibaba.calls("HotUpdateJob") == 2


async def test_restore_pressed_twice_puts_back_once(stage, ada):
    stage.allowed.add("not_found")  # the second screen took the place of the first
    await applied(ada, "/flink rescale payments-fraud 9")
    verdict = await ada.message("Failed, old settings still run", "payments-fraud")
    saves = stage.alibaba.calls("UpdateDeployment")
    await ada.press(verdict, "Restore saved settings", times=2)
    review = await ada.modal("Restore saved settings")
    await review.press("Apply", times=2)
    await ada.message("Saved for the next start", "payments-fraud")
    assert stage.alibaba.calls("UpdateDeployment") == saves + 1


async def test_watch_pressed_twice_watches_once_and_answers_both(stage, ada):
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "hang"})
    started = started_in_the_console(stage)
    await ada.type(f"/flink result {started.id}")
    result = await ada.message(started.id, "Nobody follows it here.")
    await ada.press(result, "Watch hot update")
    await ada.message(f"Watching hot update {started.id}")
    await ada.press(result, "Watch hot update")
    await expect(ada.messages.filter(has_text=f"Watching hot update {started.id}")).to_have_count(2)
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "succeed", "duration_s": 0})
    await ada.message("Succeeded", "Watched hot update")
    await expect(ada.messages.filter(has_text="Watched hot update")).to_have_count(1)


async def test_the_second_of_two_people_is_told_who_was_first_and_since_when(stage, ada, lin):
    mine = await ada.screen(f"/flink rescale {JOB} 8")
    theirs = await lin.screen(f"/flink rescale {JOB} 6")
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "hang"})
    await mine.press("Apply")
    await ada.modal("Applying")
    await theirs.press("Apply")
    theirs = await lin.modal("Review the change")
    await theirs.says("Another update of this job is in progress", "by @Ada Okafor", "since")
    await lin.accessible()
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "succeed", "duration_s": 0})
    await lin.message("Succeeded", JOB)
    await theirs.press("Apply")
    await lin.message("Stale, not applied", JOB)
    assert stage.alibaba.calls("HotUpdateJob") == 1


async def test_edit_pressed_twice_opens_one_form(calm, reader):
    review = await reader.screen(f"/flink rescale {JOB} 8")
    await review.press("Edit the change", times=2)
    form = await reader.modal("Change a job")
    await form.holds("Parallelism", "8")
    await form.press("Cancel")
    await reader.no_modal()
