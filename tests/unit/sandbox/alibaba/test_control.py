"""The unsigned control API, and the socket."""

from __future__ import annotations

import httpx
import pytest

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.alibaba.seed import deployment_id_of, job_id_of
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.alibaba.caller import NAMESPACE, ROOT, SECRET, WORKSPACE, Caller

ORDERS = deployment_id_of("orders-enrichment")
JOB = f"{ROOT}/jobs/{job_id_of('orders-enrichment')}"


async def test_the_state_shows_saved_and_running_values(
    http: httpx.AsyncClient, caller: Caller
) -> None:
    edit = {"by": "wang.fang", "parallelism": 7, "flinkConf": {"new.key": "1"}}
    await http.post(f"/sandbox/deployments/{ORDERS}/edit", json=edit)
    assert (await caller("HotUpdateJob", "POST", f"{JOB}%3AhotUpdate")).json()["success"]
    state = (await http.get("/sandbox/state")).json()
    assert (state["workspace"], state["namespace"]) == (WORKSPACE, NAMESPACE)
    one = next(d for d in state["deployments"] if d["id"] == ORDERS)
    assert (one["saved"]["parallelism"], one["running"]["parallelism"]) == (7, 4)
    assert (one["saved"]["new.key"], one["modifier"]) == ("1", "wang.fang")
    assert one["changedSinceStart"] is True
    assert one["hotUpdates"][0]["state"] == "INIT"
    assert SECRET not in str(state)


async def test_a_deployment_that_never_ran_has_an_empty_run(
    http: httpx.AsyncClient, simulator: AlibabaSimulator
) -> None:
    simulator.cloud.named("ledger").jobs.clear()
    state = (await http.get("/sandbox/state")).json()
    ledger = next(d for d in state["deployments"] if d["name"] == "ledger")
    assert (ledger["job"], ledger["running"], ledger["operators"]) == (None, {}, {})


async def test_an_edit_behind_the_bots_back_moves_the_revision(
    http: httpx.AsyncClient, caller: Caller
) -> None:
    path = f"{ROOT}/deployments/{ORDERS}"
    before = await caller.data("GetDeployment", path)
    edit = {"flinkConf": {"execution.checkpointing.timeout": None}}
    answer = await http.post("/sandbox/deployments/orders-enrichment/edit", json=edit)
    assert answer.status_code == 200
    after = await caller.data("GetDeployment", path)
    assert int(after["modifiedAt"]) > int(before["modifiedAt"])
    assert (after["modifierName"], after["deploymentHasChanged"]) == ("zhang.min", True)
    assert "execution.checkpointing.timeout" not in after["flinkConf"]


async def test_a_restart_gives_the_job_another_id(http: httpx.AsyncClient, caller: Caller) -> None:
    new = (await http.post(f"/sandbox/deployments/{ORDERS}/restart")).json()["jobId"]
    assert (await caller.data("GetJob", JOB))["status"]["currentJobStatus"] == "CANCELLED"
    job = await caller.data("GetJob", f"{ROOT}/jobs/{new}")
    assert job["status"]["currentJobStatus"] == "RUNNING"


async def test_behaviour_changes_only_where_named(
    http: httpx.AsyncClient, simulator: AlibabaSimulator
) -> None:
    path = "/sandbox/deployments/clickstream-sessions/behaviour"
    answer = (await http.post(path, json={"outcome": "fail", "severity": "CRITICAL"})).json()
    assert (answer["outcome"], answer["duration_s"]) == ("fail", 25)
    assert simulator.cloud.named("clickstream-sessions").behaviour.severity == "CRITICAL"


async def test_settings_turn_speed_and_the_form_of_not_found(
    http: httpx.AsyncClient, caller: Caller, clock: FakeClock
) -> None:
    settings = {"speed": 30, "not_found_inside_200": True}
    assert (await http.post("/sandbox/settings", json=settings)).json() == settings
    assert (await http.post("/sandbox/settings", json={})).json() == settings
    assert (await caller.get("GetJob", f"{ROOT}/jobs/none")).json()["errorCode"] == "990301"
    await http.post(f"/sandbox/deployments/{ORDERS}/edit", json={"parallelism": 7})
    await caller("HotUpdateJob", "POST", f"{JOB}%3AhotUpdate")
    clock.tick(0.1)
    setting = (await caller.data("GetJob", JOB))["streamingResourceSetting"]
    assert setting["basicResourceSetting"]["parallelism"] == 7


