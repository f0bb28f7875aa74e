"""Write texts as the JSON that the update operations take: only what was asked for, typed."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from bot.clouds.huawei.definition import RESOURCES, emptied, leaves_v2
from bot.flink.dli.catalogue import SETTINGS
from bot.flink.dli.setting import Kind
from bot.flink.dli.values import entries, fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flink.dli.setting import Setting

_NESTED = f"{RESOURCES}."


def needs_resources(values: Mapping[str, str | None]) -> bool:
    """Tell whether the present sizes must be known: a part of them would replace them all."""
    return not leaves_v2(values) and any(name.startswith(_NESTED) for name in values)


def body_of(
    values: Mapping[str, str | None], resources: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give an update's body. `resources`: the sizes that the job has, where one of them changes.

    Sizes of the second resource model are sent as a whole, and not at all to the first one.
    """
    body: dict[str, Any] = {}
    sizes: dict[str, Any] = deepcopy(dict(resources or {}))
    for name, text in values.items():
        value = _typed(SETTINGS[name], emptied(name, values) if text is None else text)
        if not name.startswith(_NESTED):
            body[name] = value
        elif value is not None:
            _put(sizes, name.removeprefix(_NESTED).split("."), value)
    if sizes and not leaves_v2(values):
        body[RESOURCES] = sizes
    return body


def _put(sizes: dict[str, Any], steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        inner = sizes.get(step)
        sizes[step] = inner if isinstance(inner, dict) else {}
        sizes = sizes[step]
    sizes[steps[-1]] = value


def _typed(setting: Setting, text: str | None) -> Any:
    """Give a text as its JSON value; what cannot be read is left to the service to refuse."""
    numeric = setting.kind in {Kind.COUNT, Kind.CORES, Kind.NUMBERED_CHOICE}
    if text is None or (numeric and not text.strip()):
        return None if numeric else [] if setting.kind is Kind.LINES else ""
    if fault(setting, text) is not None:
        return text
    match setting.kind:
        case Kind.COUNT:
            return int(text)
        case Kind.CORES:
            return float(text)
        case Kind.FLAG:
            return text.strip() == "true"
        case Kind.NUMBERED_CHOICE:
            return setting.choices.index(text.strip()) + 1
        case Kind.LINES:
            return entries(text)
        case _:
            return text
