"""The kinds of values that a rule holds, each with its check and its words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from bot.flink.dli.catalogue import SETTINGS
from bot.flink.parameters import KNOBS
from bot.policy.decide import NO_RULE
from bot.policy.hours import Day
from bot.policy.operations import Operation
from bot.policy.request import REASON, SAVEPOINT_PATH
from bot.settings.faults import nearest
from bot.settings.types import as_set, matching

if TYPE_CHECKING:
    from collections.abc import Collection
    from enum import StrEnum

KNOWN_FIELDS = frozenset({*SETTINGS, *(knob.name for knob in KNOBS)})
"""Settings that the catalogue knows; beside them there are Flink's own, which have dots."""
_FILLED_IN = KNOWN_FIELDS | {REASON, SAVEPOINT_PATH}
RULE_NAME = r"[a-z0-9][a-z0-9-]{0,39}"
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_PATTERN_SIGNS = frozenset("*?")


def meant(word: str, known: Collection[str]) -> str:
    """Ask whether a known word was meant, where one is near; ends a sentence either way."""
    guess = nearest(word, known)
    return f'; did you mean "{guess}"?' if guess else "."


def _one_of(enum: type[StrEnum]) -> BeforeValidator:
    """Read a list of an enum's words as a set."""
    known = [member.value for member in enum]

    def check(given: object) -> object:
        texts = as_set(given)
        if not isinstance(texts, frozenset):
            return texts
        for text in sorted(texts - set(known)):
            msg = f'"{text}" is not known{meant(text, known)} Allowed: {", ".join(known)}'
            raise ValueError(msg)
        return frozenset(map(enum, texts))

    return BeforeValidator(check)


def _field_pattern(text: str) -> str:
    """Accept what can be a field; a name with a dot may be any of Flink's own settings."""
    plain = _PATTERN_SIGNS.isdisjoint(text) and "." not in text
    if plain and text not in KNOWN_FIELDS:
        msg = f"is no field of a form{meant(text, KNOWN_FIELDS)}"
        raise ValueError(msg)
    return text


def _form_field(text: str) -> str:
    if text not in _FILLED_IN:
        msg = f"is no field of a form{meant(text, _FILLED_IN)}"
        raise ValueError(msg)
    return text


def _rule_name(text: str) -> str:
    if text == NO_RULE:
        msg = "stands for what happens without a rule; take another name"
        raise ValueError(msg)
    return text


def _minutes(given: object) -> object:
    found = _CLOCK.fullmatch(given) if isinstance(given, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= minutes <= 24 * 60:
        msg = 'must be a time of day such as "09:00", in quotation marks'
        raise ValueError(msg)
    return minutes


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = available_timezones()
        none = "" if known else " This machine has no time zones; install tzdata."
        msg = f'is no time zone such as "Europe/Berlin"{meant(text, known)}{none}'
        raise ValueError(msg) from None
    return text


def _ids(pattern: str, allowed: str) -> AfterValidator:
    return matching(rf"{pattern}|\*", f'{allowed}, or "*" for all')


_Line = Annotated[str, matching(r"\S(?:[^\r\n]*\S)?", "a text of one line")]
_NotEmpty = Field(min_length=1)

RuleName = Annotated[
    str,
    matching(RULE_NAME, "1 to 40 of a-z, 0-9 and -, not starting with -"),
    AfterValidator(_rule_name),
]
Names = Annotated[frozenset[_Line], BeforeValidator(as_set), _NotEmpty]
JobPatterns = Names
Operations = Annotated[frozenset[Operation], _one_of(Operation), _NotEmpty]
Channels = Annotated[
    frozenset[Annotated[str, _ids(r"[CGD][A-Z0-9]+", 'Slack channel ids such as "C0123456789"')]],
    BeforeValidator(as_set),
    _NotEmpty,
]
Teams = Annotated[
    frozenset[
        Annotated[str, matching(r"[TE][A-Z0-9]+", 'Slack workspace ids such as "T0123456789"')]
    ],
    BeforeValidator(as_set),
    _NotEmpty,
]
PeopleIds = Annotated[
    frozenset[
        Annotated[
            str,
            _ids(
                r"[UWS][A-Z0-9]+",
                'Slack ids of users such as "U0123456789" or of user groups such as "S0123456789"',
            ),
        ]
    ],
    BeforeValidator(as_set),
    _NotEmpty,
]
FieldPatterns = Annotated[
    frozenset[Annotated[_Line, AfterValidator(_field_pattern)]], BeforeValidator(as_set), _NotEmpty
]
RequiredFields = Annotated[
    frozenset[Annotated[str, AfterValidator(_form_field)]], BeforeValidator(as_set), _NotEmpty
]
Days = Annotated[frozenset[Day], _one_of(Day), _NotEmpty]
Clock = Annotated[int, BeforeValidator(_minutes)]
Zone = Annotated[str, AfterValidator(_zone)]
