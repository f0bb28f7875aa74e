"""What became of a DLI operation that ended unknown: found by the steps that only read."""

from datetime import timedelta

import pytest

from bot.errors import CloudUnavailableError
from bot.flink.dli.options import Mode
from bot.flink.update import State
from bot.notes import Code
from bot.updates.dli.route import DliOperation
from bot.updates.recheck import read_on
from tests.fakes.cloud import lost_answer

SILENT = CloudUnavailableError("no answer", cloud="fake", operation="ShowFlinkJob")
DOWN = "job_cancel_success"
LONG = timedelta(minutes=5)


def reasons(finish):
    return [note.code for note in finish.verdict.notes]


class Unknown:
    """Makes updates end unknown at a step, and reads on."""

    def __init__(self, bench):
        self.bench, self.cloud = bench, bench.cloud

    async def after(self, step, operation=DliOperation.UPDATE, asked=None, **options):
        """End an update unknown because DLI says nothing any more from a step on."""
        update = await self.bench.applied(operation, asked, **options)
        while (await self.bench.store.get(update.id)).step != step:
            await self.bench.engine.run_due()
            self.bench.clock.time += timedelta(seconds=5)
        self.cloud.faults = {"fetch": [SILENT] * 5000}
        for write in ("stop", "save", "start", "take_savepoint", "import_savepoint"):
            self.cloud.faults[write] = [lost_answer(write)]
        ended = await self.bench.settle(update.id, at_least=LONG)
        assert (ended.state, ended.step) == (State.UNKNOWN, step)
        self.cloud.faults.clear()
        self.cloud.calls.clear()
        return ended

    async def read(self, ended):
        steps = self.bench.engine._operations[ended.operation]
        self.cloud.calls.clear()
        found = await read_on(steps, ended)
        assert self.cloud.writes() == [], "it only reads"
        return found


@pytest.fixture
def unknown(bench):
    return Unknown(bench)


async def restarting(unknown, step):
    return await unknown.after(step, asked={"cu_number": "6"}, mode=Mode.RESTART)


async def test_a_job_that_still_stops_decides_nothing(unknown):
    ended = await restarting(unknown, "await_stop")
    unknown.cloud._walk = ["job_canceling"] * 9

    assert await unknown.read(ended) == ended


async def test_a_job_that_has_stopped_and_was_not_started_again_is_down(unknown):
    ended = await restarting(unknown, "await_stop")
    unknown.cloud._walk, unknown.cloud.stopping = [], False
    unknown.cloud.status, unknown.cloud.savepoint = DOWN, "state/sp"

    found = await unknown.read(ended)

    assert found.state is State.FAILED
    assert reasons(found) == [Code.VERDICT_JOB_DOWN, Code.VERDICT_LEFT_UNDONE]
    assert found.verdict.notes[1].args["step"] == "save"
    assert found.progress["savepoint"] == "state/sp"


async def test_a_stop_that_shows_no_effect_for_a_day_has_none(unknown):
    ended = await restarting(unknown, "await_stop")
    unknown.cloud._walk, unknown.cloud.status = [], "job_running"
    assert await unknown.read(ended) == ended

    unknown.bench.clock.time += timedelta(hours=25)

    assert reasons(await unknown.read(ended)) == [Code.VERDICT_NO_EFFECT]


async def test_a_job_that_was_stopped_by_the_bot_is_stopped(unknown):
    ended = await unknown.after("await_stop", DliOperation.STOP)
    unknown.cloud._walk, unknown.cloud.stopping = [], False
    unknown.cloud.status, unknown.cloud.savepoint = DOWN, "state/sp"

    found = await unknown.read(ended)

    assert (found.state, reasons(found)) == (State.SUCCEEDED, [Code.VERDICT_STOPPED])


async def test_a_started_job_that_runs_was_started(unknown):
    ended = await restarting(unknown, "await_start")
    unknown.cloud._walk = []
    unknown.cloud.status = "job_running"

    first = await unknown.read(ended)
    assert first.step == "observe", "it is watched for a minute before it counts as running"
    unknown.bench.clock.time += timedelta(minutes=2)

    assert reasons(await unknown.read(first)) == [Code.VERDICT_STARTED_ANEW]


async def test_a_job_that_was_seen_to_start_and_runs_later_was_started(unknown):
    ended = await restarting(unknown, "observe")

    found = await unknown.read(ended)

    assert (found.state, reasons(found)) == (State.SUCCEEDED, [Code.VERDICT_STARTED_ANEW])


