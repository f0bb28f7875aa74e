"""Work out what to send when values are saved: only the parts that change, each one complete.

The API documents no merging inside a part, so half a part could wipe its other half. Parts that
hold no change (above all `localVariables`, and the name) are never sent.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from bot.clouds.alibaba.definition import EXPERT
from bot.clouds.alibaba.errors import CLOUD
from bot.clouds.alibaba.fingerprints import is_hidden, setting_text
from bot.errors import CloudRejectedError
from bot.flink.parameters import (
    JOBMANAGER_CPU,
    JOBMANAGER_MEMORY,
    PARALLELISM,
    TASKMANAGER_CPU,
    TASKMANAGER_MEMORY,
)
from bot.flink.secrets import holds_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clouds.alibaba.fingerprints import Fingerprints
    from bot.clouds.alibaba.wire import Deployment

_MANAGER, _WORKER = "jobmanagerResourceSettingSpec", "taskmanagerResourceSettingSpec"
_PLACES = {
    PARALLELISM.name: ("parallelism",),
    JOBMANAGER_CPU.name: (_MANAGER, "cpu"),
    JOBMANAGER_MEMORY.name: (_MANAGER, "memory"),
    TASKMANAGER_CPU.name: (_WORKER, "cpu"),
    TASKMANAGER_MEMORY.name: (_WORKER, "memory"),
}
"""Where a value lives inside `basicResourceSetting`."""
_READ_ONLY = ("artifact.", "resources.", "batch.", "logging", "local_variables")


def changed_parts(
    deployment: Deployment, values: Mapping[str, str | None], prints: Fingerprints
) -> dict[str, Any]:
    """Give the body of an UpdateDeployment; empty when everything is as it should be.

    Raises:
        CloudRejectedError: a value cannot be written this way; nothing was sent.

    """
    resources = {name: value for name, value in values.items() if name in _PLACES}
    settings = {name: value for name, value in values.items() if name not in _PLACES}
    parts: dict[str, Any] = {}
    conf = _changed_conf(deployment.flink_conf or {}, settings, prints)
    if conf is not None:
        parts["flinkConf"] = conf
    streaming = _changed_streaming(deployment, resources)
    if streaming is not None:
        parts["streamingResourceSetting"] = streaming
    return parts


def _changed_conf(
    present: Mapping[str, Any], asked: Mapping[str, str | None], prints: Fingerprints
) -> dict[str, Any] | None:
    conf = dict(present)
    for key, value in asked.items():
        if key.startswith(_READ_ONLY):
            raise _refuse(f"{key} cannot be changed from here")
        if value is None:
            conf.pop(key, None)
        elif is_hidden(value):
            _check_kept(key, value, present, prints)
        elif key not in conf or setting_text(conf[key]) != value:
            conf[key] = value
    if conf == present:
        return None
    masked = [key for key, value in conf.items() if holds_secret(key) and _is_masked(value)]
    if masked:
        raise _refuse(f"the service hides the value of {masked[0]}: saving would destroy it")
    return conf


def _check_kept(key: str, value: str, present: Mapping[str, Any], prints: Fingerprints) -> None:
    """A stand-in may say "as it is", but it is never written: no value can be got back from it."""
    if key not in present or prints.setting(key, present[key]) != value:
        raise _refuse(f"the value of {key} is not known any more, so it cannot be put back")


def _is_masked(value: object) -> bool:
    return isinstance(value, str) and set(value) == {"*"}


def _changed_streaming(
    deployment: Deployment, asked: Mapping[str, str | None]
) -> dict[str, Any] | None:
    if not asked:
        return None
    mode = deployment.streaming.mode if deployment.streaming else ""
    present = deployment.streaming_document
    if present is None or mode == EXPERT or not present.get("basicResourceSetting"):
        names = ", ".join(sorted(asked))
        raise _refuse(f"{names}: only a streaming deployment in BASIC mode has these settings")
    changed = deepcopy(present)
    for name, value in asked.items():
        _place(changed["basicResourceSetting"], _PLACES[name], _typed(name, value))
    return changed if changed != present else None


def _place(basic: dict[str, Any], place: tuple[str, ...], value: Any) -> None:
    spot = basic
    for step in place[:-1]:
        spot[step] = spot.get(step) or {}
        spot = spot[step]
    spot[place[-1]] = value


def _typed(name: str, value: str | None) -> int | float | str:
    """Give a resource as the API types it."""
    if value is None:
        raise _refuse(f"{name} cannot be removed")
    try:
        if name == PARALLELISM.name:
            return int(value)
        return _cores(value) if name.endswith(".cpu") else value
    except ValueError:
        raise _refuse(f"{name} cannot be {value!r}") from None


def _cores(text: str) -> float:
    cores = float(text)
    if not 0 < cores < 10_000:  # also false for "nan"
        raise ValueError
    return cores


def _refuse(message: str) -> CloudRejectedError:
    return CloudRejectedError(message, cloud=CLOUD, operation="UpdateDeployment")
