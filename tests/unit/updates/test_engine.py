"""An update from Apply to its verdict, with everything that may go wrong on the way."""

import asyncio

import pytest

from bot.errors import (
    CloudAuthError,
    CloudNotSentError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from bot.flink.snapshot import Failure, Operator
from bot.flink.update import Outlook, State
from bot.notes import Code
from bot.store import open_store
from bot.updates.engine import Patience
from tests.fakes.cloud import lost_answer
from tests.unit.updates.conftest import Bench

WHERE = {"cloud": "fake", "operation": "Anything"}


def reasons(update):
    return [note.code for note in update.verdict.notes]


async def test_a_rescale_ends_verified(bench):
    update = await bench.applied(parallelism="8")

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert reasons(ended) == [Code.VERDICT_APPLIED]
    [row] = ended.verdict.observations
    assert (row.name, row.asked, row.reported, row.observed) == ("parallelism", "8", "8", "8")
    assert bench.cloud.count("save") == bench.cloud.count("hot_update") == 1
    assert await bench.told(update.id) == [
        Code.EVENT_PLANNED,
        Code.EVENT_QUEUED,
        Code.EVENT_CHECKED,
        Code.EVENT_SAVING,
        Code.EVENT_SAVED,
        Code.EVENT_TRIGGERING,
        Code.EVENT_TRIGGERED,
        Code.EVENT_PROGRESS,
        Code.EVENT_VERIFYING,
        Code.EVENT_FINISHED,
    ]


async def test_the_hot_update_id_is_stored_as_soon_as_it_is_known(bench):
    update = await bench.applied()

    await bench.engine.run_due()

    stored = await bench.store.get(update.id)
    assert stored.progress["hot_update_id"] == "hu-1"
    assert stored.intent_at is None
    assert stored.step == "poll"


async def test_what_is_saved_already_is_only_triggered(bench):
    bench.cloud.saved["parallelism"] = "8"
    update = await bench.applied(parallelism="8")

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.count("save") == 0
    assert Code.EVENT_NOTHING_TO_SAVE in await bench.told(update.id)


async def test_a_setting_that_needs_a_restart_is_saved_and_not_triggered(bench):
    update = await bench.applied(**{"table.exec.state.ttl": "36 h"})

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_SAVED_ONLY])
    assert bench.cloud.saved["table.exec.state.ttl"] == "36 h"
    assert bench.cloud.count("hot_update") == 0


async def test_a_mixed_update_says_what_still_waits(bench):
    update = await bench.applied(**{"parallelism": "8", "table.exec.state.ttl": "36 h"})

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert reasons(ended) == [Code.VERDICT_APPLIED, Code.RESTART_FIELDS]


@pytest.mark.parametrize(
    "move",
    [
        lambda cloud: cloud.saved.update(parallelism="6"),
        lambda cloud: setattr(cloud, "revision", 7),
        lambda cloud: setattr(cloud, "job_id", "5af678c0-7db0-4650-94c2-d2604f0a0009"),
        lambda cloud: setattr(cloud, "job_status", "FAILED"),
    ],
)
async def test_a_job_that_moved_since_the_review_is_left_alone(bench, move):
    update = await bench.applied()
    move(bench.cloud)

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.STALE, [Code.VERDICT_STALE])
    assert ended.verdict.notes[0].args["fields"]
    assert bench.cloud.count("save") == bench.cloud.count("hot_update") == 0


async def test_a_deployment_that_moves_between_check_and_save_is_left_alone(bench):
    update = await bench.applied()
    fetch = bench.cloud.fetch

    async def fetch_then_move(deployment_id):
        seen = await fetch(deployment_id)
        bench.cloud.revision += 1
        return seen

    bench.cloud.fetch = fetch_then_move
    ended = await bench.settle(update.id)

    assert ended.state is State.STALE
    assert bench.cloud.saved["parallelism"] == "4"


async def test_a_save_that_changed_more_than_asked_is_not_triggered(bench):
    bench.cloud.after_save = lambda cloud: cloud.saved.pop("execution.checkpointing.interval")
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert ended.state is State.FAILED
    assert reasons(ended) == [Code.VERDICT_SAVE_DIFFERS, Code.VERDICT_SAVED_KEPT]
    assert bench.cloud.count("hot_update") == 0


