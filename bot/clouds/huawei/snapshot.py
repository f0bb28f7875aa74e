"""Turn what the API answers into Flinkbot's nouns."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.clouds.huawei.definition import type_of
from bot.clouds.texts import clean
from bot.flink.phase import Phase, phase_of
from bot.flink.snapshot import (
    DeploymentRef,
    DeploymentSnapshot,
    DeploymentSummary,
    JobSnapshot,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.clouds.huawei.wire import Job, Queue

_LONGEST_REASON = 1000


def summary(target: str, job: Job) -> DeploymentSummary:
    """Give a row of the job list."""
    return DeploymentSummary(DeploymentRef(target, str(job.job_id)), job.name, job.status)


def snapshot(target: str, job: Job, shown: Mapping[str, str]) -> DeploymentSnapshot:
    """Give a job as saved and how it runs; `shown` is its definition without secrets.

    The API does not tell what a run was started with, so it is taken to be what is saved.
    """
    return DeploymentSnapshot(
        ref=DeploymentRef(target, str(job.job_id)),
        name=job.name,
        revision=str(job.update_time) if job.update_time else _digest(shown),
        saved=shown,
        job=JobSnapshot(
            job_id=str(job.start_time) if job.start_time else "",
            status=job.status,
            values=shown,
            restarts=job.restart_times,
            started_at=job.start_time // 1000 if job.start_time else None,
            failure=clean(job.status_desc, _LONGEST_REASON),
        ),
        changed_since_start=_saved_since_start(job),
        execution_mode="STREAMING",
        engine_version=shown.get("flink_version", ""),
        job_type=type_of(job).value,
        savepoint=savepoint_of(job),
    )


def _digest(shown: Mapping[str, str]) -> str:
    return hashlib.sha256(repr(sorted(shown.items())).encode()).hexdigest()[:16]


def _saved_since_start(job: Job) -> bool:
    """Tell whether something may be saved that does not run; live changes look the same."""
    runs = phase_of(job.status) is Phase.RUNNING
    return runs and bool(job.start_time) and (job.update_time or 0) > (job.start_time or 0)


def savepoint_of(job: Job) -> str:
    """Give the savepoint that the next start could resume from.

    A path may outlive its savepoint, which the service deletes at a start; what it says of that
    counts. Where it names none, a stop has written to the job's own directory.
    https://support.huaweicloud.com/intl/en-us/usermanual-dli/dli_01_0461.html
    """
    if job.has_savepoint is False:
        return ""
    if job.savepoint_path or not job.has_savepoint:
        return job.savepoint_path
    bucket = job.job_config.get("obs_bucket") or "obs"
    return f"{bucket}/jobs/savepoint/{job.job_id}"


def free_cus(queues: Iterable[Queue], name: str) -> float | None:
    """Give what is free of a queue; names are compared as the service does, in any case.

    A queue of an elastic pool grows by itself up to its limit.
    """
    for queue in queues:
        if queue.queue_name.casefold() == name.casefold():
            if queue.cu_count is None or queue.used_cu is None:
                return None
            elastic = queue.cu_scale_out_limit if queue.elastic_resource_pool_name else None
            return max(queue.cu_count, elastic or 0) - queue.used_cu
    return None
