"""The shortest way: a command, its review, Apply, and the card that is edited to the verdict."""

import pytest

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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"/flink rescale {JOB} many", "is not a whole number"),
        ("/flink rescale no-such-job 8", "There is no job “no-such-job”"),
        ("/flink rescale re 8", "can mean more than one job"),
    ],
)
async def test_what_cannot_be_reviewed_opens_the_form_and_says_why(calm, reader, line, said):
    form = await reader.screen(line, "Change a job")
    await form.says(said)
    await reader.accessible()
    assert calm.alibaba.calls("UpdateDeployment") == 0


async def test_cancel_in_the_review_leaves_everything_as_it_was(calm, reader):
    review = await reader.screen(f"/flink rescale {JOB} 8")
    await review.press("Cancel")
    await reader.no_modal()
    assert calm.alibaba.calls("UpdateDeployment") == 0
