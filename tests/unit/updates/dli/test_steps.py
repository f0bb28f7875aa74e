"""Everything that can be done to a DLI job, from Apply to its verdict."""

from datetime import timedelta

import pytest

from bot.errors import CloudRejectedError, CloudUnavailableError
from bot.flink.dli.options import Mode
from bot.flink.update import Outlook, State
from bot.notes import Code
from bot.updates.dli.route import DliOperation
from tests.fakes.cloud import lost_answer

WHERE = {"cloud": "fake", "operation": "Anything"}
MINUTE = timedelta(minutes=1)
FAILED_START = ("job_cancel_success", "job_submitting", "job_submit_fail")


def reasons(update):
    return [note.code for note in update.verdict.notes]


async def test_a_live_change_is_saved_read_back_and_nothing_is_stopped(bench):
    update = await bench.applied(asked={"smn_topic": "oncall"}, mode=Mode.LIVE)

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_APPLIED])
    assert bench.cloud.writes() == ["save"]
    [row] = ended.verdict.observations
    assert (row.asked, row.reported, row.observed, row.agrees) == ("oncall",) * 3 + (True,)


async def test_a_change_for_the_next_start_is_only_saved(bench):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.NEXT_START)

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_SAVED_ONLY])
    assert bench.cloud.writes() == ["save"]


async def test_a_restart_stops_with_a_savepoint_saves_and_starts_from_it(bench):
    ended = await bench.restarted(cu_number="6", parallel_number="8")

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_STARTED_ANEW])
    assert bench.cloud.writes() == ["stop", "save", "start"]
    assert bench.cloud.status == "job_running"
    assert await bench.told(ended.id) == [
        Code.EVENT_CHECKED,
        Code.EVENT_STOPPING,
        Code.EVENT_STOPPED,
        Code.EVENT_SAVED,
        Code.EVENT_STARTING,
        Code.EVENT_STARTED,
        Code.EVENT_FINISHED,
    ]


async def test_an_own_savepoint_is_written_before_the_stop(bench):
    update = await bench.applied(
        asked={"cu_number": "6"}, mode=Mode.RESTART, savepoint_path="state/own"
    )

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.writes() == ["take_savepoint", "stop", "save", "start"]


async def test_without_state_neither_the_stop_nor_the_start_uses_a_savepoint(bench):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART, keep_state=False)

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.writes() == ["stop without state", "save", "start without state"]


async def test_a_stopped_job_is_changed_and_started(bench):
    bench.cloud.status, bench.cloud.savepoint = "job_cancel_success", "state/sp"

    ended = await bench.restarted(cu_number="6")

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.writes() == ["save", "start"]


async def test_a_job_that_moved_since_the_review_is_left_alone(bench):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    bench.cloud.saved["desc"] = "changed by somebody"

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.STALE, [Code.VERDICT_STALE])
    assert ended.verdict.notes[0].args["fields"] == "desc"
    assert bench.cloud.writes() == []


async def test_a_start_that_fails_puts_the_old_definition_back_and_starts_it(bench):
    bench.cloud.start_walks = [FAILED_START]

    ended = await bench.restarted(cu_number="6")

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_ROLLED_BACK])
    assert dict(ended.verdict.notes[0].args) == {
        "status": "job_submit_fail",
        "detail": "not enough CUs",
    }
    assert bench.cloud.writes() == ["stop", "save", "start", "save", "start"]
    assert bench.cloud.saved["cu_number"] == "4"
    assert bench.cloud.status == "job_running"
    told = await bench.told(ended.id)
    assert told.index(Code.EVENT_START_FAILED) < told.index(Code.EVENT_PUTTING_BACK)


async def test_secrets_are_put_back_as_they_were(bench):
    sql = "CREATE TABLE a WITH ('password' = 'old'); INSERT INTO a"
    bench.cloud.saved["sql_body"] = sql
    bench.cloud.start_walks = [FAILED_START]

    ended = await bench.restarted(sql_body=sql.replace("old", "newer"))

    assert reasons(ended) == [Code.VERDICT_ROLLED_BACK]
    assert bench.cloud.saved["sql_body"] == sql
    assert "newer" not in str(ended)
    assert "'old'" not in str(ended)


