"""The unsigned control API, in the shapes that the page knows from the other cloud."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.sandbox.dli import DliSimulator
from bot.sandbox.dli.cloud import Cloud
from bot.sandbox.dli.model import Status
from bot.sandbox.dli.seed import FIRST_ID, IMPORT_ID
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.dli.caller import ACCOUNT, PROJECT, REGION, ROOT, Caller, id_of


async def shown(http: httpx.AsyncClient, name: str) -> dict[str, Any]:
    state = (await http.get("/sandbox/state")).json()
    return next(one for one in state["deployments"] if one["name"] == name)


async def test_the_state_shows_saved_and_running_values(http: httpx.AsyncClient) -> None:
    edit = {"by": "wang.fang", "parallelism": 3, "settings": {"desc": "x"}}
    await http.post("/sandbox/deployments/dwd_orders/edit", json=edit)
    state = (await http.get("/sandbox/state")).json()
    assert (state["workspace"], state["namespace"]) == (REGION, PROJECT)
    one = await shown(http, "dwd_orders")
    assert (one["saved"]["parallelism"], one["running"]["parallelism"]) == (3, 1)
    assert (one["saved"]["desc"], one["running"]["desc"]) == ("x", "x"), "it is live"
    assert (one["modifier"], one["changedSinceStart"]) == ("wang.fang", True)
    assert one["job"]["state"] == "job_running"
    assert "characters)" in one["saved"]["sql_body"]
    assert "smn_topic" in one["saved"]
    assert "udf_jar_url" not in one["saved"], "what is not set is not shown"
    assert ACCOUNT.secret_key not in str(state)


async def test_a_job_that_never_ran_has_an_empty_run(http: httpx.AsyncClient) -> None:
    one = await shown(http, "myjob")
    assert (one["running"], one["job"]) == ({}, {"id": "", "state": "job_init", "restarts": 0})
    assert one["restoredFrom"] == ""


async def test_savepoints_are_listed_with_the_latest_marked(
    http: httpx.AsyncClient, caller: Caller
) -> None:
    body = {"job_id": IMPORT_ID, "savepoint_path": "obs://bucket/dir"}
    await caller.ok("POST", f"/jobs/{IMPORT_ID}/import-savepoint", body)
    kept = (await shown(http, "dws_import_demo"))["savepoints"]
    assert [(one["origin"], one["isLatest"]) for one in kept] == [("stop", False), ("import", True)]
    await caller.start(IMPORT_ID, resume=True)
    caller.walk(IMPORT_ID)
    one = await shown(http, "dws_import_demo")
    assert one["restoredFrom"] == "obs://bucket/dir"
    assert [kept["removed"] for kept in one["savepoints"]] == [True, True]


async def test_an_edit_behind_the_bots_back_moves_the_revision(
    http: httpx.AsyncClient, caller: Caller, cloud: Cloud
) -> None:
    orders = id_of(cloud, "dwd_orders")
    before = await caller.job(orders)
    typed = {
        "checkpoint_mode": "at_least_once",
        "cu_number": "6",
        "restart_when_exception": "false",
        "smn_topic": None,
        "table.exec.state.ttl": "48 h",
    }
    answer = await http.post(f"/sandbox/jobs/{orders}/edit", json={"flinkConf": typed})
    assert answer.status_code == 200
    after = await caller.job(orders)
    config = after["job_config"]
    assert after["update_time"] > before["update_time"]
    assert (config["checkpoint_mode"], config["cu_number"]) == ("at_least_once", 6)
    assert (config["restart_when_exception"], config["smn_topic"]) == (False, None)
    assert config["runtime_config"] == '[{"key": "table.exec.state.ttl", "value": "48 h"}]'
    gone = {"flinkConf": {"table.exec.state.ttl": None}}
    await http.post(f"/sandbox/jobs/{orders}/edit", json=gone)
    assert (await caller.job(orders))["job_config"]["runtime_config"] == "[]"


async def test_an_edit_knows_the_second_resource_model(
    http: httpx.AsyncClient, cloud: Cloud
) -> None:
    edit = {"parallelism": 6}
    await http.post("/sandbox/deployments/clickstream_sessions/edit", json=edit)
    config = cloud.named("clickstream_sessions").parts["resource_config"]
    assert (config["parallel_number"], config["max_slot"]) == (6, 2)
    whole = {"flinkConf": {"resource_config": '{"parallel_number": 3}'}}
    await http.post("/sandbox/deployments/clickstream_sessions/edit", json=whole)
    assert cloud.named("clickstream_sessions").parts["resource_config"]["parallel_number"] == 3


async def test_a_restart_gives_the_run_another_id(http: httpx.AsyncClient, cloud: Cloud) -> None:
    old = cloud.named("dwd_orders").runs[-1]
    new = (await http.post("/sandbox/deployments/dwd_orders/restart")).json()["jobId"]
    assert old.ended_at is not None
    assert new == cloud.named("dwd_orders").runs[-1].jid != old.jid
    await http.post("/sandbox/deployments/myjob/restart")
    assert cloud.named("myjob").status is Status.RUNNING


async def test_behaviour_changes_only_where_named(http: httpx.AsyncClient, cloud: Cloud) -> None:
    path = "/sandbox/deployments/clickstream_sessions/behaviour"
    answer = (await http.post(path, json={"outcome": "fail", "stop": "hang"})).json()
    assert (answer["outcome"], answer["stop"], answer["duration_s"]) == ("fail", "hang", 25)
    assert cloud.named("clickstream_sessions").behaviour.savepoint == "succeed"


async def test_a_status_can_be_forced(http: httpx.AsyncClient, caller: Caller) -> None:
    body = {"status": "job_arrearage_stopped", "desc": "in arrears"}
    answer = (await http.post(f"/sandbox/jobs/{IMPORT_ID}/status", json=body)).json()
    assert answer["job"]["state"] == "job_arrearage_stopped"
    job = await caller.job(IMPORT_ID)
    assert (job["status"], job["status_desc"]) == ("job_arrearage_stopped", "in arrears")


async def test_settings_are_turned_one_by_one(http: httpx.AsyncClient, caller: Caller) -> None:
    settings = {"speed": 40, "success_as": "boolean", "refuse_stored": True}
    assert (await http.post("/sandbox/settings", json=settings)).json() == settings
    assert (await http.post("/sandbox/settings", json={})).json() == settings
    assert (await caller.start(IMPORT_ID))[0]["is_success"] is True
    assert caller.walk(IMPORT_ID, 0.5)[-1] == "job_running", "4.5 s are 0.1 s at this speed"


async def test_faults_are_ordered_listed_and_dropped(
    http: httpx.AsyncClient, caller: Caller
) -> None:
    fault = {"operation": "ShowFlinkJob", "kind": "html_502", "times": None}
    assert (await http.post("/sandbox/faults", json=fault)).status_code == 200
    one = f"{ROOT}/jobs/{FIRST_ID}"
    assert (await caller("GET", one)).status_code == 502
    assert len((await http.get("/sandbox/state")).json()["faults"]) == 1
    await http.delete("/sandbox/faults")
    assert (await caller("GET", one)).status_code == 200


async def test_the_log_counts_and_lists_calls_without_secrets(
    http: httpx.AsyncClient, caller: Caller
) -> None:
    await http.post("/sandbox/faults", json={"kind": "html_502"})
    await caller("GET", f"{ROOT}/jobs/{FIRST_ID}")
    log = await http.get("/sandbox/calls")
    assert log.json()["counts"] == {"ShowFlinkJob": 1}
    (call,) = log.json()["calls"]
    assert (call["operation"], call["fault"]) == ("ShowFlinkJob", "html_502")
    assert "Signature" not in log.text


async def test_a_reset_starts_over(
    http: httpx.AsyncClient, caller: Caller, simulator: DliSimulator
) -> None:
    await http.post("/sandbox/settings", json={"refuse_stored": True, "speed": 2})
    await caller.ok("PUT", f"/sql-jobs/{FIRST_ID}", {"desc": "x"})
    await http.post("/sandbox/faults", json={"kind": "html_502", "times": 5})
    assert (await http.post("/sandbox/reset")).json() == {}
    assert simulator.calls("UpdateFlinkSqlJob") == 0
    assert (await caller.job(FIRST_ID))["desc"] == "My first job"
    assert (simulator.cloud.refuse_stored, simulator.cloud.speed) == (True, 2)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/sandbox/faults", b'{"kind": "earthquake"}', 422),
        ("/sandbox/faults", b'{"kind": "delay", "hours": 1}', 422),
        ("/sandbox/faults", b'{"kind": "delay", "operation": "HotUpdateJob"}', 422),
        ("/sandbox/faults", b"{", 400),
        ("/sandbox/settings", b'{"speed": 0}', 422),
        ("/sandbox/deployments/none/restart", b"", 404),
        ("/sandbox/deployments/myjob/behaviour", b"[]", 409),
        ("/sandbox/deployments/myjob/behaviour", b'{"mood": "bad"}', 422),
        ("/sandbox/deployments/myjob/status", b'{"status": "job_dancing"}', 422),
        ("/sandbox/deployments/myjob/edit", b'{"parallelism": 13}', 409),
        ("/sandbox/deployments/myjob/edit", b'{"settings": {"colour": "blue"}}', 409),
        ("/sandbox/deployments/myjob/edit", b'{"flinkConf": {"cu_number": "many"}}', 409),
    ],
)
async def test_a_wrong_order_is_refused_with_a_reason(
    http: httpx.AsyncClient, path: str, body: bytes, status: int
) -> None:
    answer = await http.post(path, content=body)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_a_page_of_another_site_is_turned_away(http: httpx.AsyncClient) -> None:
    answer = await http.get("/sandbox/state", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_the_simulator_tells_real_time_and_starts_again_after_a_stop(
    clock: FakeClock,
) -> None:
    simulator = DliSimulator(project_id=PROJECT, region=REGION, account=ACCOUNT)
    url = await simulator.start()
    taken = DliSimulator(project_id=PROJECT, region=REGION, account=ACCOUNT)
    with pytest.raises(OSError, match="address already in use"):
        await taken.start(int(url.rpartition(":")[2]))
    await simulator.stop()
    async with httpx.AsyncClient(base_url=await simulator.start()) as client:
        now = (await client.get("/sandbox/state")).json()["now"]
    await simulator.stop()
    assert now > clock().isoformat()
