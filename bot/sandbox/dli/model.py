"""The state the simulated service keeps: jobs, their runs and savepoints, and the queues."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Document: TypeAlias = dict[str, Any]
"""A JSON object as the API spells it."""


class Status(StrEnum):
    """The vendor's words for a job, and one it never used.

    https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0235.html
    """

    INIT = "job_init"
    SUBMITTING = "job_submitting"
    SUBMIT_FAIL = "job_submit_fail"
    RUNNING = "job_running"
    RUNNING_EXCEPTION = "job_running_exception"
    DOWNLOADING = "job_downloading"
    IDLE = "job_idle"
    CANCELING = "job_canceling"
    CANCEL_SUCCESS = "job_cancel_success"
    CANCEL_FAIL = "job_cancel_fail"
    SAVEPOINTING = "job_savepointing"
    ARREARAGE_STOPPED = "job_arrearage_stopped"
    ARREARAGE_RECOVERING = "job_arrearage_recovering"
    FINISH = "job_finish"
    STRANGE = "job_rescaling"
    """Not in any document: clients must not trip over it."""


STARTABLE = frozenset(
    {
        Status.INIT,
        Status.CANCEL_SUCCESS,
        Status.FINISH,
        Status.SUBMIT_FAIL,
        Status.RUNNING_EXCEPTION,
    }
)
"""Nothing runs and nothing is on its way: a job can be started and edited as a whole."""
STOPPABLE = frozenset({Status.SUBMITTING, Status.RUNNING, Status.CANCEL_FAIL})


class JobType(StrEnum):
    """The vendor's types of jobs; all but the last are changed as SQL jobs."""

    SQL = "flink_sql_job"
    OPENSOURCE_SQL = "flink_opensource_sql_job"
    SQL_EDGE = "flink_sql_edge_job"
    JAR = "flink_jar_job"


class StartEnd(StrEnum):
    """How a start ends."""

    SUCCEED = "succeed"
    FAIL = "fail"
    """job_submit_fail, with `reason` in status_desc."""
    HANG = "hang"
    """job_submitting for ever."""
    NEVER_BEGIN = "never_begin"
    """The request is taken, the status never moves."""
    STRANGE_STATE = "strange_state"
    """A status no document names, for ever."""
    EXCEPTION = "exception"
    """Runs for `run_s`, then job_running_exception."""
    CRASH_LOOP = "crash_loop"
    """Runs, and restart_times grows every `crash_every_s`, as far as the job's settings let it."""
    ARREARS = "arrears"
    """job_arrearage_stopped."""
    FINISH = "finish"
    """Runs for `run_s`, then job_finish."""


class StopEnd(StrEnum):
    """How a stop ends."""

    SUCCEED = "succeed"
    FAIL = "fail"
    """job_cancel_fail; the job goes on underneath."""
    HANG = "hang"
    """job_canceling for ever."""
    FINISH = "finish"
    """job_finish: the job was done by itself meanwhile."""


class SavepointEnd(StrEnum):
    """How a savepoint ends, alone or before a stop."""

    SUCCEED = "succeed"
    FAIL = "fail"
    """Back to job_running without a savepoint; a stop that waited for it does not take place."""
    HANG = "hang"
    """job_savepointing for ever."""


class Behaviour(BaseModel):
    """How one job acts. Changing it also redirects what is under way; seconds are sandbox seconds.

    `outcome` is how its next start ends and `duration_s` how long that start takes. `reason` goes
    into status_desc where something ends badly. `lag_s` is how long a request that was taken
    shows nowhere. `by_way_of` are statuses that a start passes through after job_submitting.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: StartEnd = StartEnd.SUCCEED
    stop: StopEnd = StopEnd.SUCCEED
    savepoint: SavepointEnd = SavepointEnd.SUCCEED
    reason: str = "Insufficient CUs in the queue. Stop other jobs or scale out the queue."
    duration_s: float = Field(default=4.0, ge=0)
    stop_s: float = Field(default=2.0, ge=0)
    savepoint_s: float = Field(default=2.0, ge=0)
    lag_s: float = Field(default=0.5, ge=0)
    run_s: float = Field(default=3.0, ge=0)
    crash_every_s: float = Field(default=2.0, gt=0)
    by_way_of: tuple[Status, ...] = ()
    strict_restore: bool = False
    """A start from a savepoint after a change that the vendor cannot restore after fails."""
    spares_old: bool = False
    """A start with what ran last succeeds, whatever `outcome` is: going back works."""


class Origin(StrEnum):
    """Where a savepoint comes from."""

    STOP = "stop"
    TRIGGER = "trigger"
    IMPORT = "import"


@dataclass(slots=True, kw_only=True)
class Savepoint:
    """One savepoint of a job; the service removes all of them when the job has started again."""

    path: str
    at: datetime
    origin: Origin
    parts: Document | None
    """What ran when it was taken; nobody knows of an imported one."""
    removed: bool = False


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of a job. `parts` are what it runs with, spelt as on the job."""

    jid: str
    started_at: datetime
    parts: Document
    restored_from: str = ""
    restarts: int = 0
    crashing_since: datetime | None = None
    ended_at: datetime | None = None


class Work(StrEnum):
    """What a job can be busy with."""

    START = "start"
    STOP = "stop"
    SAVEPOINT = "savepoint"


@dataclass(slots=True, kw_only=True)
class Task:
    """What a job is busy with since a request was taken. `done` counts its steps so far.

    `savepoint`: of a start, the path it restores from; else, where the savepoint goes, "" for none.
    """

    work: Work
    since: datetime
    savepoint: str = ""
    broken: str = ""
    """Of a start: why it cannot succeed, whatever the job's behaviour says."""
    spared: bool = False
    """Of a start: it succeeds, whatever the job's behaviour says."""
    done: int = 0


@dataclass(slots=True, kw_only=True)
class Job:
    """A saved job and everything that ran from it. `parts` is what is saved.

    Its names are those of the update requests, values as they are read back.
    """

    id: int
    type: JobType
    created_at: datetime
    update_time: int
    """Epoch milliseconds; every save moves it by at least one."""
    modifier: str
    parts: Document
    user_name: str = "data-platform"
    root_id: int | None = None
    """Of an edge job's parts: the job they belong to."""
    status: Status = Status.INIT
    status_desc: str = ""
    behaviour: Behaviour = field(default_factory=Behaviour)
    runs: list[Run] = field(default_factory=list)
    """Oldest first."""
    savepoints: list[Savepoint] = field(default_factory=list)
    """Oldest first."""
    task: Task | None = None

    @property
    def name(self) -> str:
        """Give its saved name."""
        return str(self.parts["name"])

    @property
    def is_jar(self) -> bool:
        """Whether it is changed as a Jar job."""
        return self.type is JobType.JAR

    @property
    def run(self) -> Run | None:
        """Give the run that has not ended."""
        return self.runs[-1] if self.runs and self.runs[-1].ended_at is None else None

    @property
    def savepoint(self) -> Savepoint | None:
        """Give the latest savepoint that is still there."""
        return next((kept for kept in reversed(self.savepoints) if not kept.removed), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What jobs run on."""

    id: int
    name: str
    type: str = "general"
    cu_count: int = 64
    pool: str = ""
    versions: tuple[str, ...] = ("1.12", "1.15", "1.17")
