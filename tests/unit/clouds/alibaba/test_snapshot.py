"""How the API's documents become Flinkbot's nouns."""

import pytest

from bot.clouds.alibaba.fingerprints import Fingerprints
from bot.clouds.alibaba.flink_rest import FlinkCheckpoints, FlinkJob
from bot.clouds.alibaba.results import Diagnosis, HotUpdateResult
from bot.clouds.alibaba.snapshot import (
    current_job,
    deployment_snapshot,
    hints,
    hot_update_report,
    job_graph,
    revision_of,
    summary,
)
from bot.clouds.alibaba.wire import Deployment, Job, ListedDeployment
from bot.flink.snapshot import DeploymentRef, Failure, JobGraph, Operator
from tests.unit.clouds.alibaba.documents import (
    DEPLOYMENT_ID,
    JOB_ID,
    conf,
    deployment,
    hot_update,
    job,
)

PRINTS = Fingerprints(b"key")


def snapshot(running=None, **more):
    return deployment_snapshot(
        "prod",
        Deployment.model_validate(deployment(**more)),
        Job.model_validate(running) if running else None,
        PRINTS,
    )


def report(**more):
    return hot_update_report(HotUpdateResult.model_validate(hot_update(**more)), "REQ-POLL", PRINTS)


def test_a_deployment_is_read_with_its_job():
    seen = snapshot(job())

    assert seen.ref == DeploymentRef("prod", DEPLOYMENT_ID)
    assert (seen.name, seen.revision, seen.modified_by) == ("orders", "1714058507", "li.wei")
    assert seen.engine_version == "vvr-8.0.11-jdk11-flink-1.17"
    assert seen.job.job_id == JOB_ID
    assert (seen.job.status, seen.job.flink_status) == ("RUNNING", "RUNNING")
    assert (seen.job.restarts, seen.job.health_score) == (2, 100)
    assert (seen.job.session_cluster, seen.job.started_at) == ("", 1714058400)
    assert seen.job.failure == ""


def test_the_engine_that_runs_counts_not_the_one_that_is_saved():
    seen = snapshot(job(engineVersion="vvr-6.0.0-flink-1.15"))

    assert seen.engine_version == "vvr-6.0.0-flink-1.15"


def test_a_deployment_without_a_job_is_read_too():
    seen = snapshot(modifierName=None, deploymentHasChanged=None)

    assert seen.job is None
    assert seen.modified_by == "20001"
    assert seen.changed_since_start is False


def test_a_failed_job_says_why():
    status = {
        "currentJobStatus": "FAILED",
        "failure": {"reason": "Boom", "message": "out of memory\nat Main"},
    }

    assert snapshot(job(status=status)).job.failure == "Boom: out of memory at Main"


def test_a_job_without_a_status_is_not_running():
    running = snapshot(job(status=None, startTime=1714058400123)).job

    assert (running.status, running.running, running.restarts) == ("", False, None)
    assert running.started_at == 1714058400


def test_a_job_in_a_session_cluster_names_it():
    assert snapshot(job(sessionClusterName="adhoc")).job.session_cluster == "adhoc"


