"""The shortest way: a command, its review, Apply, and the card that is edited to the verdict."""

from tests.acceptance.world import JOB
from tests.browser.pages import expect


async def test_a_command_leads_to_the_review_and_apply_to_a_verdict(stage, ada):
    review = await ada.screen(f"/flink rescale {JOB} 8")
    await review.says(JOB, "4 → 8", "Interruption")
    await ada.accessible()
    await review.press("Apply")
    await (await ada.modal("Applying")).press("Close")
    await ada.no_modal()
    card = await ada.message("Succeeded", JOB)
    await expect(card).to_contain_text("observed 8")
    await ada.accessible()
    await ada.open_thread(card)
    await ada.reply("Applied. The running job shows every value")
    await ada.accessible()
    assert stage.alibaba.calls("HotUpdateJob") == 1
