"""What an update may set and what must fit together: the vendor's tables, written down once more.

Apart from the bot's own catalogue on purpose, so that one mistake cannot hide in both.
https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0229.html (SQL), dli_02_0231.html (Jar)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.sandbox.dli.refusals import wrong

if TYPE_CHECKING:
    from bot.sandbox.dli.model import Document

LARGEST_SQL = 1024 * 1024
MODES = {1: "exactly_once", 2: "at_least_once"}
_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR")
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*(M|MB|G|GB)?", re.IGNORECASE)
_MB_PER_GB = 1024
_LEAST_CPU = 0.5
_LEAST_MB = 2 * _MB_PER_GB
_SLOTS_PER_CU = 4

Read = Callable[[str, Any], Any]
"""Takes a name and a JSON value; gives what is kept, or refuses."""


def _text(name: str, value: Any, longest: int = 1024, form: str = "") -> str:
    if not isinstance(value, str):
        raise wrong(f"{name}: a string")
    if len(value) > longest:
        raise wrong(f"{name}: at most {longest} characters")
    if form and not re.fullmatch(form, value):
        raise wrong(f"{name}: does not match {form}")
    return value


def _whole(name: str, value: Any, least: int, most: int = 2**31 - 1) -> int:
    if type(value) is not int or not least <= value <= most:
        raise wrong(f"{name}: a whole number from {least} to {most}")
    return value


def _flag(name: str, value: Any) -> bool:
    if type(value) is not bool:
        raise wrong(f"{name}: true or false")
    return value


def _texts(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise wrong(f"{name}: an array of strings")
    return value


def _one_of(name: str, value: Any, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise wrong(f"{name}: one of {', '.join(choices)}")
    return str(value)


def _mode(name: str, value: Any) -> str:
    return MODES[_whole(name, value, 1, len(MODES))]


def _retries(name: str, value: Any) -> int:
    if value == 0:
        raise wrong(f"{name}: -1 or greater than 0")
    return _whole(name, value, -1)


def _json_text(name: str, value: Any, fits: Callable[[Any], bool]) -> str:
    text = _text(name, value, LARGEST_SQL)
    try:
        document = json.loads(text) if text else None
    except ValueError:
        raise wrong(f"{name}: JSON in a string") from None
    if text and not fits(document):
        raise wrong(f"{name}: JSON of another shape")
    return text


def _has_operators(document: Any) -> bool:
    entries = document.get("operator_list") if isinstance(document, dict) else None
    return isinstance(entries, list) and all(
        isinstance(entry, dict) and "id" in entry for entry in entries
    )


def _is_pairs(document: Any) -> bool:
    return isinstance(document, list) and all(
        isinstance(entry, dict) and entry.keys() == {"key", "value"} for entry in document
    )


def _has_levels(document: Any) -> bool:
    return (
        isinstance(document, dict)
        and document.get("root_logger_level", "INFO") in _LEVELS
        and isinstance(document.get("loggers_level_of_class", {}), dict)
    )


def _resources(name: str, value: Any) -> Document:
    """Take the whole object; the vendor's defaults stand in for what it leaves out."""
    given = _object(name, value)
    return {
        "max_slot": _whole(f"{name}.max_slot", given.get("max_slot", 1), 1),
        "parallel_number": _whole(f"{name}.parallel_number", given.get("parallel_number", 1), 1),
        **{spec: _spec(f"{name}.{spec}", given.get(spec) or {}) for spec in _SPECS},
    }


_SPECS = ("jobmanager_resource_spec", "taskmanager_resource_spec")


def _spec(name: str, value: Any) -> Document:
    given = _object(name, value)
    cpu = given.get("cpu", 1.0)
    if type(cpu) not in {int, float} or cpu < _LEAST_CPU:
        raise wrong(f"{name}.cpu: a number from 0.5")
    return {"cpu": float(cpu), "memory": _memory(f"{name}.memory", given.get("memory", "4G"))}


def _memory(name: str, value: Any) -> str:
    match = _MEMORY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise wrong(f"{name}: a size in MB or GB")
    unit = (match[2] or "G")[0].upper()
    if float(match[1]) * (_MB_PER_GB if unit == "G" else 1) < _LEAST_MB:
        raise wrong(f"{name}: at least 2 GB")
    return f"{match[1]}{unit}"


def _object(name: str, value: Any) -> Document:
    if not isinstance(value, dict):
        raise wrong(f"{name}: an object")
    return value


