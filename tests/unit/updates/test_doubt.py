"""What is not known is never told as known, and nothing is applied that nobody looked at."""

from dataclasses import replace

import pytest

from bot.errors import CloudForbiddenError, CloudNotSentError, CloudUnavailableError
from bot.flink.snapshot import HotUpdateReport
from bot.flink.update import State
from bot.notes import Code
from tests.fakes.cloud import JOB_ID, lost_answer
from tests.unit.updates.conftest import ANNA, ORDERS

WHERE = {"cloud": "fake", "operation": "Anything"}


def reasons(update):
    return [note.code for note in update.verdict.notes]


async def crashed_with_intent(bench, update, step):
    """Leave the row as a process does that dies right after it committed a write's intent."""
    [claimed] = await bench.store.claim_due(1)
    await bench.store.save(
        replace(claimed, state=State.RUNNING, step=step, intent_at=bench.clock())
    )


async def test_a_trigger_cut_off_by_a_crash_is_not_watched_for_ever(bench):
    bench.cloud.saved["parallelism"] = "8"
    update = await bench.applied(parallelism="8")
    await crashed_with_intent(bench, update, "trigger")

    ended = await bench.settle(update.id)

    assert ended.state is State.UNKNOWN
    assert reasons(ended) == [Code.VERDICT_OUTCOME_UNKNOWN]
    assert Code.EVENT_OVERDUE in await bench.told(update.id)
    assert bench.cloud.count("hot_update") == 0


async def test_a_refused_look_does_not_make_a_lost_trigger_a_failure(bench):
    bench.cloud.hot_update_polls = 0
    bench.cloud.fail("hot_update", (lost_answer("HotUpdateJob"), True))
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.fail("fetch", CloudForbiddenError("not a member", **WHERE))

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert reasons(ended) == [Code.VERDICT_RECOVERED]


async def test_a_refused_look_does_not_make_a_lost_save_a_refusal(bench):
    bench.cloud.fail("save", (lost_answer("UpdateDeployment"), True))
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.fail("fetch", CloudForbiddenError("not a member", **WHERE))

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED


async def test_a_poll_that_is_refused_again_and_again_is_told_once(bench):
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.fail("hot_update_result", *[CloudForbiddenError("no", **WHERE)] * 5)

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert (await bench.told(update.id)).count(Code.EVENT_RETRYING) == 1


async def test_a_result_that_is_not_listed_at_once_is_asked_for_again(bench):
    update = await bench.applied()
    await bench.engine.run_due()
    listed, bench.cloud.hot_updates = bench.cloud.hot_updates, {}
    bench.clock.tick(2)
    await bench.engine.run_due()
    bench.cloud.hot_updates = listed

    ended = await bench.settle(update.id)

    assert reasons(ended) == [Code.VERDICT_APPLIED]
    assert Code.VERDICT_RESULT_GONE not in await bench.told(update.id)


async def test_what_others_save_while_the_trigger_waits_is_not_applied(bench):
    update = await bench.applied()
    bench.cloud.fail("hot_update", CloudNotSentError("refused", **WHERE))
    await bench.engine.run_due()
    bench.cloud.saved["execution.checkpointing.interval"] = "1 h"
    bench.clock.tick(60)

    ended = await bench.settle(update.id)

    assert ended.state is State.FAILED
    assert reasons(ended) == [Code.VERDICT_SAVE_DIFFERS, Code.VERDICT_SAVED_KEPT]
    assert bench.cloud.hot_updates == {}


async def test_what_others_save_just_before_the_trigger_is_a_difference(bench):
    hot_update = bench.cloud.hot_update

    async def somebody_is_faster(job_id):
        bench.cloud.saved["execution.checkpointing.interval"] = "1 h"
        return await hot_update(job_id)

    bench.cloud.hot_update = somebody_is_faster
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED_WITH_DIFFERENCES
    stray = ended.verdict.observations[-1]
    assert (stray.name, stray.asked) == ("execution.checkpointing.interval", None)
    assert (stray.observed, stray.agrees) == ("1 h", False)


async def test_a_trigger_that_never_left_is_not_called_unknown(bench):
    update = await bench.applied()
    bench.cloud.fail("hot_update", *[CloudNotSentError("refused", **WHERE)] * 1_000)

    ended = await bench.settle(update.id)

    assert ended.state is State.FAILED
    assert reasons(ended) == [Code.VERDICT_NOT_FINISHED, Code.VERDICT_SAVED_KEPT]


