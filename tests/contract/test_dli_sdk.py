"""The vendor's own Python SDK gets through every operation of the simulator."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkdli import v1 as dli

from bot.sandbox.dli import Account, DliSimulator
from bot.sandbox.dli.definition import JAR_FIELDS, SQL_FIELDS
from bot.sandbox.dli.seed import FIRST_ID, IMPORT_ID

REGION = "ap-southeast-3"
PROJECT = "0123456789abcdef0123456789abcdef"
ACCOUNT = Account("sandbox-access-key", "sandbox-secret-key")


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
    """The SDK's client, called in a thread: it knows no asyncio."""

    client: dli.DliClient

    async def __call__(self, operation: str, **members: Any) -> Any:
        words = "".join(word.capitalize() for word in operation.split("_"))
        request = getattr(dli, f"{words}Request")(**members)
        method: Callable[..., Any] = getattr(self.client, operation)
        return await asyncio.to_thread(method, request)


def vendor_for(url: str, account: Account = ACCOUNT) -> Vendor:
    credentials = BasicCredentials(account.access_key, account.secret_key, PROJECT)
    if account.security_token:
        credentials.with_security_token(account.security_token)
    builder = dli.DliClient.new_builder().with_credentials(credentials).with_endpoints([url])
    return Vendor(builder.with_http_config(HttpConfig(timeout=10)).build())


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def simulator(clock: ShiftedClock) -> AsyncIterator[DliSimulator]:
    simulator = DliSimulator(project_id=PROJECT, region=REGION, account=ACCOUNT, now=clock)
    yield simulator
    await simulator.stop()


@pytest.fixture
async def vendor(simulator: DliSimulator) -> Vendor:
    return vendor_for(await simulator.start())


async def status_of(vendor: Vendor, job_id: int) -> str:
    return (await vendor("show_flink_job", job_id=job_id)).job_detail.status


def test_the_simulator_takes_the_fields_that_the_sdk_sends() -> None:
    assert set(SQL_FIELDS) == set(dli.UpdateFlinkSqlJobRequestBody.openapi_types)
    assert set(JAR_FIELDS) == set(dli.UpdateFlinkJarJobRequestBody.openapi_types)


async def test_list_flink_jobs_pages_filters_and_sorts(vendor: Vendor) -> None:
    everything = await vendor("list_flink_jobs", limit=100)
    total = everything.job_list.total_count
    assert everything.is_success == "true"
    assert len(everything.job_list.jobs) == total > 12
    pages = [await vendor("list_flink_jobs", limit=7, offset=o) for o in range(0, total, 7)]
    names = [job.name for page in pages for job in page.job_list.jobs]
    assert names == [job.name for job in everything.job_list.jobs]
    found = await vendor(
        "list_flink_jobs", name="orders", status="job_running", order="asc", show_detail=True
    )
    assert found.job_list.jobs[0].name == "dwd_orders"
    assert "CREATE TABLE" in found.job_list.jobs[0].sql_body


async def test_show_flink_job_gives_the_whole_definition(vendor: Vendor) -> None:
    sql = (await vendor("show_flink_job", job_id=FIRST_ID)).job_detail
    assert (sql.name, sql.status, sql.job_type) == ("myjob", "job_init", "flink_sql_job")
    assert sql.sql_body == "select * from source_table"
    assert sql.job_config.checkpoint_mode == "exactly_once"
    assert sql.job_config.obs_bucket is None
    assert sql.start_time == 0
    found = await vendor("list_flink_jobs", name="clickstream_sessions")
    jar = (await vendor("show_flink_job", job_id=found.job_list.jobs[0].job_id)).job_detail
    assert jar.main_class == "com.example.clicks.SessionsJob"
    assert jar.job_config.resource_config.taskmanager_resource_spec.memory == "4G"
    assert jar.job_config.resource_config_version == "v2"
    assert jar.update_time > 2**32


