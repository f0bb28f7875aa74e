"""The engine, the client and the simulated service agree on what every change of a DLI job is."""

from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count

import pytest

from bot.clouds.huawei import Credentials, HuaweiTarget, open_huawei
from bot.clouds.transport import Limits
from bot.errors import UserError
from bot.flink.dli.options import Mode, Options
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.notes import Code
from bot.policy.access import Access
from bot.sandbox.dli import Account, DliSimulator, Fault, FaultKind
from bot.store import open_store
from bot.updates.dli.requests import DliRequests
from bot.updates.dli.route import DliOperation
from bot.updates.dli.steps import DliSteps, Pace
from bot.updates.engine import Patience
from bot.updates.submit import Asker, Submissions, Target
from tests.fakes.clock import FakeClock
from tests.fakes.dli import FakeVault
from tests.fakes.engine import TurnByTurn

PROJECT = "0123456789abcdef0123456789abcdef"
KEYS = Credentials("sandbox-access-key", "sandbox-secret-key")
ANNA = Asker("U0ANNA", "C0JOBS")
SMALLEST = timedelta(milliseconds=1)
LONGEST = timedelta(hours=2)


class Desk:
    """Asks for changes of the simulator's jobs, as a person would, and follows them."""

    def __init__(self, store, clock, simulator, cloud):
        self.store, self.clock, self.simulator, self.cloud = store, clock, simulator, cloud
        self.vault = FakeVault()
        clouds = {"dli": cloud}
        access = Access(frozenset({ANNA.user}), frozenset({"*"}))
        ids = count(1)
        self.submissions = Submissions(
            store,
            {"dli": Target(name="dli", cloud=cloud, access=access)},
            clock,
            lambda: f"u{next(ids)}",
            lambda: None,
        )
        self.requests = DliRequests(self.submissions, clouds, self.vault)
        steps = DliSteps(clouds, self.vault, clock, Pace())
        self.engine = TurnByTurn(store, dict.fromkeys(DliOperation, steps), clock, Patience())

    def job(self, name):
        return self.simulator.cloud.named(name)

    def ref(self, name):
        return DeploymentRef("dli", str(self.job(name).id))

    async def saved(self, name):
        return (await self.cloud.fetch(str(self.job(name).id))).saved

    async def planned(self, name, values, operation=DliOperation.UPDATE, **options):
        return await self.requests.plan(ANNA, self.ref(name), operation, Options(**options), values)

    async def done(self, name, values, operation=DliOperation.UPDATE, **options):
        update = await self.planned(name, values, operation, **options)
        assert not update.plan.blocked, update.plan.findings
        await self.submissions.apply(update.id, ANNA, accepted=True)
        return await self.ended(update.id)

    async def ended(self, update_id):
        """Move time from one due moment to the next until the update has ended."""
        end = self.clock() + LONGEST
        while self.clock() < end:
            await self.engine.run_due()
            update = await self.store.get(update_id)
            if update.state.final:
                return update
            self.clock.time = max(await self.store.next_due(), self.clock() + SMALLEST)
        raise AssertionError(update)


@asynccontextmanager
async def opened(url, clock):
    target = HuaweiTarget("dli", "ap-southeast-3", PROJECT, url, url)
    cloud = open_huawei(target, KEYS, limits=Limits(backoff_seconds=0.001), now=clock)
    yield cloud
    await cloud.aclose()


@pytest.fixture
async def desk(tmp_path):
    clock = FakeClock()
    simulator = DliSimulator(
        project_id=PROJECT,
        region="ap-southeast-3",
        account=Account(KEYS.access_key, KEYS.secret_key),
        now=clock,
    )
    url = await simulator.start()
    database = f"sqlite+aiosqlite:///{tmp_path}/flinkbot.sqlite3"
    async with open_store(database, now=clock) as store, opened(url, clock) as cloud:
        yield Desk(store.updates, clock, simulator, cloud)
    await simulator.stop()


def reasons(update):
    return [note.code for note in update.verdict.notes]


async def test_a_live_change_acts_on_the_run_that_is_on(desk):
    run = desk.job("dwd_orders").run

    ended = await desk.done("dwd_orders", {"smn_topic": "oncall"}, mode=Mode.LIVE)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_APPLIED])
    assert desk.job("dwd_orders").run is run
    assert desk.job("dwd_orders").parts["smn_topic"] == "oncall"


