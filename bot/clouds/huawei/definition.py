"""Flatten a job's definition into texts by the catalogue's names, and undo what the API alters.

What is read back differs from what was sent: a mode's number comes as its name, JSON in another
spelling, a path without its scheme. None of that may look like somebody's edit.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.flink.dli.catalogue import SETTINGS, settings_of
from bot.flink.dli.setting import JobType, Kind
from bot.flink.dli.values import fault, normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clouds.huawei.wire import Job
    from bot.flink.dli.setting import Setting

_V2 = "v2"
VERSION = "resource_config_version"
RESOURCES = "resource_config"
_BESIDE_CONFIG = (
    "name",
    "desc",
    "queue_name",
    "sql_body",
    "run_mode",
    "main_class",
    "entrypoint_args",
    "job_type",
    "edge_group_ids",
    "feature",
    "flink_version",
    "image",
)
"""What stands, or may also stand, beside `job_config`."""
_OBS_PLACES = frozenset({"obs_bucket", "checkpoint_path"})
"""Nothing but places in OBS, so the scheme says nothing. Of a package it does."""
_SCHEME = "obs://"


def type_of(job: Job) -> JobType:
    """Give which update operation a job takes; three of the vendor's four types are SQL."""
    return JobType.JAR if "jar" in job.job_type else JobType.SQL


def definition_of(job: Job) -> dict[str, str]:
    """Give what a job's definition holds, as it is; settings without a value are left out."""
    found = {row.name: _text_of(row, _value_of(row.name, job)) for row in settings_of(type_of(job))}
    return {name: text for name, text in found.items() if text}


def _value_of(name: str, job: Job) -> Any:
    value: Any = job.job_config
    for step in name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if value is None and name in _BESIDE_CONFIG:
        return getattr(job, name)
    return value


def _text_of(setting: Setting, value: Any) -> str:
    """Write a JSON value as its text; one that cannot be is not hidden but shown as it came."""
    if value is None:
        return ""
    match setting.kind:
        case Kind.LINES if isinstance(value, list):
            return "\n".join(str(entry) for entry in value)
        case Kind.NUMBERED_CHOICE:
            return _choice_of(setting, value)
        case Kind.FLAG:
            return str(value).lower()
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if fault(setting, text) else normalise(setting, text)


def _choice_of(setting: Setting, value: object) -> str:
    """Read a choice by its name, or by the number that it is written with."""
    numbers = {str(place): choice for place, choice in enumerate(setting.choices, 1)}
    return numbers.get(str(value), str(value))


def tidied(name: str, text: str) -> str:
    """Take off what the API may add or drop by itself."""
    if name in _OBS_PLACES:
        return text.strip().removeprefix(_SCHEME).strip("/")
    if SETTINGS[name].kind is Kind.SCRIPT:
        return text.replace("\r\n", "\n").rstrip()
    return text


def leaves_v2(values: Mapping[str, str | None]) -> bool:
    """Tell whether the second resource model, and with it every size of it, falls out of use."""
    return VERSION in values and values[VERSION] != _V2


def emptied(name: str, values: Mapping[str, str | None]) -> str | None:
    """Give what a setting holds once it is emptied among `values`; None for nothing at all.

    The API has no way to unset: numbers, flags and choices go back to what the vendor documents.
    """
    if name.startswith(f"{RESOURCES}.") and leaves_v2(values):
        return None
    return SETTINGS[name].unset or None