async def test_a_job_restarted_after_the_save_is_not_triggered(bench):
    def restart(cloud):
        cloud.job_id = "5af678c0-7db0-4650-94c2-d2604f0a0009"

    bench.cloud.after_save = restart
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.SUPERSEDED, [Code.VERDICT_SUPERSEDED])
    assert bench.cloud.count("hot_update") == 0


async def test_a_lost_answer_to_the_save_is_found_by_reading(bench):
    bench.cloud.fail("save", (lost_answer("UpdateDeployment"), True))
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.count("save") == 1
    assert Code.EVENT_ANSWER_LOST in await bench.told(update.id)


async def test_a_save_that_provably_never_arrived_is_begun_again(bench):
    bench.cloud.fail("save", lost_answer("UpdateDeployment"))
    update = await bench.applied()
    await bench.engine.run_due()
    bench.clock.tick(29)
    await bench.engine.run_due()
    assert bench.cloud.count("save") == 1

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.count("save") == 2
    assert Code.EVENT_SAVE_AGAIN in await bench.told(update.id)


async def test_a_save_that_is_lost_twice_ends_with_nothing_changed(bench):
    bench.cloud.fail("save", *[lost_answer("UpdateDeployment")] * 2)
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_SAVE_LOST])
    assert bench.cloud.count("save") == 2
    assert bench.cloud.count("hot_update") == 0


async def test_a_lost_save_that_somebody_else_overtook_is_stale(bench):
    bench.cloud.fail("save", lost_answer("UpdateDeployment"))
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.saved["parallelism"] = "6"
    bench.cloud.revision += 1

    ended = await bench.settle(update.id)

    assert ended.state is State.STALE


async def test_a_lost_answer_to_the_hot_update_is_found_by_reading(bench):
    bench.cloud.hot_update_polls = 0
    bench.cloud.fail("hot_update", (lost_answer("HotUpdateJob"), True))
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_RECOVERED])
    assert bench.cloud.count("hot_update") == 1


async def test_a_hot_update_that_never_arrived_ends_unknown_and_is_never_resent(bench):
    bench.cloud.fail("hot_update", lost_answer("HotUpdateJob"))
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.UNKNOWN, [Code.VERDICT_OUTCOME_UNKNOWN])
    assert bench.cloud.count("hot_update") == 1
    assert ended.verdict.notes[0].args["minutes"] == "30"


async def test_a_job_that_dies_after_a_lost_answer_is_reported_down(bench):
    bench.cloud.fail("hot_update", lost_answer("HotUpdateJob"))
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.job_status = "FAILED"

    ended = await bench.settle(update.id)

    assert reasons(ended)[0] is Code.VERDICT_FAILED_JOB_DOWN


async def test_a_job_restarted_after_a_lost_answer_is_superseded(bench):
    bench.cloud.fail("hot_update", lost_answer("HotUpdateJob"))
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.job_id = "5af678c0-7db0-4650-94c2-d2604f0a0009"

    ended = await bench.settle(update.id)

    assert ended.state is State.SUPERSEDED


async def test_it_says_slow_then_outcome_unknown_then_gives_up(bench):
    bench.cloud.hot_update_polls = 10_000
    update = await bench.applied()
    outlooks = {}

    for second in range(0, 1900, 2):
        await bench.engine.run_due()
        present = await bench.store.get(update.id)
        outlooks.setdefault(present.outlook, second)
        if present.state.final:
            break
        bench.clock.tick(2)

    told = await bench.told(update.id)
    assert 120 <= outlooks[Outlook.SLOW] <= 136
    assert 600 <= outlooks[Outlook.OVERDUE] <= 616
    assert told.count(Code.EVENT_SLOW) == told.count(Code.EVENT_OVERDUE) == 1
    assert present.state is State.UNKNOWN
    assert bench.cloud.count("hot_update") == 1


async def test_a_bot_that_was_down_between_save_and_trigger_still_waits_for_the_outcome(bench):
    bench.cloud.hot_update_polls = 5
    update = await bench.applied()

    fetch = bench.cloud.fetch

    async def fetch_an_hour_later(deployment_id):
        if bench.cloud.count("save") and not bench.cloud.count("hot_update"):
            bench.clock.tick(3600)
        return await fetch(deployment_id)

    bench.cloud.fetch = fetch_an_hour_later
    ended = await bench.settle(update.id, within=10_000)

    assert ended.state is State.SUCCEEDED