async def test_a_restart_keeps_the_state_and_changes_the_definition(desk):
    before = desk.job("dwd_orders").run

    ended = await desk.done("dwd_orders", {"tm_cus": "3", "cu_number": "7"}, mode=Mode.RESTART)

    run = desk.job("dwd_orders").run
    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_STARTED_ANEW])
    assert (run.parts["tm_cus"], run.parts["cu_number"]) == (3, 7)
    assert run is not before
    assert f"jobs/savepoint/{desk.job('dwd_orders').id}/" in run.restored_from
    assert [desk.simulator.calls(f"Batch{what}FlinkJobs") for what in ("Stop", "Run")] == [1, 1]


async def test_an_own_savepoint_is_taken_before_the_stop(desk):
    ended = await desk.done(
        "dwd_orders", {"tm_cus": "3"}, mode=Mode.RESTART, savepoint_path="flink-state/mine"
    )

    assert ended.state is State.SUCCEEDED
    own, _ = desk.job("dwd_orders").savepoints
    assert own.path.startswith("flink-state/mine")
    assert desk.simulator.calls("ExecuteFlinkJobSavepoint") == 1


async def test_a_start_that_fails_puts_the_old_definition_back(desk):
    before = await desk.saved("invoice_sync")

    ended = await desk.done("invoice_sync", {"checkpoint_interval": "60"}, mode=Mode.RESTART)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_ROLLED_BACK])
    assert await desk.saved("invoice_sync") == before
    assert desk.job("invoice_sync").run is not None


async def test_a_job_that_cannot_be_stopped_is_left_to_a_human(desk):
    ended = await desk.done("payments_ledger", {"checkpoint_interval": "60"}, mode=Mode.RESTART)

    assert (ended.state, reasons(ended)) == (State.FAILED, [Code.VERDICT_STOP_STUCK])
    assert desk.simulator.calls("UpdateFlinkSqlJob") == 0


async def test_a_job_that_starts_and_dies_again_and_again_is_told(desk):
    ended = await desk.done("ads_attribution", {"checkpoint_interval": "60"}, mode=Mode.RESTART)

    assert ended.state is State.FAILED
    assert Code.VERDICT_CRASHING in reasons(ended)


async def test_sql_is_edited_without_its_secrets_and_saved_with_them(desk):
    before = desk.job("dwd_orders").parts["sql_body"]
    shown = (await desk.saved("dwd_orders"))["sql_body"]
    assert "[secret:" in shown

    ended = await desk.done(
        "dwd_orders", {"sql_body": f"{shown}\n-- reviewed\n"}, mode=Mode.NEXT_START
    )

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_SAVED_ONLY])
    assert desk.job("dwd_orders").parts["sql_body"] == f"{before.rstrip()}\n-- reviewed\n"


async def test_sql_that_cannot_be_translated_is_warned_of(desk):
    planned = await desk.planned("dwd_orders", {"sql_body": "SELEKT 1"}, mode=Mode.NEXT_START)

    assert Code.DLI_SQL_REFUSED in {finding.note.code for finding in planned.plan.findings}


async def test_one_size_of_the_second_model_leaves_the_others_as_they_are(desk):
    name, setting = "clickstream_sessions", "resource_config.taskmanager_resource_spec.cpu"
    before = await desk.saved(name)

    ended = await desk.done(name, {setting: "2"}, mode=Mode.RESTART)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_STARTED_ANEW])
    assert await desk.saved(name) == {**before, setting: "2"}


