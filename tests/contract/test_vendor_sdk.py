"""The vendor's own Python SDK gets through every operation of the simulator."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alibabacloud_tea_openapi import models as open_api
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_ververica20220718 import models
from alibabacloud_ververica20220718.client import Client
from darabonba.runtime import RuntimeOptions

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.alibaba.answers import QUOTED_NOTHING
from bot.sandbox.alibaba.seed import LONG_NAME, deployment_id_of, job_id_of

WORKSPACE = "a14bd5d90a1b2c3d"
NAMESPACE = "default-namespace"
KEY = "sandbox-access-key-id"
SECRET = "sandbox-access-key-secret"
ORDERS = deployment_id_of("orders-enrichment")
ORDERS_JOB = job_id_of("orders-enrichment")


class ShiftedClock:
    """Real time plus what a test adds: the SDK dates its requests by itself."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def tick(self, seconds: float) -> None:
        self.shift += timedelta(seconds=seconds)


@dataclass
class Vendor:
    """The SDK's client, called in a thread with the headers object each operation wants."""

    client: Client
    workspace: str = WORKSPACE

    async def __call__(self, operation: str, *args: Any) -> Any:
        words = "".join(word.capitalize() for word in operation.split("_"))
        headers = getattr(models, f"{words}Headers")(workspace=self.workspace)
        method: Callable[..., Any] = getattr(self.client, f"{operation}_with_options")
        response = await asyncio.to_thread(method, *args, headers, RuntimeOptions())
        assert response.status_code == 200
        return response.body


def client_for(url: str, secret: str = SECRET, token: str | None = None) -> Client:
    config = open_api.Config(
        access_key_id=KEY,
        access_key_secret=secret,
        security_token=token,
        endpoint=url.removeprefix("http://"),
        protocol="http",
        region_id="cn-hangzhou",
    )
    return Client(config)


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def simulator(clock: ShiftedClock) -> AsyncIterator[AlibabaSimulator]:
    simulator = AlibabaSimulator(
        workspace=WORKSPACE,
        namespace=NAMESPACE,
        access_key_id=KEY,
        access_key_secret=SECRET,
        now=clock,
    )
    yield simulator
    await simulator.stop()


@pytest.fixture
async def vendor(simulator: AlibabaSimulator) -> Vendor:
    return Vendor(client_for(await simulator.start()))


def rescaled(parallelism: int, **conf: str) -> models.UpdateDeploymentRequest:
    basic = models.BasicResourceSetting(
        parallelism=parallelism,
        jobmanager_resource_setting_spec=models.BasicResourceSettingSpec(cpu=1, memory="4 GiB"),
        taskmanager_resource_setting_spec=models.BasicResourceSettingSpec(cpu=2, memory="8 GiB"),
    )
    setting = models.StreamingResourceSetting(
        resource_setting_mode="BASIC", basic_resource_setting=basic
    )
    return models.UpdateDeploymentRequest(
        body=models.Deployment(
            streaming_resource_setting=setting, flink_conf={key: conf[key] for key in conf}
        )
    )


async def test_list_deployments_finds_by_part_of_a_name_with_spaces_and_other_scripts(
    vendor: Vendor,
) -> None:
    everything = await vendor(
        "list_deployments", NAMESPACE, models.ListDeploymentsRequest(page_size=100)
    )
    assert everything.success
    assert everything.total_size == len(everything.data) == 16
    assert everything.error_code == everything.error_message == QUOTED_NOTHING
    found = await vendor(
        "list_deployments", NAMESPACE, models.ListDeploymentsRequest(name="生产环境")
    )
    assert [deployment.name for deployment in found.data] == [LONG_NAME]
    none = await vendor(
        "list_deployments", NAMESPACE, models.ListDeploymentsRequest(name="a b+c/d:e*~")
    )
    assert none.total_size == 0


async def test_list_deployments_filters_sorts_and_pages(vendor: Vendor) -> None:
    page = await vendor(
        "list_deployments",
        NAMESPACE,
        models.ListDeploymentsRequest(
            execution_mode="STREAMING",
            status="RUNNING",
            sort_name="gmt_modified",
            label_key="team",
            label_value_array="finance;data-platform",
            page_index=1,
            page_size=2,
        ),
    )
    assert page.data[0].name == "search-index"
    assert (page.page_index, page.page_size, page.total_size) == (1, 2, 14)


