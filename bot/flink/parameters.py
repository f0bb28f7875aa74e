"""The catalogue: every setting Flinkbot knows by name. Adding a knob starts here.

Which four are hot is the vendor's list:
https://www.alibabacloud.com/help/en/flink/realtime-flink/user-guide/dynamically-update-deployment-parameters
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.flink.dli import values as dli
from bot.flink.dli.catalogue import SETTINGS
from bot.flink.durations import format_duration, parse_duration
from bot.flink.effect import Effect
from bot.flink.memory import parse_memory
from bot.notes import Code, Note, note

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CHECKPOINT_INTERVAL",
    "CHECKPOINT_MIN_PAUSE",
    "CHECKPOINT_TIMEOUT",
    "JOBMANAGER_CPU",
    "JOBMANAGER_MEMORY",
    "KNOBS",
    "MAX_PARALLELISM",
    "PARALLELISM",
    "RESOURCE_MODE",
    "SLOTS",
    "TASKMANAGER_CPU",
    "TASKMANAGER_MEMORY",
    "UNALIGNED",
    "Effect",
    "Kind",
    "Parameter",
    "fault",
    "normalise",
    "parameter",
    "same_value",
]


class Kind(StrEnum):
    """How a value is read and compared."""

    COUNT = "count"
    DURATION = "duration"
    MEMORY = "memory"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting: `name` is its key everywhere inside Flinkbot, `label` what people read."""

    name: str
    label: str
    kind: Kind
    effect: Effect
    minimum: int = 0
    example: str = ""


PARALLELISM = Parameter("parallelism", "Parallelism", Kind.COUNT, Effect.LIVE, 1, "8")
CHECKPOINT_INTERVAL = Parameter(
    "execution.checkpointing.interval",
    "Checkpoint interval",
    Kind.DURATION,
    Effect.LIVE,
    1,
    "3 min",
)
CHECKPOINT_TIMEOUT = Parameter(
    "execution.checkpointing.timeout", "Checkpoint timeout", Kind.DURATION, Effect.LIVE, 1, "10 min"
)
CHECKPOINT_MIN_PAUSE = Parameter(
    "execution.checkpointing.min-pause",
    "Minimum pause between checkpoints",
    Kind.DURATION,
    Effect.LIVE,
    1,
    "30 s",
)
KNOBS = (PARALLELISM, CHECKPOINT_INTERVAL, CHECKPOINT_TIMEOUT, CHECKPOINT_MIN_PAUSE)

RESOURCE_MODE = Parameter("resources.mode", "Resource mode", Kind.TEXT, Effect.NEEDS_RESTART)
JOBMANAGER_CPU = Parameter("jobmanager.cpu", "JobManager CPU", Kind.TEXT, Effect.NEEDS_RESTART)
JOBMANAGER_MEMORY = Parameter(
    "jobmanager.memory", "JobManager memory", Kind.MEMORY, Effect.NEEDS_RESTART
)
TASKMANAGER_CPU = Parameter("taskmanager.cpu", "TaskManager CPU", Kind.TEXT, Effect.NEEDS_RESTART)
TASKMANAGER_MEMORY = Parameter(
    "taskmanager.memory", "TaskManager memory", Kind.MEMORY, Effect.NEEDS_RESTART
)
SLOTS = Parameter(
    "taskmanager.numberOfTaskSlots", "Slots per TaskManager", Kind.COUNT, Effect.NEEDS_RESTART, 1
)
UNALIGNED = ("execution.checkpointing.unaligned", "execution.checkpointing.unaligned.enabled")
MAX_PARALLELISM = "pipeline.max-parallelism"

_CATALOGUE = {
    parameter.name: parameter
    for parameter in (
        *KNOBS,
        RESOURCE_MODE,
        JOBMANAGER_CPU,
        JOBMANAGER_MEMORY,
        TASKMANAGER_CPU,
        TASKMANAGER_MEMORY,
        SLOTS,
    )
}


def parameter(name: str) -> Parameter:
    """Find a setting; one the catalogue does not know is free text that needs a restart."""
    if (setting := SETTINGS.get(name)) is not None:
        return Parameter(name, setting.label, Kind.TEXT, setting.effect, example=setting.example)
    return _CATALOGUE.get(name) or Parameter(name, name, Kind.TEXT, Effect.NEEDS_RESTART)


def same_value(name: str, one: str | None, other: str | None) -> bool:
    """Compare two texts of one setting by value: "3min" equals "180s"; None is "not set"."""
    if (setting := SETTINGS.get(name)) is not None:
        return dli.same(setting, one, other)
    if one is None or other is None:
        return one is other
    return _canonical(parameter(name).kind, one) == _canonical(parameter(name).kind, other)


def _canonical(kind: Kind, text: str) -> object:
    readers: dict[Kind, Callable[[str], object]] = {
        Kind.COUNT: int,
        Kind.DURATION: parse_duration,
        Kind.MEMORY: parse_memory,
        Kind.TEXT: _canonical_text,
    }
    try:
        return readers[kind](text)
    except ValueError:
        return text.strip()


def _canonical_text(text: str) -> str:
    """Read booleans and numbers alike however they were written: `True`, `1.0` and `1`."""
    stripped = text.strip()
    if stripped.lower() in {"true", "false"}:
        return stripped.lower()
    try:
        return repr(float(stripped))
    except ValueError:
        return stripped


def normalise(name: str, text: str) -> str:
    """Write a valid value the way Flinkbot sends it ("3min" as "3 min", "08" as "8")."""
    match parameter(name).kind:
        case Kind.COUNT:
            return str(int(text))
        case Kind.DURATION:
            return format_duration(parse_duration(text))
        case _:
            return text.strip()


def fault(name: str, text: str) -> Note | None:
    """Say what is wrong with a typed value, None when it can be sent."""
    known = parameter(name)
    match known.kind:
        case Kind.COUNT:
            return _fault_of_count(known, text.strip())
        case Kind.DURATION:
            return _fault_of_duration(known, text.strip())
        case _:
            return None


def _fault_of_count(known: Parameter, text: str) -> Note | None:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        return note(Code.NOT_A_WHOLE_NUMBER, given=text)
    if int(text) < known.minimum:
        return note(Code.NUMBER_TOO_SMALL, given=text, minimum=known.minimum)
    return None


def _fault_of_duration(known: Parameter, text: str) -> Note | None:
    try:
        milliseconds = parse_duration(text)
    except ValueError:
        return note(Code.NOT_A_DURATION, given=text)
    if milliseconds.denominator != 1 or milliseconds < known.minimum:
        return note(Code.DURATION_NOT_POSITIVE, given=text)
    return None
