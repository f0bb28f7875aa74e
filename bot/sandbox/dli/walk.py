"""How jobs move with time: computed from the clock when somebody looks.

Nothing runs in the background, so a test that moves its clock sees the same statuses every time.
The order of statuses is the one the vendor's own Terraform provider waits for.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.sandbox.dli.model import (
    Origin,
    Run,
    Savepoint,
    SavepointEnd,
    StartEnd,
    Status,
    StopEnd,
    Work,
)

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.dli.model import Job, Task
    from bot.sandbox.moment import Moment

_WITH_A_RUN = frozenset(
    {Status.RUNNING, Status.SAVEPOINTING, Status.CANCELING, Status.CANCEL_FAIL, Status.STRANGE}
)
_NO_SAVEPOINT = "The savepoint could not be written. Check the OBS bucket and the agency."
_NOT_STOPPED = "The job could not be stopped. Contact customer service."
_ARREARS = "The account is in arrears."
_CRASHED = "The job failed more often than resume_max_num allows. See the job's log."


class _Act(Enum):
    """What comes with a status, beside the word."""

    NOTHING = auto()
    RUN = auto()
    END = auto()
    SAVEPOINT = auto()


@dataclass(frozen=True, slots=True)
class _Step:
    """A status a job comes to `at` seconds after the request."""

    status: Status
    at: float
    act: _Act = _Act.NOTHING
    desc: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """The whole way; `endless`: the last step is not the end, but nothing follows."""

    steps: tuple[_Step, ...]
    endless: bool = False


def settle(job: Job, moment: Moment) -> None:
    """Let everything happen that is due by now, in order."""
    if job.task is not None:
        _walk(job, job.task, moment)
    run = job.run
    if run is not None and run.crashing_since is not None:
        _crash(job, run, run.crashing_since, moment)


def force(job: Job, status: Status, desc: str, moment: Moment) -> None:
    """Put a job into a status, as the service does on its own account."""
    job.task = None
    act = _Act.NOTHING
    if status in _WITH_A_RUN:
        act = _Act.RUN if job.run is None else _Act.NOTHING
    elif job.run is not None:
        act = _Act.END
    _enter(job, _Step(status, 0, act, desc), moment.now)


def crash_from(job: Job, moment: Moment) -> None:
    """Begin or end a crash loop of the run that is on, as the job's behaviour now says."""
    if job.run is not None:
        crashing = job.behaviour.outcome is StartEnd.CRASH_LOOP
        job.run.crashing_since = (job.run.crashing_since or moment.now) if crashing else None


def _walk(job: Job, task: Task, moment: Moment) -> None:
    plan = _PLANS[task.work](job, task)
    for step in plan.steps[task.done :]:
        if moment.elapsed(task.since) < step.at:
            return
        at = moment.when(task.since, step.at)
        _enter(job, step, at)
        if step.act is _Act.SAVEPOINT:
            _write_savepoint(job, task, at)
        task.done += 1
    if not plan.endless:
        job.task = None


def _enter(job: Job, step: _Step, at: datetime) -> None:
    job.status, job.status_desc = step.status, step.desc
    match step.act:
        case _Act.RUN:
            _begin_run(job, at)
        case _Act.END:
            _end_run(job, at)
        case _:
            pass


def _begin_run(job: Job, at: datetime) -> None:
    """Make the run; with it the savepoints go, as the vendor's user guide warns."""
    run = Run(
        jid=uuid4().hex,
        started_at=at,
        parts=deepcopy(job.parts),
        restored_from=job.task.savepoint if job.task else "",
    )
    if job.task and _outcome(job, job.task) is StartEnd.CRASH_LOOP:
        run.crashing_since = at
    job.runs.append(run)
    for kept in job.savepoints:
        kept.removed = True


def _end_run(job: Job, at: datetime) -> None:
    if job.run is not None:
        job.run.ended_at = at


def _write_savepoint(job: Job, task: Task, at: datetime) -> None:
    origin = Origin.STOP if task.work is Work.STOP else Origin.TRIGGER
    parts = deepcopy(job.runs[-1].parts)
    job.savepoints.append(Savepoint(path=task.savepoint, at=at, origin=origin, parts=parts))


