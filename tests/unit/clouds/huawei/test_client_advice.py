"""What the client finds out before anything is changed: room in the queue, SQL that cannot run."""

import pytest

from tests.fakes.raw_server import http, json_answer
from tests.unit.clouds.huawei.client_case import GONE, GRAPH, QUEUES, SECRET_SQL, SHOW, asked, shown
from tests.unit.clouds.huawei.fake_dli import body_of


def queue(**more):
    return {"queue_name": "flink_queue", "cu_count": 64, "used_cu": 12.5, **more}


@pytest.mark.parametrize(
    ("queues", "free"),
    [
        ([queue()], 51.5),
        ([queue(queue_name="another"), queue(queue_name="FLINK_QUEUE")], 51.5),
        ([queue(cu_scale_out_limit=96)], 51.5),
        ([queue(cu_scale_out_limit=96, elastic_resource_pool_name="pool")], 83.5),
        ([queue(used_cu=None)], None),
        ([queue(cu_count=None)], None),
        ([], None),
    ],
)
async def test_what_is_free_of_a_queue_is_known_where_the_service_tells(queues, free):
    _, found = await asked(
        {QUEUES: {"is_success": True, "queues": queues}}, lambda c: c.free_cus("flink_queue")
    )

    assert found == free


async def test_queues_that_may_not_be_read_are_no_error():
    forbidden = json_answer({"error_code": "DLI.0003", "error_msg": "no"}, 403)

    assert (await asked({QUEUES: forbidden}, lambda c: c.free_cus("q")))[1] is None


OPEN_SOURCE = shown(job_type="flink_opensource_sql_job")
SIZED = {"flink_version": "1.12", "parallel_number": "4", "sql_body": "x", "operator_config": "{}"}


async def test_sql_is_translated_with_the_sizes_that_the_job_would_have():
    requests, against = await asked(
        {SHOW: OPEN_SOURCE, GRAPH: {"is_success": True, "stream_graph": "{}"}},
        lambda c: c.complaint("131", "SELECT 1", SIZED),
    )

    assert against == ""
    assert body_of(requests[-1]) == {
        "sql_body": "SELECT 1",
        "job_type": "flink_opensource_sql_job",
        "flink_version": "1.12",
        "parallel_number": 4,
    }


async def test_what_the_service_has_against_the_sql_is_told_without_its_secrets():
    refusal = {"is_success": False, "error_code": "DLI.0005", "message": "no 'hunter2' at line 1"}

    _, against = await asked(
        {SHOW: OPEN_SOURCE, GRAPH: refusal}, lambda c: c.complaint("131", SECRET_SQL, SIZED)
    )

    assert against == "no '[secret]' at line 1"


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"error_code": "APIGW.0101", "error_msg": "The API does not exist"}, 404),
        {"is_success": "false", "error_code": "DLI.0007", "message": "not supported"},
        http(502, b"<html>"),
        GONE,
    ],
)
async def test_an_answer_that_is_not_about_the_sql_is_no_complaint(answer):
    _, against = await asked(
        {SHOW: OPEN_SOURCE, GRAPH: answer}, lambda c: c.complaint("131", "SELECT 1", SIZED)
    )

    assert against == ""


@pytest.mark.parametrize("version", ["1.15", "1.17", ""])
async def test_sql_of_a_version_that_cannot_be_translated_is_not_sent(version):
    values = {**SIZED, "flink_version": version}

    requests, against = await asked({}, lambda c: c.complaint("131", "SELECT 1", values))

    assert (requests, against) == ([], "")


async def test_sql_of_another_type_of_job_is_not_sent():
    requests, against = await asked(
        {SHOW: shown()}, lambda c: c.complaint("131", "SELECT 1", SIZED)
    )

    assert ([request.method for request in requests], against) == (["GET"], "")
