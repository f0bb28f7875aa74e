"""Check, normalise and compare the typed values of DLI settings, one at a time."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.flink.dli.documents import SHAPES
from bot.flink.dli.setting import Kind
from bot.flink.memory import parse_memory
from bot.notes import Code, Note, note

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.flink.dli.setting import Setting

_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*(m|mb|g|gb)?", re.IGNORECASE)
_MOST_DIGITS = 9
FLAGS = ("true", "false")


def fault(setting: Setting, text: str) -> Note | None:
    """Say what is wrong with a typed value, None when it can be sent. Empty is never wrong here."""
    typed = text.strip()
    if not typed:
        return None
    if setting.longest is not None and len(typed) > setting.longest:
        return note(Code.TEXT_TOO_LONG, count=len(typed), longest=setting.longest)
    if wrong := _FAULTS[setting.kind](setting, typed):
        return wrong
    if setting.form and not re.fullmatch(setting.form, typed):
        return note(Code.WRONG_FORM, form=setting.form_in_words)
    return None


def _fault_of_count(setting: Setting, typed: str) -> Note | None:
    digits = typed.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MOST_DIGITS:
        return note(Code.NOT_A_WHOLE_NUMBER, given=typed)
    return _outside(setting, Decimal(typed))


def _fault_of_cores(setting: Setting, typed: str) -> Note | None:
    try:
        number = Decimal(typed)
    except InvalidOperation:
        return note(Code.NOT_A_NUMBER, given=typed)
    return _outside(setting, number) if number.is_finite() else note(Code.NOT_A_NUMBER, given=typed)


def _outside(setting: Setting, number: Decimal) -> Note | None:
    if setting.minimum is not None and number < Decimal(str(setting.minimum)):
        return note(Code.NUMBER_BELOW, given=number, minimum=f"{setting.minimum:g}")
    if setting.maximum is not None and number > Decimal(str(setting.maximum)):
        return note(Code.NUMBER_ABOVE, given=number, maximum=f"{setting.maximum:g}")
    return None


def _fault_of_memory(setting: Setting, typed: str) -> Note | None:
    if not _MEMORY.fullmatch(typed):
        return note(Code.NOT_A_MEMORY_SIZE, given=typed)
    least = f"{setting.minimum or 0:g}G"
    if parse_memory(_with_unit(typed)) < parse_memory(least):
        return note(Code.MEMORY_BELOW, given=typed, minimum=f"{setting.minimum:g} GB")
    return None


def _with_unit(typed: str) -> str:
    return typed if typed[-1].isalpha() else f"{typed}G"


def _fault_of_choice(setting: Setting, typed: str) -> Note | None:
    choices = FLAGS if setting.kind is Kind.FLAG else setting.choices
    if typed in choices:
        return None
    return note(Code.NOT_ONE_OF, given=typed, choices=", ".join(choices))


def _fault_of_lines(_setting: Setting, typed: str) -> Note | None:
    lines = entries(typed)
    for place, line in enumerate(lines):
        if line in lines[:place]:
            return note(Code.LINE_REPEATED, given=line)
    return None


def _fault_of_document(setting: Setting, typed: str) -> Note | None:
    try:
        document = json.loads(typed)
    except ValueError as error:
        # Only where it breaks, never what stands there: a value may be a secret.
        line, column = (
            (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
        )
        return note(Code.NOT_JSON, line=line, column=column)
    fits, shape = SHAPES[setting.name]
    return None if fits(document) else note(Code.WRONG_FORM, form=shape)


def _no_fault(_setting: Setting, _typed: str) -> Note | None:
    return None


_FAULTS: dict[Kind, Callable[[Setting, str], Note | None]] = {
    Kind.COUNT: _fault_of_count,
    Kind.CORES: _fault_of_cores,
    Kind.MEMORY: _fault_of_memory,
    Kind.FLAG: _fault_of_choice,
    Kind.CHOICE: _fault_of_choice,
    Kind.NUMBERED_CHOICE: _fault_of_choice,
    Kind.TEXT: _no_fault,
    Kind.LINES: _fault_of_lines,
    Kind.DOCUMENT: _fault_of_document,
    Kind.SCRIPT: _no_fault,
}


def normalise(setting: Setting, text: str) -> str:
    """Write a valid value the way it is sent and shown: "04" as "4", "4 gb" as "4G"."""
    typed = text.strip()
    match setting.kind:
        case _ if not typed:
            return typed
        case Kind.COUNT:
            return str(int(typed))
        case Kind.CORES:
            return f"{Decimal(typed).normalize():f}"
        case Kind.MEMORY:
            found = _MEMORY.fullmatch(typed)
            return f"{found[1]}{(found[2] or 'G')[0].upper()}" if found else typed
        case Kind.LINES:
            return "\n".join(entries(typed))
        case Kind.SCRIPT:
            return text
        case _:
            return typed


def entries(text: str) -> list[str]:
    """Give the entries of a list that is typed one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def same(setting: Setting, one: str | None, other: str | None) -> bool:
    """Compare two texts of one setting by value; "not set" and blank are alike."""
    one, other = one or "", other or ""
    if not one.strip() or not other.strip():
        return one.strip() == other.strip()
    return _canonical(setting, one) == _canonical(setting, other)


def _canonical(setting: Setting, text: str) -> object:
    if fault(setting, text) is not None:
        return text.strip()
    match setting.kind:
        case Kind.MEMORY:
            return parse_memory(_with_unit(text.strip()))
        case Kind.DOCUMENT:
            return json.loads(text)
        case Kind.CORES:
            return Decimal(text.strip())
        case _:
            return normalise(setting, text)


def gibibytes(text: str) -> Fraction:
    """Read a memory size as GiB; a bare number is GB, as DLI means it.

    Raises:
        ValueError: it is no memory size.

    """
    return parse_memory(_with_unit(text.strip())) / 1024**3
