"""What a language consists of; one table per language says everything the bot can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flink.parameters import Effect
    from bot.flink.plan import Level
    from bot.flink.update import Outlook, State
    from bot.notes import Code


@dataclass(frozen=True, slots=True)
class Words:
    """What happened, why, and what to do: format strings over a note's arguments.

    Beside the arguments there are `{cloud_said}`, made of reason, message and severity, and
    `{toml}`, the lines that would allow it. `{x:or none}` replaces an empty value;
    `{count:job|jobs}` adds the noun.
    """

    what: str
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """An icon and its word; the icon is never shown alone."""

    icon: str
    word: str

    def __str__(self) -> str:
        """Give both."""
        return f"{self.icon} {self.word}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language."""

    notes: Mapping[Code, Words]
    states: Mapping[State, Label]
    outlooks: Mapping[Outlook, Label]
    endings: Mapping[Code, Label]
    """More exact than the state, where the verdict's first note allows it."""
    effects: Mapping[Effect, Label]
    levels: Mapping[Level, Label]
    steps: Mapping[str, str]
    operations: Mapping[str, str]
