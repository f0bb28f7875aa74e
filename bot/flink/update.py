"""An update's life. Keep the README's diagram in step with `TRANSITIONS`."""

from __future__ import annotations

from collections.abc import Mapping  # read at run time by the store
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.notes import Note  # read at run time by the store

if TYPE_CHECKING:
    from datetime import datetime

    from bot.flink.plan import Plan
    from bot.flink.snapshot import DeploymentRef


class State(StrEnum):
    """Where an update stands. Few states decide; notes explain."""

    PLANNED = "planned"
    AWAITING_APPROVAL = "awaiting_approval"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    SUCCEEDED_WITH_DIFFERENCES = "succeeded_with_differences"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STALE = "stale"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"

    @property
    def live(self) -> bool:
        """Whether it holds its job: nobody else may change it meanwhile."""
        return self in LIVE

    @property
    def final(self) -> bool:
        """Whether nothing will happen to it any more."""
        return not TRANSITIONS[self]

    @property
    def needs_a_human(self) -> bool:
        """Whether the channel must be told loudly."""
        return self in {State.FAILED, State.UNKNOWN}


_ENDINGS = frozenset(
    {
        State.SUCCEEDED,
        State.SUCCEEDED_WITH_DIFFERENCES,
        State.FAILED,
        State.UNKNOWN,
        State.STALE,
        State.SUPERSEDED,
    }
)
_CALLED_OFF = frozenset({State.CANCELLED, State.EXPIRED, State.SUPERSEDED})
LIVE = frozenset({State.AWAITING_APPROVAL, State.QUEUED, State.RUNNING})
TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.AWAITING_APPROVAL, State.QUEUED}) | _CALLED_OFF,
    State.AWAITING_APPROVAL: frozenset({State.QUEUED}) | _CALLED_OFF,
    State.QUEUED: frozenset({State.RUNNING}) | _CALLED_OFF | _ENDINGS,
    State.RUNNING: frozenset({State.RUNNING}) | _ENDINGS,
    **{state: frozenset() for state in _ENDINGS | _CALLED_OFF},
}


class Outlook(StrEnum):
    """How a running update looks from outside."""

    NORMAL = "normal"
    SLOW = "slow"
    OVERDUE = "overdue"
    """The outcome is unknown; the bot still watches; nobody should submit again."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of a verdict: what was asked, what the cloud reported, what was read back."""

    name: str
    asked: str | None
    reported: str | None
    observed: str | None
    agrees: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What really happened, and why we say so. The first note is the headline's reason."""

    notes: tuple[Note, ...]
    observations: tuple[Observation, ...] = ()
    restarts_before: int | None = None
    restarts_after: int | None = None
    job_status: str = ""
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One recorded intent to change one deployment. Times are UTC."""

    id: str
    operation: str
    ref: DeploymentRef
    name: str
    state: State
    plan: Plan
    requested_by: str
    """Slack user id."""
    channel: str
    """Where its card lives (Slack channel id)."""
    asked_in: str
    """Where it was asked for (Slack channel id)."""
    created_at: datetime
    reason: str = ""
    step: str = ""
    intent_at: datetime | None = None
    """Committed before a write leaves. Found set later, the write's fate is unknown."""
    progress: Mapping[str, Any] = field(default_factory=dict)
    """What the steps learnt, as JSON: hot update id, save time, ..."""
    outlook: Outlook = Outlook.NORMAL
    verdict: Verdict | None = None
    queued_at: datetime | None = None
    watched_since: datetime | None = None
    """When the cloud took the change; slow and overdue count from here."""
    finished_at: datetime | None = None
    updated_at: datetime | None = None
    next_at: datetime | None = None
    attempt: int = 0
    """How often the present step was asked to wait."""
    error_streak: int = 0
    """Consecutive steps that met an unavailable cloud."""
    fence: int = 0
    lease_until: datetime | None = None
    """Until when it is claimed for who read it so; the store sets it, by its clock."""
    card_ts: str = ""
    """The card's Slack timestamp, once posted."""
