"""A reload in the middle: what was open and typed is there again, and the update goes on."""

from tests.acceptance.world import JOB
from tests.browser.pages import expect
from tests.browser.test_card import applied


async def test_an_open_form_and_what_was_typed_survive(calm, reader):
    form = await reader.screen(f"/flink update {JOB}", "Change a job")
    await form.fill("Reason", "Black Friday")
    await form.fill("Parallelism", "8")
    await reader.page.keyboard.press("Tab")  # what was typed is known once its field is left
    await calm.seen(lambda: "8" in str(calm.ada.views[0].state))
    await reader.reload()
    form = await reader.modal("Change a job")
    await form.holds("Parallelism", "8")
    await form.holds("Reason", "Black Friday")
    await form.press("Review")
    await (await reader.modal("Review the change")).says("4 → 8", "Black Friday")


async def test_a_review_can_still_be_applied(stage, ada):
    await ada.screen(f"/flink rescale {JOB} 8")
    await ada.reload()
    review = await ada.modal("Review the change")
    await review.press("Apply")
    await ada.message("Succeeded", JOB)
    assert stage.alibaba.calls("HotUpdateJob") == 1


async def test_an_update_goes_on_and_its_open_thread_is_shown_again(stage, ada):
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "hang"})
    await applied(ada, f"/flink rescale {JOB} 8")
    card = await ada.message("Running", "HOT_UPDATING")
    await ada.open_thread(card)
    await ada.reload()
    await expect(ada.thread).to_be_visible()
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "succeed", "duration_s": 0})
    await ada.message("Succeeded", "observed 8")
    await ada.reply("Applied. The running job shows every value")
    assert stage.alibaba.calls("HotUpdateJob") == 1


async def test_a_bot_that_is_stopped_in_the_middle_goes_on_where_it_was(stage, ada, lin):
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "hang"})
    await applied(ada, f"/flink rescale {JOB} 8")
    await ada.message("Running", "HOT_UPDATING")
    await stage.stop()
    await lin.type("/flink status")
    await expect(lin.page.get_by_role("status").filter(has_text="/flink failed")).to_be_visible()
    stage.cloud.behave(stage.cloud.named(JOB), {"outcome": "succeed", "duration_s": 0})
    await stage.start()
    card = await ada.message("Succeeded", "observed 8")
    await expect(ada.messages.filter(has_text=JOB)).to_have_count(1)
    await ada.open_thread(card)
    await ada.reply("Applied. The running job shows every value")
    assert stage.alibaba.calls("HotUpdateJob") == 1
