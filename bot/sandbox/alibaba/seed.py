"""The deployments a fresh sandbox starts with: one for each thing that can happen to an update."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_DNS, uuid5

from bot.sandbox.alibaba.definition import conf_of, with_parallelism
from bot.sandbox.alibaba.model import (
    Behaviour,
    Deployment,
    Failure,
    Job,
    JobState,
    Operator,
    Outcome,
    Severity,
    Traits,
)

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.alibaba.model import Document

ENGINE = "vvr-8.0.11-jdk11-flink-1.17"
OLD_ENGINE = "vvr-6.0.7-flink-1.15"
LONG_NAME = (
    "实时订单宽表-订单支付物流三流关联-生产环境-"
    "señales-de-comportamiento-größenabhängig-aggregated-by-seller-and-warehouse-v2-final"
)
_HEAP_HINT = {"taskmanager.memory.managed.fraction": 0.4}


def starting_deployments(now: datetime) -> list[Deployment]:
    """Make them all afresh; ids are the same every time, times count back from `now`."""
    return [*_that_update(now), *_that_fail(now), *_that_refuse(now), *_with_company(now)]


def deployment_id_of(name: str) -> str:
    """Give the fixed id of a starting deployment."""
    return str(uuid5(NAMESPACE_DNS, f"deployment.{name}"))


def job_id_of(name: str) -> str:
    """Give the fixed id of a starting deployment's first job."""
    return str(uuid5(NAMESPACE_DNS, f"job.{name}"))


def _that_update(now: datetime) -> list[Deployment]:
    pinned = {"Source: kafka_metrics[1]": 6, "GlobalAggregate[7]": 1}
    return [
        _running(now, "orders-enrichment", 4),
        _running(
            now,
            "clickstream-sessions",
            24,
            traits=Traits(
                operators=_operators("clicks"), state_bytes=180 * 1024**3, checkpoint_ms=48_000
            ),
            behaviour=Behaviour(duration_s=25),
        ),
        _running(
            now,
            "metrics-rollup",
            8,
            traits=Traits(operators=(*map(Operator, pinned), *_operators("rollup")[1:])),
            behaviour=Behaviour(pinned=pinned, restarts=1),
        ),
        _running(now, LONG_NAME, 3),
    ]


def _that_fail(now: datetime) -> list[Deployment]:
    return [
        _running(now, "payments-fraud", 6, behaviour=Behaviour(duration_s=4, outcome=Outcome.FAIL)),
        _running(
            now,
            "inventory-cdc",
            5,
            behaviour=Behaviour(
                duration_s=4,
                outcome=Outcome.FAIL,
                severity=Severity.CRITICAL,
                reason="RestoreFailed",
                message="the job could not be restored from its state after rescaling",
            ),
        ),
        _running(now, "ads-attribution", 8, behaviour=Behaviour(outcome=Outcome.HANG)),
    ]


def _that_refuse(now: datetime) -> list[Deployment]:
    unaligned = {"execution.checkpointing.unaligned": "true"}
    return [
        _expert(now),
        _running(now, "legacy-etl", 4, parts={"engineVersion": OLD_ENGINE}),
        _failed(now),
        _running(now, "ledger", 4, conf=unaligned),
        _batch(now),
        _running(
            now,
            "adhoc-explore",
            2,
            parts={"deploymentTarget": {"mode": "SESSION", "name": "shared-session"}},
            traits=Traits(operators=_operators("explore"), session_cluster="shared-session"),
        ),
    ]


def _with_company(now: datetime) -> list[Deployment]:
    operators = _operators("events")
    return [
        _running(now, "recommendations", 10, traits=Traits(operators=operators, autopilot=True)),
        _running(
            now,
            "shipping-eta",
            4,
            traits=Traits(operators=operators, scheduled_plan="evening-peak"),
        ),
        _edited(now),
    ]


def _running(
    now: datetime,
    name: str,
    parallelism: int,
    *,
    conf: Document | None = None,
    parts: Document | None = None,
    traits: Traits | None = None,
    behaviour: Behaviour | None = None,
) -> Deployment:
    saved = {**_parts(name, parallelism, conf or {}), **(parts or {})}
    created = now - timedelta(days=40)
    return Deployment(
        id=deployment_id_of(name),
        created_at=created,
        modified_at=int((now - timedelta(days=3, hours=1)).timestamp()),
        modifier="release-pipeline",
        parts=saved,
        traits=traits or Traits(operators=_operators(name)),
        behaviour=behaviour or Behaviour(),
        jobs=[
            Job(
                id=job_id_of(name),
                deployment_id=deployment_id_of(name),
                started_at=now - timedelta(days=3),
                parts=deepcopy(saved),
            )
        ],
    )