async def test_restarts_over_days_are_no_crash_loop(unknown):
    ended = await restarting(unknown, "observe")
    unknown.cloud.restarts = 7
    assert reasons(await unknown.read(ended))[0] is Code.VERDICT_CRASHING

    unknown.bench.clock.time += timedelta(hours=25)

    assert (await unknown.read(ended)).state is State.SUCCEEDED


async def test_a_start_that_failed_leaves_the_job_down_and_nothing_is_put_back(unknown):
    ended = await restarting(unknown, "await_start")
    unknown.cloud._walk = []
    unknown.cloud.status, unknown.cloud.status_desc = "job_submit_fail", "not enough CUs"

    found = await unknown.read(ended)

    assert found.state is State.FAILED
    assert reasons(found) == [
        Code.VERDICT_JOB_DOWN,
        Code.VERDICT_LEFT_UNDONE,
        Code.VERDICT_SAVED_KEPT,
    ]
    assert found.verdict.notes[1].args["step"] == "put_back"


async def test_a_savepoint_that_was_written_after_all_is_found(unknown):
    ended = await unknown.after(
        "await_savepoint", DliOperation.TAKE_SAVEPOINT, savepoint_path="state/own"
    )
    unknown.cloud._walk, unknown.cloud.status = [], "job_running"

    found = await unknown.read(ended)

    assert (found.state, reasons(found)) == (State.SUCCEEDED, [Code.VERDICT_SAVEPOINT_TAKEN])


async def test_a_savepoint_that_was_not_written_is_told(unknown):
    ended = await unknown.after(
        "await_savepoint", DliOperation.TAKE_SAVEPOINT, savepoint_path="state/own"
    )
    unknown.cloud._walk, unknown.cloud.status = [], "job_running"
    unknown.cloud.savepoint = ""

    assert reasons(await unknown.read(ended)) == [Code.VERDICT_SAVEPOINT_FAILED]


@pytest.mark.parametrize(
    ("arrived", "state", "code"),
    [
        (True, State.SUCCEEDED, Code.VERDICT_IMPORTED),
        (False, State.FAILED, Code.VERDICT_LEFT_UNDONE),
    ],
)
async def test_an_import_whose_answer_was_lost_is_decided_by_the_job(unknown, arrived, state, code):
    unknown.cloud.status = DOWN
    update = await unknown.bench.applied(
        DliOperation.IMPORT_SAVEPOINT, savepoint_path="state/other"
    )
    unknown.cloud.fail("import_savepoint", (lost_answer("import"), True))
    await unknown.bench.engine.run_due()
    unknown.cloud.faults = {"fetch": [SILENT] * 5000}
    ended = await unknown.bench.settle(update.id, at_least=LONG)
    assert (ended.state, ended.step) == (State.UNKNOWN, "import_savepoint")
    unknown.cloud.faults.clear()
    unknown.cloud.savepoint = "state/other" if arrived else ""
    unknown.bench.clock.time += timedelta(minutes=2)

    found = await unknown.read(ended)

    assert (found.state, reasons(found)[0]) == (state, code)


@pytest.mark.parametrize(
    ("stored", "state", "code"),
    [
        ("oncall", State.SUCCEEDED, Code.VERDICT_APPLIED),
        ("alerts", State.FAILED, Code.VERDICT_LEFT_UNDONE),
    ],
)
async def test_a_save_whose_answer_was_lost_is_decided_by_what_is_stored(
    unknown, stored, state, code
):
    update = await unknown.bench.applied(asked={"smn_topic": "oncall"}, mode=Mode.LIVE)
    unknown.cloud.fail("save", (lost_answer("save"), True))
    await unknown.bench.engine.run_due()
    unknown.cloud.faults = {"fetch": [SILENT] * 5000}
    ended = await unknown.bench.settle(update.id, at_least=LONG)
    assert (ended.state, ended.step) == (State.UNKNOWN, "save")
    unknown.cloud.faults.clear()
    unknown.cloud.saved["smn_topic"] = stored
    unknown.bench.clock.time += timedelta(minutes=2)

    found = await unknown.read(ended)

    assert (found.state, reasons(found)) == (state, [code])


async def test_a_job_that_was_restarted_by_hand_meanwhile_decides_nothing(unknown):
    ended = await restarting(unknown, "await_start")
    unknown.cloud._walk = ["job_submitting"] * 9

    assert await unknown.read(ended) == ended
