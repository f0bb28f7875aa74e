"""What somebody asks for, as far as rules look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.flink.dli.options import Mode
from bot.flink.effect import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.flink.plan import Change, Plan
    from bot.policy.operations import Operation
    from bot.policy.people import Person

REASON = "reason"
SAVEPOINT_PATH = "savepoint_path"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who asks for which operation on which job, and from where; all that decides which rule."""

    person: Person
    target: str
    environment: str
    job: str
    operation: Operation
    channel: str
    """Empty for a click that was made in no channel."""
    told_in: str = ""
    """Where the card would go; it stands in for a channel that there is none of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that rules look at. `now` has a time zone.

    `changes` are all that would be written, also what somebody else had left unapplied.
    `given` are the fields that were filled in, `reason` among them.
    """

    subject: Subject
    now: datetime
    changes: tuple[Change, ...] = ()
    given: frozenset[str] = frozenset()
    restarts: bool
    """Whether it is restart-class: it interrupts the job, or acts at its next start."""


def request_for(subject: Subject, plan: Plan, *, reason: str, now: datetime) -> Request:
    """Say of a plan what rules look at."""
    changes = (*plan.changes, *plan.edits)
    return Request(
        subject=subject,
        now=now,
        changes=changes,
        given=given_fields(
            changes, reason=reason, savepoint_path=plan.options.get(SAVEPOINT_PATH, "")
        ),
        restarts=restart_class(
            subject.operation, changes, restart_chosen=plan.options.get("mode") == Mode.RESTART
        ),
    )


def given_fields(
    changes: Iterable[Change], *, reason: str = "", savepoint_path: str = ""
) -> frozenset[str]:
    """Name the fields that were filled in."""
    given = {change.name for change in changes if change.after is not None}
    extra = {REASON: reason, SAVEPOINT_PATH: savepoint_path}
    return frozenset(given | {name for name, text in extra.items() if text.strip()})


def restart_class(
    operation: Operation, changes: Iterable[Change], *, restart_chosen: bool = False
) -> bool:
    """Tell whether carrying it out interrupts the job, now or at its next start."""
    return (
        restart_chosen
        or operation.interrupts
        or any(change.effect is Effect.NEEDS_RESTART for change in changes)
    )
