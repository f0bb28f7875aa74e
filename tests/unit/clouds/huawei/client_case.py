"""What the tests of the client share: a service that answers by line, and a client that asks it."""

from dataclasses import replace

from bot.clouds.huawei import HuaweiTarget, open_huawei
from tests.fakes.raw_server import RawServer, json_answer
from tests.unit.clouds.huawei.fake_dli import KEYS, NOW, PROJECT, QUICK, FakeDli, job

JOBS = "/v1.0/{p}/streaming/jobs"
SHOW = f"GET {JOBS}/131"
SQL_JOB = "PUT /v1.0/{p}/streaming/sql-jobs/131"
JAR_JOB = "PUT /v1.0/{p}/streaming/flink-jobs/131"
GRAPH = "POST /v3/{p}/streaming/jobs/131/gen-graph"
QUEUES = "GET /v1.0/{p}/queues"
PROJECTS = "GET /v3/projects"
DONE = {"is_success": "true", "message": "ok"}
GONE = json_answer({"error_code": "DLI.16001", "error_msg": "The job does not exist"}, 400)
SECRET_SQL = "CREATE TABLE a (x INT) WITH ('password' = 'hunter2'); INSERT INTO b SELECT 1;\n"


def shown(**more):
    return {"is_success": "true", "message": "", "job_detail": job(**more)}


def config(**more):
    return {**job()["job_config"], **more}


def target_at(url, **more):
    target = HuaweiTarget(
        name="dli", region="ap-southeast-3", project_id=PROJECT, endpoint=url, iam_endpoint=url
    )
    return replace(target, **more)


async def asked(answers, ask, identity=KEYS, tokens=(), **more):
    """Ask a client one thing; give the requests that it took, and what came."""
    async with RawServer(FakeDli(answers, tokens)) as server:
        cloud = open_huawei(target_at(server.url, **more), identity, limits=QUICK, now=lambda: NOW)
        try:
            return server.requests, await ask(cloud)
        finally:
            await cloud.aclose()
