"""What the sandbox's page shows of a job, and what it saves: texts by name, as for Alibaba."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.sandbox.dli.cloud import changed_since_start
from bot.sandbox.dli.definition import JAR_FIELDS, MODES, SQL_FIELDS, parallelism_of
from bot.sandbox.dli.refusals import wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.dli.model import Document, Job

_LONGEST = 200
_NESTED = "resource_config"


def shown(job: Job) -> Document:
    """Write a job the way the page shows deployments."""
    run = job.runs[-1] if job.runs else None
    return {
        "id": str(job.id),
        "name": job.name,
        "type": job.type.value,
        "modifiedAt": job.update_time,
        "modifier": job.modifier,
        "changedSinceStart": changed_since_start(job),
        "saved": _texts(job.parts),
        "running": _texts(run.parts) if run else {},
        "job": {
            "id": run.jid if run else "",
            "state": job.status.value,
            "restarts": run.restarts if run else 0,
        },
        "statusDesc": job.status_desc,
        "restoredFrom": run.restored_from if run else "",
        "operators": {},
        "hotUpdates": [],
        "savepoints": [
            {
                "path": kept.path,
                "at": kept.at.isoformat(),
                "origin": kept.origin.value,
                "removed": kept.removed,
                "isLatest": kept is job.savepoint,
            }
            for kept in job.savepoints
        ],
        "behaviour": job.behaviour.model_dump(mode="json"),
    }


def edited(
    job: Job,
    parallelism: int | None,
    texts: Mapping[str, str | None],
    settings: Mapping[str, Any],
) -> Document:
    """Turn what somebody typed into the members of an update request."""
    values = dict(settings)
    if parallelism is not None:
        values |= _with_parallelism(job, parallelism)
    known = JAR_FIELDS if job.is_jar else SQL_FIELDS
    entries = {}
    for name, text in texts.items():
        if name in known:
            values[name] = _typed(name, text or "", job.parts.get(name))
        else:
            entries[name] = text
    if entries:
        values["runtime_config"] = _with_entries(str(job.parts["runtime_config"]), entries)
    return values


def _texts(parts: Document) -> Document:
    """Give what is set by name, long texts by their beginning."""
    texts: Document = {"parallelism": parallelism_of(parts)}
    for name, value in parts.items():
        if value in (None, "", []):
            continue
        text = value if isinstance(value, str | int | float) else json.dumps(value)
        texts[name] = _short(text) if isinstance(text, str) else text
    return texts


def _short(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    # The length makes two long texts that begin alike tell apart, nearly always.
    return f"{text[:_LONGEST]}… ({len(text)} characters)"


def _with_parallelism(job: Job, parallelism: int) -> Document:
    if job.parts["resource_config_version"] == "v2":
        return {_NESTED: {**job.parts[_NESTED], "parallel_number": parallelism}}
    return {"parallel_number": parallelism}


def _typed(name: str, text: str, present: object) -> object:
    """Read a text as the type the setting has now."""
    if name == "checkpoint_mode":
        return next((number for number, mode in MODES.items() if mode == text), text)
    if isinstance(present, str) or (present is None and name != _NESTED):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise wrong(f"{name}: {text!r} is not a {type(present).__name__}") from None


def _with_entries(config: str, entries: Mapping[str, str | None]) -> str:
    """Set entries of `runtime_config`; None takes one away."""
    before = {entry["key"]: entry["value"] for entry in json.loads(config or "[]")}
    after = {key: value for key, value in {**before, **entries}.items() if value is not None}
    return json.dumps([{"key": key, "value": value} for key, value in after.items()])
