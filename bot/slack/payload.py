"""What every view and message builder gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class File:
    """A text to be shown as a file."""

    title: str
    content: str


@dataclass(frozen=True, slots=True)
class Payload:
    """A message: `text` is read out, notified and searched; `blocks` are what is seen."""

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    file: File | None = None
    """Posted with the text; where Slack takes no file, text and blocks have to do."""
