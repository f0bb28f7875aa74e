"""Approvals and freezes: the nouns, and what their stores promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.flink.update import Update
    from bot.updates.ports import NewEvent

EVERYWHERE = "*"
"""Stands for every target."""


def subject_of(target: str) -> str:
    """Give the subject of the events about a target's freezes; theirs belong to no update."""
    return f"freeze:{target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody answered to a request, once."""

    user: str
    """Slack user id."""
    approves: bool
    digest: str
    """Of the plan that was shown; a yes to another plan is worth nothing."""
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Nothing new may begin at a target, or anywhere, until it is lifted or over."""

    target: str
    who: str
    """Slack user id."""
    since: datetime
    until: datetime | None = None
    """None: until somebody lifts it."""
    reason: str = ""

    def holds(self, target: str) -> bool:
        """Tell whether it is about a target."""
        return self.target in {target, EVERYWHERE}


class ApprovalStore(Protocol):
    """Answers to requests. Every method is one transaction."""

    async def answer(self, update_id: str, answer: Answer, event: NewEvent) -> bool:
        """Record an answer with its event, and owe the card's edit.

        False, and nothing is recorded, when that person has answered before, or when the update
        does not wait for answers to that plan (any more).
        """
        ...

    async def answers(self, update_id: str) -> Sequence[Answer]:
        """Give the answers so far, the oldest first."""
        ...

    async def waiting(self, due_before: datetime) -> Sequence[Update]:
        """Give updates that wait for approval and were to be looked at before a moment."""
        ...

    async def remind(self, update: Update, again_at: datetime, events: Sequence[NewEvent]) -> bool:
        """Record a reminder, if nobody was faster, and when to look at it again."""
        ...

    async def tell(self, update_id: str, event: NewEvent) -> bool:
        """Record an event of an update that is live, and owe the card's edit.

        False, and nothing is recorded, when it has ended.
        """
        ...


class FreezeStore(Protocol):
    """The freezes. Every method is one transaction."""

    async def freeze(self, freeze: Freeze, event: NewEvent, delivery: str = "") -> bool:
        """Record one with its event; it replaces the one that the target has.

        False, and nothing is recorded, when that delivery was seen before.
        """
        ...

    async def unfreeze(self, target: str, event: NewEvent) -> Freeze | None:
        """Lift one and record the event; None, and nothing is, when there is none (any more)."""
        ...

    async def freezes(self) -> Sequence[Freeze]:
        """Give those in force, the oldest first."""
        ...