_EITHER: dict[str, Read] = {
    "name": partial(_text, longest=57, form=r"[A-Za-z0-9_-]*"),
    "desc": partial(_text, longest=2048),
    "queue_name": partial(_text, longest=128),
    "flink_version": partial(_text, longest=32),
    "cu_number": partial(_whole, least=2, most=400),
    "manager_cu_number": partial(_whole, least=1, most=400),
    "parallel_number": partial(_whole, least=1, most=2000),
    "tm_cus": partial(_whole, least=1, most=400),
    "tm_slot_num": partial(_whole, least=1, most=2000),
    "checkpoint_enabled": _flag,
    "checkpoint_mode": _mode,
    "checkpoint_interval": partial(_whole, least=1, most=999_999),
    "obs_bucket": partial(_text, longest=63),
    "log_enabled": _flag,
    "smn_topic": partial(_text, longest=256, form=r"\S*"),
    "restart_when_exception": _flag,
    "resume_checkpoint": _flag,
    "resume_max_num": _retries,
    "execution_agency_urn": partial(_text, longest=256),
    "runtime_config": partial(_json_text, fits=_is_pairs),
    "flink_log_config": partial(_json_text, fits=_has_levels),
    "resource_config_version": partial(_one_of, choices=("v1", "v2")),
    "resource_config": _resources,
}
SQL_FIELDS: dict[str, Read] = {
    **_EITHER,
    "sql_body": partial(_text, longest=LARGEST_SQL),
    "run_mode": partial(_one_of, choices=("shared_cluster", "exclusive_cluster", "edge_node")),
    "idle_state_retention": partial(_whole, least=0),
    "edge_group_ids": _texts,
    "dirty_data_strategy": partial(_text, form=r"[01]?|2:.+"),
    "udf_jar_url": _text,
    "operator_config": partial(_json_text, fits=_has_operators),
    "static_estimator_config": partial(_json_text, fits=_has_operators),
}
JAR_FIELDS: dict[str, Read] = {
    **_EITHER,
    "main_class": _text,
    "entrypoint": _text,
    "entrypoint_args": partial(_text, longest=LARGEST_SQL),
    "dependency_jars": _texts,
    "dependency_files": _texts,
    "feature": partial(_one_of, choices=("basic", "custom")),
    "image": _text,
    "checkpoint_path": _text,
    "job_type": partial(_one_of, choices=("flink_jar_job",)),
}
LIVE = frozenset(
    {
        "smn_topic",
        "restart_when_exception",
        "resume_checkpoint",
        "resume_max_num",
        "obs_bucket",
        "checkpoint_path",
        "name",
        "desc",
    }
)
"""What the run of a job takes at once; the rest is saved for its next start."""
CU_FIELDS = frozenset(
    {"cu_number", "manager_cu_number", "parallel_number", "tm_cus", "tm_slot_num"}
)


def merged(saved: Document, body: Document, fields: dict[str, Read]) -> Document:
    """Give what is saved after a request: members that no page names are ignored, nulls too."""
    given = {
        name: deepcopy(read(name, body[name]))
        for name, read in fields.items()
        if body.get(name) is not None
    }
    if not given.get("name", saved["name"]):
        del given["name"]
    given.pop("job_type", None)
    parts = {**saved, **given}
    _check_resources(parts)
    _check_state(parts)
    return parts


def _check_resources(parts: Document) -> None:
    if parts["resource_config_version"] == "v2":
        return
    workers = parts["cu_number"] - parts["manager_cu_number"]
    if workers < 1:
        raise wrong("manager_cu_number: must be less than cu_number")
    if parts["parallel_number"] > _SLOTS_PER_CU * workers:
        raise wrong("parallel_number: at most 4 x (cu_number - manager_cu_number)")


def _check_state(parts: Document) -> None:
    if (parts["checkpoint_enabled"] or parts["log_enabled"]) and not parts["obs_bucket"]:
        raise wrong("obs_bucket: mandatory with checkpoint_enabled or log_enabled")
    if parts.get("checkpoint_path") and parts["checkpoint_enabled"]:
        raise wrong("checkpoint_path: cannot be set when checkpoint_enabled is true")


def parallelism_of(parts: Document) -> int:
    """Give the parallelism that a job with these parts runs with."""
    if parts["resource_config_version"] == "v2":
        return int(parts["resource_config"]["parallel_number"])
    return int(parts["parallel_number"])


def cus_of(parts: Document) -> float:
    """Give the CUs that a job with these parts takes; one is a core and 4 GB."""
    if parts["resource_config_version"] != "v2":
        return float(parts["cu_number"])
    config = parts["resource_config"]
    managers = -(-config["parallel_number"] // config["max_slot"])
    manager, worker = (config[spec] for spec in _SPECS)
    cores = manager["cpu"] + managers * worker["cpu"]
    gigabytes = _gigabytes(manager["memory"]) + managers * _gigabytes(worker["memory"])
    return float(max(cores, gigabytes / 4))


def _gigabytes(memory: str) -> float:
    return float(memory[:-1]) / (1 if memory.endswith("G") else _MB_PER_GB)


def unsupported_restore(before: Document, after: Document) -> tuple[str, ...]:
    """Name what differs that no state can be restored after.

    https://support.huaweicloud.com/intl/en-us/dli_faq/dli_03_0136.html
    """
    names = ("sql_body", "entrypoint", "main_class", "operator_config")
    changed = [name for name in names if before.get(name) != after.get(name)]
    if parallelism_of(before) != parallelism_of(after):
        changed.append("parallelism")
    return tuple(changed)
