"""Read a filled form: what was chosen, what was typed, what of it is a change, what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import InvalidFormError
from bot.flink.parameters import KNOBS, PARALLELISM, fault, normalise, parameter, same_value
from bot.flink.secrets import holds_secret, value_holds_secret
from bot.notes import Code, Note, note
from bot.redaction import MASK, redact
from bot.slack import text, words
from bot.slack.ids import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.flink.snapshot import DeploymentSnapshot
    from bot.slack.modals.parts import View

JOB_BLOCK = "job"
TARGET_BLOCK = "target"
OTHER_BLOCK = "other"
REASON_BLOCK = "reason"
CHANNEL_BLOCK = "channel"
LONGEST_DURATION = 64
_LONGEST_MESSAGE = 300
_KNOB_NAMES = frozenset(knob.name for knob in KNOBS)
_SETTING = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*[:=]\s*(\S.*?)\s*")


@dataclass(frozen=True, slots=True)
class TypedForm:
    """What was asked for. `values` holds changes only, as they will be sent."""

    target: str
    deployment_id: str
    values: Mapping[str, str | None]
    reason: str = ""
    channel: str = ""
    """Where to tell it; empty where the form does not ask."""


def fits(name: str, value: str) -> bool:
    """Tell whether a field of the form can hold a value."""
    if name == PARALLELISM.name:
        return fault(name, value) is None
    return 0 < len(value) <= LONGEST_DURATION


def shown_values(snapshot: DeploymentSnapshot) -> dict[str, str]:
    """Give the values that the form is pre-filled with."""
    running = snapshot.running_values
    return {
        knob.name: running[knob.name]
        for knob in KNOBS
        if knob.name in running and fits(knob.name, running[knob.name])
    }


def typed_of(view: View) -> dict[str, str]:
    """Give what stands in the fields, raw, by the setting's name, "other" and "reason"."""
    return {
        block.partition(":")[0]: str(element.get("value") or "")
        for block, element in _entered(view)
        if block.partition(":")[0] not in {JOB_BLOCK, TARGET_BLOCK, CHANNEL_BLOCK}
    }


def chosen(view: View) -> tuple[str, str]:
    """Give the chosen target and deployment id, each empty when there is none."""
    options = {
        block.partition(":")[0]: str((element.get("selected_option") or {}).get("value") or "")
        for block, element in _entered(view)
    }
    return options.get(TARGET_BLOCK, ""), options.get(JOB_BLOCK, "")


def chosen_channel(view: View) -> str:
    """Give the channel chosen for the card, empty when there is none."""
    chosen = (element.get("selected_conversation") for _, element in _entered(view))
    return next((str(one) for one in chosen if one), "")


def asks_channel(view: View) -> bool:
    """Tell whether the form asks where to tell the change."""
    return any(block.get("block_id") == CHANNEL_BLOCK for block in view.get("blocks", ()))


def job_block(view: View) -> str:
    """Give the id of the block that holds the job: it is another one for another target."""
    blocks = (str(block.get("block_id", "")) for block in view.get("blocks", ()))
    return next((one for one in blocks if one.partition(":")[0] == JOB_BLOCK), JOB_BLOCK)


def parse(view: View, shown: Mapping[str, str]) -> TypedForm:
    """Read a submitted form; `shown` is what it was pre-filled with.

    Raises:
        InvalidFormError: with everything that is wrong, by block id.

    """
    target, deployment_id = chosen(view)
    faults: dict[str, Note] = {}
    values: dict[str, str | None] = {}
    if not deployment_id:
        faults[job_block(view)] = note(Code.NO_JOB_CHOSEN)
    elif _is_of_another_job(view, target, deployment_id):
        faults[job_block(view)] = note(Code.FORM_NOT_FILLED)
    for block, element in _entered(view):
        name, typed = block.partition(":")[0], str(element.get("value") or "")
        if name in _KNOB_NAMES:
            found = _knob(name, typed.strip(), shown.get(name))
        elif name == OTHER_BLOCK:
            found = _other_settings(typed)
        else:
            continue
        if isinstance(found, Note):
            faults[block] = found
        else:
            values |= found
    if faults:
        raise InvalidFormError(faults)
    reason = redact(typed_of(view).get(REASON_BLOCK, "").strip())
    return TypedForm(target, deployment_id, values, reason, chosen_channel(view))


def messages(error: InvalidFormError) -> dict[str, str]:
    """Word what is wrong, by block id, as Slack shows it at the fields."""
    return {
        block: text.cut(words.say(said), _LONGEST_MESSAGE) for block, said in error.fields.items()
    }


def _entered(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each block's id and what its one element holds."""
    for block, elements in ((view.get("state") or {}).get("values") or {}).items():
        for element in elements.values():
            yield block, element


def _is_of_another_job(view: View, target: str, deployment_id: str) -> bool:
    """Submitted before the values of the job that was just chosen could be shown."""
    knobs = (block.partition(":") for block, _ in _entered(view))
    if any(name in _KNOB_NAMES and of != deployment_id for name, _, of in knobs):
        return True
    return target != _target_when_built(view, target)


def _target_when_built(view: View, otherwise: str) -> str:
    for block in view.get("blocks", ()):
        element = block.get("element") or {}
        if element.get("action_id") == Action.CHOOSE_TARGET:
            return str(element.get("initial_option", {}).get("value", otherwise))
    return otherwise


def _knob(name: str, typed: str, before: str | None) -> Mapping[str, str | None] | Note:
    if not typed:
        label = parameter(name).label
        return note(Code.VALUE_EMPTY, field=label) if before is not None else {}
    if same_value(name, before, typed):
        return {}
    return fault(name, typed) or {name: normalise(name, typed)}


def _other_settings(typed: str) -> Mapping[str, str | None] | Note:
    """Read one setting per line; the first wrong line is told, as there is one field for all."""
    values: dict[str, str | None] = {}
    for number, line in enumerate(typed.splitlines(), 1):
        if not line.strip():
            continue
        match = _SETTING.fullmatch(line)
        if match is None:
            return note(Code.SETTING_MALFORMED, line=number, given=_unless_secret(line))
        key, value = match[1], match[2]
        wrong = _fault_of_setting(key, value, values)
        if wrong is not None:
            return wrong
        values[key] = normalise(key, value)
    return values


def _fault_of_setting(key: str, value: str, before: Mapping[str, str | None]) -> Note | None:
    if key in before:
        return note(Code.SETTING_REPEATED, key=key)
    if key in _KNOB_NAMES:
        return note(Code.SETTING_IS_KNOB, key=key, field=parameter(key).label)
    if holds_secret(key) or value_holds_secret(value):
        return note(Code.SETTING_HOLDS_SECRET, key=key)
    return fault(key, value)


def storable(typed: Mapping[str, str]) -> dict[str, str]:
    """Give the other settings and the reason without secrets: nothing kept may hold one."""
    others = typed.get(OTHER_BLOCK, "").splitlines()
    return {
        OTHER_BLOCK: "\n".join(_without_secret(line) for line in others),
        REASON_BLOCK: redact(typed.get(REASON_BLOCK, "")),
    }


def _without_secret(line: str) -> str:
    match = _SETTING.fullmatch(line)
    if match is None:
        return MASK if holds_secret(line) else redact(line)
    hides = holds_secret(match[1]) or value_holds_secret(match[2])
    return f"{match[1]}: {MASK}" if hides else redact(line)


def _unless_secret(line: str) -> str:
    """Give a line that could not be read, unless it may hold a secret."""
    return "(hidden)" if holds_secret(line) else line.strip()
