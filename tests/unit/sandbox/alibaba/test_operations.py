"""Answers that the vendor's SDK would hide: raw envelopes, refusals, odd requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.alibaba.seed import LONG_NAME, deployment_id_of, job_id_of
from tests.fakes.clock import FakeClock
from tests.unit.sandbox.alibaba.caller import NAMESPACE, ROOT, Caller

ORDERS = "orders-enrichment"
ONE = f"{ROOT}/deployments/{deployment_id_of(ORDERS)}"
JOB = f"{ROOT}/jobs/{job_id_of(ORDERS)}"


async def rescale(caller: Caller, parallelism: int, name: str = ORDERS) -> dict[str, Any]:
    path = f"{ROOT}/deployments/{deployment_id_of(name)}"
    saved = await caller.data("GetDeployment", path)
    setting = saved["streamingResourceSetting"]
    setting["basicResourceSetting"]["parallelism"] = parallelism
    body = {"streamingResourceSetting": setting}
    answer: dict[str, Any] = (await caller("UpdateDeployment", "PUT", path, body=body)).json()
    return answer


async def hot_update(caller: Caller, name: str = ORDERS) -> dict[str, Any]:
    path = f"{ROOT}/jobs/{job_id_of(name)}%3AhotUpdate"
    answer: dict[str, Any] = (await caller("HotUpdateJob", "POST", path)).json()
    return answer


async def test_success_carries_the_services_quoted_nothing(caller: Caller) -> None:
    answer = (await caller.get("GetJob", JOB)).json()
    assert list(answer) == [
        "requestId",
        "success",
        "httpCode",
        "errorCode",
        "errorMessage",
        "data",
    ]
    assert answer["errorCode"] == answer["errorMessage"] == '""'


async def test_a_refusal_is_an_http_200_without_data(caller: Caller) -> None:
    answer = await hot_update(caller)
    assert answer["success"] is False
    assert (answer["httpCode"], answer["data"]) == (200, None)
    assert answer["errorCode"] == "NothingToUpdate"


async def test_a_hot_update_has_two_request_ids_and_a_failure_on_success(
    caller: Caller, clock: FakeClock
) -> None:
    await rescale(caller, 8)
    answer = await hot_update(caller)
    status = answer["data"]["status"]
    assert status["status"] == "INIT"
    assert status["requestId"] != answer["requestId"]
    assert status["failure"] == {"reason": "", "message": "", "failureSeverity": "LOW"}
    assert answer["data"]["hotUpdateParams"] == {"rescaleJobParam": {"jobParallelism": 8}}
    clock.tick(3)
    path = f"{ROOT}/jobs/hot-updates/{answer['data']['jobHotUpdateId']}"
    assert (await caller.data("GetHotUpdateJobResult", path))["status"]["status"] == "HOT_UPDATED"


async def test_a_failed_hot_update_tells_why(caller: Caller, clock: FakeClock) -> None:
    await rescale(caller, 9, "inventory-cdc")
    answer = await hot_update(caller, "inventory-cdc")
    clock.tick(4)
    path = f"{ROOT}/jobs/hot-updates/{answer['data']['jobHotUpdateId']}"
    result = await caller.data("GetHotUpdateJobResult", path)
    assert result["status"]["status"] == "FAILED"
    assert result["status"]["failure"]["failureSeverity"] == "CRITICAL"
    job = await caller.data("GetJob", f"{ROOT}/jobs/{job_id_of('inventory-cdc')}")
    assert job["status"]["currentJobStatus"] == "FAILED"
    assert "running" not in job["status"]


async def test_a_failed_hot_update_shows_in_the_diagnosis(caller: Caller, clock: FakeClock) -> None:
    await rescale(caller, 9, "payments-fraud")
    await hot_update(caller, "payments-fraud")
    clock.tick(4)
    fraud, job = deployment_id_of("payments-fraud"), job_id_of("payments-fraud")
    path = f"{ROOT}/deployments/{fraud}/jobs/{job}/job-diagnoses/lite"
    diagnosis = await caller.data("GetJobDiagnosis", path)
    assert [s["name"] for s in diagnosis["symptoms"]["runtime"]] == ["NotEnoughResources"]
    healthy = await caller.data(
        "GetJobDiagnosis", f"{ONE}/jobs/{job_id_of(ORDERS)}/job-diagnoses/lite"
    )
    assert (healthy["healthScore"], healthy["riskLevel"]) == (100, "NO_RISK")


async def test_modification_times_come_with_and_without_a_newline(caller: Caller) -> None:
    saved = (await rescale(caller, 8))["data"]["modifiedAt"]
    read = (await caller.data("GetDeployment", ONE))["modifiedAt"]
    assert saved == f"{read}\n"
    assert read.isdigit()


async def test_a_removed_setting_is_not_in_the_echoed_parameters(caller: Caller) -> None:
    saved = await caller.data("GetDeployment", ONE)
    conf = saved["flinkConf"]
    del conf["execution.checkpointing.timeout"]
    await caller("UpdateDeployment", "PUT", ONE, body={"flinkConf": conf})
    answer = await hot_update(caller)
    assert answer["data"]["hotUpdateParams"] == {"updateJobConfigParam": {"newFlinkConf": {}}}


async def test_resources_that_cannot_be_added_up_have_no_metric(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    _, job = simulator.cloud.job(job_id_of(ORDERS))
    job.parts["flinkConf"]["taskmanager.numberOfTaskSlots"] = "many"
    assert (await caller.data("GetJob", JOB))["metric"] is None


async def test_every_starting_deployment_and_job_can_be_read(caller: Caller) -> None:
    found = await caller.data("ListDeployments", f"{ROOT}/deployments", pageSize="100")
    assert len({deployment["name"] for deployment in found}) == 16
    for deployment in found:
        jobs = await caller.data(
            "ListJobs", f"{ROOT}/jobs", deploymentId=deployment["deploymentId"]
        )
        assert len(jobs) == 1
        assert jobs[0]["deploymentName"] == deployment["name"]
    assert max(len(d["name"]) for d in found) == len(LONG_NAME)


async def test_lists_filter_by_everything_they_know(caller: Caller) -> None:
    async def names(**query: str) -> list[str]:
        found = await caller.data("ListDeployments", f"{ROOT}/deployments", pageSize="100", **query)
        return [deployment["name"] for deployment in found]

    assert await names(executionMode="BATCH") == ["batch-export"]
    assert await names(status="FAILED") == ["daily-report"]
    assert await names(modifier="zhang.min") == ["search-index"]
    assert await names(name="ORDERS-") == [ORDERS]
    assert await names(creator="nobody") == []
    assert await names(labelKey="team", labelValueArray="finance") == []
    assert (await names(sortName="gmt_modified"))[0] == "search-index"


async def test_jobs_are_listed_newest_first_unless_asked_otherwise(
    caller: Caller, simulator: AlibabaSimulator, clock: FakeClock
) -> None:
    clock.tick(5)
    new = simulator.cloud.restart(simulator.cloud.named(ORDERS)).id
    query = {"deploymentId": deployment_id_of(ORDERS)}
    jobs = await caller.data("ListJobs", f"{ROOT}/jobs", **query)
    assert [job["jobId"] for job in jobs] == [new, job_id_of(ORDERS)]
    jobs = await caller.data("ListJobs", f"{ROOT}/jobs", sortOrder="asc", pageSize="1", **query)
    assert [job["jobId"] for job in jobs] == [job_id_of(ORDERS)]


async def test_a_session_clusters_job_names_its_cluster(caller: Caller) -> None:
    job = await caller.data("GetJob", f"{ROOT}/jobs/{job_id_of('adhoc-explore')}")
    assert job["sessionClusterName"] == "shared-session"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"pageSize": "101"}, "InvalidParameter.pageSize"),
        ({"pageSize": "ten"}, "InvalidParameter.pageSize"),
        ({"pageIndex": "0"}, "InvalidParameter.pageIndex"),
    ],
)
async def test_a_page_must_be_possible(caller: Caller, query: dict[str, str], code: str) -> None:
    answer = await caller.get("ListDeployments", f"{ROOT}/deployments", **query)
    assert (answer.status_code, answer.json()["Code"]) == (400, code)


async def test_mandatory_parameters_are_mandatory(caller: Caller) -> None:
    answer = await caller.get("ListJobs", f"{ROOT}/jobs")
    assert answer.json()["Code"] == "MissingdeploymentId"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
async def test_a_body_that_is_no_object_is_refused(caller: Caller, body: bytes) -> None:
    answer = await caller("UpdateDeployment", "PUT", ONE, body=body)
    assert (answer.status_code, answer.json()["Code"]) == (400, "InvalidParameter.body")


async def test_what_does_not_exist_is_990301_in_either_form(
    caller: Caller, simulator: AlibabaSimulator
) -> None:
    other = job_id_of("ledger")
    reads = [
        ("GetDeployment", f"{ROOT}/deployments/none"),
        ("GetHotUpdateJobResult", f"{ROOT}/jobs/hot-updates/none"),
        ("GetJob", "/api/v2/namespaces/elsewhere/jobs/none"),
        ("GetJobDiagnosis", f"{ONE}/jobs/{other}/job-diagnoses/lite"),
    ]
    for action, path in reads:
        answer = await caller.get(action, path)
        assert (answer.status_code, answer.json()["Code"]) == (404, "990301")
    simulator.gateway.not_found_inside_200 = True
    answer = await caller.get(*reads[0])
    assert (answer.status_code, answer.json()["errorCode"]) == (200, "990301")


async def test_the_proxy_reads_only_jobs_of_its_namespace(caller: Caller) -> None:
    async def ask(**changes: str) -> Any:
        query = {
            "namespace": NAMESPACE,
            "resourceType": "jobs",
            "resourceId": job_id_of(ORDERS),
            "flinkApiPath": "/jobs",
            **changes,
        }
        return (await caller.get("FlinkApiProxy", "/flink-ui/v2/proxy", **query)).json()

    assert json.loads((await ask())["data"])["jobs"][0]["status"] == "RUNNING"
    assert (await ask(namespace="elsewhere"))["Code"] == "990301"
    assert (await ask(resourceType="pods"))["Code"] == "InvalidParameter.resourceType"
    down = await ask(resourceId=job_id_of("daily-report"))
    assert down["errorCode"] == "FlinkNotReachable"


async def test_calls_are_counted_by_operation(caller: Caller, simulator: AlibabaSimulator) -> None:
    assert simulator.calls("GetJob") == 0
    await caller.get("GetJob", JOB)
    caller.secret = "guessed"
    await caller.get("GetJob", JOB)
    await caller.get("GetJob", "/nowhere")
    assert (simulator.calls("GetJob"), simulator.calls("Unknown")) == (2, 1)
