"""Flatten how a deployment or a job is defined into one map of texts that can be compared.

Flink settings keep their keys; resources have the catalogue's names; what cannot be edited here
but would be applied by a restart (program, arguments, logging, plan) is a fingerprint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.clouds.alibaba.wire import BasicResources
from bot.flink.parameters import (
    JOBMANAGER_CPU,
    JOBMANAGER_MEMORY,
    PARALLELISM,
    RESOURCE_MODE,
    TASKMANAGER_CPU,
    TASKMANAGER_MEMORY,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clouds.alibaba.fingerprints import Fingerprints
    from bot.clouds.alibaba.wire import (
        Definition,
        Deployment,
        Job,
        ResourceSpec,
        StreamingResources,
    )

EXPERT = "EXPERT"
_ARTIFACT = {
    "sqlScript": "artifact.sql",
    "jarUri": "artifact.jar_uri",
    "entryClass": "artifact.entry_class",
    "mainArgs": "artifact.main_args",
    "pythonArtifactUri": "artifact.python_uri",
    "entryModule": "artifact.entry_module",
    "cdcYaml": "artifact.cdc_yaml",
    "additionalDependencies": "artifact.dependencies",
    "additionalPythonArchives": "artifact.python_archives",
    "additionalPythonLibraries": "artifact.python_libraries",
}


def flat_deployment(deployment: Deployment, prints: Fingerprints) -> dict[str, str]:
    """Give everything a deployment has saved."""
    return {
        **flat_settings(deployment.flink_conf, prints),
        **_parts(deployment, prints),
        **flat_resources(deployment.streaming),
    }


def flat_pair(
    deployment: Deployment, job: Job, prints: Fingerprints
) -> tuple[dict[str, str], dict[str, str]]:
    """Give what is saved and what runs, so that only real edits differ.

    The service fills in and leaves out parts as it likes. So a part other than a Flink setting or
    the parallelism that only one side carries is taken to be the same on the other. Settings and
    parallelism are never made up: they are what a hot update is verified by.
    """
    saved = flat_deployment(deployment, prints)
    parts = {**_parts(job, prints), **flat_resources(job.streaming)}
    running = {**flat_settings(_conf_of(job, deployment), prints), **parts}
    filled = {**_parts(deployment, prints), **flat_resources(deployment.streaming)}
    for name in (filled.keys() ^ parts.keys()) - {PARALLELISM.name}:
        running.setdefault(name, filled.get(name, parts.get(name, "")))
        saved.setdefault(name, running[name])
    return saved, running


def _conf_of(job: Job, deployment: Deployment) -> Mapping[str, Any] | None:
    """Give what people set on a job. Its full settings hold the service's own ones too."""
    if job.user_flink_conf is not None or job.flink_conf is None:
        return job.user_flink_conf
    known = deployment.flink_conf or {}
    return {key: value for key, value in job.flink_conf.items() if key in known}


def flat_settings(conf: Mapping[str, Any] | None, prints: Fingerprints) -> dict[str, str]:
    """Give Flink settings as texts; those without a value are not set."""
    return {
        key: prints.setting(key, value) for key, value in (conf or {}).items() if value is not None
    }


def flat_resources(streaming: StreamingResources | None) -> dict[str, str]:
    """Give mode, parallelism and sizes. In EXPERT mode the plan holds every parallelism."""
    if streaming is None:
        return {}
    flat = {RESOURCE_MODE.name: streaming.mode}
    if streaming.mode == EXPERT:
        manager = streaming.expert.jobmanager if streaming.expert else None
        flat |= _sizes(manager, JOBMANAGER_CPU.name, JOBMANAGER_MEMORY.name)
    else:
        basic = streaming.basic or BasicResources()
        if basic.parallelism is not None:
            flat[PARALLELISM.name] = str(basic.parallelism)
        flat |= _sizes(basic.jobmanager, JOBMANAGER_CPU.name, JOBMANAGER_MEMORY.name)
        flat |= _sizes(basic.taskmanager, TASKMANAGER_CPU.name, TASKMANAGER_MEMORY.name)
    return {name: text for name, text in flat.items() if text}


def _sizes(spec: ResourceSpec | None, cpu: str, memory: str) -> dict[str, str]:
    if spec is None:
        return {}
    return {cpu: "" if spec.cpu is None else f"{spec.cpu:g}", memory: spec.memory}


def _parts(definition: Definition, prints: Fingerprints) -> dict[str, str]:
    """Give the fingerprints of what is not edited here."""
    found: dict[str, Any] = {}
    for value in (definition.artifact or {}).values():
        members = value if isinstance(value, dict) else {}
        found |= {_ARTIFACT[name]: member for name, member in members.items() if name in _ARTIFACT}
    found["logging"] = definition.logging
    found["local_variables"] = definition.local_variables
    found["batch.resources"] = definition.batch_resource_setting
    expert = definition.streaming.expert if definition.streaming else None
    found["resources.plan"] = expert.resource_plan if expert else None
    solid = {name: _solid(value) for name, value in found.items()}
    return {name: prints.part(value) for name, value in solid.items() if value not in _NOTHING}


_NOTHING: tuple[Any, ...] = ("", None, {}, [])


def _solid(value: Any) -> Any:
    """Drop members without a value: absent, null and empty are written at will."""
    if isinstance(value, dict):
        members = {name: _solid(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in _NOTHING}
    return [_solid(item) for item in value] if isinstance(value, list) else value
