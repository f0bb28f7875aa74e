"""What Flink's own REST API answers through the proxy: jobs, vertices, checkpoints.

Shapes: https://nightlies.apache.org/flink/flink-docs-stable/docs/ops/rest_api/
Flink knows a job by another id than the service does, so clients have to list first.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.flink.durations import parse_duration
from bot.sandbox.alibaba.definition import conf_of, parallelism_of
from bot.sandbox.alibaba.model import JobState
from bot.sandbox.alibaba.refusals import RefusalCode, RefusedError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.alibaba.model import Deployment, Document, Job, Operator

_INTERVAL = "execution.checkpointing.interval"


def flink_answer(deployment: Deployment, job: Job, path: str, now: datetime) -> Document:
    """Answer one read; an unknown path gets Flink's own error document.

    Raises:
        RefusedError: no JobManager runs that could answer.

    """
    if job.state is not JobState.RUNNING:
        raise RefusedError(RefusalCode.NO_FLINK, f"job {job.id} is {job.state}")
    steps = path.strip("/").split("/")
    match steps:
        case ["jobs"]:
            return {"jobs": [{"id": flink_id(job), "status": "RUNNING"}]}
        case ["jobs", "overview"]:
            return {"jobs": [_overview(deployment, job, now)]}
        case ["jobs", jid] if jid == flink_id(job):
            return _job(deployment, job, now)
        case ["jobs", jid, "checkpoints"] if jid == flink_id(job):
            return _checkpoints(deployment, job, now)
        case _:
            return {"errors": [f"Not found: {path}"]}


def flink_id(job: Job) -> str:
    """Give the id that Flink knows the job by."""
    return _hex(f"flink {job.id}")


def vertex_parallelism(deployment: Deployment, job: Job) -> dict[str, int]:
    """Give what each operator really runs with: pinned ones ignore the job's parallelism."""
    own = parallelism_of(job.parts) or 1
    pinned = deployment.behaviour.pinned
    return {o.name: pinned.get(o.name, own) for o in deployment.traits.operators}


def _overview(deployment: Deployment, job: Job, now: datetime) -> Document:
    tasks = sum(vertex_parallelism(deployment, job).values())
    return {
        "jid": flink_id(job),
        "name": deployment.name,
        "start-time": _ms(job.started_at),
        "end-time": -1,
        "duration": _ms(now) - _ms(job.started_at),
        "state": "RUNNING",
        "last-modification": _ms(job.started_at),
        "tasks": {"running": tasks, "canceling": 0, "canceled": 0, "total": tasks},
    }


def _job(deployment: Deployment, job: Job, now: datetime) -> Document:
    parallelism = vertex_parallelism(deployment, job)
    operators = deployment.traits.operators
    return {
        "jid": flink_id(job),
        "name": deployment.name,
        "isStoppable": False,
        "state": "RUNNING",
        "start-time": _ms(job.started_at),
        "end-time": -1,
        "duration": _ms(now) - _ms(job.started_at),
        "maxParallelism": -1,
        "now": _ms(now),
        "timestamps": {"RUNNING": _ms(job.started_at), "FAILED": 0, "CANCELED": 0},
        "vertices": [_vertex(job, o, parallelism[o.name], now) for o in operators],
        "status-counts": {"RUNNING": len(operators), "FAILED": 0, "CANCELED": 0},
        "plan": {"jid": flink_id(job), "name": deployment.name, "type": "STREAMING", "nodes": []},
    }


def _vertex(job: Job, operator: Operator, parallelism: int, now: datetime) -> Document:
    return {
        "id": _hex(operator.name),
        "slotSharingGroupId": _hex("default"),
        "name": operator.name,
        "maxParallelism": operator.max_parallelism,
        "parallelism": parallelism,
        "status": "RUNNING",
        "start-time": _ms(job.started_at),
        "end-time": -1,
        "duration": _ms(now) - _ms(job.started_at),
        "tasks": {"RUNNING": parallelism, "FAILED": 0, "CANCELED": 0},
        "metrics": {"read-records": 0, "write-records": 0, "accumulated-busy-time": 0.0},
    }


def _checkpoints(deployment: Deployment, job: Job, now: datetime) -> Document:
    interval = _interval_ms(job)
    if not interval:
        return {"errors": ["Checkpointing has not been enabled."]}
    number = (_ms(now) - _ms(job.started_at)) // interval
    latest = _checkpoint(deployment, job, number, interval) if number else None
    return {
        "counts": {
            "restored": 0,
            "total": number,
            "in_progress": 0,
            "completed": number,
            "failed": 0,
        },
        "latest": {"completed": latest, "savepoint": None, "failed": None, "restored": None},
        "history": [latest] if latest else [],
    }


def _checkpoint(deployment: Deployment, job: Job, number: int, interval: int) -> Document:
    triggered = _ms(job.started_at) + number * interval - deployment.traits.checkpoint_ms
    size = deployment.traits.state_bytes
    return {
        "className": "completed",
        "id": number,
        "status": "COMPLETED",
        "is_savepoint": False,
        "checkpoint_type": "CHECKPOINT",
        "trigger_timestamp": triggered,
        "latest_ack_timestamp": triggered + deployment.traits.checkpoint_ms,
        "end_to_end_duration": deployment.traits.checkpoint_ms,
        "checkpointed_size": size // 20,
        "state_size": size,
        "external_path": f"oss://sandbox/checkpoints/{flink_id(job)}/chk-{number}",
        "discarded": False,
    }


def _interval_ms(job: Job) -> int:
    try:
        return int(parse_duration(str(conf_of(job.parts).get(_INTERVAL, "0"))))
    except ValueError:
        return 0


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