async def test_an_old_definition_that_does_not_start_either_leaves_the_job_down_loudly(bench):
    bench.cloud.start_walks = [FAILED_START, FAILED_START]

    ended = await bench.restarted(cu_number="6")

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_JOB_DOWN])
    assert ended.verdict.job_status == "job_submit_fail"


async def test_a_job_that_crashes_again_and_again_did_not_start(bench):
    bench.cloud.crashes = 1

    ended = await bench.restarted(cu_number="6")

    assert ended.state is State.FAILED
    assert reasons(ended) == [Code.VERDICT_CRASHING, Code.VERDICT_SAVED_KEPT]
    assert ended.verdict.notes[0].args["restarts"] == "2"
    assert bench.cloud.writes() == ["stop", "save", "start"]


async def test_one_restart_by_itself_is_no_crash_loop(bench):
    bench.cloud.start_walks = [("job_submitting", "job_running")]
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    while (await bench.store.get(update.id)).step != "observe":
        await bench.engine.run_due()
        bench.clock.time = await bench.store.next_due()
    bench.cloud.restarts += 1

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED


async def test_a_job_that_dies_while_it_is_watched_did_not_start(bench):
    bench.cloud.start_walks = [("job_submitting", "job_running", "job_running_exception")]

    ended = await bench.restarted(cu_number="6")

    assert reasons(ended) == [Code.VERDICT_ROLLED_BACK]


async def test_a_stop_that_fails_halts_for_a_human(bench):
    bench.cloud.stop_walk = ("job_canceling", "job_cancel_fail")

    ended = await bench.restarted(cu_number="6")

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_STOP_STUCK])
    assert bench.cloud.writes() == ["stop"]


async def test_a_stop_without_the_savepoint_it_was_to_write_goes_no_further(bench):
    bench.cloud.stop_walk = ("job_canceling", "job_running_exception")

    ended = await bench.restarted(cu_number="6")

    assert reasons(ended) == [Code.VERDICT_JOB_DOWN, Code.VERDICT_NO_SAVEPOINT]
    assert bench.cloud.writes() == ["stop"]


async def test_a_job_that_fails_in_its_stop_does_not_resume_from_an_old_savepoint(bench):
    bench.cloud.savepoint = "state/of-last-week"
    bench.cloud.stop_walk = ("job_canceling", "job_running_exception")

    ended = await bench.restarted(cu_number="6")

    assert reasons(ended) == [Code.VERDICT_JOB_DOWN, Code.VERDICT_NO_SAVEPOINT]
    assert bench.cloud.writes() == ["stop"]


async def test_a_job_that_fails_in_its_stop_goes_on_from_the_savepoint_written_just_before(bench):
    bench.cloud.stop_walk = ("job_canceling", "job_running_exception")
    update = await bench.applied(
        asked={"cu_number": "6"}, mode=Mode.RESTART, savepoint_path="own/dir"
    )

    assert (await bench.settle(update.id)).state is State.SUCCEEDED


async def test_a_job_that_somebody_stops_while_it_is_watched_is_not_started_again(bench):
    bench.cloud.start_walks = [
        ("job_submitting", "job_running", "job_canceling", "job_cancel_success")
    ]

    ended = await bench.restarted(cu_number="6")

    assert (ended.state, reasons(ended)[0]) == (State.FAILED, Code.VERDICT_JOB_DOWN)
    assert bench.cloud.writes() == ["stop", "save", "start"]


async def test_a_job_that_is_submitted_again_when_its_watch_ends_does_not_run_yet(bench):
    bench.cloud.start_walks = [
        (
            "job_submitting",
            "job_running",
            *["job_submitting"] * 20,
            "job_submit_fail",
            "job_running",
        )
    ]

    ended = await bench.restarted(cu_number="6")

    assert reasons(ended) == [Code.VERDICT_ROLLED_BACK]


async def test_a_definition_that_is_refused_after_the_stop_starts_the_old_one(bench):
    bench.cloud.fail("save", CloudRejectedError("no such queue", code="DLI.0001", **WHERE))

    ended = await bench.restarted(queue_name="other")

    assert reasons(ended) == [Code.VERDICT_ROLLED_BACK]
    assert bench.cloud.writes() == ["stop", "save", "start"]
    assert "no such queue" in ended.verdict.notes[0].args["detail"]


