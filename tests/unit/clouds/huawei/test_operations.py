"""Each operation: what goes over the wire, signed, and what is made of the answer."""

import json

import pytest

from bot.clouds.huawei.auth import AccessKeyAuth, Credentials
from bot.errors import (
    CloudAuthError,
    CloudNotFoundError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudUnavailableError,
)
from tests.fakes.raw_server import DROP, RawServer, http, json_answer
from tests.unit.clouds.huawei.fake_dli import NOW, PROJECT, FakeDli, asked, body_of, job

DONE = {"is_success": "true", "message": "ok"}
JOBS = "/v1.0/{p}/streaming/jobs"
SQL_JOB = "PUT /v1.0/{p}/streaming/sql-jobs/131"


def listing(*jobs, total=None):
    return {
        "is_success": "true",
        "message": "",
        "job_list": {"total_count": len(jobs) if total is None else total, "jobs": list(jobs)},
    }


async def answered(line, answer, ask, auth=None):
    """Ask a server that answers one line; give the request and what was made of the answer."""
    async with RawServer(FakeDli({line: answer})) as server:
        found = await asked(server, ask, auth)
    return server.requests[0], found


async def test_the_jobs_are_listed_with_the_headers_that_every_request_has():
    request, page = await answered(
        f"GET {JOBS}", listing(job(), total=7), lambda o: o.list_flink_jobs(20, name="a b/é")
    )

    assert request.target == (
        f"/v1.0/{PROJECT}/streaming/jobs?limit=100&name=a%20b%2F%C3%A9&offset=20"
    )
    assert request.headers["x-project-id"] == PROJECT
    assert request.headers["x-language"] == "en-us"
    assert request.headers["content-type"] == "application/json"
    assert (page.total_count, [found.job_id for found in page.jobs]) == (7, [131])


async def test_page_after_page_is_read_until_all_jobs_are_there():
    everything = [job(job_id=number) for number in range(250)]

    def page(request):
        offset = int(dict(p.split("=") for p in request.target.split("?")[1].split("&"))["offset"])
        return json_answer(listing(*everything[offset : offset + 100], total=250))

    async with RawServer(FakeDli({f"GET {JOBS}": page})) as server:
        found = await asked(server, lambda o: o.all_flink_jobs())

    assert [one.job_id for one in found] == list(range(250))
    assert len(server.requests) == 3


async def test_a_wrong_total_does_not_make_it_read_for_ever():
    pages = iter([listing(job(), total=99), listing(total=99)])
    async with RawServer(FakeDli({f"GET {JOBS}": lambda _: json_answer(next(pages))})) as server:
        found = await asked(server, lambda o: o.all_flink_jobs())

    assert len(found) == 1


async def test_without_a_total_it_reads_until_nothing_comes():
    one = listing(job())
    del one["job_list"]["total_count"]
    pages = iter([one, listing()])
    async with RawServer(FakeDli({f"GET {JOBS}": lambda _: json_answer(next(pages))})) as server:
        assert len(await asked(server, lambda o: o.all_flink_jobs())) == 1


async def test_a_job_is_shown_with_its_nulls_and_64_bit_times():
    shown = {"is_success": "true", "message": "", "job_detail": job()}
    request, found = await answered(f"GET {JOBS}/131", shown, lambda o: o.show_flink_job("131"))

    assert request.target == f"/v1.0/{PROJECT}/streaming/jobs/131"
    assert found.update_time == 1578905682534
    assert (found.start_time, found.entrypoint_args, found.savepoint_path) == (None, "", "")
    assert found.sql_body == "select 1;\n"
    assert found.job_config["obs_bucket"] is None


async def test_either_spelling_of_the_user_is_read():
    theirs = job(username="go-client")
    del theirs["user_name"]
    for document, name in ((job(), "someone"), (theirs, "go-client")):
        shown = {"is_success": True, "job_detail": document}
        _, found = await answered(f"GET {JOBS}/131", shown, lambda o: o.show_flink_job("131"))
        assert found.user_name == name


@pytest.mark.parametrize(
    ("line", "ask"),
    [
        (SQL_JOB, lambda o: o.update_flink_sql_job("131", {"name": "作业"})),
        (
            "PUT /v1.0/{p}/streaming/flink-jobs/131",
            lambda o: o.update_flink_jar_job("131", {"name": "作业"}),
        ),
    ],
    ids=["sql", "jar"],
)
async def test_an_update_sends_only_what_was_given_and_tells_its_time(line, ask):
    answer = DONE | {"job": {"update_time": 1578905682534}}
    request, at = await answered(line, answer, ask)

    assert request.body == '{"name":"作业"}'.encode()
    assert at == 1578905682534


