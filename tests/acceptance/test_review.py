"""The review: what is shown before anything is sent, and what cannot be applied at all."""

import pytest

from bot.slack.modals.review import ACCEPT_BLOCK
from tests.acceptance.world import JOB, fault, field


@pytest.mark.parametrize(
    ("job", "because"),
    [
        ("user-profiles", "expert"),
        ("legacy-etl", "vvr-6.0.7"),
        ("daily-report", "FAILED"),
        ("ledger", "unaligned"),
        ("batch-export", "BATCH"),
        ("adhoc-explore", "shared-session"),
    ],
)
async def test_what_cannot_be_changed_in_place_has_no_apply_and_says_why(world, job, because):
    review = await world.screen(f"/flink rescale {job} 7")
    assert "⛔ *Cannot be applied*" in review.words()
    assert because.lower() in review.words().lower()
    assert "submit" not in review.payload
    assert world.alibaba.calls("UpdateDeployment") == 0


@pytest.mark.parametrize(
    ("job", "warning"),
    [
        ("recommendations", "Autopilot"),
        ("shipping-eta", "evening-peak"),
        ("metrics-rollup", "GlobalAggregate[7]"),
    ],
)
async def test_what_may_surprise_is_said_before_apply(world, job, warning):
    review = await world.screen(f"/flink rescale {job} 12")
    assert "⚠️ *Before you apply*" in review.words()
    assert warning.lower() in review.words().lower()
    assert review.payload["submit"]["text"] == "Apply"


async def test_cost_interruption_state_and_checkpoint_are_shown(world):
    words = (await world.screen("/flink rescale clickstream-sessions 48")).words()
    for part in ("Interruption", "State", "Cost", "CUs", "Last checkpoint", "180", "48", "expires"):
        assert part in words


async def test_edits_of_others_are_shown_and_need_a_yes(world):
    review = await world.screen("/flink rescale search-index 8")
    words = review.words()
    assert "*Saved by zhang.min, not applied yet*" in words
    assert "overwritten by your change" in words
    assert "`180s` → `60s`" in words
    refused = await world.ada.submit(review)
    assert set(refused.errors) == {ACCEPT_BLOCK}
    assert world.alibaba.calls("UpdateDeployment") == 0
    update_id = await world.applied(review, {ACCEPT_BLOCK: ["accepted"]})
    assert "Succeeded" in (await world.told(update_id)).words()
    job = world.cloud.named("search-index").latest_job
    assert job.parts["flinkConf"]["execution.checkpointing.interval"] == "60s"


async def test_a_box_that_slack_did_not_ask_to_tick_is_asked_for_by_the_bot(world):
    review = await world.screen("/flink rescale search-index 8")
    required = next(b for b in review.blocks if b["block_id"] == ACCEPT_BLOCK)
    required["optional"] = True  # as if the person's client did not insist
    outcome = await world.ada.submit(review)
    assert outcome.sent
    assert set(outcome.errors) == {ACCEPT_BLOCK}


async def test_a_change_that_only_saves_says_that_the_job_is_not_touched(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    review = await world.submitted(form, {"other": "table.exec.state.ttl: 48 h"})
    assert "none, the job is not touched" in review.words()
    update_id = await world.applied(review)
    verdict = await world.told(update_id)
    assert "Saved for the next start" in verdict.words()
    assert world.alibaba.calls("HotUpdateJob") == 0


async def test_a_job_that_is_not_running_shows_its_saved_values(world):
    form = await world.screen("/flink update daily-report", "Change a job")
    assert "Not running" in form.words()
    review = await world.submitted(form, {field(form, "parallelism"): "3"})
    assert "submit" not in review.payload


async def test_a_review_of_a_job_that_cannot_be_read_says_so(world):
    world.alibaba.inject(
        fault("GetDeployment", "refuse", times=None, code="990400", message="not today")
    )
    said = await world.screen(f"/flink rescale {JOB} 8", "That did not work")
    assert "not today" in said.words()
