"""The review: warnings, what others left behind, and what cannot be applied."""

import pytest

from tests.acceptance.world import JOB
from tests.browser.pages import button, expect


@pytest.mark.parametrize(
    ("job", "warning"),
    [
        ("recommendations", "Autopilot is on."),
        ("shipping-eta", "evening-peak"),
        ("metrics-rollup", "GlobalAggregate[7]"),
    ],
)
async def test_what_may_surprise_is_said_before_apply(calm, reader, job, warning):
    review = await reader.screen(f"/flink rescale {job} 12")
    await review.says("Before you apply", warning)
    await reader.accessible()
    await expect(button(review.root, "Apply")).to_be_enabled()


@pytest.mark.parametrize(
    ("job", "because"),
    [("user-profiles", "EXPERT"), ("daily-report", "not running"), ("ledger", "unaligned")],
)
async def test_what_cannot_be_changed_in_place_has_no_apply_and_says_why(
    calm, reader, job, because
):
    review = await reader.screen(f"/flink rescale {job} 7")
    await review.says("Cannot be applied", because)
    await expect(button(review.root, "Apply")).to_have_count(0)
    await reader.accessible()


async def test_no_change_stops_at_the_review(calm, reader):
    review = await reader.screen(f"/flink rescale {JOB} 4")
    await review.says("Nothing would change.")
    await expect(button(review.root, "Apply")).to_have_count(0)


async def test_edits_of_others_need_a_tick(stage, ada):
    review = await ada.screen("/flink rescale search-index 8")
    await review.says("Saved by zhang.min, not applied yet", "180s → 60s")
    await ada.accessible()
    await review.press("Apply")
    await expect(review.root.get_by_text("Please complete this required field.")).to_be_visible()
    await ada.accessible()
    assert stage.alibaba.calls("UpdateDeployment") == 0
    await review.tick("Apply these too")
    await review.press("Apply")
    await ada.message("Succeeded", "search-index")
    job = stage.cloud.named("search-index").latest_job
    assert job.parts["flinkConf"]["execution.checkpointing.interval"] == "60s"


async def test_a_change_that_needs_a_restart_is_saved_only(stage, ada):
    form = await ada.screen(f"/flink update {JOB}", "Change a job")
    await form.fill("Other settings (need a restart)", "table.exec.state.ttl: 48 h")
    await form.press("Review")
    review = await ada.modal("Review the change")
    await review.says("none, the job is not touched")
    await review.press("Apply")
    await ada.message("Saved for the next start", JOB)
    assert stage.alibaba.calls("HotUpdateJob") == 0
