"""The state the simulated cloud keeps: deployments, their jobs, hot updates and events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Document: TypeAlias = dict[str, Any]
"""A JSON object as the API spells it."""


class JobState(StrEnum):
    """The vendor's words for a job."""

    STARTING = "STARTING"
    RUNNING = "RUNNING"
    CANCELLING = "CANCELLING"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    FINISHED = "FINISHED"

    @property
    def ended(self) -> bool:
        """Whether the job will never run again under this id."""
        return self in {JobState.FAILED, JobState.CANCELLED, JobState.FINISHED}


class HotUpdateState(StrEnum):
    """The vendor's words for a hot update, and one it never used."""

    INIT = "INIT"
    HOT_UPDATING = "HOT_UPDATING"
    HOT_UPDATED = "HOT_UPDATED"
    FAILED = "FAILED"
    STRANGE = "REBALANCING"
    """Not in any document: clients must keep asking."""


class Severity(StrEnum):
    """The vendor's label on a failed hot update."""

    LOW = "LOW"
    CRITICAL = "CRITICAL"


class Outcome(StrEnum):
    """How a hot update ends."""

    SUCCEED = "succeed"
    FAIL = "fail"
    """With severity CRITICAL the job goes down as well."""
    HANG = "hang"
    """HOT_UPDATING for ever."""
    NEVER_BEGIN = "never_begin"
    """INIT for ever."""
    STRANGE_STATE = "strange_state"
    """A state no document names, for ever."""


class Behaviour(BaseModel):
    """How one deployment acts. Changing it also redirects a hot update under way.

    `pinned` maps an operator's name to the parallelism its own code sets, which nothing changes.
    `granted` is the parallelism a successful hot update gives instead of the one saved.
    `restarts` is by how much the observed restarts grow when a hot update ends.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    duration_s: float = Field(default=3.0, ge=0)
    outcome: Outcome = Outcome.SUCCEED
    severity: Severity = Severity.LOW
    reason: str = "NotEnoughResources"
    message: str = "exceeded quota: resourcequota"
    pinned: dict[str, int] = Field(default_factory=dict)
    granted: int | None = Field(default=None, ge=1)
    restarts: int = Field(default=0, ge=0)
    start_s: float = Field(default=2.0, ge=0)
    stop_s: float = Field(default=1.0, ge=0)


@dataclass(frozen=True, slots=True)
class Operator:
    """One vertex of a job graph."""

    name: str
    max_parallelism: int = 32768


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What does not change with an update: who a deployment is."""

    execution_mode: str = "STREAMING"
    operators: tuple[Operator, ...] = ()
    autopilot: bool = False
    scheduled_plan: str = ""
    session_cluster: str = ""
    state_bytes: int = 512 * 1024**2
    checkpoint_ms: int = 4_200
    creator: str = "release-pipeline"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something ended badly, in the vendor's shape."""

    reason: str
    message: str
    severity: Severity = Severity.LOW


@dataclass(frozen=True, slots=True)
class Move:
    """A job's next state, reached by itself `seconds` after `since`."""

    state: JobState
    since: datetime
    seconds: float


@dataclass(slots=True, kw_only=True)
class Job:
    """One run of a deployment. `parts` are what it runs with, spelt as on the deployment."""

    id: str
    deployment_id: str
    started_at: datetime
    parts: Document
    state: JobState = JobState.RUNNING
    restarts: int = 0
    ended_at: datetime | None = None
    failure: Failure | None = None
    move: Move | None = None
    restore_strategy: Document = field(default_factory=lambda: {"kind": "LATEST_STATE"})


@dataclass(frozen=True, slots=True)
class HotChanges:
    """What a hot update has to change; a setting given as None is not set any more."""

    parallelism: int | None = None
    conf: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return self.parallelism is not None or bool(self.conf)


@dataclass(slots=True, kw_only=True)
class HotUpdate:
    """One hot update. `ended` is set once and never changes."""

    id: str
    job_id: str
    deployment_id: str
    request_id: str
    started_at: datetime
    changes: HotChanges
    target: Document
    """The deployment's parts when it was triggered."""
    ended: HotUpdateState | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a deployment's timeline."""

    id: str
    at: datetime
    name: str
    message: str
    job_id: str


@dataclass(slots=True, kw_only=True)
class Deployment:
    """A saved deployment and everything that ran from it. `parts` is what is saved."""

    id: str
    created_at: datetime
    modified_at: int
    """Epoch seconds; every save moves it by at least one."""
    modifier: str
    parts: Document
    traits: Traits = field(default_factory=Traits)
    behaviour: Behaviour = field(default_factory=Behaviour)
    jobs: list[Job] = field(default_factory=list)
    """Oldest first."""
    hot_updates: list[HotUpdate] = field(default_factory=list)
    """Oldest first; only the last can still be open."""
    events: list[Event] = field(default_factory=list)
    """Oldest first."""

    @property
    def name(self) -> str:
        """Give its saved name."""
        return str(self.parts["name"])

    @property
    def latest_job(self) -> Job | None:
        """Give the newest run."""
        return self.jobs[-1] if self.jobs else None

    @property
    def open_update(self) -> HotUpdate | None:
        """Give the hot update that has not ended."""
        if self.hot_updates and self.hot_updates[-1].ended is None:
            return self.hot_updates[-1]
        return None
