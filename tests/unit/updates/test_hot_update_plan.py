"""Every rule of a hot update: what blocks, what needs a yes, what only warns."""

import pytest

from bot.errors import CloudRejectedError
from bot.flink.cost import Cost
from bot.flink.parameters import Effect
from bot.flink.plan import Level
from bot.flink.snapshot import Operator, Tuning
from bot.notes import Code
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED, make_plan, read_around
from tests.fakes.cloud import FakeCloud

INTERVAL = "execution.checkpointing.interval"
TIMEOUT = "execution.checkpointing.timeout"
PAUSE = "execution.checkpointing.min-pause"


@pytest.fixture
def cloud():
    return FakeCloud()


async def plan_for(cloud, operation=HOT_UPDATE, **asked):
    asked = {
        name.replace("__", ".").replace("min_pause", "min-pause"): v for name, v in asked.items()
    }
    return make_plan(operation, asked, await read_around(cloud, "d-1"))


def levels(plan):
    return {finding.note.code: finding.level for finding in plan.findings}


async def test_a_plain_rescale_has_nothing_against_it(cloud):
    plan = await plan_for(cloud, parallelism="8")

    assert plan.findings == ()
    assert [(c.before, c.after, c.effect) for c in plan.changes] == [("4", "8", Effect.LIVE)]
    assert plan.unsaved == {"parallelism": "8"}
    assert (plan.cost_before, plan.cost_after) == (Cost(5, 4, 5), Cost(9, 8, 9))
    assert plan.last_checkpoint_ms == 2_000


async def test_a_value_that_is_the_same_by_meaning_is_no_change(cloud):
    plan = await plan_for(cloud, **{INTERVAL: "180s"})

    assert levels(plan) == {Code.NO_CHANGE: Level.BLOCK}


def stopped(cloud):
    cloud.job_status = "FAILED"


def never_started(cloud):
    cloud.job_status = ""


def on_session_cluster(cloud):
    cloud.session_cluster = "shared"


def batch(cloud):
    cloud.execution_mode = "BATCH"


def old_engine(cloud):
    cloud.engine_version = "vvr-8.0.0-flink-1.17"


def other_engine(cloud):
    cloud.engine_version = "flash-1.0"


def expert(cloud):
    cloud.saved["resources.mode"] = cloud.running["resources.mode"] = "EXPERT"


def unaligned(cloud):
    for values in (cloud.saved, cloud.running):
        values["execution.checkpointing.unaligned"] = "True"


def low_maximum(cloud):
    cloud.operators = [Operator("Enrich", 4, 6)]


def configured_maximum(cloud):
    for values in (cloud.saved, cloud.running):
        values["pipeline.max-parallelism"] = "6"


def no_known_maximum(cloud):
    cloud.operators = [Operator("Enrich", 4)]


def pinned_source(cloud):
    cloud.operators = [Operator("Source: kafka", 3, 128), Operator("Enrich", 4, 128)]


def unreadable_graph(cloud):
    cloud.fail("job_graph", CloudRejectedError("no", cloud="fake", operation="FlinkApiProxy"))


def unknown_cost(cloud):
    del cloud.running["jobmanager.cpu"], cloud.saved["jobmanager.cpu"]


def tiny_taskmanagers(cloud):
    for values in (cloud.saved, cloud.running):
        values["taskmanager.memory"] = "512 MiB"


def autopilot(cloud):
    cloud.tuned = Tuning(autopilot=True, scheduled_plan="")


def scheduled(cloud):
    cloud.tuned = Tuning(autopilot=False, scheduled_plan="nights")


def unreadable_tuning(cloud):
    cloud.tuned = Tuning()


def unexplained_edit(cloud):
    cloud.changed_since_start = True


def unusual_job_id(cloud):
    cloud.job_id = "job 1"


@pytest.mark.parametrize(
    ("arrange", "code", "level"),
    [
        (stopped, Code.JOB_NOT_RUNNING, Level.BLOCK),
        (never_started, Code.JOB_NOT_RUNNING, Level.BLOCK),
        (on_session_cluster, Code.SESSION_CLUSTER, Level.BLOCK),
        (batch, Code.NOT_STREAMING, Level.BLOCK),
        (old_engine, Code.ENGINE_TOO_OLD, Level.BLOCK),
        (expert, Code.EXPERT_MODE, Level.BLOCK),
        (unaligned, Code.UNALIGNED_CHECKPOINTS, Level.BLOCK),
        (low_maximum, Code.ABOVE_MAX_PARALLELISM, Level.BLOCK),
        (configured_maximum, Code.ABOVE_MAX_PARALLELISM, Level.BLOCK),
        (unexplained_edit, Code.FOREIGN_EDITS, Level.CONFIRM),
        (other_engine, Code.ENGINE_UNKNOWN, Level.WARN),
        (pinned_source, Code.PINNED_OPERATORS, Level.WARN),
        (pinned_source, Code.SOURCE_LIMITED, Level.WARN),
        (unreadable_graph, Code.OPERATORS_UNREADABLE, Level.WARN),
        (unknown_cost, Code.COST_UNKNOWN, Level.WARN),
        (tiny_taskmanagers, Code.TASKMANAGER_TOO_SMALL, Level.WARN),
        (autopilot, Code.AUTOPILOT_ON, Level.WARN),
        (scheduled, Code.SCHEDULED_PLAN_APPLIED, Level.WARN),
        (unreadable_tuning, Code.TUNING_UNREADABLE, Level.WARN),
        (unusual_job_id, Code.JOB_ID_UNUSUAL, Level.WARN),
    ],
)
async def test_a_rescale_meets_its_rules(cloud, arrange, code, level):
    arrange(cloud)

    plan = await plan_for(cloud, parallelism="8")

    assert levels(plan)[code] is level
    assert plan.blocked is (level is Level.BLOCK)


