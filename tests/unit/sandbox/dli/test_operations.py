"""What each operation reads, refuses and answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.dli.cloud import Cloud
from bot.sandbox.dli.operations import SuccessAs
from bot.sandbox.dli.seed import FIRST_ID, IMPORT_ID, LONG_NAME
from bot.sandbox.dli.seed_sql import ORDERS
from bot.sandbox.dli.server import DliSimulator
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.dli.caller import PROJECT, Caller, id_of

WITH_A_VIEW = """\
CREATE TABLE a (b INT); /* (INSERT INTO x */
CREATE TEMPORARY VIEW v AS SELECT b FROM a;
INSERT INTO `a` SELECT * FROM `default`.V -- it's (fine
"""


@pytest.fixture
def orders(cloud: Cloud) -> int:
    return id_of(cloud, "dwd_orders")


async def names(caller: Caller, **query: str) -> list[str]:
    answer = await caller.ok("GET", "/jobs", limit="100", **query)
    return [job["name"] for job in answer["job_list"]["jobs"]]


async def test_jobs_come_newest_first_ten_a_page(caller: Caller) -> None:
    everything = await names(caller)
    assert everything == (await names(caller, order="asc"))[::-1]
    assert everything[-2:] == ["test1", "myjob"]
    page = (await caller.ok("GET", "/jobs"))["job_list"]
    assert [job["name"] for job in page["jobs"]] == everything[:10]
    assert page["total_count"] == len(everything)
    rest = (await caller.ok("GET", "/jobs", offset="10", limit="100"))["job_list"]["jobs"]
    assert [job["name"] for job in rest] == everything[10:]
    assert (await caller.ok("GET", "/jobs", offset="1000"))["job_list"]["jobs"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "join_by_seller"}, {LONG_NAME}),
        ({"status": "job_init"}, {"myjob", "test1"}),
        ({"queue_name": "small_queue"}, {"marketing_push"}),
        ({"status": "job_running_exception", "job_type": "flink_opensource_sql_job"},
         {"fraud_scores"}),
        ({"user_name": "nobody"}, set()),
    ],
)  # fmt: skip
async def test_jobs_are_filtered(caller: Caller, query: dict[str, str], found: set[str]) -> None:
    assert set(await names(caller, **query)) == found


async def test_parts_of_an_edge_job_are_listed_with_it_only(caller: Caller, cloud: Cloud) -> None:
    assert "iot_edge_part" not in await names(caller)
    root = id_of(cloud, "iot_edge")
    assert await names(caller, root_job_id=str(root)) == ["iot_edge_part"]


@pytest.mark.parametrize("query", [{"limit": "101"}, {"limit": "ten"}, {"offset": "-1"}])
async def test_a_page_out_of_range_is_refused(caller: Caller, query: dict[str, str]) -> None:
    assert await caller.refused("GET", "/jobs", **query) == "DLI.0001"


async def test_the_list_shows_other_members_with_detail(caller: Caller) -> None:
    brief = (await caller.ok("GET", "/jobs", name="dwd_orders"))["job_list"]["jobs"][0]
    assert "sql_body" not in brief
    assert (brief["root_id"], brief["has_savepoint"]) == (-1, False)
    assert brief["duration"] == 3 * 24 * 3600 * 1000
    query = {"name": "dwd_orders", "show_detail": "true"}
    full = (await caller.ok("GET", "/jobs", **query))["job_list"]["jobs"][0]
    assert full["sql_body"] == ORDERS
    assert full["job_config"]["obs_bucket"] == "flink-state"
    assert "duration" not in full


async def test_a_job_shows_its_whole_definition(caller: Caller, orders: int) -> None:
    job = await caller.job(orders)
    assert (job["sql_body"], job["project_id"]) == (ORDERS, PROJECT)
    assert (job["queue_name"], job["run_mode"]) == ("flink_general", "exclusive_cluster")
    assert job["job_config"]["checkpoint_mode"] == "exactly_once"
    assert job["job_config"]["execution_agency_urn"] is None
    assert job["job_config"]["executor_number"] == 3
    assert "main_class" not in job


@pytest.mark.parametrize("job", ["1", "abc", "99999999999999999999"])
async def test_an_unknown_job_is_a_bad_request(caller: Caller, job: str) -> None:
    assert await caller.refused("GET", f"/jobs/{job}") == "DLI.16001"
    assert await caller.refused("PUT", f"/sql-jobs/{job}", {"desc": "x"}) == "DLI.16001"
    assert await caller.refused("GET", f"/jobs/{job}/execute-graph") == "DLI.16001"
    sql = {"sql_body": "select 1"}
    answer = await caller("POST", f"/v3/{PROJECT}/streaming/jobs/{job}/gen-graph", sql)
    assert answer.json()["error_code"] == "DLI.16001"


async def test_one_refused_job_of_several_does_not_stop_the_others(
    caller: Caller, cloud: Cloud, orders: int
) -> None:
    body = {"job_ids": [1, IMPORT_ID, orders]}
    answer = await caller.ok("POST", "/jobs/run", body)
    assert [entry["is_success"] for entry in answer] == ["false", "true", "false"]
    assert "DLI.16001" in answer[0]["message"]
    assert caller.walk(IMPORT_ID)[-1] == "job_running"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"job_ids": []},
        {"job_ids": "1"},
        {"job_ids": ["137228"]},
        {"job_ids": [True]},
        {"job_ids": [IMPORT_ID], "resume_savepoint": "true"},
    ],
)
async def test_a_batch_wants_numbers_and_booleans(caller: Caller, body: dict[str, Any]) -> None:
    assert await caller.refused("POST", "/jobs/run", body) == "DLI.0001"
    assert caller.walk(IMPORT_ID) == ["job_cancel_success"]


async def test_a_refused_batch_is_an_array(caller: Caller, orders: int) -> None:
    answer = await caller("POST", f"/v1.0/{PROJECT}/streaming/jobs/run", {"job_ids": [orders]})
    assert answer.status_code == 400
    assert [entry["error_code"] for entry in answer.json()] == ["DLI.0007"]


async def test_a_job_without_a_queue_is_refused_as_people_report(caller: Caller) -> None:
    await caller.ok("PUT", f"/flink-jobs/{IMPORT_ID}", {"queue_name": ""})
    body = {"job_ids": [IMPORT_ID]}
    assert await caller.refused("POST", "/jobs/run", body) == "DLI.13024"


async def test_what_does_not_run_is_not_stopped(caller: Caller, orders: int) -> None:
    assert await caller.refused("POST", "/jobs/stop", {"job_ids": [IMPORT_ID]}) == "DLI.0007"
    await caller.stop(orders)
    assert await caller.refused("POST", "/jobs/stop", {"job_ids": [orders]}) == "DLI.0007"


async def test_a_savepoint_needs_a_bucket(caller: Caller, cloud: Cloud) -> None:
    job_id = id_of(cloud, "heartbeat_filter")
    body = {"job_ids": [job_id], "trigger_savepoint": True}
    assert await caller.refused("POST", "/jobs/stop", body) == "DLI.0001"
    await caller.stop(job_id)
    assert caller.walk(job_id)[-1] == "job_cancel_success"


@pytest.mark.parametrize(
    "body",
    [
        {"savepoint_path": ""},
        {"savepoint_path": "obs://"},
        {"savepoint_path": "/"},
        {"savepoint_path": "s3://bucket/dir"},
        {"savepoint_path": "bucket/my dir"},
        {"savepoint_path": 5},
        {},
    ],
)
async def test_a_savepoints_path_is_checked(
    caller: Caller, orders: int, body: dict[str, Any]
) -> None:
    trigger = {"action": "TRIGGER", **body}
    assert await caller.refused("POST", f"/jobs/{orders}/savepoint", trigger) == "DLI.0001"
    named = {"job_id": IMPORT_ID, **body}
    path = f"/jobs/{IMPORT_ID}/import-savepoint"
    assert await caller.refused("POST", path, named) == "DLI.0001"


async def test_an_import_names_the_job_twice(caller: Caller, orders: int) -> None:
    path = f"/jobs/{IMPORT_ID}/import-savepoint"
    body = {"job_id": orders, "savepoint_path": "bucket/dir"}
    assert await caller.refused("POST", path, body) == "DLI.0001"
    body = {"job_id": str(IMPORT_ID), "savepoint_path": "bucket/dir"}
    assert await caller.refused("POST", path, body) == "DLI.0001"


async def test_an_import_into_a_running_job_is_refused(caller: Caller, orders: int) -> None:
    body = {"job_id": orders, "savepoint_path": "bucket/dir"}
    path = f"/jobs/{orders}/import-savepoint"
    assert await caller.refused("POST", path, body) == "DLI.0007"


async def test_an_import_is_read_back_as_it_was_typed(caller: Caller) -> None:
    body = {"job_id": IMPORT_ID, "savepoint_path": "obs://bucket/dir"}
    answer = await caller.ok("POST", f"/jobs/{IMPORT_ID}/import-savepoint", body)
    assert answer == {"is_success": True, "message": "The job is successfully updated."}
    assert (await caller.job(IMPORT_ID))["savepoint_path"] == "obs://bucket/dir"


async def test_the_only_action_on_savepoints_is_trigger(caller: Caller, orders: int) -> None:
    body = {"action": "DELETE", "savepoint_path": "bucket/dir"}
    assert await caller.refused("POST", f"/jobs/{orders}/savepoint", body) == "DLI.0001"


async def test_flinks_own_graph_follows_the_job(
    caller: Caller, cloud: Cloud, orders: int, clock: FakeClock
) -> None:
    async def graph(job_id: int) -> Any:
        return (await caller.ok("GET", f"/jobs/{job_id}/execute-graph"))["execute_graph"]

    assert await graph(FIRST_ID) is None
    running = await graph(orders)
    assert (running["state"], running["end-time"], running["isStoppable"]) == ("RUNNING", -1, False)
    await caller.stop(orders)
    clock.tick(1)
    assert (await graph(orders))["state"] == "CANCELLING"
    clock.tick(5)
    stopped = await graph(orders)
    assert (stopped["state"], stopped["jid"]) == ("CANCELED", running["jid"])
    assert stopped["end-time"] - stopped["start-time"] == stopped["duration"]
    assert (await graph(id_of(cloud, "fraud_scores")))["state"] == "FAILED"
    await caller.start(orders)
    caller.walk(orders)
    assert (await graph(orders))["jid"] != running["jid"]


async def test_queues_show_what_runs_on_them(caller: Caller, cloud: Cloud, orders: int) -> None:
    async def queues(**query: str) -> dict[str, Any]:
        answer = await caller("GET", f"/v1.0/{PROJECT}/queues", query=query)
        assert answer.json()["is_success"] is True
        return {queue["queue_name"]: queue for queue in answer.json()["queues"]}

    assert set(await queues()) == {"reports"}
    assert "reports" not in await queues(queue_type="general")
    before = (await queues(queue_type="all"))["flink_general"]["used_cu"]
    await caller.stop(orders)
    caller.walk(orders)
    after = (await queues(queue_type="all"))["flink_general"]["used_cu"]
    assert before - after == 4


@pytest.mark.parametrize(
    ("sql", "trouble"),
    [
        ("CREATE TABLE a (b INT", "parenthesis"),
        ("INSERT INTO a SELECT 'x FROM b", "string is not closed"),
        ("CREATE TABLE a (b INT)", "No operators"),
        ("CREATE TABLE a (b INT); INSERT INTO a SELECT * FROM c;", "'c' not found"),
        ("CREATE TABLE c (b INT); INSERT INTO d SELECT * FROM c;", "'d' not found"),
        (ORDERS, ""),
        (WITH_A_VIEW, ""),
    ],
)
async def test_sql_is_checked_without_running_it(caller: Caller, sql: str, trouble: str) -> None:
    path = f"/v3/{PROJECT}/streaming/jobs/{FIRST_ID}/gen-graph"
    answer = (await caller("POST", path, {"sql_body": sql, "parallel_number": 3})).json()
    assert answer["is_success"] is (trouble == "")
    assert trouble in answer["message"]
    if trouble:
        assert (answer["error_code"], answer["stream_graph"]) == ("DLI.0004", None)
        return
    operators = json.loads(answer["stream_graph"])["operator_list"]
    assert {operator["parallelism"] for operator in operators} == {3}
    ids = [operator["id"] for operator in operators]
    assert operators[-1]["input_operators_id"] == [ids[-2]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sql_body": " "},
        {"sql_body": "x" * (1024 * 1024 + 1)},
        {"sql_body": ORDERS, "flink_version": "1.15"},
        {"sql_body": ORDERS, "job_type": "flink_sql_job"},
    ],
)
async def test_a_stream_graph_has_conditions(caller: Caller, body: dict[str, Any]) -> None:
    path = f"/v3/{PROJECT}/streaming/jobs/{FIRST_ID}/gen-graph"
    answer = await caller("POST", path, body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "DLI.0001")


@pytest.mark.parametrize(
    ("success_as", "said"),
    [
        (SuccessAs.PAGES, ["true", "true", True]),
        (SuccessAs.STRING, ["true", "true", "true"]),
        (SuccessAs.BOOLEAN, [True, True, True]),
    ],
)
async def test_success_is_said_the_way_it_is_asked_for(
    caller: Caller, simulator: DliSimulator, success_as: SuccessAs, said: list[object]
) -> None:
    simulator.gateway.success_as = success_as
    seen = [
        (await caller.ok("PUT", f"/sql-jobs/{FIRST_ID}", {"desc": "x"}))["is_success"],
        (await caller.start(IMPORT_ID))[0]["is_success"],
        (await caller.ok("PUT", f"/flink-jobs/{FIRST_ID + 1}", {"desc": "x"}))["is_success"],
    ]
    assert seen == said
