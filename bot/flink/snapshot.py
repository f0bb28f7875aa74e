"""What was read from a cloud at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.flink.parameters import same_value
from bot.flink.phase import Phase, phase_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class DeploymentRef:
    """Where a deployment is found: the configured target's name and the vendor's id."""

    target: str
    deployment_id: str


@dataclass(frozen=True, slots=True)
class DeploymentSummary:
    """One row of a job list."""

    ref: DeploymentRef
    name: str
    status: str
    """The vendor's word for its latest job (RUNNING, FAILED, ...), empty when it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSnapshot:
    """One run of a deployment. `values` are what it runs with (see `DeploymentSnapshot`)."""

    job_id: str
    """The vendor's id of this run; where runs have none (DLI), when it was started."""
    status: str
    values: Mapping[str, str]
    flink_status: str = ""
    restarts: int | None = None
    health_score: int | None = None
    session_cluster: str = ""
    started_at: int | None = None
    """Epoch seconds."""
    failure: str = ""

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        return phase_of(self.status)

    @property
    def running(self) -> bool:
        """Whether the vendor calls it running."""
        return self.phase is Phase.RUNNING

    @property
    def ended(self) -> bool:
        """Whether this run will never be running again, in the vendor's words."""
        return self.phase.ended


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentSnapshot:
    """A deployment as saved, and the job that runs from it.

    `saved` and `job.values` are flat maps from a setting's name (`bot.flink.parameters`, else the
    Flink key) to its text. Values of settings that hold secrets are fingerprints, never the values.
    """

    ref: DeploymentRef
    name: str
    revision: str
    """The vendor's modification time; moves with every save."""
    saved: Mapping[str, str]
    job: JobSnapshot | None = None
    modified_by: str = ""
    changed_since_start: bool = False
    execution_mode: str = ""
    engine_version: str = ""
    resource_mode: str = ""
    job_type: str = ""
    """`sql` or `jar` where an update depends on it (DLI)."""
    savepoint: str = ""
    """The path that the next start could resume from, empty when there is none."""

    @property
    def running_values(self) -> Mapping[str, str]:
        """What runs now; what is saved when nothing runs."""
        return self.job.values if self.job is not None else self.saved

    def pending_edits(self) -> dict[str, tuple[str | None, str | None]]:
        """Give what is saved but does not run: name → (running, saved)."""
        if self.job is None:
            return {}
        return difference(self.job.values, self.saved)


def difference(
    before: Mapping[str, str], after: Mapping[str, str]
) -> dict[str, tuple[str | None, str | None]]:
    """Give the settings whose value differs: name → (before, after), None where not set."""
    return {
        name: (before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if not same_value(name, before.get(name), after.get(name))
    }


@dataclass(frozen=True, slots=True)
class Tuning:
    """Who else changes the job by itself. None means it could not be read."""

    autopilot: bool | None = None
    scheduled_plan: str | None = None
    """The applied plan's name, empty when there is none."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One vertex of the running job graph."""

    name: str
    parallelism: int
    max_parallelism: int | None = None

    @property
    def is_source(self) -> bool:
        """Whether Flink names it a source."""
        return self.name.startswith("Source:")


@dataclass(frozen=True, slots=True)
class JobGraph:
    """What Flink itself reports about the running job."""

    operators: tuple[Operator, ...] = ()
    last_checkpoint_at: int | None = None
    """Epoch seconds of the last completed checkpoint."""
    last_checkpoint_ms: int | None = None
    last_checkpoint_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a hot update failed, in the vendor's words. The label's meaning is undocumented."""

    reason: str = ""
    message: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotUpdateReport:
    """What the cloud says about one hot update."""

    hot_update_id: str
    job_id: str
    status: str
    """INIT, HOT_UPDATING, HOT_UPDATED, FAILED; anything else means "keep asking"."""
    requested: Mapping[str, str] = field(default_factory=dict)
    target: Mapping[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    request_ids: tuple[str, ...] = ()