async def test_an_update_without_a_time_is_an_update():
    _, at = await answered(SQL_JOB, DONE, lambda o: o.update_flink_sql_job("131", {}))

    assert at is None


WRITES = {
    "import": (
        f"POST {JOBS}/131/import-savepoint",
        lambda o: o.import_flink_job_savepoint("131", "obs://bucket/dir"),
        {"job_id": 131, "savepoint_path": "obs://bucket/dir"},
    ),
    "trigger": (
        f"POST {JOBS}/131/savepoint",
        lambda o: o.execute_flink_job_savepoint("131", "obs://bucket/dir"),
        {"action": "TRIGGER", "savepoint_path": "bucket/dir"},
    ),
    "run": (
        f"POST {JOBS}/run",
        lambda o: o.batch_run_flink_jobs("131", resume_savepoint=True),
        {"job_ids": [131], "resume_savepoint": True},
    ),
    "stop": (
        f"POST {JOBS}/stop",
        lambda o: o.batch_stop_flink_jobs("131", trigger_savepoint=False),
        {"job_ids": [131], "trigger_savepoint": False},
    ),
}


@pytest.mark.parametrize("stated", [True, "true", "True"])
@pytest.mark.parametrize(("line", "ask", "body"), WRITES.values(), ids=WRITES)
async def test_a_write_is_sent_once_and_believed_however_success_is_spelt(line, ask, body, stated):
    answer = {"is_success": stated, "message": ""}
    async with RawServer(FakeDli({line: answer})) as server:
        await asked(server, ask)

    assert [body_of(request) for request in server.requests] == [body]


@pytest.mark.parametrize("name", ["run", "stop"])
@pytest.mark.parametrize("answer", [[DONE], [DONE, DONE], DONE], ids=["one", "two", "object"])
async def test_a_batch_call_may_answer_an_array_or_an_object(name, answer):
    line, ask, _ = WRITES[name]

    await answered(line, json_answer(answer), ask)


@pytest.mark.parametrize("answer", [[], [[]], {}, [{"message": "?"}]])
@pytest.mark.parametrize("name", ["run", "stop"])
async def test_a_batch_answer_that_says_nothing_leaves_doubt(name, answer):
    line, ask, _ = WRITES[name]

    with pytest.raises(CloudOutcomeUnknownError):
        await answered(line, json_answer(answer), ask)


@pytest.mark.parametrize("ask", [ask for _, ask, _ in WRITES.values()], ids=WRITES)
async def test_a_write_without_an_answer_is_unknown_and_not_repeated(ask):
    async with RawServer(lambda _: DROP) as server:
        with pytest.raises(CloudOutcomeUnknownError):
            await asked(server, ask)

    assert len(server.requests) == 1


async def test_the_state_of_the_run_is_flinks_own():
    graph = {
        "jid": "4e966f43f2c90b0e1bf3188ecf55504b",
        "name": "",
        "isStoppable": False,
        "state": "RUNNING",
        "start-time": 1578904488436,
        "end-time": -1,
        "duration": 516274,
    }
    _, found = await answered(
        f"GET {JOBS}/131/execute-graph",
        DONE | {"execute_graph": graph},
        lambda o: o.show_flink_job_execution_graph("131"),
    )

    assert (found.state, found.start_time, found.end_time) == ("RUNNING", 1578904488436, -1)
    assert (found.jid, found.stoppable) == ("4e966f43f2c90b0e1bf3188ecf55504b", False)


async def test_a_job_that_never_ran_has_no_state_of_flink():
    _, found = await answered(
        f"GET {JOBS}/131/execute-graph", DONE, lambda o: o.show_flink_job_execution_graph("131")
    )

    assert found is None


GRAPH = {
    "jid": "44334c4259f6714bddef1ac525364052",
    "nodes": [{"id": "0a448493b4782967b150582570326227", "parallelism": 1}],
    "operator_list": [
        {
            "id": "0a448493b4782967b150582570326227",
            "name": "Sink",
            "type": "Sink",
            "parallelism": 1,
            "input_operators_id": ["bc764cd8ddf7a0cff126f51c16239658"],
        }
    ],
}
GEN_GRAPH = "POST /v3/{p}/streaming/jobs/131/gen-graph"