async def test_a_start_that_is_refused_puts_the_old_definition_back(bench):
    bench.cloud.fail("start", CloudRejectedError("no queue", code="DLI.13024", **WHERE))

    ended = await bench.restarted(cu_number="6")

    assert reasons(ended) == [Code.VERDICT_ROLLED_BACK]
    assert bench.cloud.writes() == ["stop", "save", "start", "save", "start"]


async def test_a_stop_that_is_refused_changes_nothing(bench):
    bench.cloud.fail("stop", CloudRejectedError("not now", **WHERE))

    ended = await bench.restarted(cu_number="6")

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_REFUSED])
    assert bench.cloud.status == "job_running"


async def test_a_setting_that_dli_ignored_is_found_and_the_old_definition_runs_again(bench):
    bench.cloud.ignored = ("cu_number",)

    ended = await bench.restarted(cu_number="6", tm_slot_num="2")

    assert reasons(ended) == [Code.VERDICT_ROLLED_BACK]
    assert ended.verdict.notes[0].args["detail"] == "cu_number"
    assert "tm_slot_num" not in bench.cloud.saved


async def test_a_setting_that_dli_ignored_live_is_told(bench):
    bench.cloud.ignored = ("smn_topic",)
    update = await bench.applied(asked={"smn_topic": "oncall"}, mode=Mode.LIVE)

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_SAVE_DIFFERS])


@pytest.mark.parametrize("method", ["stop", "save", "start"])
@pytest.mark.parametrize("after", [False, True])
async def test_a_lost_answer_is_resolved_by_reading(bench, method, after):
    error = lost_answer(method)
    bench.cloud.fail(method, (error, True) if after else error)

    ended = await bench.restarted(cu_number="6")

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.count(method) == (1 if after else 2)
    again = Code.EVENT_AGAIN in await bench.told(ended.id)
    assert again is not after


@pytest.mark.parametrize(("method", "down"), [("stop", False), ("save", True), ("start", True)])
async def test_a_write_that_is_lost_twice_ends_the_update_and_says_whether_the_job_runs(
    bench, method, down
):
    bench.cloud.fail(method, lost_answer(method), lost_answer(method))

    ended = await bench.restarted(cu_number="6")

    assert ended.state is State.FAILED
    assert (Code.VERDICT_JOB_DOWN in reasons(ended)) is down
    assert Code.VERDICT_SAVE_LOST in reasons(ended)
    assert bench.cloud.count(method) == 2


async def test_a_lost_start_of_the_old_definition_is_not_taken_for_the_failed_one(bench):
    bench.cloud.start_walks = [FAILED_START]
    original, starts = bench.cloud.start, []

    async def start(job_id, *, resume):
        starts.append(resume)
        if len(starts) == 2:
            raise lost_answer("start")
        await original(job_id, resume=resume)

    bench.cloud.start = start

    ended = await bench.restarted(cu_number="6")

    assert reasons(ended) == [Code.VERDICT_ROLLED_BACK]
    assert len(starts) == 3


async def test_a_cloud_that_cannot_be_read_for_a_while_only_delays(bench):
    broken = CloudUnavailableError("502", **WHERE)
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    bench.cloud.fail("fetch", broken, broken)

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED


async def test_a_read_that_is_refused_on_the_way_is_asked_again(bench):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    await bench.engine.run_due()
    bench.cloud.fail("fetch", CloudRejectedError("odd", **WHERE))

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED


async def test_a_job_that_cannot_be_read_at_all_is_refused_before_anything_is_sent(bench):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    bench.cloud.fail("fetch", CloudRejectedError("no permission", **WHERE))

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_REFUSED])
    assert bench.cloud.writes() == []


async def test_a_restart_that_never_ends_is_unknown_and_says_what_is_known(bench):
    bench.cloud.start_walk = ("job_submitting",)

    ended = await bench.restarted(at_least=MINUTE, cu_number="6")

    assert ended.state is State.UNKNOWN
    assert Code.VERDICT_OUTCOME_UNKNOWN in reasons(ended)
    assert Code.VERDICT_JOB_DOWN in reasons(ended)


async def test_values_that_cannot_be_opened_any_more_are_not_guessed(bench):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.NEXT_START)
    bench.vault.kept.clear()

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_VALUES_GONE])
    assert bench.cloud.writes() == []