async def test_the_pages_sql_example_is_taken(vendor: Vendor) -> None:
    before = (await vendor("show_flink_job", job_id=FIRST_ID)).job_detail
    body = dli.UpdateFlinkSqlJobRequestBody(
        name="myjob",
        desc="My first job",
        queue_name="testQueue",
        sql_body="select * from source_table",
        run_mode="shared_cluster",
        cu_number=4,
        parallel_number=4,
        checkpoint_enabled=False,
        checkpoint_mode=2,
        checkpoint_interval=10,
        obs_bucket="",
        log_enabled=False,
        smn_topic="",
        restart_when_exception=False,
        idle_state_retention=3600,
        edge_group_ids=["62de1e1c-066e-48a8-a79d-f461a31b2ee1"],
        dirty_data_strategy="0",
        execution_agency_urn="myAgencyName",
        udf_jar_url="group/test.jar",
    )
    answer = await vendor("update_flink_sql_job", job_id=FIRST_ID, body=body)
    assert answer.is_success == "true"
    assert answer.job.update_time > before.update_time
    after = (await vendor("show_flink_job", job_id=FIRST_ID)).job_detail
    assert after.job_config.checkpoint_mode == "at_least_once"
    assert after.job_config.edge_group_ids == ["62de1e1c-066e-48a8-a79d-f461a31b2ee1"]


async def test_the_pages_jar_example_is_taken(vendor: Vendor) -> None:
    body = dli.UpdateFlinkJarJobRequestBody(
        name="test1",
        desc="job for test",
        job_type="flink_jar_job",
        queue_name="testQueue",
        manager_cu_number=1,
        cu_number=2,
        parallel_number=1,
        log_enabled=False,
        main_class="org.apache.flink.examples.streaming.JavaQueueStream",
        restart_when_exception=False,
        entrypoint="FemaleInfoCollec.jar",
        dependency_jars=["myGroup/test.jar", "myGroup/test1.jar"],
        dependency_files=["myGroup/test.csv", "myGroup/test1.csv"],
    )
    answer = await vendor("update_flink_jar_job", job_id=FIRST_ID + 1, body=body)
    assert answer.is_success == "True", "the page's example says true without quotes"


async def test_resources_of_the_second_model_are_saved_as_a_whole(vendor: Vendor) -> None:
    spec = dli.ResourceSpec(cpu=2, memory="8 GB")
    config = dli.ResourceConfig(max_slot=2, parallel_number=4, taskmanager_resource_spec=spec)
    body = dli.UpdateFlinkJarJobRequestBody(resource_config_version="v2", resource_config=config)
    await vendor("update_flink_jar_job", job_id=FIRST_ID + 1, body=body)
    saved = (await vendor("show_flink_job", job_id=FIRST_ID + 1)).job_detail.job_config
    assert saved.resource_config.taskmanager_resource_spec.memory == "8G"
    assert saved.resource_config.jobmanager_resource_spec.cpu == 1.0


async def test_an_imported_savepoint_is_what_the_job_starts_from(
    vendor: Vendor, simulator: DliSimulator, clock: ShiftedClock
) -> None:
    body = dli.ImportFlinkJobSavepointRequestBody(
        job_id=IMPORT_ID, savepoint_path="bucket-name/dir/savepoint/"
    )
    imported = await vendor("import_flink_job_savepoint", job_id=IMPORT_ID, body=body)
    assert (imported.is_success, imported.message) == ("True", "The job is successfully updated.")
    job = (await vendor("show_flink_job", job_id=IMPORT_ID)).job_detail
    assert (job.has_savepoint, job.savepoint_path) == (True, "bucket-name/dir/savepoint/")

    run = dli.BatchRunFlinkJobsRequestBody(job_ids=[IMPORT_ID], resume_savepoint=True)
    answer = await vendor("batch_run_flink_jobs", body=run)
    assert [entry.is_success for entry in answer.body] == ["true"]
    assert await status_of(vendor, IMPORT_ID) == "job_cancel_success", "it does not show at once"
    clock.tick(1)
    assert await status_of(vendor, IMPORT_ID) == "job_submitting"
    clock.tick(4)
    job = (await vendor("show_flink_job", job_id=IMPORT_ID)).job_detail
    assert (job.status, job.has_savepoint) == ("job_running", False)
    assert simulator.cloud.job(IMPORT_ID).runs[-1].restored_from == "bucket-name/dir/savepoint/"


