"""What a review shows of one kind of update; the rest is the same for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_sdk.models.blocks import Block, ButtonElement


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """The parts that differ. `accept` is what the box says that a yes is asked with."""

    title: str
    submit: str
    changes: tuple[Block, ...]
    consequences: tuple[tuple[str, str], ...]
    accept_label: str
    accept: str
    instead: tuple[ButtonElement, ...] = ()
    """Other ways to do it."""
    editable: bool
    """Whether there is a form to go back to."""