async def test_a_stop_whose_end_nobody_saw_is_mentioned(bench):
    bench.cloud.stop_walk = ("job_canceling",)

    ended = await bench.restarted(at_least=MINUTE, cu_number="6")

    assert reasons(ended) == [Code.VERDICT_OUTCOME_UNKNOWN, Code.EVENT_STOPPING]


async def test_a_start_resumes_from_the_savepoint_that_was_shown_or_not_at_all(bench):
    bench.cloud.status, bench.cloud.savepoint = "job_cancel_success", "state/shown"
    update = await bench.applied(DliOperation.START)
    bench.cloud.savepoint = "state/imported-by-somebody-else"

    ended = await bench.settle(update.id)

    assert (ended.state, ended.verdict.notes[0].args["fields"]) == (State.STALE, "savepoint")
    assert bench.cloud.writes() == []


@pytest.mark.parametrize("name", ["asked", "before"])
async def test_nothing_is_stopped_for_values_that_cannot_be_read(bench, name):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    del bench.vault.kept[update.id, name]

    ended = await bench.settle(update.id)

    assert reasons(ended) == [Code.VERDICT_VALUES_GONE]
    assert bench.cloud.writes() == []


async def test_an_import_says_that_nothing_is_restored_yet(bench):
    bench.cloud.status = "job_cancel_success"
    update = await bench.applied(DliOperation.IMPORT_SAVEPOINT, savepoint_path="state/sp")

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_IMPORTED])
    assert bench.cloud.writes() == ["import_savepoint"]


async def test_an_import_that_does_not_show_is_told(bench):
    bench.cloud.status = "job_cancel_success"

    async def ignore(job_id, path):
        bench.cloud.savepoint = "other/sp"

    bench.cloud.import_savepoint = ignore
    update = await bench.applied(DliOperation.IMPORT_SAVEPOINT, savepoint_path="state/sp")

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED_WITH_DIFFERENCES
    assert reasons(ended) == [Code.VERDICT_IMPORT_DIFFERS]


@pytest.mark.parametrize("after", [False, True])
async def test_a_lost_import_is_looked_for(bench, after):
    bench.cloud.status = "job_cancel_success"
    error = lost_answer("import")
    bench.cloud.fail("import_savepoint", (error, True) if after else error)
    update = await bench.applied(DliOperation.IMPORT_SAVEPOINT, savepoint_path="state/sp")

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.count("import_savepoint") == (1 if after else 2)


async def test_a_savepoint_is_taken_while_the_job_runs(bench):
    update = await bench.applied(DliOperation.TAKE_SAVEPOINT, savepoint_path="state/own")

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_SAVEPOINT_TAKEN])
    assert ended.verdict.notes[0].args["path"] == "state/own/sp-1"


async def test_a_savepoint_that_never_appears_stops_nothing(bench):
    async def nothing(job_id, path):
        bench.cloud.calls.append("take_savepoint")

    bench.cloud.take_savepoint = nothing
    update = await bench.applied(
        asked={"cu_number": "6"}, mode=Mode.RESTART, savepoint_path="state/own"
    )

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_SAVEPOINT_FAILED])
    assert bench.cloud.writes() == ["take_savepoint"]


async def test_a_job_that_ends_while_its_savepoint_is_written_is_down(bench):
    bench.cloud.fail("take_savepoint", (lost_answer("take"), True))
    update = await bench.applied(DliOperation.TAKE_SAVEPOINT, savepoint_path="state/own")
    bench.cloud._walk = []
    await bench.engine.run_due()
    bench.cloud._walk = ["job_running_exception"] * 3

    ended = await bench.settle(update.id)

    assert reasons(ended) == [Code.VERDICT_JOB_DOWN]


async def test_a_stop_and_a_start_are_updates_of_their_own(bench):
    stopped = await bench.settle((await bench.applied(DliOperation.STOP)).id)
    assert reasons(stopped) == [Code.VERDICT_STOPPED]
    assert stopped.verdict.notes[0].args["savepoint"] == "state/jobs/savepoint/17"

    started = await bench.settle((await bench.applied(DliOperation.START)).id)
    assert reasons(started) == [Code.VERDICT_STARTED_ANEW]
    assert bench.cloud.status == "job_running"