async def test_polls_start_at_two_seconds_and_grow_to_fifteen(bench):
    bench.cloud.hot_update_polls = 10_000
    update = await bench.applied()
    waits = []

    for _ in range(9):
        await bench.engine.run_due()
        due = (await bench.store.get(update.id)).next_at
        waits.append((due - bench.clock()).total_seconds())
        bench.clock.time = due

    assert waits == [2, 2, 3, 4.5, 6.75, 10.125, 15, 15, 15]


@pytest.mark.parametrize(
    "error",
    [
        CloudNotSentError("refused", **WHERE),
        CloudThrottledError("slow down", retry_after=7, **WHERE),
        CloudUnavailableError("502", **WHERE),
    ],
)
@pytest.mark.parametrize("method", ["fetch", "hot_update_result"])
async def test_a_read_that_fails_is_made_again(bench, method, error):
    update = await bench.applied()
    bench.cloud.fail(method, error)

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert (await bench.told(update.id)).count(Code.EVENT_RETRYING) == 1


@pytest.mark.parametrize("method", ["save", "hot_update"])
@pytest.mark.parametrize(
    "error",
    [
        CloudNotSentError("refused", **WHERE),
        CloudThrottledError("slow down", retry_after=7, **WHERE),
    ],
)
async def test_a_write_that_surely_did_nothing_is_made_again(bench, method, error):
    update = await bench.applied()
    bench.cloud.fail(method, error)

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.count(method) == 2


async def test_throttling_is_waited_out_as_long_as_the_cloud_asks(bench):
    update = await bench.applied()
    bench.cloud.fail("fetch", CloudThrottledError("slow down", retry_after=40, **WHERE))

    await bench.engine.run_due()

    due = (await bench.store.get(update.id)).next_at
    assert (due - bench.clock()).total_seconds() == 40


async def test_an_update_that_cannot_start_ends_instead_of_surprising_later(bench):
    update = await bench.applied()
    bench.cloud.fail("fetch", *[CloudUnavailableError("down", **WHERE)] * 1000)

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_NOT_SENT])
    assert bench.cloud.count("save") == 0


async def test_what_was_applied_before_the_bot_was_down_for_long_does_not_surprise_later(bench):
    update = await bench.applied()
    bench.clock.tick(Patience().start_within + 1)

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_NOT_SENT])
    assert (bench.cloud.count("save"), bench.cloud.count("hot_update")) == (0, 0)


async def test_an_outage_after_the_trigger_never_ends_an_update_as_failed(bench):
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.fail("hot_update_result", *[CloudUnavailableError("down", **WHERE)] * 50)

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED


async def test_a_refused_save_ends_it_with_the_clouds_words(bench):
    bench.cloud.fail("save", CloudRejectedError("quota", code="Q1", **WHERE))
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_REFUSED])
    assert "quota" in ended.verdict.notes[0].args["detail"]


async def test_a_refused_trigger_says_that_the_old_values_run_and_the_new_ones_are_saved(bench):
    bench.cloud.fail("hot_update", CloudRejectedError("busy", code="B1", **WHERE))
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert reasons(ended) == [Code.VERDICT_FAILED_OLD_RUNNING, Code.VERDICT_SAVED_KEPT]
    assert bench.cloud.count("hot_update") == 1


async def test_lost_credentials_while_polling_do_not_end_it(bench):
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.fail("hot_update_result", *[CloudAuthError("expired", **WHERE)] * 3)

    assert (await bench.settle(update.id)).state is State.SUCCEEDED


async def test_lost_permission_after_the_save_says_that_it_is_saved(bench):
    update = await bench.applied()
    bench.cloud.after_save = lambda cloud: cloud.fail("fetch", CloudAuthError("expired", **WHERE))

    ended = await bench.settle(update.id)

    assert reasons(ended) == [Code.VERDICT_REFUSED, Code.VERDICT_SAVED_KEPT]


async def test_a_result_that_is_gone_is_replaced_by_looking_at_the_job(bench):
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.hot_updates.clear()
    bench.cloud.running = dict(bench.cloud.saved)

    ended = await bench.settle(update.id)

    assert ended.state in {State.SUCCEEDED, State.SUCCEEDED_WITH_DIFFERENCES}
    assert Code.VERDICT_RESULT_GONE in await bench.told(update.id)