async def test_faults_are_ordered_listed_and_dropped(
    http: httpx.AsyncClient, caller: Caller
) -> None:
    fault = {"operation": "GetJob", "kind": "html_502", "times": None}
    assert (await http.post("/sandbox/faults", json=fault)).status_code == 200
    assert (await caller.get("GetJob", JOB)).status_code == 502
    assert len((await http.get("/sandbox/state")).json()["faults"]) == 1
    await http.delete("/sandbox/faults")
    assert (await caller.get("GetJob", JOB)).status_code == 200


async def test_the_log_counts_and_lists_calls_without_secrets(
    http: httpx.AsyncClient, caller: Caller
) -> None:
    await http.post("/sandbox/faults", json={"operation": "GetJob", "kind": "html_502"})
    await caller.get("GetJob", JOB)
    log = await http.get("/sandbox/calls")
    assert log.json()["counts"] == {"GetJob": 1}
    (call,) = log.json()["calls"]
    assert (call["operation"], call["path"], call["fault"]) == ("GetJob", JOB, "html_502")
    assert "Signature" not in log.text


async def test_a_reset_starts_over(
    http: httpx.AsyncClient, caller: Caller, simulator: AlibabaSimulator
) -> None:
    await http.post(f"/sandbox/deployments/{ORDERS}/edit", json={"parallelism": 7})
    await http.post("/sandbox/faults", json={"kind": "html_502", "times": 5})
    await caller.get("GetJob", JOB)
    assert (await http.post("/sandbox/reset")).json() == {}
    assert simulator.calls("GetJob") == 0
    saved = await caller.data("GetDeployment", f"{ROOT}/deployments/{ORDERS}")
    assert saved["streamingResourceSetting"]["basicResourceSetting"]["parallelism"] == 4


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/sandbox/faults", b'{"kind": "earthquake"}', 422),
        ("/sandbox/faults", b'{"kind": "delay", "hours": 1}', 422),
        ("/sandbox/faults", b'{"kind": "delay", "operation": "HotUpdate"}', 422),
        ("/sandbox/faults", b"{", 400),
        ("/sandbox/settings", b'{"speed": 0}', 422),
        ("/sandbox/deployments/none/restart", b"", 404),
        ("/sandbox/deployments/ledger/behaviour", b"[]", 409),
        ("/sandbox/deployments/ledger/behaviour", b'{"mood": "bad"}', 422),
        ("/sandbox/deployments/user-profiles/edit", b'{"parallelism": 3}', 409),
    ],
)
async def test_a_wrong_order_is_refused_with_a_reason(
    http: httpx.AsyncClient, path: str, body: bytes, status: int
) -> None:
    answer = await http.post(path, content=body)
    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[half"},
        {"Host": "rebound.example:3991"},
    ],
)
async def test_another_sites_page_is_turned_away(
    http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await http.post("/sandbox/reset", headers=headers)).status_code == 403


async def test_the_sandboxs_own_page_is_let_in(http: httpx.AsyncClient) -> None:
    headers = {"Origin": "http://localhost:3990"}
    assert (await http.post("/sandbox/reset", headers=headers)).status_code == 200


async def test_it_listens_on_loopback_only_and_can_start_again(
    simulator: AlibabaSimulator,
) -> None:
    url = await simulator.start()
    assert url.startswith("http://127.0.0.1:")
    await simulator.stop()
    again = await simulator.start(int(url.rpartition(":")[2]))
    assert again == url
    async with httpx.AsyncClient(base_url=again) as client:
        assert (await client.get("/sandbox/state")).status_code == 200


async def test_a_port_that_is_taken_is_an_error(simulator: AlibabaSimulator) -> None:
    url = await simulator.start()
    other = AlibabaSimulator(workspace="w", namespace="n", access_key_id="k", access_key_secret="s")
    with pytest.raises(OSError, match="address already in use"):
        await other.start(int(url.rpartition(":")[2]))