def generate(operations):
    return operations.create_flink_sql_job_graph("131", "select 1", flink_version="1.12")


async def test_sql_is_translated_without_being_run():
    answer = {
        "is_success": True,
        "message": "",
        "error_code": "",
        "stream_graph": json.dumps(GRAPH),
    }
    request, found = await answered(GEN_GRAPH, answer, generate)

    assert body_of(request) == {
        "sql_body": "select 1",
        "job_type": "flink_opensource_sql_job",
        "flink_version": "1.12",
    }
    assert found.operator_list[0].id == "0a448493b4782967b150582570326227"
    assert found.operator_list[0].input_operators_id == ["bc764cd8ddf7a0cff126f51c16239658"]
    assert len(found.nodes) == 1


@pytest.mark.parametrize("nothing", ["", None])
async def test_a_translation_may_be_empty(nothing):
    _, found = await answered(GEN_GRAPH, DONE | {"stream_graph": nothing}, generate)

    assert found is None


async def test_a_translation_that_is_no_json_is_no_answer():
    with pytest.raises(CloudUnavailableError, match="unexpected shape"):
        await answered(GEN_GRAPH, DONE | {"stream_graph": "{oops"}, generate)


async def test_wrong_sql_is_refused_with_its_code_and_the_check_may_be_repeated():
    async with RawServer(FakeDli({GEN_GRAPH: _down_then_refused()})) as server:
        with pytest.raises(CloudRejectedError, match="no such table") as caught:
            await asked(server, generate)

    assert caught.value.code == "DLI.0005"
    assert len(server.requests) == 2


def _down_then_refused():
    refusal = {"is_success": False, "message": "no such table", "error_code": "DLI.0005"}
    answers = iter([http(502, b"<html>"), json_answer(refusal)])
    return lambda _: next(answers)


async def test_a_region_without_the_check_says_nothing_of_the_job():
    async with RawServer(FakeDli()) as server:
        with pytest.raises(CloudRejectedError, match="does not exist") as caught:
            await asked(server, generate)

    assert caught.value.code == "APIGW.0101"


async def test_queues_of_every_kind_are_asked_for():
    queue = {
        "queue_name": "flink",
        "queue_type": "general",
        "cu_count": 64,
        "used_cu": 12.5,
        "support_flink_jar_versions": None,
        "support_opensource_flink_versions": ["1.12", "1.15"],
    }
    request, (found,) = await answered(
        "GET /v1.0/{p}/queues",
        {"is_success": True, "message": "", "queues": [queue]},
        lambda o: o.list_queues(),
    )

    assert request.target == f"/v1.0/{PROJECT}/queues?queue_type=all"
    assert (found.queue_name, found.cu_count, found.used_cu) == ("flink", 64, 12.5)
    assert found.support_flink_jar_versions == []
    assert found.support_opensource_flink_versions == ["1.12", "1.15"]


@pytest.mark.parametrize("job_id", ["", "abc", "1/2", "..", "-1", "\uff11\uff12"])
async def test_what_is_no_number_is_no_job_and_not_asked_for(job_id):
    async with RawServer(FakeDli()) as server:
        for ask in (
            lambda o: o.show_flink_job(job_id),
            lambda o: o.update_flink_sql_job(job_id, {}),
            lambda o: o.batch_run_flink_jobs(job_id, resume_savepoint=False),
            lambda o: o.import_flink_job_savepoint(job_id, "b/d"),
        ):
            with pytest.raises(CloudNotFoundError):
                await asked(server, ask)

    assert server.requests == []


async def test_a_wrong_secret_is_told_with_the_request_id():
    auth = AccessKeyAuth(Credentials("ak", "wrong"), now=lambda: NOW)
    async with RawServer(FakeDli({f"GET {JOBS}": listing()})) as server:
        with pytest.raises(CloudAuthError, match="secret key belongs") as caught:
            await asked(server, lambda o: o.all_flink_jobs(), auth)

    assert (caught.value.code, caught.value.request_id) == ("APIGW.0301", "REQ-GATEWAY")


async def test_a_temporary_key_travels_with_its_token():
    auth = AccessKeyAuth(Credentials("ak", "example-secret-key", "sts-token"), now=lambda: NOW)
    request, _ = await answered(f"GET {JOBS}", listing(), lambda o: o.all_flink_jobs(), auth)

    assert request.headers["x-security-token"] == "sts-token"
