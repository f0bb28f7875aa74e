"""Turn what the API answers into Flinkbot's nouns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.clouds.alibaba.definition import (
    flat_deployment,
    flat_pair,
    flat_resources,
    flat_settings,
)
from bot.clouds.texts import clean
from bot.flink.parameters import PARALLELISM
from bot.flink.snapshot import (
    DeploymentRef,
    DeploymentSnapshot,
    DeploymentSummary,
    Failure,
    HotUpdateReport,
    JobGraph,
    JobSnapshot,
    Operator,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.clouds.alibaba.fingerprints import Fingerprints
    from bot.clouds.alibaba.flink_rest import FlinkCheckpoints, FlinkJob
    from bot.clouds.alibaba.results import Diagnosis, HotUpdateResult, Symptom
    from bot.clouds.alibaba.wire import Deployment, Job, JobSummary, ListedDeployment, Reason

ENDED = frozenset({"FAILED", "CANCELLED", "FINISHED"})
_LIVE = ("running", "starting", "cancelling")
_OVER = ("failed", "cancelled", "finished")
_HINTS = 5
_MILLISECONDS_FROM = 100_000_000_000
"""A time above this is in ms: in seconds it would be in the year 5138."""


def revision_of(deployment: Deployment, prints: Fingerprints) -> str:
    """Give what moves with every save: the modification time, else a fingerprint of it all."""
    if deployment.modified_at:
        return deployment.modified_at
    return prints.part(flat_deployment(deployment, prints))


def summary(target: str, deployment: ListedDeployment) -> DeploymentSummary:
    """Give a row of the job list."""
    ref = DeploymentRef(target, deployment.deployment_id)
    return DeploymentSummary(ref, deployment.name, _latest_status(deployment.job_summary))


def _latest_status(counts: JobSummary | None) -> str:
    """Guess the latest job's state: the list only counts all jobs by state.

    A live job is the latest one. Of ended ones it is known only when all ended alike.
    """
    if counts is None:
        return ""
    present = [state for state in (*_LIVE, *_OVER) if (getattr(counts, state) or 0) > 0]
    known = bool(present) and (present[0] in _LIVE or len(present) == 1)
    return present[0].upper() if known else ""


def current_job(jobs: Sequence[Job]) -> Job | None:
    """Choose the job that lives; else the newest. They come newest first."""
    return next((job for job in jobs if status_of(job) not in ENDED), jobs[0] if jobs else None)


def status_of(job: Job) -> str:
    """Give the vendor's word for a job's state."""
    return job.status.current_job_status if job.status else ""


def is_abridged(job: Job) -> bool:
    """Tell whether a list left out what the job runs with."""
    settings = job.user_flink_conf if job.user_flink_conf is not None else job.flink_conf
    return settings is None or (job.streaming is None and job.batch_resource_setting is None)


def deployment_snapshot(
    target: str, deployment: Deployment, job: Job | None, prints: Fingerprints
) -> DeploymentSnapshot:
    """Give a deployment as saved and the job that runs from it."""
    if job is None:
        saved, running = flat_deployment(deployment, prints), None
    else:
        saved, values = flat_pair(deployment, job, prints)
        running = job_snapshot(job, values)
    return DeploymentSnapshot(
        ref=DeploymentRef(target, deployment.deployment_id),
        name=deployment.name,
        revision=revision_of(deployment, prints),
        saved=saved,
        job=running,
        modified_by=deployment.modifier_name or deployment.modifier,
        changed_since_start=deployment.deployment_has_changed or False,
        execution_mode=deployment.execution_mode,
        engine_version=(job and job.engine_version) or deployment.engine_version,
        resource_mode=deployment.streaming.mode if deployment.streaming else "",
    )


def job_snapshot(job: Job, values: Mapping[str, str]) -> JobSnapshot:
    """Give one run, with the flat map of what it runs with."""
    status = job.status
    running = status.running if status else None
    return JobSnapshot(
        job_id=job.job_id,
        status=status_of(job),
        values=values,
        flink_status=running.observed_flink_job_status if running else "",
        restarts=running.observed_flink_job_restarts if running else None,
        health_score=status.health_score if status else None,
        session_cluster=job.session_cluster_name,
        started_at=_seconds(job.start_time),
        failure=_worded(status.failure) if status and status.failure else "",
    )


def _worded(reason: Reason) -> str:
    return clean(": ".join(part for part in (reason.reason, reason.message) if part))


def _seconds(moment: int | None) -> int | None:
    if not moment:
        return None
    return moment // 1000 if moment >= _MILLISECONDS_FROM else moment


def hot_update_report(
    result: HotUpdateResult, request_id: str, prints: Fingerprints
) -> HotUpdateReport:
    """Give how a hot update stands; both request ids are kept, support asks for the trigger's."""
    status = result.status
    ids = (request_id, status.request_id if status else "")
    target = result.target
    return HotUpdateReport(
        hot_update_id=result.job_hot_update_id,
        job_id=result.job_id,
        status=status.status if status else "",
        requested=_requested(result, prints),
        target={
            **flat_settings(target.flink_conf if target else None, prints),
            **flat_resources(target.streaming if target else None),
        },
        failure=_failure(status.failure) if status and status.failure else None,
        request_ids=tuple(dict.fromkeys(known for known in ids if known)),
    )


def _requested(result: HotUpdateResult, prints: Fingerprints) -> dict[str, str]:
    params = result.params
    found = flat_settings(params.config.new_flink_conf if params and params.config else {}, prints)
    if params and params.rescale and params.rescale.job_parallelism is not None:
        found[PARALLELISM.name] = str(params.rescale.job_parallelism)
    return found


def _failure(reason: Reason) -> Failure | None:
    """Give why it failed; a severity alone, which successes carry too, says nothing."""
    if not (reason.reason or reason.message):
        return None
    return Failure(clean(reason.reason), clean(reason.message, 1000), reason.failure_severity)


def job_graph(job: FlinkJob, checkpoints: FlinkCheckpoints | None) -> JobGraph:
    """Give the operators with their real parallelism, and the last completed checkpoint."""
    operators = tuple(
        Operator(vertex.name, vertex.parallelism, _positive(vertex.max_parallelism))
        for vertex in job.vertices
    )
    latest = checkpoints.latest.completed if checkpoints and checkpoints.latest else None
    if latest is None:
        return JobGraph(operators)
    ended = latest.latest_ack_timestamp
    if ended is None and latest.trigger_timestamp is not None:
        ended = latest.trigger_timestamp + (latest.end_to_end_duration or 0)
    size = latest.state_size if latest.state_size is not None else latest.checkpointed_size
    return JobGraph(operators, _seconds(ended), latest.end_to_end_duration, size)


def _positive(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


def hints(diagnosis: Diagnosis | None) -> tuple[str, ...]:
    """Give the service's findings, one line each, those about failures first."""
    worded = (clean(_hint(symptom)) for symptom in _symptoms(diagnosis))
    return tuple(dict.fromkeys(line for line in worded if line))[:_HINTS]


def _symptoms(diagnosis: Diagnosis | None) -> Iterator[Symptom]:
    groups = diagnosis.symptoms if diagnosis else None
    if groups is None:
        return
    yield from (*groups.troubleshooting, *groups.startup, *groups.runtime, *groups.state)
    yield from groups.others
    if groups.autopilot is not None:
        yield groups.autopilot


def _hint(symptom: Symptom) -> str:
    found = ": ".join(part for part in (symptom.name, symptom.description) if part)
    return f"{found} → {symptom.recommendation}" if symptom.recommendation else found