@pytest.mark.parametrize(("to", "warned"), [("8", False), ("9", True), ("2", False), ("1", True)])
async def test_more_than_twice_or_less_than_half_is_a_large_step(cloud, to, warned):
    plan = await plan_for(cloud, parallelism=to)

    assert (Code.LARGE_STEP in levels(plan)) is warned


async def test_flinks_default_maximum_is_only_a_warning(cloud):
    no_known_maximum(cloud)

    plan = await plan_for(cloud, parallelism="129")

    assert levels(plan)[Code.ABOVE_DEFAULT_MAX_PARALLELISM] is Level.WARN


async def test_a_job_that_runs_in_expert_mode_cannot_be_rescaled_whatever_is_saved(cloud):
    cloud.running["resources.mode"] = "EXPERT"

    plan = await plan_for(cloud, parallelism="8")

    assert levels(plan)[Code.EXPERT_MODE] is Level.BLOCK


async def test_expert_mode_and_unaligned_checkpoints_do_not_block_other_knobs(cloud):
    expert(cloud)
    unaligned(cloud)

    plan = await plan_for(cloud, **{INTERVAL: "5min"})

    assert not plan.blocked


async def test_checkpoint_settings_that_do_not_fit_each_other_are_warned_about(cloud):
    plan = await plan_for(cloud, **{PAUSE: "10min", TIMEOUT: "1s"})

    assert levels(plan) == {
        Code.PAUSE_ABOVE_INTERVAL: Level.WARN,
        Code.TIMEOUT_BELOW_LAST_CHECKPOINT: Level.WARN,
    }


async def test_somebody_elses_saved_edits_are_listed_and_need_a_yes(cloud):
    cloud.saved[INTERVAL] = "10min"
    cloud.modified_by = "li.wei"

    plan = await plan_for(cloud, parallelism="8")

    assert [(e.name, e.before, e.after, e.effect) for e in plan.edits] == [
        (INTERVAL, "3min", "10min", Effect.LIVE)
    ]
    assert plan.needs_confirmation
    assert plan.findings[0].note.args == {"who": "li.wei", "count": "1"}


async def test_an_edit_that_ours_overwrites_is_shown_as_ignored(cloud):
    cloud.saved["parallelism"] = "6"

    plan = await plan_for(cloud, parallelism="8")

    assert [(e.after, e.effect) for e in plan.edits] == [("6", Effect.IGNORED)]


async def test_what_is_saved_already_is_not_somebody_elses(cloud):
    cloud.saved["parallelism"] = "8"

    plan = await plan_for(cloud, parallelism="8")

    assert plan.edits == ()
    assert plan.unsaved == {}
    assert plan.live


async def test_a_setting_that_is_not_hot_is_saved_for_the_next_start(cloud):
    stopped(cloud)

    plan = await plan_for(cloud, **{"table.exec.state.ttl": "36 h"})

    assert not plan.blocked
    assert not plan.live
    assert levels(plan) == {Code.RESTART_FIELDS: Level.WARN}


async def test_restoring_puts_back_what_was_saved_and_touches_no_running_job(cloud):
    cloud.saved["parallelism"] = "8"
    cloud.saved[TIMEOUT] = "20 min"

    plan = await plan_for(cloud, RESTORE_SAVED, **{"parallelism": "4", TIMEOUT: None})

    assert [(c.name, c.before, c.after) for c in plan.changes] == [
        ("parallelism", "8", "4"),
        (TIMEOUT, "20 min", None),
    ]
    assert not plan.live
    assert not plan.edits


async def test_the_digest_moves_with_everything_it_binds(cloud):
    def moved_revision(c):
        c.revision += 1

    def moved_job(c):
        c.job_id = "5af678c0-7db0-4650-94c2-d2604f0a0002"

    def moved_values(c):
        c.running[INTERVAL] = "9min"

    digests = {(await plan_for(cloud, parallelism="8")).digest}
    assert digests == {(await plan_for(cloud, parallelism="8")).digest}
    digests.add((await plan_for(cloud, parallelism="9")).digest)
    for move in (moved_revision, moved_job, moved_values, stopped):
        move(cloud)
        digests.add((await plan_for(cloud, parallelism="8")).digest)

    assert len(digests) == 6
