"""How jobs and hot updates move with time: computed from the clock when somebody looks.

Nothing runs in the background, so a test that moves its clock sees the same states every time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from bot.sandbox.alibaba.definition import applied
from bot.sandbox.alibaba.model import (
    Event,
    Failure,
    HotUpdateState,
    JobState,
    Move,
    Outcome,
    Severity,
)

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.alibaba.model import Deployment, HotUpdate, Job
    from bot.sandbox.moment import Moment

_ENDLESS = {
    Outcome.HANG: HotUpdateState.HOT_UPDATING,
    Outcome.NEVER_BEGIN: HotUpdateState.INIT,
    Outcome.STRANGE_STATE: HotUpdateState.STRANGE,
}
_LONGEST_INIT_S = 1.0
_INIT_SHARE = 0.2


def settle(deployment: Deployment, moment: Moment) -> None:
    """Let everything happen that is due by now, in order."""
    for job in deployment.jobs:
        _settle_job(deployment, job, moment)
    update = deployment.open_update
    if update is not None and _due(deployment, update, moment):
        _end(deployment, update, moment)


def state_of(deployment: Deployment, update: HotUpdate, moment: Moment) -> HotUpdateState:
    """Tell where a hot update stands; settle its deployment first."""
    if update.ended is not None:
        return update.ended
    endless = _ENDLESS.get(deployment.behaviour.outcome)
    if endless is HotUpdateState.INIT:
        return endless
    duration = deployment.behaviour.duration_s
    if moment.elapsed(update.started_at) < min(_LONGEST_INIT_S, duration * _INIT_SHARE):
        return HotUpdateState.INIT
    return endless or HotUpdateState.HOT_UPDATING


def start(job: Job, moment: Moment, seconds: float) -> None:
    """Begin to start a job."""
    job.state = JobState.STARTING
    job.move = Move(JobState.RUNNING, moment.now, seconds)


def cancel(job: Job, moment: Moment, seconds: float) -> None:
    """Begin to stop a job."""
    job.state = JobState.CANCELLING
    job.move = Move(JobState.CANCELLED, moment.now, seconds)


def finish_job(
    deployment: Deployment,
    job: Job,
    state: JobState,
    at: datetime,
    failure: Failure | None = None,
) -> None:
    """End a job, and with it the hot update that was changing it."""
    job.state, job.ended_at, job.failure, job.move = state, at, failure, None
    record(deployment, at, f"JOB_{state}", failure.message if failure else "", job.id)
    update = deployment.open_update
    if update is not None and update.job_id == job.id:
        lost = Failure("JobNotRunning", f"the job is {state}", Severity.CRITICAL)
        _close(deployment, update, HotUpdateState.FAILED, at, lost)


def record(deployment: Deployment, at: datetime, name: str, message: str, job_id: str = "") -> None:
    """Add a line to the timeline."""
    deployment.events.append(Event(str(uuid4()), at, name, message, job_id))


def _settle_job(deployment: Deployment, job: Job, moment: Moment) -> None:
    move = job.move
    if move is None or moment.elapsed(move.since) < move.seconds:
        return
    at = moment.when(move.since, move.seconds)
    if move.state.ended:
        finish_job(deployment, job, move.state, at)
        return
    job.state, job.move = move.state, None
    record(deployment, at, f"JOB_{move.state}", "", job.id)


def _due(deployment: Deployment, update: HotUpdate, moment: Moment) -> bool:
    behaviour = deployment.behaviour
    return (
        behaviour.outcome not in _ENDLESS
        and moment.elapsed(update.started_at) >= behaviour.duration_s
    )


def _end(deployment: Deployment, update: HotUpdate, moment: Moment) -> None:
    behaviour = deployment.behaviour
    at = moment.when(update.started_at, behaviour.duration_s)
    job = next(job for job in deployment.jobs if job.id == update.job_id)
    job.restarts += behaviour.restarts
    if behaviour.outcome is Outcome.SUCCEED:
        job.parts = applied(job.parts, update.changes, behaviour.granted)
        _close(deployment, update, HotUpdateState.HOT_UPDATED, at)
        return
    failure = Failure(behaviour.reason, behaviour.message, behaviour.severity)
    _close(deployment, update, HotUpdateState.FAILED, at, failure)
    if behaviour.severity is Severity.CRITICAL:
        finish_job(deployment, job, JobState.FAILED, at, failure)


def _close(
    deployment: Deployment,
    update: HotUpdate,
    state: HotUpdateState,
    at: datetime,
    failure: Failure | None = None,
) -> None:
    update.ended, update.failure = state, failure
    message = f"{failure.reason}: {failure.message}" if failure else f"hot update {update.id}"
    record(
        deployment,
        at,
        f"HOT_UPDATE_{'SUCCEEDED' if failure is None else 'FAILED'}",
        message,
        update.job_id,
    )
