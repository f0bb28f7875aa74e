"""The kinds of rules that Block Kit's tables are made of; each looks at one value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing Slack would refuse, and where it stands in the payload (a JSON pointer)."""

    pointer: str
    message: str

    def as_message(self, prefix: str = "") -> str:
        """Give the line Slack puts into `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{prefix}{self.pointer}]"


@dataclass(slots=True)
class Walk:
    """One validation: the surface it is for and the faults found so far."""

    surface: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, pointer: str, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(pointer, message))


Rule = Callable[[Walk, Any, str], None]
"""Looks at one value that stands at a pointer and notes what is wrong with it."""

Agreement = Callable[[Json], Iterable[tuple[str, str]]]
"""Looks at a whole object and gives (pointer below it, message) where its fields disagree."""


def anything(_walk: Walk, _value: Any, _pointer: str) -> None:
    """Accept whatever stands there."""


def flag(walk: Walk, value: Any, pointer: str) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        walk.fault(pointer, "must be a boolean")


def string(most: int, least: int = 1, shape: re.Pattern[str] | None = None) -> Rule:
    """Accept text of a length, and of a shape if one is given."""

    def rule(walk: Walk, value: Any, pointer: str) -> None:
        if not isinstance(value, str):
            walk.fault(pointer, "must be a string")
        elif len(value) > most:
            walk.fault(pointer, f"must be less than {most + 1} characters")
        elif len(value) < least:
            walk.fault(pointer, f"must be more than {least - 1} characters")
        elif shape and not shape.fullmatch(value):
            walk.fault(pointer, f"must match the pattern {shape.pattern}")

    return rule


URL = re.compile(r"https?://[^\s<>]+")
HTTPS_URL = re.compile(r"https://[^\s<>]+")


def url(most: int = 3000) -> Rule:
    """Accept a web address."""
    return string(most, shape=URL)


def whole(least: int, most: int) -> Rule:
    """Accept a whole number within bounds."""

    def rule(walk: Walk, value: Any, pointer: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            walk.fault(pointer, "must be an integer")
        elif value > most:
            walk.fault(pointer, f"must be less than {most + 1}")
        elif value < least:
            walk.fault(pointer, f"must be greater than {least - 1}")

    return rule


def one_of(*values: str) -> Rule:
    """Accept one of a few words."""

    def rule(walk: Walk, value: Any, pointer: str) -> None:
        if value not in values:
            walk.fault(pointer, f"must be a valid enum value: {', '.join(values)}")

    return rule


def calendar_day(walk: Walk, value: Any, pointer: str) -> None:
    """Accept YYYY-MM-DD."""
    try:
        valid = date.fromisoformat(str(value)).isoformat() == value
    except ValueError:
        valid = False
    if not valid:
        walk.fault(pointer, "must be a date in the format YYYY-MM-DD")


def time_zone(walk: Walk, value: Any, pointer: str) -> None:
    """Accept a name of the IANA's."""
    if value not in _zones():
        walk.fault(pointer, "must be an IANA time zone")


@lru_cache(maxsize=1)
def _zones() -> set[str]:
    return available_timezones()


def items(rule: Rule, most: int, least: int = 1) -> Rule:
    """Accept a list of a length whose items all pass a rule."""

    def check(walk: Walk, value: Any, pointer: str) -> None:
        if not isinstance(value, list):
            walk.fault(pointer, "must be an array")
            return
        if len(value) > most:
            walk.fault(pointer, f"no more than {most} items allowed")
        if len(value) < least:
            walk.fault(pointer, f"no fewer than {least} items allowed")
        for place, item in enumerate(value):
            rule(walk, item, f"{pointer}/{place}")

    return check


@dataclass(frozen=True, slots=True)
class Shape:
    """A rule for an object: the keys it may and must have, and how they must agree."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    open: bool = False
    """Whether further keys are accepted, because what they are is not documented."""

    def __call__(self, walk: Walk, value: Any, pointer: str) -> None:
        """Look at one object; how its fields agree only once each is right by itself."""
        if not isinstance(value, dict):
            walk.fault(pointer, "must provide an object")
            return
        before = len(walk.faults)
        for key in self.required:
            if key not in value:
                walk.fault(pointer, f"missing required field: {key}")
        for key, item in value.items():
            self._look_at(walk, key, item, pointer)
        if len(walk.faults) == before:
            for agreement in self.agreements:
                for below, message in agreement(value):
                    walk.fault(pointer + below, message)

    def _look_at(self, walk: Walk, key: str, item: Any, pointer: str) -> None:
        if key in self.fields:
            self.fields[key](walk, item, f"{pointer}/{key}")
        elif not self.open:
            walk.fault(pointer, f"invalid additional property: {key}")


def kind_of(walk: Walk, value: Any, pointer: str, known: Iterable[str]) -> str:
    """Give an object's `type` if it is among the known ones; else note why not and give ""."""
    if not isinstance(value, dict):
        walk.fault(pointer, "must provide an object")
        return ""
    kind = value.get("type")
    if kind is None:
        walk.fault(pointer, "missing required field: type")
        return ""
    if not isinstance(kind, str) or kind not in set(known):
        walk.fault(f"{pointer}/type", f"unsupported type: {kind}")
        return ""
    return kind
