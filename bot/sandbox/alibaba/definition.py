"""Reading, comparing and merging the parts of a deployment: pure functions on documents.

Which settings are hot is the vendor's list (user guide, "Dynamically update deployment
parameters"): parallelism in BASIC mode, checkpoint interval, timeout and minimum pause.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from bot.sandbox.alibaba.model import HotChanges
from bot.sandbox.alibaba.refusals import RefusalCode, RefusedError

if TYPE_CHECKING:
    from bot.sandbox.alibaba.model import Document

HOT_KEYS = (
    "execution.checkpointing.interval",
    "execution.checkpointing.timeout",
    "execution.checkpointing.min-pause",
)
_UNALIGNED_KEYS = ("execution.checkpointing.unaligned", "execution.checkpointing.unaligned.enabled")
_RUN_PARTS = (
    "flinkConf",
    "streamingResourceSetting",
    "batchResourceSetting",
    "artifact",
    "engineVersion",
    "localVariables",
    "logging",
)
WRITABLE_PARTS = (*_RUN_PARTS, "name", "description", "labels", "deploymentTarget")


def conf_of(parts: Document) -> dict[str, Any]:
    """Give the saved Flink settings."""
    return dict(parts.get("flinkConf") or {})


def mode_of(parts: Document) -> str:
    """Give the resource mode, empty for a batch deployment."""
    return str((parts.get("streamingResourceSetting") or {}).get("resourceSettingMode", ""))


def parallelism_of(parts: Document) -> int | None:
    """Give the BASIC mode's parallelism, None in EXPERT mode."""
    if mode_of(parts) == "EXPERT":
        return None
    setting = parts.get("streamingResourceSetting") or parts.get("batchResourceSetting") or {}
    parallelism = (setting.get("basicResourceSetting") or {}).get("parallelism")
    return int(parallelism) if parallelism is not None else None


def with_parallelism(parts: Document, parallelism: int) -> Document:
    """Copy the parts with another BASIC parallelism."""
    copied = deepcopy(parts)
    name = (
        "streamingResourceSetting"
        if "streamingResourceSetting" in parts
        else "batchResourceSetting"
    )
    copied[name]["basicResourceSetting"]["parallelism"] = parallelism
    return copied


def unaligned(parts: Document) -> bool:
    """Tell whether unaligned checkpoints are on."""
    conf = conf_of(parts)
    return any(str(conf.get(key, "")).lower() == "true" for key in _UNALIGNED_KEYS)


def differs(saved: Document, running: Document) -> bool:
    """Tell whether the saved parts would run differently; settings are compared as text."""
    return any(_comparable(saved, part) != _comparable(running, part) for part in _RUN_PARTS)


def _comparable(parts: Document, part: str) -> Any:
    if part != "flinkConf":
        return parts.get(part) or None
    return {key: str(value) for key, value in conf_of(parts).items()}


def hot_changes(saved: Document, running: Document) -> HotChanges:
    """Find what a hot update would change."""
    wanted, present = parallelism_of(saved), parallelism_of(running)
    new, old = conf_of(saved), conf_of(running)
    return HotChanges(
        parallelism=wanted if wanted != present else None,
        conf={key: new.get(key) for key in HOT_KEYS if str(new.get(key)) != str(old.get(key))},
    )


def applied(running: Document, changes: HotChanges, granted: int | None) -> Document:
    """Give what runs after a successful hot update."""
    parts = deepcopy(running)
    if changes.parallelism is not None:
        parts = with_parallelism(parts, granted or changes.parallelism)
    for key, value in changes.conf.items():
        if value is None:
            parts["flinkConf"].pop(key, None)
        else:
            parts["flinkConf"][key] = value
    return parts


def merged(saved: Document, body: Document) -> Document:
    """Replace each part that `body` names as a whole; unknown and read-only members are ignored.

    A part given as null is left alone; an empty list or map empties it.
    """
    given = {name: deepcopy(body[name]) for name in WRITABLE_PARTS if body.get(name) is not None}
    parts = {**saved, **given}
    _check_kind(saved, parts)
    _check_resources(parts)
    return parts


def _check_kind(saved: Document, parts: Document) -> None:
    if _map(saved, "artifact").get("kind") != _map(parts, "artifact").get("kind"):
        raise RefusedError(RefusalCode.INVALID_DEPLOYMENT, "artifact.kind cannot be changed")


def _check_resources(parts: Document) -> None:
    for name in ("flinkConf", "labels", "deploymentTarget", "logging"):
        _map(parts, name)
    setting = _map(parts, "streamingResourceSetting")
    if not setting or setting.get("resourceSettingMode") == "EXPERT":
        return
    if setting.get("resourceSettingMode") != "BASIC":
        raise RefusedError(RefusalCode.INVALID_DEPLOYMENT, "resourceSettingMode: BASIC or EXPERT")
    parallelism = _map(setting, "basicResourceSetting").get("parallelism")
    if type(parallelism) is not int or parallelism < 1:
        raise RefusedError(RefusalCode.INVALID_DEPLOYMENT, "parallelism: a whole number from 1")


def _map(document: Document, name: str) -> Document:
    """Read a member that must be a JSON object, {} when it is absent."""
    member = document.get(name) or {}
    if not isinstance(member, dict):
        raise RefusedError(RefusalCode.INVALID_DEPLOYMENT, f"{name}: an object")
    return member