def _crash(job: Job, run: Run, since: datetime, moment: Moment) -> None:
    """Count the restarts so far; end the run when the job's settings allow no more."""
    every = job.behaviour.crash_every_s
    crashes = int(moment.elapsed(since) / every)
    allowed = _restarts_allowed(job)
    run.restarts = max(run.restarts, crashes if allowed is None else min(crashes, allowed))
    if allowed is not None and crashes > allowed:
        at = moment.when(since, (allowed + 1) * every)
        _enter(job, _Step(Status.RUNNING_EXCEPTION, 0, _Act.END, _CRASHED), at)
        job.task = None


def _restarts_allowed(job: Job) -> int | None:
    """Give how often a run restarts by itself; None for no limit."""
    if not job.parts["restart_when_exception"]:
        return 0
    most = int(job.parts["resume_max_num"])
    return None if most < 0 else most


def _start(job: Job, task: Task) -> _Plan:
    acts, outcome = job.behaviour, _outcome(job, task)
    if outcome is StartEnd.NEVER_BEGIN:
        return _Plan((), endless=True)
    stages = [Status.SUBMITTING, *acts.by_way_of]
    share = acts.duration_s / len(stages)
    way = tuple(_Step(s, acts.lag_s + number * share) for number, s in enumerate(stages))
    at = acts.lag_s + acts.duration_s
    if task.broken:
        return _Plan((*way, _Step(Status.SUBMIT_FAIL, at, desc=task.broken)))
    running = _Step(Status.RUNNING, at, _Act.RUN)
    ends: dict[StartEnd, tuple[_Step, ...]] = {
        StartEnd.FAIL: (_Step(Status.SUBMIT_FAIL, at, desc=acts.reason),),
        StartEnd.HANG: (),
        StartEnd.STRANGE_STATE: (_Step(Status.STRANGE, at),),
        StartEnd.ARREARS: (_Step(Status.ARREARAGE_STOPPED, at, desc=_ARREARS),),
        StartEnd.EXCEPTION: (
            running,
            _Step(Status.RUNNING_EXCEPTION, at + acts.run_s, _Act.END, acts.reason),
        ),
        StartEnd.FINISH: (running, _Step(Status.FINISH, at + acts.run_s, _Act.END)),
    }
    endless = outcome in {StartEnd.HANG, StartEnd.STRANGE_STATE}
    return _Plan((*way, *ends.get(outcome, (running,))), endless=endless)


def _outcome(job: Job, task: Task) -> StartEnd:
    return StartEnd.SUCCEED if task.spared else job.behaviour.outcome


def _stop(job: Job, task: Task) -> _Plan:
    acts = job.behaviour
    way: tuple[_Step, ...] = ()
    at, written = acts.lag_s, _Act.NOTHING
    if task.savepoint:
        way = (_Step(Status.SAVEPOINTING, at),)
        at += acts.savepoint_s
        if acts.savepoint is not SavepointEnd.SUCCEED:
            return _without_savepoint(way, at, acts.savepoint)
        written = _Act.SAVEPOINT
    way = (*way, _Step(Status.CANCELING, at, written))
    at += acts.stop_s
    ends: dict[StopEnd, tuple[_Step, ...]] = {
        StopEnd.SUCCEED: (_Step(Status.CANCEL_SUCCESS, at, _Act.END),),
        StopEnd.FAIL: (_Step(Status.CANCEL_FAIL, at, desc=_NOT_STOPPED),),
        StopEnd.FINISH: (_Step(Status.FINISH, at, _Act.END),),
        StopEnd.HANG: (),
    }
    return _Plan((*way, *ends[acts.stop]), endless=acts.stop is StopEnd.HANG)


def _savepoint(job: Job, _task: Task) -> _Plan:
    acts = job.behaviour
    way = (_Step(Status.SAVEPOINTING, acts.lag_s),)
    at = acts.lag_s + acts.savepoint_s
    if acts.savepoint is not SavepointEnd.SUCCEED:
        return _without_savepoint(way, at, acts.savepoint)
    return _Plan((*way, _Step(Status.RUNNING, at, _Act.SAVEPOINT)))


def _without_savepoint(way: tuple[_Step, ...], at: float, end: SavepointEnd) -> _Plan:
    if end is SavepointEnd.HANG:
        return _Plan(way, endless=True)
    return _Plan((*way, _Step(Status.RUNNING, at, desc=_NO_SAVEPOINT)))


_PLANS = {Work.START: _start, Work.STOP: _stop, Work.SAVEPOINT: _savepoint}
