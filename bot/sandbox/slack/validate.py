"""Slack's limits on what an app may send, checked before Slack would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.slack.nouns import Json


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing Slack would refuse, and where it stands in the payload (a JSON pointer)."""

    pointer: str
    message: str

    def as_message(self, prefix: str = "") -> str:
        """Give the line Slack puts into `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{prefix}{self.pointer}]"


def faults(payload: Json, surface: str) -> list[Fault]:
    """Give everything Slack would refuse."""
    return []


def option_faults(answer: Json) -> list[Fault]:
    """Give what Slack would refuse in an answer to a block_suggestion."""
    return []
