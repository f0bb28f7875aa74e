"""Two people at two pages: one asks, the other approves or rejects."""

from tests.acceptance.test_approvals import OF_ALL, OF_LARGE_STEPS, SOON
from tests.acceptance.world import JOB, TIMES
from tests.browser.pages import button, expect

OWN = "Your own request needs somebody else's approval"


async def requested(page, line=f"/flink rescale {JOB} 8"):
    """Review and ask for approval; close the receipt; give the card."""
    review = await page.screen(line)
    await review.says("Needs 1 approval", "two-people")
    await page.accessible()
    await review.press("Request approval")
    await (await page.modal("Approval requested")).press("Close")
    await page.no_modal()
    return await page.message("Awaiting approval", JOB)


async def test_what_one_asks_for_the_other_approves(stage, ada, lin):
    await stage.restart(more=OF_LARGE_STEPS)
    mine = await requested(ada)
    await ada.accessible()
    await ada.press(mine, "Approve update")
    await ada.message(OWN, "Only visible to you")
    await expect(mine).to_contain_text("none so far")
    theirs = await lin.message("Awaiting approval", "asks for approval", "factor of 2")
    await expect(lin.messages.filter(has_text=OWN)).to_have_count(0)
    assert stage.alibaba.calls("UpdateDeployment") == 0
    await lin.press(theirs, "Approve update")
    await lin.message("You approved update")
    card = await lin.message("Succeeded", "observed 8")
    await ada.message("Succeeded", "observed 8")
    await expect(button(card, "Approve update")).to_have_count(0)
    await ada.open_thread(await ada.message("Succeeded", "observed 8"))
    await ada.reply("Approved by")


async def test_what_one_asks_for_the_other_rejects_with_a_reason(stage, ada, lin):
    await stage.restart(more=OF_ALL)
    await requested(ada)
    theirs = await lin.message("Awaiting approval", JOB)
    await lin.press(theirs, "Reject update")
    why = await lin.modal("Reject the request")
    await lin.accessible()
    await why.press("Reject")
    await expect(why.root).to_be_visible()  # a reason is required
    await why.fill("Why not?", "the sale is on")
    await why.press("Reject")
    await (await lin.modal("Rejected")).says("is told in")
    card = await ada.message("Cancelled", "rejected by", "the sale is on")
    await ada.accessible()
    await expect(button(card, "Approve update")).to_have_count(0)
    assert stage.alibaba.calls("UpdateDeployment") == 0


async def test_what_is_edited_is_asked_for_anew(stage, ada, lin):
    await stage.restart(more=OF_ALL)
    await ada.press(await requested(ada), "Edit update")
    form = await ada.modal("Change a job")
    await form.fill("Parallelism", "6")
    await form.press("Review")
    review = await ada.modal("Review the change")
    await review.says("4 → 6")
    await lin.message("Superseded", JOB)
    await review.press("Request approval")
    await ada.modal("Approval requested")
    await lin.press(await lin.message("Awaiting approval", "6"), "Approve update")
    await lin.message("Succeeded", "observed 6")


async def test_what_nobody_approves_expires(stage, ada):
    times = f"{TIMES}\napproval_expires_seconds = 3\n"
    await stage.restart(more=OF_ALL, times=times, ends=SOON)
    await requested(ada)
    await ada.message("Expired", "not approved in time")


async def test_a_job_that_moved_meanwhile_is_told_to_both(stage, ada, lin):
    await stage.restart(more=OF_ALL)
    await requested(ada)
    stage.cloud.edit(stage.cloud.named(JOB), parallelism=6, conf={}, by="console")
    await lin.press(await lin.message("Awaiting approval", JOB), "Approve update")
    for page in (ada, lin):
        await page.message("Stale", "something moved since it was reviewed")