def _expert(now: datetime) -> Deployment:
    deployment = _running(now, "user-profiles", 4)
    operators = deployment.traits.operators
    profile = {"group": "default", "parallelism": 4, "maxParallelism": 32768, "minParallelism": 1}
    plan = {
        "ssgProfiles": [{"name": "default", "cpu": 1.13, "heap": "1 gb", "offHeap": "32 mb"}],
        "nodes": [
            {"id": number, "type": "StreamExec", "desc": operator.name, "profile": profile}
            for number, operator in enumerate(operators, start=1)
        ],
        "edges": [],
    }
    setting = {
        "resourceSettingMode": "EXPERT",
        "expertResourceSetting": {
            "jobmanagerResourceSettingSpec": {"cpu": 1, "memory": "4 GiB"},
            "resourcePlan": json.dumps(plan),
        },
    }
    for parts in (deployment.parts, deployment.jobs[0].parts):
        parts["streamingResourceSetting"] = deepcopy(setting)
    deployment.behaviour = Behaviour(pinned={operator.name: 4 for operator in operators})
    return deployment


def _failed(now: datetime) -> Deployment:
    deployment = _running(now, "daily-report", 2)
    job = deployment.jobs[0]
    job.state, job.ended_at = JobState.FAILED, now - timedelta(hours=7)
    job.failure = Failure(
        "OutOfMemory", "java.lang.OutOfMemoryError: Java heap space", Severity.CRITICAL
    )
    return deployment


def _batch(now: datetime) -> Deployment:
    deployment = _running(
        now,
        "batch-export",
        4,
        traits=Traits(operators=_operators("export"), execution_mode="BATCH"),
    )
    for parts in (deployment.parts, deployment.jobs[0].parts):
        basic = parts.pop("streamingResourceSetting")["basicResourceSetting"]
        parts["batchResourceSetting"] = {"maxSlot": 16, "basicResourceSetting": basic}
    return deployment


def _edited(now: datetime) -> Deployment:
    """Somebody else saved two changes an hour ago and did not apply them."""
    deployment = _running(now, "search-index", 6)
    parts = with_parallelism(deployment.parts, 12)
    parts["flinkConf"] = {**conf_of(parts), "execution.checkpointing.interval": "60s"}
    deployment.parts = parts
    deployment.modifier = "zhang.min"
    deployment.modified_at = int((now - timedelta(hours=1)).timestamp())
    return deployment


def _parts(name: str, parallelism: int, conf: Document) -> Document:
    return {
        "name": name,
        "description": f"{name} (sandbox)",
        "engineVersion": ENGINE,
        "deploymentTarget": {"mode": "PER_JOB", "name": "default-queue"},
        "labels": {"team": "data-platform"},
        "localVariables": [{"name": "env", "value": "sandbox"}],
        "flinkConf": {
            "execution.checkpointing.interval": "180s",
            "execution.checkpointing.timeout": "10min",
            "execution.checkpointing.min-pause": "60s",
            "table.exec.state.ttl": "36 h",
            **_HEAP_HINT,
            **conf,
        },
        "streamingResourceSetting": {
            "resourceSettingMode": "BASIC",
            "basicResourceSetting": {
                "parallelism": parallelism,
                "jobmanagerResourceSettingSpec": {"cpu": 1, "memory": "4 GiB"},
                "taskmanagerResourceSettingSpec": {"cpu": 2, "memory": "8 GiB"},
            },
        },
        "artifact": {
            "kind": "SQLSCRIPT",
            "sqlArtifact": {"sqlScript": "INSERT INTO sink SELECT * FROM source;"},
        },
        "logging": {
            "loggingProfile": "default",
            "log4jLoggers": [{"loggerName": "", "loggerLevel": "INFO"}],
        },
    }


def _operators(topic: str) -> tuple[Operator, ...]:
    return (
        Operator(f"Source: kafka_{topic}[1]"),
        Operator("Join[4] -> Calc[5]"),
        Operator(f"Sink: {topic}_sink[6]: Writer"),
    )
