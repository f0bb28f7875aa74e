"""How the state looks on the wire: the API's documents, with the real service's oddities.

Times of deployments and jobs are epoch seconds as text, in some answers with a newline behind;
`failure` is there on success too; absent values are null.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from bot.flink.memory import parse_memory
from bot.sandbox.alibaba.cloud import changed_since_start
from bot.sandbox.alibaba.definition import conf_of, parallelism_of
from bot.sandbox.alibaba.model import JobState, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.alibaba.model import (
        Deployment,
        Document,
        Event,
        HotUpdate,
        HotUpdateState,
        Job,
    )

_RESOURCE_PARTS = ("streamingResourceSetting", "batchResourceSetting")
_SYSTEM_CONF = {
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
    "high-availability.type": "kubernetes",
    "state.backend.type": "com.alibaba.flink.statebackend.GeminiStateBackendFactory",
    "taskmanager.numberOfTaskSlots": 1,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything lives; repeated in every document."""

    workspace: str
    namespace: str


def deployment_document(
    place: Place,
    deployment: Deployment,
    *,
    newline: bool = False,
    summary: bool = True,
    resources: bool = True,
) -> Document:
    """Write a deployment; `newline` puts one behind its modification time."""
    document = {
        **_place(place),
        **deepcopy(deployment.parts),
        "deploymentId": deployment.id,
        "executionMode": deployment.traits.execution_mode,
        "deploymentHasChanged": changed_since_start(deployment),
        "creator": deployment.traits.creator,
        "creatorName": deployment.traits.creator,
        "modifier": deployment.modifier,
        "modifierName": deployment.modifier,
        "createdAt": f"{_seconds(deployment.created_at)}\n",
        "modifiedAt": _stamp(deployment.modified_at, newline=newline),
        "referencedDeploymentDraftId": None,
        "jobSummary": job_summary(deployment) if summary else None,
    }
    left_out = () if resources else _RESOURCE_PARTS
    return {name: value for name, value in document.items() if name not in left_out}


def job_summary(deployment: Deployment) -> Document:
    """Count a deployment's jobs by state."""
    states = [job.state for job in deployment.jobs]
    return {state.value.lower(): states.count(state) for state in JobState}


def job_document(place: Place, deployment: Deployment, job: Job) -> Document:
    """Write a job."""
    parts = deepcopy(job.parts)
    return {
        **_place(place),
        **{name: parts.get(name) for name in (*_RESOURCE_PARTS, "artifact", "logging")},
        "jobId": job.id,
        "deploymentId": deployment.id,
        "deploymentName": deployment.name,
        "executionMode": deployment.traits.execution_mode,
        "engineVersion": parts["engineVersion"],
        "flinkConf": {**_SYSTEM_CONF, **conf_of(parts)},
        "userFlinkConf": conf_of(parts),
        "localVariables": parts.get("localVariables") or [],
        "restoreStrategy": job.restore_strategy,
        "sessionClusterName": deployment.traits.session_cluster or None,
        "metric": _metric(parts),
        "status": _status(job),
        "startTime": _seconds(job.started_at),
        "endTime": _seconds(job.ended_at) if job.ended_at else 0,
        "creator": deployment.traits.creator,
        "creatorName": deployment.traits.creator,
        "modifier": deployment.modifier,
        "modifierName": deployment.modifier,
        "createdAt": _stamp(_seconds(job.started_at), newline=True),
        "modifiedAt": _stamp(_seconds(job.ended_at or job.started_at), newline=False),
    }


def hot_update_document(update: HotUpdate, state: HotUpdateState) -> Document:
    """Write a hot update's result; `hotUpdateParams` names only what it changes."""
    params: Document = {}
    if update.changes.parallelism is not None:
        params["rescaleJobParam"] = {"jobParallelism": update.changes.parallelism}
    if update.changes.conf:
        given = {key: value for key, value in update.changes.conf.items() if value is not None}
        params["updateJobConfigParam"] = {"newFlinkConf": given}
    failure = update.failure
    return {
        "jobHotUpdateId": update.id,
        "jobId": update.job_id,
        "targetResourceSetting": {
            "flinkConf": conf_of(update.target),
            **{name: deepcopy(update.target.get(name)) for name in _RESOURCE_PARTS},
        },
        "hotUpdateParams": params,
        "status": {
            "status": state.value,
            "requestId": update.request_id,
            "failure": {
                "reason": failure.reason if failure else "",
                "message": failure.message if failure else "",
                "failureSeverity": (failure.severity if failure else Severity.LOW).value,
            },
        },
    }