async def test_a_job_moves_to_the_second_resource_model_and_back(desk):
    values = {
        "resource_config_version": "v2",
        "flink_version": "1.15",
        "execution_agency_urn": "dli_obs_access",
        "resource_config.parallel_number": "2",
    }

    there = await desk.done("search_index", values, mode=Mode.NEXT_START)
    stored = dict(desk.job("search_index").parts)
    again = await desk.requests.roll_back(there, ANNA)
    await desk.submissions.apply(again.id, ANNA, accepted=True)
    back = await desk.ended(again.id)

    assert (there.state, reasons(there)) == (State.SUCCEEDED, [Code.VERDICT_SAVED_ONLY])
    assert (stored["resource_config_version"], stored["flink_version"]) == ("v2", "1.15")
    assert stored["resource_config"]["parallel_number"] == 2
    assert (back.state, reasons(back)) == (State.SUCCEEDED, [Code.VERDICT_SAVED_ONLY])
    assert desk.job("search_index").parts["resource_config_version"] == "v1"
    with pytest.raises(UserError) as refused:
        await desk.requests.roll_back(there, ANNA)
    assert refused.value.note.code is Code.ROLLBACK_DONE


async def test_a_job_leaves_the_second_resource_model_and_finds_its_sizes_again(desk):
    name, before = "risk_rules", await desk.saved("risk_rules")
    first = {"resource_config_version": "v1", "cu_number": "6", "parallel_number": "4"}

    away = await desk.done(name, first, mode=Mode.RESTART)
    back = await desk.done(name, {"resource_config_version": "v2"}, mode=Mode.RESTART)

    assert (away.state, back.state) == (State.SUCCEEDED, State.SUCCEEDED)
    assert await desk.saved(name) == {**before, "cu_number": "6", "parallel_number": "4"}


SQL_VALUES = {
    "name": "orders_v2",
    "desc": "Reviewed ✓",
    "queue_name": "testqueue",
    "flink_version": "1.12.2",
    "sql_body": "CREATE TABLE a (x INT);\r\nINSERT INTO b SELECT x FROM a;\r\n",
    "idle_state_retention": "7200",
    "dirty_data_strategy": "2:obs://flink-state/dirty",
    "udf_jar_url": "group/udf.jar",
    "cu_number": "9",
    "manager_cu_number": "1",
    "parallel_number": "8",
    "tm_cus": "2",
    "tm_slot_num": "2",
    "checkpoint_mode": "at_least_once",
    "checkpoint_interval": "60",
    "obs_bucket": "other-state",
    "restart_when_exception": "false",
    "resume_checkpoint": "false",
    "resume_max_num": "-1",
    "log_enabled": "false",
    "smn_topic": "oncall",
    "flink_log_config": '{"root_logger_level": "WARN"}',
    "runtime_config": '[{"key": "state.password", "value": "hunter2"}]',
    "operator_config": '{"operator_list":[{"id":"%s","parallelism":2}]}' % ("a" * 32),
    "static_estimator_config": '{"operator_list":[{"id":"%s","rate_factor":0.5}]}' % ("a" * 32),
}
JAR_VALUES = {
    "entrypoint": "obs://flink-jars/b.jar",
    "main_class": "com.example.B",
    "entrypoint_args": "--password hunter2 --window 60",
    "dependency_jars": "obs://flink-jars/1.jar\nobs://flink-jars/2.jar",
    "dependency_files": "obs://flink-jars/1.csv",
    "checkpoint_enabled": "false",
    "resume_checkpoint": "true",
    "checkpoint_path": "obs://flink-state/sessions/",
    "execution_agency_urn": "another_agency",
    "resource_config.max_slot": "4",
    "resource_config.parallel_number": "8",
    "resource_config.jobmanager_resource_spec.cpu": "0.5",
    "resource_config.jobmanager_resource_spec.memory": "2048MB",
    "resource_config.taskmanager_resource_spec.memory": "8 gb",
}


@pytest.mark.parametrize(
    ("name", "values"), [("dwd_orders", SQL_VALUES), ("clickstream_sessions", JAR_VALUES)]
)
async def test_whatever_is_changed_is_saved_read_back_and_put_back(desk, name, values):
    job, before = desk.job(name), dict(desk.job(name).parts)
    shown = await desk.saved(name)

    ended = await desk.done(name, values, mode=Mode.NEXT_START)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_SAVED_ONLY])
    assert set(ended.plan.asked) == set(values) - {n for n in values if shown.get(n) == values[n]}
    assert "hunter2" not in str(await desk.store.get(ended.id))
    assert "hunter2" in str(job.parts)
    again = await desk.requests.roll_back(ended, ANNA)
    await desk.submissions.apply(again.id, ANNA, accepted=True)
    assert (await desk.ended(again.id)).state is State.SUCCEEDED
    assert {n: v for n, v in job.parts.items() if v not in (None, "", [])} == {
        n: v for n, v in before.items() if v not in (None, "", [])
    }