@pytest.mark.parametrize("late", [True, False])
async def test_a_lost_save_that_was_overtaken_does_not_claim_that_nothing_was_sent(bench, late):
    bench.cloud.fail("save", lost_answer("UpdateDeployment"))
    update = await bench.applied()
    await bench.engine.run_due()
    if late:  # our own save arrives after it was given up for lost
        bench.clock.tick(31)
        bench.cloud.fail("save", CloudUnavailableError("its look failed", **WHERE))
        await bench.engine.run_due()
        bench.cloud.saved["parallelism"] = "8"
    else:
        bench.cloud.saved["parallelism"] = "5"
    bench.cloud.revision += 1

    ended = await bench.settle(update.id)

    assert ended.state is State.STALE
    kept = [Code.VERDICT_SAVED_KEPT] if late else []
    assert reasons(ended) == [Code.VERDICT_OVERTAKEN, *kept]
    assert bench.cloud.count("hot_update") == 0


async def test_a_job_on_its_way_up_is_neither_down_nor_done(bench):
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.job_status = "STARTING"
    bench.clock.tick(10)
    await bench.engine.run_due()
    bench.clock.tick(10)
    await bench.engine.run_due()
    assert (await bench.store.get(update.id)).state is State.RUNNING
    bench.cloud.job_status = "RUNNING"

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED


async def test_another_run_that_ended_too_is_a_job_that_is_down(bench):
    bench.cloud.outcome = "FAILED"
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.job_id, bench.cloud.job_status = "another", "FAILED"

    ended = await bench.settle(update.id)

    assert ended.state is State.FAILED
    assert reasons(ended)[0] is Code.VERDICT_FAILED_JOB_DOWN


async def test_restarts_count_from_the_begin_of_the_update(bench):
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    bench.cloud.restarts = 3
    update = await bench.submissions.apply(planned.id, ANNA, accepted=False)

    ended = await bench.settle(update.id)

    assert (ended.verdict.restarts_before, ended.verdict.restarts_after) == (3, 3)
    assert reasons(ended) == [Code.VERDICT_APPLIED]


async def test_a_job_that_restarted_on_the_way_is_said(bench):
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.restarts = 2

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert reasons(ended) == [Code.VERDICT_APPLIED, Code.VERDICT_RESTARTED]


async def test_the_restarts_of_another_run_are_not_compared(bench):
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.job_id, bench.cloud.restarts = "another", 7

    ended = await bench.settle(update.id)

    assert ended.state is State.SUPERSEDED
    assert ended.verdict.restarts_after is None


async def test_a_watched_success_that_names_no_change_is_not_called_verified(bench):
    async def says_little(hot_update_id):
        return HotUpdateReport(hot_update_id=hot_update_id, job_id=JOB_ID, status="HOT_UPDATED")

    bench.cloud.hot_update_result = says_little
    update = await bench.requests.watch("prod", "hu-9", ANNA)

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED_WITH_DIFFERENCES
    assert reasons(ended) == [Code.VERDICT_UNVERIFIED]


async def test_a_step_that_breaks_every_time_gives_its_job_back(bench, caplog):
    async def broken(deployment_id):
        raise ZeroDivisionError("password=hunter2")

    update = await bench.applied()
    bench.cloud.fetch = broken

    ended = await bench.settle(update.id)

    assert ended.state is State.FAILED
    assert reasons(ended) == [Code.VERDICT_BROKEN]
    assert "hunter2" not in str(ended.verdict)
    assert "failed unexpectedly" in caplog.text
    assert await bench.store.live_for(ORDERS) is None


async def test_what_breaks_in_a_version_that_does_not_know_it_is_not_ended(bench):
    update = await bench.applied()
    [claimed] = await bench.store.claim_due(1)
    await bench.store.save(replace(claimed, step="of_tomorrow"))
    bench.clock.tick(1801)
    [claimed] = await bench.store.claim_due(1)

    await bench.engine.work(claimed)

    assert (await bench.store.get(update.id)).state is State.QUEUED


@pytest.mark.parametrize("step", ["", "of_tomorrow"])
async def test_what_this_version_does_not_know_is_left_to_one_that_does(bench, step, caplog):
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    operation = planned.operation if step else "of_tomorrow"
    theirs = replace(planned, id="tomorrow", operation=operation, step=step, state=State.QUEUED)
    await bench.store.add(theirs, [])

    for _ in range(40):
        await bench.engine.run_due()
        bench.clock.tick(120)

    left = await bench.store.get(theirs.id)
    assert (left.state, left.step, left.verdict) == (State.QUEUED, step, None)
    assert left.lease_until is None
    assert "failed unexpectedly" not in caplog.text
