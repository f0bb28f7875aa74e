"""One input per setting, as its kind needs it, and what was entered in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import (
    InputBlock,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)

from bot.flink.dli.setting import Kind, Restore
from bot.flink.dli.values import FLAGS, fault
from bot.slack import text

if TYPE_CHECKING:
    from slack_sdk.models.blocks import InputInteractiveElement

    from bot.flink.dli.setting import Setting

VALUE = "value"
LONGEST_TYPED = 3_000
_LONGEST_HINT = 300
_LONGEST_ID = 255
_NUMBERS = frozenset({Kind.COUNT, Kind.CORES})
_CHOICES = frozenset({Kind.FLAG, Kind.CHOICE, Kind.NUMBERED_CHOICE})
_MULTILINE = frozenset({Kind.LINES, Kind.DOCUMENT, Kind.SCRIPT})
_SPOKEN = {
    "true": "On",
    "false": "Off",
    "exactly_once": "Exactly once",
    "at_least_once": "At least once",
    "shared_cluster": "Shared cluster",
    "exclusive_cluster": "Exclusive cluster (a queue)",
    "edge_node": "Edge node",
    "basic": "Basic image of a Flink version",
    "custom": "Custom image",
    "v1": "v1, CUs",
    "v2": "v2, CPU and memory",
}


def block_id(setting: Setting, job_id: str) -> str:
    """Name the field so that another job brings its own value."""
    return f"{setting.name}:{job_id}"[:_LONGEST_ID]


def fits(setting: Setting, shown: str) -> bool:
    """Tell whether a field can hold a value: Slack takes 3,000 characters and known options."""
    if setting.kind in _NUMBERS | _CHOICES:
        return fault(setting, shown) is None
    return len(shown) <= LONGEST_TYPED


def field(setting: Setting, job_id: str, held: str) -> InputBlock:
    """Give the input, filled with what the job holds or what was typed; empty is not filled."""
    return InputBlock(
        block_id=block_id(setting, job_id),
        label=_label(setting),
        hint=text.cut(_hint(setting), _LONGEST_HINT) or None,
        optional=not held or setting.can_be_emptied,
        element=_element(setting, held if fits(setting, held) else ""),
    )


def _element(setting: Setting, held: str) -> InputInteractiveElement:
    initial = held or None
    if setting.kind in _NUMBERS:
        return NumberInputElement(
            action_id=VALUE,
            is_decimal_allowed=setting.kind is Kind.CORES,
            min_value=_bound(setting.minimum),
            max_value=_bound(setting.maximum),
            initial_value=initial,
        )
    if setting.kind in _CHOICES:
        return _select(setting, held)
    return PlainTextInputElement(
        action_id=VALUE,
        multiline=setting.kind in _MULTILINE,
        max_length=min(setting.longest or LONGEST_TYPED, LONGEST_TYPED),
        placeholder=text.cut(setting.example, 150) or None,
        initial_value=initial,
    )


def _bound(number: float | None) -> str | None:
    return None if number is None else f"{number:g}"


def _select(setting: Setting, held: str) -> StaticSelectElement:
    values = FLAGS if setting.kind is Kind.FLAG else setting.choices
    options = {value: Option(text=_SPOKEN.get(value, value), value=value) for value in values}
    return StaticSelectElement(
        action_id=VALUE,
        placeholder="Not set",
        options=list(options.values()),
        initial_option=options.get(held),
    )


def _label(setting: Setting) -> str:
    """The effect stands at the field, where it is chosen."""
    unit = f" ({setting.unit})" if setting.unit and setting.unit not in setting.label else ""
    return f"{setting.label}{unit}{' ⚡ live' if setting.live else ''}"


def _hint(setting: Setting) -> str:
    said = (
        [f"{setting.form_in_words[0].upper()}{setting.form_in_words[1:]}."]
        if setting.form_in_words
        else []
    )
    if setting.kind is Kind.LINES:
        said.append("One entry a line.")
    if setting.kind is Kind.MEMORY:
        said.append(f"In MB or GB, at least {setting.minimum:g} GB, like {setting.example}.")
    if setting.restore is Restore.UNSUPPORTED:
        said.append("After a change here, the vendor does not support restoring the state.")
    return " ".join(said)


def entered(element: dict[str, Any]) -> str:
    """Give what an input holds, whatever its kind; empty when nothing."""
    option = element.get("selected_option") or {}
    return str(element.get("value") or option.get("value") or "")