async def test_settings_are_emptied(desk):
    values = {"desc": "For one night", "runtime_config": '[{"key":"a","value":"b"}]'}
    await desk.done("risk_rules", values, mode=Mode.NEXT_START)

    emptied = dict.fromkeys((*values, "smn_topic", "edge_group_ids"))
    ended = await desk.done("risk_rules", emptied, mode=Mode.NEXT_START)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_SAVED_ONLY])
    assert not emptied.keys() & (await desk.saved("risk_rules")).keys()


async def test_a_savepoint_is_imported_and_started_from(desk):
    path = "obs://flink-state/from-elsewhere/sp-1"
    operation = DliOperation.IMPORT_SAVEPOINT

    imported = await desk.done("dws_import_demo", {}, operation, savepoint_path=path)
    started = await desk.done("dws_import_demo", {}, DliOperation.START)

    assert (imported.state, reasons(imported)) == (State.SUCCEEDED, [Code.VERDICT_IMPORTED])
    assert started.state is State.SUCCEEDED
    assert desk.job("dws_import_demo").run.restored_from.endswith("from-elsewhere/sp-1")


async def test_a_job_is_stopped_with_its_state_and_a_savepoint_taken_on_the_way(desk):
    operation = DliOperation.TAKE_SAVEPOINT

    taken = await desk.done("dwd_orders", {}, operation, savepoint_path="flink-state/mine")
    stopped = await desk.done("dwd_orders", {}, DliOperation.STOP)

    assert (taken.state, stopped.state) == (State.SUCCEEDED, State.SUCCEEDED)
    assert desk.job("dwd_orders").run is None
    assert len(desk.job("dwd_orders").savepoints) == 2


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE])
@pytest.mark.parametrize(
    "operation",
    ["ExecuteFlinkJobSavepoint", "BatchStopFlinkJobs", "UpdateFlinkSqlJob", "BatchRunFlinkJobs"],
)
async def test_a_lost_answer_changes_nothing_of_the_end_and_nothing_is_done_twice(
    desk, operation, kind
):
    desk.simulator.inject(Fault(operation=operation, kind=kind, times=1))

    ended = await desk.done(
        "dwd_orders", {"tm_cus": "3"}, mode=Mode.RESTART, savepoint_path="flink-state/mine"
    )

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_STARTED_ANEW])
    assert desk.simulator.calls(operation) == (1 if kind is FaultKind.DROP_AFTER else 2)
    assert len(desk.job("dwd_orders").runs) == 2


@pytest.mark.parametrize("kind", [FaultKind.STATUS_429, FaultKind.HTML_502])
async def test_a_service_in_trouble_is_waited_out(desk, kind):
    desk.simulator.inject(Fault(operation="ShowFlinkJob", kind=kind, times=2, seconds=0))

    ended = await desk.done("dwd_orders", {"tm_cus": "3"}, mode=Mode.RESTART)

    assert (ended.state, reasons(ended)) == (State.SUCCEEDED, [Code.VERDICT_STARTED_ANEW])


async def test_a_job_that_does_not_fit_its_queue_is_warned_of(desk):
    planned = await desk.planned("dwd_orders", {"cu_number": "400"}, mode=Mode.RESTART)

    assert Code.DLI_QUEUE_TOO_SMALL in {finding.note.code for finding in planned.plan.findings}


async def test_a_job_that_is_not_there_is_said_to_be_gone(desk):
    with pytest.raises(UserError):
        await desk.requests.plan(ANNA, DeploymentRef("dli", "999"), DliOperation.STOP, Options())


async def test_somebody_elses_edit_after_the_plan_stops_it(desk):
    update = await desk.planned("dwd_orders", {"tm_cus": "3"}, mode=Mode.RESTART)
    desk.clock.tick(1)
    desk.simulator.cloud.edit(desk.job("dwd_orders"), {"tm_slot_num": 4}, "zhang.min")
    await desk.submissions.apply(update.id, ANNA, accepted=True)

    assert (await desk.ended(update.id)).state is State.STALE