async def test_a_start_that_fails_without_a_change_has_nothing_to_put_back(bench):
    bench.cloud.status = "job_cancel_success"
    bench.cloud.start_walks = [FAILED_START]
    update = await bench.applied(DliOperation.START)

    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.EVENT_START_FAILED])
    assert bench.cloud.writes() == ["start"]


async def test_a_job_that_failed_before_is_not_called_failed_before_it_began(bench):
    bench.cloud.status, bench.cloud.savepoint = "job_running_exception", "state/sp"
    bench.cloud.status_desc = "old trouble"
    bench.cloud.start_walk = ("job_running_exception", "job_submitting", "job_running")
    original = bench.cloud.start

    async def start(job_id, *, resume):
        await original(job_id, resume=resume)
        bench.cloud.started_at -= 100  # moves only once the job runs

    bench.cloud.start = start
    update = await bench.applied(DliOperation.START)

    ended = await bench.settle(update.id)

    assert reasons(ended) == [Code.VERDICT_STARTED_ANEW]


async def test_a_bounded_job_that_finishes_while_it_is_watched_has_succeeded(bench):
    bench.cloud.start_walks = [("job_submitting", "job_running", "job_finish")]

    ended = await bench.restarted(cu_number="6")

    assert ended.state is State.SUCCEEDED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"started_at": 200}, "job"),
        ({"status": "job_canceling"}, "status"),
        ({"revision": 2}, "revision"),
    ],
)
async def test_a_stale_update_says_what_moved(bench, change, field):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    for name, value in change.items():
        setattr(bench.cloud, name, value)

    ended = await bench.settle(update.id)

    assert ended.state is State.STALE
    assert ended.verdict.notes[0].args["fields"] == field


async def test_an_old_definition_that_cannot_be_opened_any_more_leaves_the_job_down_loudly(bench):
    bench.cloud.start_walks = [FAILED_START]
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    await bench.engine.run_due()
    del bench.vault.kept[(update.id, "before")]

    ended = await bench.settle(update.id)

    assert reasons(ended)[:2] == [Code.VERDICT_JOB_DOWN, Code.VERDICT_VALUES_GONE]


async def test_a_large_job_may_take_its_time_before_anybody_is_alarmed(bench):
    bench.cloud.stop_walk = ("job_savepointing",) * 10_000
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    began, outlooks = bench.clock(), {}

    ended = None
    while ended is None or not ended.state.final:
        await bench.engine.run_due()
        ended = await bench.store.get(update.id)
        outlooks.setdefault(ended.outlook, (bench.clock() - began).total_seconds())
        bench.clock.tick(10)

    assert 300 <= outlooks[Outlook.SLOW] <= 330
    assert 1500 <= outlooks[Outlook.OVERDUE] <= 1530
    assert 4500 <= (bench.clock() - began).total_seconds() <= 4540
    assert ended.state is State.UNKNOWN
    assert bench.cloud.count("start") == 0


async def test_only_a_default_that_dli_fills_in_is_no_difference(bench):
    idle = {"resource_config.max_slot": "2"}
    bench.cloud.fills_in = {"checkpoint_interval": "10", "log_enabled": "false", **idle}
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.NEXT_START)

    assert (await bench.settle(update.id)).state is State.SUCCEEDED

    bench.cloud.fills_in = {"checkpoint_interval": "20"}
    update = await bench.applied(asked={"cu_number": "8"}, mode=Mode.NEXT_START)
    ended = await bench.settle(update.id)

    assert (ended.state, reasons(ended)[0]) == (State.FAILED, Code.VERDICT_SAVE_DIFFERS)


async def test_a_step_that_breaks_after_the_stop_still_says_that_the_job_is_down(bench, caplog):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)

    async def broken(job_id, job_type, values):
        raise ZeroDivisionError("password=hunter2")

    bench.cloud.save = broken
    fetch = bench.cloud.fetch

    async def broken_too(job_id):
        if bench.cloud.count("stop") and bench.cloud.status == "job_cancel_success":
            raise ZeroDivisionError("password=hunter2")
        return await fetch(job_id)

    bench.cloud.fetch = broken_too
    ended = await bench.settle(update.id, within=20_000)

    assert ended.state is State.UNKNOWN
    assert reasons(ended)[-1] is Code.VERDICT_BROKEN
    assert len(reasons(ended)) > 1
    assert "hunter2" not in str(ended.verdict)