async def test_a_job_writes_savepoints_is_stopped_and_shows_its_graph(
    vendor: Vendor, clock: ShiftedClock
) -> None:
    found = await vendor("list_flink_jobs", name="dwd_orders")
    job_id = found.job_list.jobs[0].job_id
    trigger = dli.ExecuteFlinkJobSavepointRequestBody(
        action="TRIGGER", savepoint_path="bucket-name/dir/savepoint/"
    )
    answer = await vendor("execute_flink_job_savepoint", job_id=job_id, body=trigger)
    assert json.loads(answer.message)["is_success"] == "true", "JSON inside the message"
    clock.tick(1)
    assert await status_of(vendor, job_id) == "job_savepointing"
    clock.tick(2)
    job = (await vendor("show_flink_job", job_id=job_id)).job_detail
    assert (job.status, job.savepoint_path) == ("job_running", "bucket-name/dir/savepoint/")
    graph = (await vendor("show_flink_job_execution_graph", job_id=job_id)).execute_graph
    assert (graph.state, graph.end_time) == ("RUNNING", -1)

    stop = dli.StopFlinkJobsRequestBody(job_ids=[job_id], trigger_savepoint=True)
    stopped = await vendor("batch_stop_flink_jobs", body=stop)
    assert [entry.is_success for entry in stopped.body] == ["true"]
    seen = []
    for _ in range(10):
        clock.tick(0.5)
        seen.append(await status_of(vendor, job_id))
    walk = list(dict.fromkeys(seen))
    assert walk == ["job_savepointing", "job_canceling", "job_cancel_success"]
    job = (await vendor("show_flink_job", job_id=job_id)).job_detail
    assert job.savepoint_path.startswith(f"flink-state/jobs/savepoint/{job_id}/")


async def test_sql_is_translated_into_a_stream_graph(vendor: Vendor) -> None:
    found = await vendor("list_flink_jobs", name="dwd_orders", show_detail=True)
    job = found.job_list.jobs[0]
    body = dli.CreateFlinkSqlJobGraphRequestBody(sql_body=job.sql_body, flink_version="1.12")
    answer = await vendor("create_flink_sql_job_graph", job_id=str(job.job_id), body=body)
    assert answer.is_success is True
    names = [entry["name"] for entry in json.loads(answer.stream_graph)["operator_list"]]
    assert names == ["Source: kafka_orders", "Source: customers", "Calc", "Sink: dwd_orders"]


async def test_queues_of_every_kind_are_listed_on_request(vendor: Vendor) -> None:
    hidden = await vendor("list_queues")
    assert [queue.queue_name for queue in hidden.queues] == ["reports"]
    queues = (await vendor("list_queues", queue_type="all")).queues
    assert {queue.queue_name for queue in queues} >= {"testqueue", "flink_general"}


async def test_the_project_is_found_by_the_regions_name(simulator: DliSimulator) -> None:
    url = await simulator.start()
    credentials = BasicCredentials(ACCOUNT.access_key, ACCOUNT.secret_key)
    credentials.with_iam_endpoint(url)
    builder = dli.DliClient.new_builder().with_credentials(credentials)
    client = await asyncio.to_thread(builder.with_region(Region(REGION, url)).build)
    shown = await Vendor(client)("show_flink_job", job_id=FIRST_ID)
    assert shown.job_detail.project_id == PROJECT
    assert simulator.calls("KeystoneListProjects") == 1


async def test_an_unknown_job_is_http_400(vendor: Vendor) -> None:
    with pytest.raises(ClientRequestException) as caught:
        await vendor("show_flink_job", job_id=1)
    assert (caught.value.status_code, caught.value.error_code) == (400, "DLI.16001")


async def test_a_refused_batch_is_an_array(vendor: Vendor) -> None:
    run = dli.BatchRunFlinkJobsRequestBody(job_ids=[1])
    with pytest.raises(ClientRequestException) as caught:
        await vendor("batch_run_flink_jobs", body=run)
    assert "DLI.16001" in caught.value.error_msg


async def test_a_wrong_secret_is_refused(simulator: DliSimulator) -> None:
    stranger = Account(ACCOUNT.access_key, "guessed")
    with pytest.raises(ClientRequestException) as caught:
        await vendor_for(await simulator.start(), stranger)("show_flink_job", job_id=FIRST_ID)
    assert (caught.value.status_code, caught.value.error_code) == (401, "APIGW.0301")
    assert ACCOUNT.secret_key not in str(caught.value)


async def test_temporary_keys_need_their_token() -> None:
    account = Account(ACCOUNT.access_key, ACCOUNT.secret_key, "sandbox+security/token==")
    simulator = DliSimulator(project_id=PROJECT, region=REGION, account=account)
    url = await simulator.start()
    try:
        holder = vendor_for(url, account)
        assert (await holder("show_flink_job", job_id=FIRST_ID)).is_success == "true"
        with pytest.raises(ClientRequestException) as caught:
            await vendor_for(url)("show_flink_job", job_id=FIRST_ID)
        assert caught.value.error_code == "APIGW.0301"
    finally:
        await simulator.stop()