async def test_failed_low_with_the_old_configuration_running(bench):
    bench.cloud.outcome = "FAILED"
    bench.cloud.failure = Failure("quota", "exceeded quota", "LOW")
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert reasons(ended) == [Code.VERDICT_FAILED_OLD_RUNNING, Code.VERDICT_SAVED_KEPT]
    assert ended.verdict.notes[0].args == {
        "severity": "LOW",
        "reason": "quota",
        "message": "exceeded quota",
    }


async def test_a_failure_carries_a_few_of_the_clouds_own_hints(bench):
    bench.cloud.outcome = "FAILED"
    bench.cloud.hints = ["no free CUs", "two", "three", "four"]

    ended = await bench.settle((await bench.applied()).id)

    assert ended.progress["hints"] == ["no free CUs", "two", "three"]


async def test_a_failure_without_a_readable_diagnosis_is_told_all_the_same(bench):
    bench.cloud.outcome = "FAILED"
    bench.cloud.fail("diagnosis", CloudUnavailableError("down", **WHERE))

    ended = await bench.settle((await bench.applied()).id)

    assert ended.state is State.FAILED
    assert ended.progress["hints"] == []


async def test_failed_with_the_job_down_is_told_from_the_job_not_from_the_label(bench):
    bench.cloud.outcome = "FAILED"
    bench.cloud.failure = Failure("x", "y", "LOW")
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.job_status = "FAILED"

    ended = await bench.settle(update.id)

    assert reasons(ended)[0] is Code.VERDICT_FAILED_JOB_DOWN


async def test_failed_with_other_values_running_is_called_unclear(bench):
    bench.cloud.outcome = "FAILED"
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.running["parallelism"] = "5"

    ended = await bench.settle(update.id)

    assert reasons(ended)[0] is Code.VERDICT_FAILED_UNCLEAR


async def test_failed_on_a_restarted_job_is_superseded(bench):
    bench.cloud.outcome = "FAILED"
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.job_id = "5af678c0-7db0-4650-94c2-d2604f0a0009"

    assert (await bench.settle(update.id)).state is State.SUPERSEDED


async def test_operators_that_did_not_follow_are_named(bench):
    bench.cloud.operators.append(Operator("Global window", 1, 1))
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED_WITH_DIFFERENCES
    assert ended.verdict.notes[0].args == {"operators": "Global window", "count": "1"}


async def test_done_but_not_what_was_asked_is_a_difference(bench):
    bench.cloud._apply = lambda: None
    update = await bench.applied()

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED_WITH_DIFFERENCES
    assert reasons(ended)[0] is Code.VERDICT_DIFFERS
    assert ended.verdict.observations[0].observed == "4"


@pytest.mark.parametrize(
    ("break_it", "state"),
    [
        (lambda cloud: setattr(cloud, "job_status", "FAILED"), State.FAILED),
        (lambda cloud: setattr(cloud, "job_id", "5af678c0-2"), State.SUPERSEDED),
    ],
)
async def test_done_is_checked_against_the_job_itself(bench, break_it, state):
    apply = bench.cloud._apply

    def apply_and_break():
        apply()
        break_it(bench.cloud)

    bench.cloud._apply = apply_and_break
    update = await bench.applied()

    assert (await bench.settle(update.id)).state is state


async def test_unreadable_operators_are_said(bench):
    update = await bench.applied()
    bench.cloud.fail("job_graph", CloudRejectedError("no", **WHERE))

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert reasons(ended) == [Code.VERDICT_APPLIED, Code.OPERATORS_UNREADABLE]


async def test_a_bug_in_one_update_does_not_stop_the_others(bench, caplog):
    update = await bench.applied()
    bench.cloud.fail("fetch", ZeroDivisionError())

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert "failed unexpectedly" in caplog.text


async def test_a_step_that_never_returns_is_stopped(tmp_path, clock, cloud):
    async def hang(job_id):
        cloud.calls.append("hot_update")
        await asyncio.Event().wait()

    cloud.hot_update = hang
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/x.sqlite3", now=clock) as store:
        bench = Bench(store.updates, cloud, clock, Patience(step_budget=0.05))
        update = await bench.applied()
        ended = await bench.settle(update.id)

    assert ended.state is State.UNKNOWN
    assert cloud.count("hot_update") == 1
