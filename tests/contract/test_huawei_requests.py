"""What the client asks is what the vendor's own SDK would ask: method, path, query and body."""

import asyncio
import json
from urllib.parse import parse_qsl

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkdli import v1 as dli

from bot.clouds.huawei import Credentials, HuaweiTarget, open_huawei
from tests.fakes.raw_server import RawServer, json_answer
from tests.unit.clouds.huawei.fake_dli import PROJECT, job

KEYS = ("EXAMPLEACCESSKEY", "example-secret-key")
SIZES = dli.ResourceConfig(
    max_slot=2,
    parallel_number=4,
    jobmanager_resource_spec=dli.ResourceSpec(cpu=1.0, memory="4G"),
    taskmanager_resource_spec=dli.ResourceSpec(cpu=0.5, memory="2G"),
)
V2 = {
    "resource_config_version": "v2",
    "resource_config.max_slot": "2",
    "resource_config.parallel_number": "4",
    "resource_config.jobmanager_resource_spec.cpu": "1",
    "resource_config.jobmanager_resource_spec.memory": "4G",
    "resource_config.taskmanager_resource_spec.cpu": "0.5",
    "resource_config.taskmanager_resource_spec.memory": "2G",
}


def answer(request):
    """Say yes to everything, in the shape of each operation."""
    if request.target.endswith(("/run", "/stop")):
        return json_answer([{"is_success": "true", "message": "ok"}])
    return json_answer(
        {
            "is_success": "true",
            "message": "ok",
            "job_list": {"total_count": 0, "jobs": []},
            "job_detail": job(job_type="flink_opensource_sql_job"),
            "queues": [],
        }
    )


def asked(request):
    path, _, query = request.target.partition("?")
    body = json.loads(request.body) if request.body else None
    kind, project = (request.headers[name] for name in ("content-type", "x-project-id"))
    return request.method, path, sorted(parse_qsl(query)), body, kind, project


async def asked_by_the_vendor(operation, members):
    words = "".join(word.capitalize() for word in operation.split("_"))
    async with RawServer(answer) as server:
        credentials = BasicCredentials(*KEYS, PROJECT)
        builder = dli.DliClient.new_builder().with_credentials(credentials)
        builder = builder.with_endpoints([server.url]).with_http_config(HttpConfig(timeout=10))
        request = getattr(dli, f"{words}Request")(**members)
        await asyncio.to_thread(getattr(builder.build(), operation), request)
    return asked(server.requests[-1])


async def asked_by_us(ask):
    async with RawServer(answer) as server:
        target = HuaweiTarget("dli", "ap-southeast-3", PROJECT, server.url)
        cloud = open_huawei(target, Credentials(*KEYS))
        await ask(cloud)
        await cloud.aclose()
    return asked(server.requests[-1])


def sql(**members):
    return {"job_id": 131, "body": dli.UpdateFlinkSqlJobRequestBody(**members)}


def jar(**members):
    return {"job_id": 131, "body": dli.UpdateFlinkJarJobRequestBody(**members)}


ALIKE = {
    "list jobs": (
        "list_flink_jobs",
        {"limit": 100, "offset": 0},
        lambda c: c.deployments(),
    ),
    "show a job": ("show_flink_job", {"job_id": 131}, lambda c: c.fetch("131")),
    "save SQL": (
        "update_flink_sql_job",
        sql(sql_body="SELECT 'é'", checkpoint_mode=2, edge_group_ids=["a", "b"], cu_number=4),
        lambda c: c.save(
            "131",
            "sql",
            {
                "sql_body": "SELECT 'é'",
                "checkpoint_mode": "at_least_once",
                "edge_group_ids": "a\nb",
                "cu_number": "4",
            },
        ),
    ),
    "empty settings": (
        "update_flink_sql_job",
        sql(desc="", smn_topic="", edge_group_ids=[], checkpoint_enabled=False),
        lambda c: c.save(
            "131",
            "sql",
            dict.fromkeys(("desc", "smn_topic", "edge_group_ids", "checkpoint_enabled")),
        ),
    ),
    "save a Jar with sizes": (
        "update_flink_jar_job",
        jar(resource_config_version="v2", resource_config=SIZES, resume_max_num=-1),
        lambda c: c.save("131", "jar", {**V2, "resume_max_num": "-1"}),
    ),
    "start": (
        "batch_run_flink_jobs",
        {"body": dli.BatchRunFlinkJobsRequestBody(resume_savepoint=True, job_ids=[131])},
        lambda c: c.start("131", resume=True),
    ),
    "stop": (
        "batch_stop_flink_jobs",
        {"body": dli.StopFlinkJobsRequestBody(trigger_savepoint=False, job_ids=[131])},
        lambda c: c.stop("131", savepoint=False),
    ),
    "take a savepoint": (
        "execute_flink_job_savepoint",
        {
            "job_id": "131",
            "body": dli.ExecuteFlinkJobSavepointRequestBody(
                action="TRIGGER", savepoint_path="state/mine"
            ),
        },
        lambda c: c.take_savepoint("131", "obs://state/mine"),
    ),
    "import a savepoint": (
        "import_flink_job_savepoint",
        {
            "job_id": "131",
            "body": dli.ImportFlinkJobSavepointRequestBody(
                job_id=131, savepoint_path="obs://state/mine"
            ),
        },
        lambda c: c.import_savepoint("131", "obs://state/mine"),
    ),
    "list queues": ("list_queues", {"queue_type": "all"}, lambda c: c.free_cus("q")),
    "translate SQL": (
        "create_flink_sql_job_graph",
        {
            "job_id": "131",
            "body": dli.CreateFlinkSqlJobGraphRequestBody(
                sql_body="SELECT 1",
                job_type="flink_opensource_sql_job",
                flink_version="1.12",
                parallel_number=4,
            ),
        },
        lambda c: c.complaint("131", "SELECT 1", {"flink_version": "1.12", "parallel_number": "4"}),
    ),
}


@pytest.mark.parametrize(("operation", "members", "ask"), ALIKE.values(), ids=ALIKE)
async def test_a_request_is_the_vendors(operation, members, ask):
    assert await asked_by_us(ask) == await asked_by_the_vendor(operation, members)