async def test_get_deployment_and_by_name_give_the_whole_definition(vendor: Vendor) -> None:
    one = (await vendor("get_deployment", NAMESPACE, ORDERS)).data
    assert one.name == "orders-enrichment"
    assert one.streaming_resource_setting.basic_resource_setting.parallelism == 4
    assert one.flink_conf["execution.checkpointing.interval"] == "180s"
    assert one.job_summary.running == 1
    assert one.deployment_has_changed is False
    assert one.created_at.endswith("\n")
    named = await vendor(
        "get_deployments_by_name",
        NAMESPACE,
        LONG_NAME,
        models.GetDeploymentsByNameRequest(ignore_job_summary=True, ignore_resource_setting=True),
    )
    assert [deployment.name for deployment in named.data] == [LONG_NAME]
    assert named.data[0].job_summary is None
    assert named.data[0].streaming_resource_setting is None


async def test_list_jobs_and_get_job_tell_what_runs(vendor: Vendor) -> None:
    jobs = await vendor("list_jobs", NAMESPACE, models.ListJobsRequest(deployment_id=ORDERS))
    assert [job.job_id for job in jobs.data] == [ORDERS_JOB]
    job = (await vendor("get_job", NAMESPACE, ORDERS_JOB)).data
    assert job.status.current_job_status == "RUNNING"
    assert job.status.running.observed_flink_job_restarts == 0
    assert job.user_flink_conf["execution.checkpointing.interval"] == "180s"
    assert "high-availability.type" in job.flink_conf
    assert job.metric.total_cpu == 9.0
    down = (await vendor("get_job", NAMESPACE, job_id_of("daily-report"))).data
    assert down.status.failure.reason == "OutOfMemory"
    assert down.end_time > down.start_time


async def test_a_hot_update_goes_from_saving_to_the_result(
    vendor: Vendor, clock: ShiftedClock
) -> None:
    before = (await vendor("get_deployment", NAMESPACE, ORDERS)).data
    conf = {**before.flink_conf, "execution.checkpointing.interval": "60s"}
    saved = await vendor("update_deployment", NAMESPACE, ORDERS, rescaled(8, **conf))
    assert saved.data.deployment_has_changed is True
    assert int(saved.data.modified_at) > int(before.modified_at)
    assert saved.data.modified_at.endswith("\n")

    started = (await vendor("hot_update_job", NAMESPACE, ORDERS_JOB)).data
    assert started.job_id == ORDERS_JOB
    update_id = started.job_hot_update_id
    clock.tick(1)
    result = await vendor("get_hot_update_job_result", NAMESPACE, update_id)
    assert result.data.status.status == "HOT_UPDATING"
    clock.tick(2)
    result = await vendor("get_hot_update_job_result", NAMESPACE, update_id)
    assert result.data.status.status == "HOT_UPDATED"
    assert result.data.status.request_id not in {"", result.request_id}
    assert result.data.status.failure.failure_severity == "LOW"
    assert result.data.status.failure.reason == ""
    params = result.data.hot_update_params
    assert params.rescale_job_param.job_parallelism == 8
    assert params.update_job_config_param.new_flink_conf == {
        "execution.checkpointing.interval": "60s"
    }
    target = result.data.target_resource_setting.streaming_resource_setting
    assert target.basic_resource_setting.parallelism == 8
    after = (await vendor("get_deployment", NAMESPACE, ORDERS)).data
    assert after.deployment_has_changed is True, (
        "the SDK sends localVariables: [], which wipes them"
    )


async def test_who_else_changes_the_job_is_told(vendor: Vendor) -> None:
    tuned = deployment_id_of("recommendations")
    policy = await vendor(
        "get_autopilot_policy", NAMESPACE, tuned, models.GetAutopilotPolicyRequest()
    )
    assert policy.data.enabled is True
    assert policy.data.policy_config.limits.job_max_parallelism == 64
    plan = await vendor(
        "get_applied_scheduled_plan",
        NAMESPACE,
        models.GetAppliedScheduledPlanRequest(deployment_id=deployment_id_of("shipping-eta")),
    )
    assert plan.data.scheduled_plan_name == "evening-peak"
    none = await vendor(
        "get_applied_scheduled_plan",
        NAMESPACE,
        models.GetAppliedScheduledPlanRequest(deployment_id=ORDERS),
    )
    assert none.success
    assert none.data is None


