"""The client as the use cases see it, against a loopback service that checks who asks."""

import pytest

from bot.clouds.huawei import Credentials, open_huawei
from bot.errors import (
    CloudNotFoundError,
    CloudNotSentError,
    CloudOutcomeUnknownError,
    CloudUnavailableError,
)
from bot.flink.phase import Phase
from bot.flink.snapshot import DeploymentRef, DeploymentSummary
from tests.fakes.raw_server import DROP, RawServer, http
from tests.unit.clouds.huawei.client_case import (
    DONE,
    GONE,
    JAR_JOB,
    JOBS,
    SECRET_SQL,
    SHOW,
    SQL_JOB,
    asked,
    config,
    shown,
    target_at,
)
from tests.unit.clouds.huawei.fake_dli import KEYS, NOW, QUICK, FakeDli, body_of, job


async def test_a_job_is_read_as_saved_and_as_it_runs():
    answer = shown(
        start_time=1578466300000,
        restart_times=3,
        status_desc="lost a TaskManager",
        job_config=config(flink_version="1.12", parallel_number=2, obs_bucket="state"),
    )

    requests, seen = await asked({SHOW: answer}, lambda c: c.fetch("131"))

    assert len(requests) == 1
    assert seen.ref == DeploymentRef("dli", "131")
    assert (seen.name, seen.job_type, seen.engine_version) == ("myjob", "sql", "1.12")
    assert seen.revision == "1578905682534"
    assert seen.saved == {
        "name": "myjob",
        "queue_name": "testQueue",
        "run_mode": "exclusive_cluster",
        "sql_body": "select 1;",
        "flink_version": "1.12",
        "parallel_number": "2",
        "checkpoint_enabled": "false",
        "checkpoint_mode": "exactly_once",
        "obs_bucket": "state",
    }
    assert seen.job.values == seen.saved
    assert seen.job.job_id == "1578466300000"
    assert seen.job.started_at == 1578466300
    assert seen.job.phase is Phase.RUNNING
    assert (seen.job.restarts, seen.job.failure) == (3, "lost a TaskManager")
    assert seen.changed_since_start


async def test_a_job_that_never_ran_has_no_run_but_a_status():
    _, seen = await asked({SHOW: shown(status="job_init")}, lambda c: c.fetch("131"))

    assert (seen.job.job_id, seen.job.started_at) == ("", None)
    assert seen.job.phase is Phase.STOPPED
    assert not seen.changed_since_start


async def test_what_was_saved_before_the_start_runs():
    answer = shown(start_time=1578905682600)

    _, seen = await asked({SHOW: answer}, lambda c: c.fetch("131"))

    assert not seen.changed_since_start


async def test_without_a_time_of_change_the_definition_itself_tells_revisions_apart():
    one = shown(update_time=None)
    other = shown(update_time=None, sql_body="select 2;")

    _, first = await asked({SHOW: one}, lambda c: c.fetch("131"))
    _, again = await asked({SHOW: one}, lambda c: c.fetch("131"))
    _, changed = await asked({SHOW: other}, lambda c: c.fetch("131"))

    assert first.revision == again.revision != changed.revision
    assert first.revision


@pytest.mark.parametrize(
    ("told", "savepoint"),
    [
        ({"has_savepoint": True, "savepoint_path": "state/sp-1"}, "state/sp-1"),
        ({"has_savepoint": "true", "savepoint_path": None}, "state/jobs/savepoint/131"),
        ({"has_savepoint": False, "savepoint_path": "state/long-gone"}, ""),
        ({"has_savepoint": None, "savepoint_path": "state/sp-2"}, "state/sp-2"),
        ({"has_savepoint": None, "savepoint_path": None}, ""),
    ],
)
async def test_the_savepoint_of_the_next_start_is_what_the_service_says_is_there(told, savepoint):
    answer = shown(**told, job_config=config(obs_bucket="state"))

    _, seen = await asked({SHOW: answer}, lambda c: c.fetch("131"))

    assert seen.savepoint == savepoint


async def test_secrets_are_marks_in_what_is_shown_and_plain_in_the_definition():
    _, (seen, definition) = await asked(
        {SHOW: shown(sql_body=SECRET_SQL)}, lambda c: c.inspect("131")
    )

    assert "hunter2" not in str(seen)
    assert "[secret:" in seen.saved["sql_body"]
    assert definition["sql_body"] == SECRET_SQL


async def test_edited_values_get_their_secrets_back_and_are_shown_with_marks():
    async def edit(cloud):
        seen, definition = await cloud.inspect("131")
        edited = {"sql_body": seen.saved["sql_body"].replace("SELECT 1", "SELECT 2"), "desc": None}
        whole = cloud.restored(edited, definition)
        return edited, whole, cloud.shown(whole)

    _, (edited, whole, again) = await asked({SHOW: shown(sql_body=SECRET_SQL)}, edit)

    assert whole["sql_body"] == SECRET_SQL.replace("SELECT 1", "SELECT 2").rstrip()
    assert again == edited


async def test_marks_are_the_same_after_a_restart_and_others_with_another_key():
    async def mark(identity, **more):
        async with RawServer(FakeDli()) as server:
            cloud = open_huawei(target_at(server.url), identity, **more)
            await cloud.aclose()
            return cloud.shown({"sql_body": SECRET_SQL})["sql_body"]

    other = Credentials("AK", "another-secret-key")
    temporary = [Credentials("AK1", "one", "token"), Credentials("AK2", "two", "token")]

    assert await mark(KEYS) == await mark(KEYS) != await mark(other)
    assert await mark(temporary[0]) == await mark(temporary[1])
    assert await mark(temporary[0], marks_key=b"k") != await mark(temporary[0])