def event_document(place: Place, deployment: Deployment, event: Event) -> Document:
    """Write one line of the timeline."""
    return {
        **_place(place),
        "eventId": event.id,
        "eventName": event.name,
        "message": event.message,
        "deploymentId": deployment.id,
        "jobId": event.job_id,
        "createdAt": str(_seconds(event.at)),
    }


def autopilot_document(deployment: Deployment) -> Document:
    """Write whether the service tunes the deployment by itself."""
    limits = {
        "coolDownMinutes": 10,
        "jobMaxCpu": 64.0,
        "jobMaxMemory": "256GiB",
        "jobMaxParallelism": 64,
        "jobMinParallelism": 1,
    }
    enabled = deployment.traits.autopilot
    return {"enabled": enabled, "policyConfig": {"limits": limits} if enabled else None}


def scheduled_plan_document(place: Place, deployment: Deployment) -> Document | None:
    """Write the scheduled plan that is applied, null when there is none."""
    plan = deployment.traits.scheduled_plan
    if not plan:
        return None
    return {
        **_place(place),
        "deploymentId": deployment.id,
        "scheduledPlanId": f"plan-{deployment.id[:8]}",
        "scheduledPlanName": plan,
        "expectedState": "RUNNING",
        "statusState": "RUNNING",
        "modifier": deployment.traits.creator,
        "modifierName": deployment.traits.creator,
        "modifiedAt": str(_seconds(deployment.created_at)),
    }


def diagnosis_document(place: Place, deployment: Deployment, job: Job, seconds: int) -> Document:
    """Write what the service thinks is wrong with a job."""
    failed_update = next(
        (u for u in reversed(deployment.hot_updates) if u.job_id == job.id and u.failure), None
    )
    troubles = [
        failure for failure in (job.failure, failed_update and failed_update.failure) if failure
    ]
    symptoms = [
        {
            "name": failure.reason,
            "description": failure.message,
            "recommendation": "Add resources to the queue, or lower the parallelism.",
        }
        for failure in dict.fromkeys(troubles)
    ]
    down = job.state is JobState.FAILED
    return {
        **_place(place),
        "diagnoseId": f"diagnosis-{job.id[:8]}",
        "diagnoseTime": seconds,
        "healthScore": _health(job),
        "riskLevel": "RISK_HIGH" if down else "RISK_MID" if symptoms else "NO_RISK",
        "symptoms": {
            "autopilot": None,
            "startup": [],
            "runtime": [] if down else symptoms,
            "state": [],
            "troubleshooting": symptoms if down else [],
            "others": [],
        },
    }


def _status(job: Job) -> Document:
    document: Document = {
        "currentJobStatus": job.state.value,
        "healthScore": _health(job),
        "riskLevel": "NO_RISK" if _health(job) == 100 else "RISK_HIGH",
    }
    if job.state is JobState.RUNNING:
        document["running"] = {
            "observedFlinkJobRestarts": job.restarts,
            "observedFlinkJobStatus": "RUNNING",
        }
    if job.failure is not None:
        document["failure"] = {
            "reason": job.failure.reason,
            "message": job.failure.message,
            "failedAt": _seconds(job.ended_at or job.started_at),
        }
    return document


def _health(job: Job) -> int:
    return 0 if job.state is JobState.FAILED else 100


def _metric(parts: Document) -> Document | None:
    """Add up the resources, null when somebody saved something that cannot be added."""
    try:
        return _resources(parts)
    except (ArithmeticError, TypeError, ValueError):
        return None


def _resources(parts: Document) -> Document:
    setting = parts.get("streamingResourceSetting") or parts.get("batchResourceSetting") or {}
    basic = setting.get("basicResourceSetting") or setting.get("expertResourceSetting") or {}
    manager = basic.get("jobmanagerResourceSettingSpec") or {}
    worker = basic.get("taskmanagerResourceSettingSpec") or {}
    slots = int(conf_of(parts).get("taskmanager.numberOfTaskSlots", 1))
    workers = ceil((parallelism_of(parts) or 1) / slots)
    memory = _bytes(manager) + workers * _bytes(worker)
    return {
        "totalCpu": float(manager.get("cpu", 0)) + workers * float(worker.get("cpu", 0)),
        "totalMemoryByte": memory,
    }


def _bytes(spec: dict[str, Any]) -> int:
    return int(parse_memory(str(spec.get("memory", "0"))))


def _place(place: Place) -> Document:
    return {"workspace": place.workspace, "namespace": place.namespace}


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _stamp(seconds: int, *, newline: bool) -> str:
    return f"{seconds}\n" if newline else str(seconds)
