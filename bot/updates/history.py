"""The past: which updates somebody looks for, page by page, and what the audit tells of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.notes import Code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.flink.update import Update
    from bot.updates.ports import Event


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which updates are looked for; what is empty does not matter."""

    job: str = ""
    """A part of a job's name, in any case."""
    user: str = ""
    """Who asked for it or had a part in it (Slack user id)."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a page ends: at an update, which is not on the next one."""

    created_at: datetime
    update_id: str
    newer: bool = False
    """Whether the page is on the newer side of it."""


@dataclass(frozen=True, slots=True)
class Past:
    """One update of the past, with its audit."""

    update: Update
    events: Sequence[Event]

    def who(self, did: Code) -> tuple[str, ...]:
        """Give who did something to it (Slack user ids), the first one first."""
        actors = (event.actor for event in self.events if event.note.code is did)
        return tuple(dict.fromkeys(actor for actor in actors if actor))

    @property
    def rule(self) -> str:
        """Name the rule that decided last, empty where none did."""
        named = (
            str(event.facts.get("rule") or event.note.args.get("rule") or "")
            for event in reversed(self.events)
        )
        return next(filter(None, named), "")


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the past, newest first, and where to go on; None where nothing is."""

    entries: Sequence[Past]
    newer: Edge | None = None
    older: Edge | None = None
    freezes: Sequence[Event] = ()
    """What was frozen or lifted in the time that the page is about; none on a page of a job."""
    more_freezes: bool = False
    """Whether there were older ones in that time."""


class History(Protocol):
    """The record of the past."""

    async def history(self, wanted: Wanted, limit: int, edge: Edge | None = None) -> Page:
        """Give a page of what was ever applied, or asked for; plans nobody applied are left out.

        Without an edge it is the newest one, as it is where too few are newer than the edge.
        """
        ...