async def test_every_job_of_the_project_is_listed_with_its_status():
    listing = {"total_count": 2, "jobs": [job(), job(job_id=132, name="b", status="job_init")]}
    answers = {f"GET {JOBS}": {**DONE, "job_list": listing}}

    _, rows = await asked(answers, lambda c: c.deployments())

    assert rows == (
        DeploymentSummary(DeploymentRef("dli", "131"), "myjob", "job_running"),
        DeploymentSummary(DeploymentRef("dli", "132"), "b", "job_init"),
    )


async def test_a_job_that_is_gone_or_never_was_is_not_found():
    with pytest.raises(CloudNotFoundError, match=r"DLI\.16001"):
        await asked({SHOW: GONE}, lambda c: c.fetch("131"))
    with pytest.raises(CloudNotFoundError, match="not the number of a job"):
        await asked({}, lambda c: c.fetch("orders"))


async def test_only_what_was_asked_for_is_saved_each_value_in_its_json_type():
    values = {"parallel_number": "4", "checkpoint_enabled": "true", "checkpoint_mode": None}

    requests, _ = await asked({SQL_JOB: DONE}, lambda c: c.save("131", "sql", values))

    assert body_of(requests[0]) == {
        "parallel_number": 4,
        "checkpoint_enabled": True,
        "checkpoint_mode": 1,
    }


async def test_a_jar_job_is_saved_with_its_own_operation():
    values = {"main_class": "a.B", "dependency_jars": "obs://b/1.jar\nobs://b/2.jar"}

    requests, _ = await asked({JAR_JOB: DONE}, lambda c: c.save("131", "jar", values))

    assert body_of(requests[0]) == {
        "main_class": "a.B",
        "dependency_jars": ["obs://b/1.jar", "obs://b/2.jar"],
    }


async def test_one_size_of_the_second_model_is_saved_with_all_the_others():
    sizes = {"max_slot": 2, "jobmanager_resource_spec": {"cpu": 1.0, "memory": "4G"}}
    before = shown(job_config=config(resource_config_version="v2", resource_config=sizes))
    values = {"resource_config.jobmanager_resource_spec.cpu": "2"}

    requests, _ = await asked({SHOW: before, SQL_JOB: DONE}, lambda c: c.save("131", "sql", values))

    assert [request.method for request in requests] == ["GET", "PUT"]
    assert body_of(requests[1]) == {
        "resource_config": {
            "max_slot": 2,
            "jobmanager_resource_spec": {"cpu": 2.0, "memory": "4G"},
        }
    }


async def test_a_job_is_started_and_stopped_by_its_number_with_or_without_its_state():
    run, stop = f"POST {JOBS}/run", f"POST {JOBS}/stop"

    async def walk(cloud):
        await cloud.stop("131", savepoint=True)
        await cloud.start("131", resume=True)
        await cloud.start("131", resume=False)

    requests, _ = await asked({run: [DONE], stop: [DONE]}, walk)

    assert [body_of(request) for request in requests] == [
        {"job_ids": [131], "trigger_savepoint": True},
        {"job_ids": [131], "resume_savepoint": True},
        {"job_ids": [131], "resume_savepoint": False},
    ]


async def test_savepoints_are_taken_and_imported():
    take, bring = f"POST {JOBS}/131/savepoint", f"POST {JOBS}/131/import-savepoint"

    async def walk(cloud):
        await cloud.take_savepoint("131", "obs://state/mine")
        await cloud.import_savepoint("131", "obs://state/mine/sp-1")

    requests, _ = await asked({take: DONE, bring: DONE}, walk)

    assert [body_of(request) for request in requests] == [
        {"action": "TRIGGER", "savepoint_path": "state/mine"},
        {"job_id": 131, "savepoint_path": "obs://state/mine/sp-1"},
    ]


WRITES = {
    "save": lambda c: c.save("131", "sql", {"desc": "x"}),
    "start": lambda c: c.start("131", resume=True),
    "stop": lambda c: c.stop("131", savepoint=True),
    "take_savepoint": lambda c: c.take_savepoint("131", "state/mine"),
    "import_savepoint": lambda c: c.import_savepoint("131", "state/mine"),
}


class Silent(FakeDli):
    """Takes everything that is signed and drops the connection."""

    def __call__(self, request):
        return DROP


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
async def test_a_write_without_an_answer_is_of_unknown_outcome_and_sent_once(write):
    async with RawServer(Silent()) as server:
        cloud = open_huawei(target_at(server.url), KEYS, limits=QUICK, now=lambda: NOW)
        with pytest.raises(CloudOutcomeUnknownError):
            await write(cloud)
        await cloud.aclose()

    assert len(server.requests) == 1


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
async def test_a_write_to_nobody_was_surely_not_sent(write):
    async with RawServer(Silent()) as server:
        url = server.url
    cloud = open_huawei(target_at(url), KEYS, limits=QUICK, now=lambda: NOW)
    with pytest.raises(CloudNotSentError):
        await write(cloud)
    await cloud.aclose()


async def test_a_save_that_could_not_look_first_has_saved_nothing():
    values = {"resource_config.max_slot": "2"}
    async with RawServer(FakeDli({SHOW: http(502, b"<html>")})) as server:
        cloud = open_huawei(target_at(server.url), KEYS, limits=QUICK, now=lambda: NOW)
        with pytest.raises(CloudUnavailableError):
            await cloud.save("131", "sql", values)
        await cloud.aclose()

    assert {request.method for request in server.requests} == {"GET"}