def test_without_a_modification_time_the_revision_moves_with_what_is_saved():
    one, same, other = (
        revision_of(Deployment.model_validate(deployment(modifiedAt=None, **more)), PRINTS)
        for more in ({}, {"name": "renamed"}, {"flinkConf": conf(k="v")})
    )

    assert one
    assert one == same
    assert one != other


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ({"running": 1, "failed": 9}, "RUNNING"),
        ({"starting": "1"}, "STARTING"),
        ({"cancelling": 1, "cancelled": 4}, "CANCELLING"),
        ({"failed": 2, "running": 0}, "FAILED"),
        ({"failed": 2, "finished": 1}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_a_list_says_the_latest_jobs_state_only_where_the_counts_tell_it(counts, status):
    row = summary("prod", ListedDeployment.model_validate(deployment(jobSummary=counts)))

    assert (row.ref, row.name) == (DeploymentRef("prod", DEPLOYMENT_ID), "orders")
    assert row.status == status


@pytest.mark.parametrize(
    ("states", "chosen"),
    [
        (["RUNNING"], 0),
        (["FAILED", "RUNNING", "CANCELLED"], 1),
        (["FAILED", "FINISHED"], 0),
        (["STARTING", "RUNNING"], 0),
        (["CANCELLED", "REBALANCING"], 1),
    ],
)
def test_the_job_that_lives_is_the_current_one_else_the_newest(states, chosen):
    jobs = [Job.model_validate(job(state, f"job-{n}")) for n, state in enumerate(states)]

    assert current_job(jobs).job_id == f"job-{chosen}"


def test_a_deployment_that_never_ran_has_no_current_job():
    assert current_job([]) is None


def test_a_report_says_what_was_asked_and_what_is_aimed_at():
    found = report()

    assert (found.hot_update_id, found.job_id, found.status) == (
        "123hashd0001",
        JOB_ID,
        "HOT_UPDATED",
    )
    assert found.requested == {"parallelism": "10", "test": "test", "test2": "1"}
    assert found.target["parallelism"] == "10"
    assert found.target["test2"] == "1"
    assert found.request_ids == ("REQ-POLL", "REQ-TRIGGER")


def test_the_failure_that_comes_with_every_success_is_none():
    assert report().failure is None


def test_a_failure_is_told_in_the_vendors_words_without_secrets():
    reason = {
        "reason": "NotEnoughResources",
        "message": "quota\nexceeded password=hunter2",
        "failureSeverity": "CRITICAL",
    }
    found = report(status={"status": "FAILED", "failure": reason})

    assert found.failure == Failure(
        "NotEnoughResources", "quota exceeded password=[redacted]", "CRITICAL"
    )
    assert found.request_ids == ("REQ-POLL",)


def test_secrets_among_the_updated_settings_are_hidden():
    found = report(
        hotUpdateParams={"updateJobConfigParam": {"newFlinkConf": {"a.password": "hunter2"}}},
        targetResourceSetting={"flinkConf": {"a.password": "hunter2"}},
    )

    assert "hunter2" not in f"{found.requested} {found.target}"
    assert found.requested == found.target


def test_a_bare_report_is_still_a_report():
    found = hot_update_report(HotUpdateResult.model_validate({}), "", PRINTS)

    assert (found.status, found.requested, found.target, found.request_ids) == ("", {}, {}, ())


@pytest.mark.parametrize(
    "params",
    [
        {"rescaleJobParam": None, "updateJobConfigParam": None},
        {"rescaleJobParam": {}, "updateJobConfigParam": {"newFlinkConf": None}},
    ],
)
def test_a_report_may_name_no_change(params):
    assert report(hotUpdateParams=params).requested == {}


def test_the_job_graph_has_the_real_parallelism_and_the_last_checkpoint():
    vertices = [
        {"name": "Source: a", "parallelism": 6, "maxParallelism": 128},
        {"name": "Sink: b", "parallelism": 1, "maxParallelism": -1},
    ]
    completed = {
        "trigger_timestamp": 1714058500000,
        "latest_ack_timestamp": 1714058507250,
        "end_to_end_duration": 7250,
        "state_size": 1024,
        "checkpointed_size": 10,
    }
    graph = job_graph(
        FlinkJob.model_validate({"vertices": vertices}),
        FlinkCheckpoints.model_validate({"latest": {"completed": completed, "failed": None}}),
    )

    assert graph == JobGraph(
        (Operator("Source: a", 6, 128), Operator("Sink: b", 1, None)), 1714058507, 7250, 1024
    )


def test_an_older_flink_tells_the_checkpoints_end_by_its_begin():
    completed = {
        "trigger_timestamp": 1714058500000,
        "end_to_end_duration": 7000,
        "checkpointed_size": 10,
    }
    checkpoints = FlinkCheckpoints.model_validate({"latest": {"completed": completed}})

    graph = job_graph(FlinkJob(vertices=[]), checkpoints)

    assert (graph.last_checkpoint_at, graph.last_checkpoint_bytes) == (1714058507, 10)


@pytest.mark.parametrize(
    "answer",
    [{"errors": ["Checkpointing has not been enabled."]}, {"latest": None}, {"latest": {}}],
)
def test_a_job_without_checkpoints_has_none(answer):
    graph = job_graph(FlinkJob(vertices=[]), FlinkCheckpoints.model_validate(answer))

    assert graph.last_checkpoint_at is None


def test_a_checkpoint_without_times_has_no_time():
    checkpoints = FlinkCheckpoints.model_validate({"latest": {"completed": {}}})

    assert job_graph(FlinkJob(vertices=[]), checkpoints).last_checkpoint_at is None


def test_the_services_hints_are_a_few_lines_failures_first():
    def symptom(name, recommendation=""):
        return {"name": name, "description": "it\nhurts", "recommendation": recommendation}

    found = hints(
        Diagnosis.model_validate(
            {
                "symptoms": {
                    "autopilot": symptom("auto"),
                    "runtime": [symptom("slow", "add CUs"), symptom("slow", "add CUs")],
                    "startup": None,
                    "troubleshooting": [symptom("down"), {"name": "", "description": None}],
                    "others": [symptom(f"other {n}") for n in range(9)],
                }
            }
        )
    )

    assert found[:2] == ("down: it hurts", "slow: it hurts → add CUs")
    assert len(found) == 5


def test_autopilots_hint_comes_last():
    symptoms = {"autopilot": {"name": "auto"}, "state": [{"name": "large"}]}

    assert hints(Diagnosis.model_validate({"symptoms": symptoms})) == ("large", "auto")


@pytest.mark.parametrize("diagnosis", [None, Diagnosis()])
def test_a_healthy_job_has_no_hints(diagnosis):
    assert hints(diagnosis) == ()
