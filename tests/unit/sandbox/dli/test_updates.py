"""What an update may set, when, and what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.dli.cloud import Cloud, changed_since_start
from bot.sandbox.dli.definition import cus_of
from bot.sandbox.dli.model import Status
from bot.sandbox.dli.refusals import Code, RefusedError
from bot.sandbox.dli.seed import FIRST_ID, IMPORT_ID
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.dli.caller import Caller, id_of

SQL, JAR = f"/sql-jobs/{FIRST_ID}", f"/flink-jobs/{FIRST_ID + 1}"
OPERATOR = '{"operator_list":[{"id":"0a448493b4782967b150582570326227","parallelism":2}]}'


@pytest.fixture
def orders(cloud: Cloud) -> int:
    return id_of(cloud, "dwd_orders")


def spec(cpu: float = 1.0, memory: str = "4G") -> dict[str, Any]:
    return {"cpu": cpu, "memory": memory}


async def test_only_what_is_named_is_changed(caller: Caller, clock: FakeClock) -> None:
    before = await caller.job(FIRST_ID)
    clock.tick(60)
    answer = await caller.ok("PUT", SQL, {"desc": "Another", "colour": "blue", "smn_topic": None})
    assert answer["is_success"] == "true"
    after = await caller.job(FIRST_ID)
    assert answer["job"]["update_time"] == after["update_time"] > before["update_time"] > 2**32
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"desc", "update_time"}
    assert "colour" not in str(after)


async def test_every_save_moves_the_update_time(caller: Caller) -> None:
    first = await caller.ok("PUT", SQL, {"desc": "one"})
    second = await caller.ok("PUT", SQL, {"desc": "two"})
    assert second["job"]["update_time"] > first["job"]["update_time"]


async def test_a_mode_is_written_as_a_number_and_read_as_a_word(caller: Caller) -> None:
    await caller.ok("PUT", SQL, {"checkpoint_mode": 2})
    assert (await caller.job(FIRST_ID))["job_config"]["checkpoint_mode"] == "at_least_once"


async def test_an_emptied_text_is_read_as_null(caller: Caller, orders: int) -> None:
    await caller.ok("PUT", f"/sql-jobs/{orders}", {"smn_topic": ""})
    assert (await caller.job(orders))["job_config"]["smn_topic"] is None


async def test_an_empty_name_and_the_type_of_a_jar_job_change_nothing(caller: Caller) -> None:
    await caller.ok("PUT", JAR, {"name": "", "job_type": "flink_jar_job"})
    job = await caller.job(FIRST_ID + 1)
    assert (job["name"], job["job_type"]) == ("test1", "flink_jar_job")


async def test_resources_are_replaced_as_a_whole(caller: Caller) -> None:
    given = {"parallel_number": 4, "taskmanager_resource_spec": {"cpu": 2, "memory": "2048 mb"}}
    body = {"resource_config_version": "v2", "resource_config": given}
    await caller.ok("PUT", JAR, body)
    config = (await caller.job(FIRST_ID + 1))["job_config"]
    assert config["resource_config"] == {
        "max_slot": 1,
        "parallel_number": 4,
        "jobmanager_resource_spec": spec(),
        "taskmanager_resource_spec": spec(2.0, "2048M"),
    }


WRONG_EITHER = [
    {"name": "x" * 58},
    {"name": "two words"},
    {"name": 5},
    {"desc": "x" * 2049},
    {"queue_name": "q" * 129},
    {"cu_number": "4"},
    {"cu_number": 1},
    {"cu_number": 401},
    {"cu_number": True},
    {"manager_cu_number": 0},
    {"manager_cu_number": 4, "cu_number": 4},
    {"parallel_number": 0},
    {"parallel_number": 2001},
    {"parallel_number": 13, "cu_number": 4},
    {"tm_cus": 0},
    {"tm_slot_num": 1.5},
    {"checkpoint_enabled": "true"},
    {"checkpoint_mode": "exactly_once"},
    {"checkpoint_mode": 3},
    {"checkpoint_interval": 0},
    {"checkpoint_enabled": True, "obs_bucket": ""},
    {"log_enabled": True, "obs_bucket": ""},
    {"smn_topic": "two words"},
    {"resume_max_num": 0},
    {"resume_max_num": -2},
    {"runtime_config": "k=v"},
    {"runtime_config": '{"key":"k"}'},
    {"runtime_config": '[{"key":"k"}]'},
    {"flink_log_config": '{"root_logger_level":"LOUD"}'},
    {"flink_log_config": "[]"},
    {"resource_config_version": "v3"},
    {"resource_config": "4G"},
    {"resource_config": {"max_slot": 0}},
    {"resource_config": {"parallel_number": "2"}},
    {"resource_config": {"jobmanager_resource_spec": spec(cpu=0.4)}},
    {"resource_config": {"jobmanager_resource_spec": "big"}},
    {"resource_config": {"taskmanager_resource_spec": spec(memory="1G")}},
    {"resource_config": {"taskmanager_resource_spec": spec(memory="2047 MB")}},
    {"resource_config": {"taskmanager_resource_spec": spec(memory="lots")}},
    {"resource_config": {"taskmanager_resource_spec": {"memory": 4}}},
]
WRONG_SQL = [
    {"sql_body": "x" * (1024 * 1024 + 1)},
    {"run_mode": "cloud"},
    {"idle_state_retention": -1},
    {"edge_group_ids": "a,b"},
    {"edge_group_ids": [1]},
    {"dirty_data_strategy": "3"},
    {"dirty_data_strategy": "2:"},
    {"operator_config": "{"},
    {"operator_config": "{}"},
    {"operator_config": '{"operator_list":[1]}'},
    {"static_estimator_config": "[]"},
]
WRONG_JAR = [
    {"dependency_jars": "a.jar"},
    {"feature": "special"},
    {"job_type": "flink_sql_job"},
    {"checkpoint_path": "b/c", "checkpoint_enabled": True, "obs_bucket": "b"},
]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *((SQL, body) for body in (*WRONG_EITHER, *WRONG_SQL)),
        *((JAR, body) for body in (*WRONG_EITHER, *WRONG_JAR)),
    ],
    ids=lambda value: json.dumps(value)[:50] if isinstance(value, dict) else value[1:4],
)
def test_a_value_of_the_wrong_kind_or_size_is_refused(
    cloud: Cloud, path: str, body: dict[str, Any]
) -> None:
    job = cloud.job(int(path.rpartition("/")[2]))
    before = (job.parts, job.update_time)
    with pytest.raises(RefusedError) as caught:
        cloud.update(job.id, body, jar=job.is_jar)
    assert caught.value.code is Code.PARAMETER
    assert (job.parts, job.update_time) == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SQL, {"cu_number": 4, "parallel_number": 12, "manager_cu_number": 1}),
        (SQL, {"resume_max_num": -1, "checkpoint_interval": 999_999}),
        (SQL, {"dirty_data_strategy": "2:obs://bucket/dirty", "operator_config": OPERATOR}),
        (SQL, {"flink_log_config": '{"root_logger_level":"WARN"}', "runtime_config": ""}),
        (SQL, {"runtime_config": '[{"key":"table.exec.state.ttl","value":"1 h"}]'}),
        (SQL, {"sql_body": "x" * 1024 * 1024}),
        (JAR, {"checkpoint_path": "bucket/dir", "resume_checkpoint": True}),
        (JAR, {"resource_config_version": "v2", "resource_config": {}, "parallel_number": 900}),
    ],
)
async def test_what_the_pages_allow_is_taken(
    caller: Caller, path: str, body: dict[str, Any]
) -> None:
    await caller.ok("PUT", path, body)


async def test_a_refusal_is_http_400_with_a_code(caller: Caller) -> None:
    assert await caller.refused("PUT", SQL, {"cu_number": "4"}) == "DLI.0001"


async def test_a_job_is_changed_by_the_operation_of_its_type_only(caller: Caller) -> None:
    assert await caller.refused("PUT", f"/flink-jobs/{FIRST_ID}", {"desc": "x"}) == "DLI.0007"
    assert await caller.refused("PUT", f"/sql-jobs/{FIRST_ID + 1}", {"desc": "x"}) == "DLI.0007"


async def test_a_taken_name_is_refused(caller: Caller) -> None:
    assert await caller.refused("PUT", SQL, {"name": "test1"}) == "DLI.0006"
    await caller.ok("PUT", SQL, {"name": "myjob"})


async def test_a_live_setting_acts_on_the_run_and_others_wait(
    caller: Caller, cloud: Cloud, orders: int
) -> None:
    body = {"smn_topic": "night-shift", "cu_number": 6, "name": "dwd_orders_2"}
    await caller.ok("PUT", f"/sql-jobs/{orders}", body)
    run = cloud.job(orders).runs[-1].parts
    assert (run["smn_topic"], run["name"]) == ("night-shift", "dwd_orders_2")
    assert run["cu_number"] == 4
    assert changed_since_start(cloud.job(orders))
    assert (await caller.job(orders))["job_config"]["cu_number"] == 6


async def test_an_unchanged_bucket_is_refused_while_the_job_runs(
    caller: Caller, orders: int
) -> None:
    path = f"/sql-jobs/{orders}"
    assert await caller.refused("PUT", path, {"obs_bucket": "flink-state"}) == "DLI.0001"
    await caller.ok("PUT", path, {"obs_bucket": "other-state"})
    await caller.ok("PUT", f"/flink-jobs/{IMPORT_ID}", {"obs_bucket": "flink-state"})


async def test_a_running_job_can_refuse_what_waits_for_a_start(
    caller: Caller, cloud: Cloud, orders: int
) -> None:
    cloud.refuse_stored = True
    path = f"/sql-jobs/{orders}"
    assert await caller.refused("PUT", path, {"cu_number": 6, "desc": "x"}) == "DLI.0007"
    await caller.ok("PUT", path, {"desc": "x", "smn_topic": "night-shift"})
    await caller.ok("PUT", SQL, {"cu_number": 6})


@pytest.mark.parametrize(
    "status",
    [
        Status.SUBMITTING,
        Status.CANCELING,
        Status.CANCEL_FAIL,
        Status.SAVEPOINTING,
        Status.DOWNLOADING,
        Status.IDLE,
        Status.ARREARAGE_STOPPED,
        Status.ARREARAGE_RECOVERING,
    ],
)
async def test_a_job_between_two_states_is_not_updated_started_or_given_a_savepoint(
    caller: Caller, cloud: Cloud, orders: int, status: Status
) -> None:
    cloud.force(cloud.job(orders), status, "")
    assert await caller.refused("PUT", f"/sql-jobs/{orders}", {"desc": "x"}) == "DLI.0007"
    assert await caller.refused("POST", "/jobs/run", {"job_ids": [orders]}) == "DLI.0007"
    body = {"job_id": orders, "savepoint_path": "b/c"}
    path = f"/jobs/{orders}/import-savepoint"
    assert await caller.refused("POST", path, body) == "DLI.0007"
    body = {"action": "TRIGGER", "savepoint_path": "b/c"}
    assert await caller.refused("POST", f"/jobs/{orders}/savepoint", body) == "DLI.0007"


@pytest.mark.parametrize(
    "status",
    [Status.INIT, Status.CANCEL_SUCCESS, Status.FINISH, Status.SUBMIT_FAIL],
)
async def test_a_job_that_does_not_run_can_be_updated_and_started(
    caller: Caller, cloud: Cloud, status: Status
) -> None:
    cloud.force(cloud.job(IMPORT_ID), status, "")
    await caller.ok("PUT", f"/flink-jobs/{IMPORT_ID}", {"cu_number": 4})
    await caller.start(IMPORT_ID)
    refused = await caller.refused("PUT", f"/flink-jobs/{IMPORT_ID}", {"cu_number": 5})
    assert refused == "DLI.0007", "the start is on its way, though the status does not show it"


async def test_a_job_that_was_just_started_can_be_updated_while_its_end_is_near(
    caller: Caller, cloud: Cloud
) -> None:
    cloud.behave(cloud.job(IMPORT_ID), {"outcome": "finish", "run_s": 60})
    await caller.start(IMPORT_ID)
    caller.walk(IMPORT_ID)
    await caller.ok("PUT", f"/flink-jobs/{IMPORT_ID}", {"desc": "x"})
    assert caller.walk(IMPORT_ID, 61)[-1] == "job_finish"


def test_cus_of_both_resource_models() -> None:
    second = {
        "max_slot": 2,
        "parallel_number": 5,
        "jobmanager_resource_spec": spec(),
        "taskmanager_resource_spec": spec(1.0, "8192M"),
    }
    assert cus_of({"resource_config_version": "v1", "cu_number": 7}) == 7
    parts = {"resource_config_version": "v2", "resource_config": second}
    assert cus_of(parts) == 7, "1 and 3 cores, but 4 and 3 x 8 GB"
