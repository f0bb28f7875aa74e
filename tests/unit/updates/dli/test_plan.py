"""What a plan of a DLI change says before anything is sent."""

import pytest

from bot.flink.dli.options import Mode, Options
from bot.flink.parameters import Effect
from bot.flink.plan import Level
from bot.notes import Code
from bot.updates.dli.plan import make_plan
from bot.updates.dli.route import DliOperation
from tests.fakes.dli import FakeDli

UPDATE, START, STOP = DliOperation.UPDATE, DliOperation.START, DliOperation.STOP
IMPORT, TAKE = DliOperation.IMPORT_SAVEPOINT, DliOperation.TAKE_SAVEPOINT
STOPPED = {"status": "job_cancel_success"}


async def plan_of(operation, asked=None, job=None, **options):
    cloud = FakeDli()
    saved = (job or {}).pop("saved", {})
    cloud.saved |= saved
    for name, value in (job or {}).items():
        setattr(cloud, name, value)
    return make_plan(operation, asked or {}, await cloud.fetch("17"), Options(**options))


def found(plan):
    return {finding.note.code: finding.level for finding in plan.findings}


async def test_only_what_differs_is_a_change_and_running_jobs_take_six_settings():
    asked = {"cu_number": "04", "smn_topic": "oncall", "desc": "New"}
    plan = await plan_of(UPDATE, asked, mode=Mode.NEXT_START)
    assert [(c.name, c.before, c.after, c.effect) for c in plan.changes] == [
        ("smn_topic", "alerts", "oncall", Effect.LIVE),
        ("desc", None, "New", Effect.NEEDS_RESTART),
    ]
    assert found(plan) == {Code.RESTART_FIELDS: Level.WARN}


async def test_of_a_stopped_job_nothing_is_live():
    plan = await plan_of(UPDATE, {"smn_topic": "oncall"}, STOPPED.copy(), mode=Mode.NEXT_START)
    assert [change.effect for change in plan.changes] == [Effect.NEEDS_RESTART]
    assert found(plan) == {}


async def test_no_change_stops_at_the_review():
    plan = await plan_of(UPDATE, {"cu_number": "4"})
    assert plan.blocked
    assert found(plan) == {Code.NO_CHANGE: Level.BLOCK}


@pytest.mark.parametrize(
    ("asked", "job", "mode", "codes"),
    [
        ({"cu_number": "6"}, {}, Mode.LIVE, {Code.DLI_NOT_LIVE}),
        ({"smn_topic": "x"}, STOPPED, Mode.LIVE, {Code.DLI_NOTHING_RUNS}),
        ({"parallel_number": "99"}, {}, Mode.NEXT_START, {Code.DLI_PARALLELISM_TOO_HIGH}),
        ({"desc": "x"}, {"status": "job_canceling"}, Mode.NEXT_START, {Code.DLI_JOB_MOVES}),
        ({"desc": "x"}, {"status": "job_cancel_fail"}, Mode.RESTART, {Code.DLI_JOB_MOVES}),
        ({"desc": "x"}, {"status": "job_brand_new"}, Mode.NEXT_START, {Code.DLI_JOB_MOVES}),
        ({"desc": "x"}, STOPPED, Mode.RESTART, {Code.DLI_NO_SAVEPOINT}),
        (
            {"desc": "x"},
            {"saved": {"obs_bucket": "", "checkpoint_enabled": "false"}},
            Mode.RESTART,
            {Code.DLI_SAVEPOINT_NEEDS_BUCKET},
        ),
    ],
)
async def test_what_cannot_be_done_is_blocked_with_its_reason(asked, job, mode, codes):
    plan = await plan_of(UPDATE, asked, dict(job), mode=mode)
    blocks = {code for code, level in found(plan).items() if level is Level.BLOCK}
    assert blocks == codes


async def test_what_restoring_may_not_survive_needs_a_yes():
    plan = await plan_of(
        UPDATE, {"parallel_number": "8", "sql_body": "create insert"}, mode=Mode.RESTART
    )
    [confirm] = [f.note for f in plan.findings if f.level is Level.CONFIRM]
    assert confirm.code is Code.DLI_RESTORE_UNSUPPORTED
    assert confirm.args["fields"] == "Parallelism, SQL"
    assert plan.needs_confirmation
    assert not plan.blocked


async def test_what_is_not_documented_is_only_warned_of():
    plan = await plan_of(UPDATE, {"cu_number": "6"}, mode=Mode.RESTART, savepoint_path="b/own")
    assert found(plan) == {Code.DLI_RESTORE_UNDOCUMENTED: Level.WARN}


async def test_a_setting_without_bearing_on_state_only_warns_of_the_lost_savepoint():
    plan = await plan_of(UPDATE, {"desc": "x"}, mode=Mode.RESTART)
    assert found(plan) == {Code.DLI_SAVEPOINT_NOT_KEPT: Level.WARN}


async def test_dropping_the_state_needs_a_yes_and_asks_nothing_more():
    plan = await plan_of(UPDATE, {"parallel_number": "8"}, mode=Mode.RESTART, keep_state=False)
    assert found(plan) == {Code.DLI_STATE_DROPPED: Level.CONFIRM}


@pytest.mark.parametrize(
    ("operation", "job", "options", "codes"),
    [
        (IMPORT, {}, {}, {Code.DLI_JOB_RUNS: Level.BLOCK}),
        (START, {}, {}, {Code.DLI_JOB_RUNS: Level.BLOCK}),
        (TAKE, STOPPED, {}, {Code.DLI_JOB_DOES_NOT_RUN: Level.BLOCK}),
        (STOP, STOPPED, {}, {Code.DLI_JOB_DOES_NOT_RUN: Level.BLOCK}),
        (START, STOPPED, {}, {Code.DLI_NO_SAVEPOINT: Level.BLOCK}),
        (START, STOPPED, {"keep_state": False}, {Code.DLI_STATE_DROPPED: Level.CONFIRM}),
        (START, {**STOPPED, "savepoint": "b/sp"}, {}, {}),
        (STOP, {}, {}, {}),
        (STOP, {"saved": {"obs_bucket": ""}}, {}, {Code.DLI_SAVEPOINT_NEEDS_BUCKET: Level.BLOCK}),
        (TAKE, {}, {}, {}),
        (IMPORT, STOPPED, {}, {}),
    ],
)
async def test_every_operation_has_its_own_conditions(operation, job, options, codes):
    assert found(await plan_of(operation, job=dict(job), **options)) == codes


async def test_the_digest_binds_values_options_and_what_was_seen():
    digests = {
        (await plan_of(UPDATE, {"cu_number": "6"}, mode=Mode.RESTART)).digest,
        (await plan_of(UPDATE, {"cu_number": "6"}, mode=Mode.NEXT_START)).digest,
        (await plan_of(UPDATE, {"cu_number": "8"}, mode=Mode.RESTART)).digest,
        (await plan_of(UPDATE, {"cu_number": "6"}, {"revision": 2}, mode=Mode.RESTART)).digest,
        (await plan_of(STOP)).digest,
    }
    assert len(digests) == 5