async def test_flink_itself_answers_through_the_proxy(vendor: Vendor) -> None:
    job_id = job_id_of("metrics-rollup")

    async def ask(path: str) -> Any:
        request = models.FlinkApiProxyRequest(
            namespace=NAMESPACE, resource_type="jobs", resource_id=job_id, flink_api_path=path
        )
        return json.loads((await vendor("flink_api_proxy", request)).data)

    jid = (await ask("/jobs"))["jobs"][0]["id"]
    assert (await ask("/jobs/overview"))["jobs"][0]["jid"] == jid
    vertices = (await ask(f"/jobs/{jid}"))["vertices"]
    assert {vertex["name"]: vertex["parallelism"] for vertex in vertices} == {
        "Source: kafka_metrics[1]": 6,
        "GlobalAggregate[7]": 1,
        "Join[4] -> Calc[5]": 8,
        "Sink: rollup_sink[6]: Writer": 8,
    }
    checkpoints = await ask(f"/jobs/{jid}/checkpoints")
    assert checkpoints["latest"]["completed"]["status"] == "COMPLETED"
    assert await ask("/jobs/0") == {"errors": ["Not found: /jobs/0"]}


async def test_events_and_diagnosis_tell_what_happened(
    vendor: Vendor, simulator: AlibabaSimulator
) -> None:
    simulator.cloud.restart(simulator.cloud.named("orders-enrichment"))
    for request in (
        models.GetEventsRequest(deployment_id=ORDERS, page_size=1),
        models.GetEventsRequest(deployment_name="orders-enrichment", page_size=1),
    ):
        events = await vendor("get_events", NAMESPACE, request)
        assert [event.event_name for event in events.data] == ["JOB_RUNNING"]
        assert events.total_size == 2
    failed = "daily-report"
    diagnosis = await vendor(
        "get_job_diagnosis", NAMESPACE, deployment_id_of(failed), job_id_of(failed)
    )
    assert diagnosis.data.health_score == 0
    assert diagnosis.data.symptoms.troubleshooting[0].name == "OutOfMemory"


async def test_a_job_is_stopped_and_started_again(vendor: Vendor, clock: ShiftedClock) -> None:
    stop = models.StopJobRequest(body=models.StopJobRequestBody(stop_strategy="NONE"))
    stopping = (await vendor("stop_job", NAMESPACE, ORDERS_JOB, stop)).data
    assert stopping.status.current_job_status == "CANCELLING"
    clock.tick(1)
    stopped = (await vendor("get_job", NAMESPACE, ORDERS_JOB)).data
    assert stopped.status.current_job_status == "CANCELLED"
    parameters = models.JobStartParameters(
        deployment_id=ORDERS,
        restore_strategy=models.DeploymentRestoreStrategy(kind="LATEST_STATE"),
    )
    start = models.StartJobWithParamsRequest(body=parameters)
    started = (await vendor("start_job_with_params", NAMESPACE, start)).data
    assert started.job_id != ORDERS_JOB
    assert started.restore_strategy.kind == "LATEST_STATE"
    again = await vendor("start_job_with_params", NAMESPACE, start)
    assert (again.success, again.error_code) == (False, "JobAlreadyRunning")


async def test_an_unknown_deployment_is_the_vendors_990301(vendor: Vendor) -> None:
    with pytest.raises(ClientException) as caught:
        await vendor("get_deployment", NAMESPACE, "no-such-deployment")
    assert (caught.value.status_code, caught.value.code) == (404, "990301")


async def test_a_wrong_secret_is_refused(simulator: AlibabaSimulator) -> None:
    stranger = Vendor(client_for(await simulator.start(), secret="guessed"))
    with pytest.raises(ClientException) as caught:
        await stranger("get_deployment", NAMESPACE, ORDERS)
    assert caught.value.code == "SignatureDoesNotMatch"
    assert SECRET not in str(caught.value)


async def test_temporary_credentials_need_their_token() -> None:
    simulator = AlibabaSimulator(
        workspace=WORKSPACE,
        namespace=NAMESPACE,
        access_key_id=KEY,
        access_key_secret=SECRET,
        security_token="CAISexample+security/token==",
    )
    url = await simulator.start()
    try:
        holder = Vendor(client_for(url, token="CAISexample+security/token=="))
        assert (await holder("get_deployment", NAMESPACE, ORDERS)).success
        with pytest.raises(ClientException) as caught:
            await Vendor(client_for(url))("get_deployment", NAMESPACE, ORDERS)
        assert caught.value.code == "MissingSecurityToken"
    finally:
        await simulator.stop()
