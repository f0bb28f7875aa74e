"""How a change of a DLI job is carried out: when it acts, and what becomes of the state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Mode(StrEnum):
    """When a change is to act."""

    LIVE = "live"
    """On the running job; only the settings that it takes."""
    NEXT_START = "next_start"
    """Saved only."""
    RESTART = "restart"
    """Saved, and the job stopped and started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person chose besides the values.

    `keep_state`: stop with a savepoint and start from it (of a stopped job: start from its
    savepoint). `savepoint_path`: write a savepoint there first, one that DLI does not delete at
    the next start; for an import, where the savepoint lies.
    """

    mode: Mode = Mode.NEXT_START
    keep_state: bool = True
    savepoint_path: str = ""

    def as_map(self) -> dict[str, str]:
        """Give what a plan holds of it."""
        return {
            "mode": self.mode.value,
            "keep_state": "yes" if self.keep_state else "no",
            "savepoint_path": self.savepoint_path,
        }


def options_of(held: Mapping[str, str]) -> Options:
    """Read back what a plan holds."""
    return Options(
        mode=Mode(held.get("mode", Mode.NEXT_START)),
        keep_state=held.get("keep_state", "yes") == "yes",
        savepoint_path=held.get("savepoint_path", ""),
    )
