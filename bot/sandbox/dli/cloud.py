"""The simulated service itself: what each operation reads or changes, with no HTTP in it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from bot.sandbox.dli import walk
from bot.sandbox.dli.definition import (
    JAR_FIELDS,
    LIVE,
    SQL_FIELDS,
    cus_of,
    merged,
    unsupported_restore,
)
from bot.sandbox.dli.model import (
    STARTABLE,
    STOPPABLE,
    Behaviour,
    Origin,
    Savepoint,
    Status,
    Task,
    Work,
)
from bot.sandbox.dli.refusals import Code, RefusedError, no_job, wrong
from bot.sandbox.moment import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from bot.sandbox.dli.model import Document, Job, Queue

THE_BOT = "flinkbot"
"""Who the service says saved what came in through the API."""
_SCHEME = "obs://"
MISSING_STEP = "missing"
"""A directory of this name in a savepoint's path stands for one that is not there."""


class Cloud:
    """One project's jobs and queues. Every method lets what is due happen before it looks."""

    def __init__(
        self,
        jobs: Iterable[Job],
        queues: Iterable[Queue],
        now: Callable[[], datetime],
        speed: float,
    ) -> None:
        self._jobs = {job.id: job for job in jobs}
        self.queues = {queue.name: queue for queue in queues}
        self._now = now
        self.speed = speed
        self.refuse_stored = False
        """Whether a running job refuses what acts at its next start only: no document says."""

    def moment(self) -> Moment:
        """Look at the clock."""
        return Moment(self._now(), self.speed)

    def jobs(self) -> list[Job]:
        """Give all of them, oldest first."""
        return [self._settled(job) for job in self._jobs.values()]

    def job(self, job_id: int) -> Job:
        """Find a job by id."""
        job = self._jobs.get(job_id)
        if job is None:
            raise no_job(job_id)
        return self._settled(job)

    def named(self, id_or_name: str) -> Job:
        """Find a job by id or exact name."""
        for job in self._jobs.values():
            if id_or_name in {str(job.id), job.name}:
                return self._settled(job)
        raise no_job(id_or_name)

    def update(self, job_id: int, body: Document, *, jar: bool, by: str = THE_BOT) -> Job:
        """Save what a request names; what is live acts on the run as well."""
        job = self.job(job_id)
        if job.is_jar is not jar:
            raise RefusedError(Code.NOT_SUPPORTED, f"The job is a {job.type}.")
        self._refuse_by_status(job, body)
        parts = merged(job.parts, body, JAR_FIELDS if jar else SQL_FIELDS)
        taken = {other.name for other in self._jobs.values() if other is not job}
        if parts["name"] in taken:
            raise RefusedError(Code.EXISTS, f"The job name {parts['name']} already exists.")
        self._save(job, parts, by)
        return job

    def start(self, job_id: int, *, resume_savepoint: bool) -> Job:
        """Take a request to start a job; `resume_savepoint` without a savepoint starts afresh."""
        job = self.job(job_id)
        if job.status not in STARTABLE or _busy(job):
            raise RefusedError(Code.NOT_SUPPORTED, f"The job cannot be started in {job.status}.")
        if not job.parts["queue_name"]:
            raise RefusedError(
                Code.NO_QUEUE, "No job-running queue selected. Please select a queue for your job."
            )
        savepoint = job.savepoint if resume_savepoint else None
        job.task = Task(
            work=Work.START,
            since=self.moment().now,
            savepoint=savepoint.path if savepoint else "",
            broken=self._why_not(job, savepoint),
            spared=job.behaviour.spares_old and bool(job.runs) and not changed_since_start(job),
        )
        return self._settled(job)

    def stop(self, job_id: int, *, trigger_savepoint: bool) -> Job:
        """Take a request to stop a job."""
        job = self.job(job_id)
        if job.status not in STOPPABLE or _ends(job):
            raise RefusedError(Code.NOT_SUPPORTED, f"The job cannot be stopped in {job.status}.")
        now, path = self.moment().now, ""
        if trigger_savepoint and job.run is not None:
            bucket = job.parts["obs_bucket"]
            if not bucket:
                raise wrong("obs_bucket: mandatory for a savepoint")
            path = f"{bucket}/jobs/savepoint/{job.id}/{now:%Y-%m-%d_%H-%M-%S}/"
        job.task = Task(work=Work.STOP, since=now, savepoint=path)
        return self._settled(job)

    def trigger_savepoint(self, job_id: int, path: str) -> Job:
        """Take a request to write a savepoint of a job that goes on running."""
        job = self.job(job_id)
        if job.status is not Status.RUNNING or _busy(job):
            raise RefusedError(Code.NOT_SUPPORTED, f"No savepoint can be written in {job.status}.")
        job.task = Task(work=Work.SAVEPOINT, since=self.moment().now, savepoint=_checked(path))
        return self._settled(job)

    def import_savepoint(self, job_id: int, path: str) -> Job:
        """Note the savepoint that the next start with a savepoint restores from."""
        job = self.job(job_id)
        if job.status not in STARTABLE or _busy(job):
            raise RefusedError(
                Code.NOT_SUPPORTED, f"A savepoint cannot be imported in {job.status}."
            )
        now = self.moment().now
        job.savepoints.append(
            Savepoint(path=_checked(path), at=now, origin=Origin.IMPORT, parts=None)
        )
        return job

    def edit(self, job: Job, values: Mapping[str, Any], by: str) -> None:
        """Save values the way a person at the console would, whatever the job's status."""
        known = JAR_FIELDS if job.is_jar else SQL_FIELDS
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise wrong(f"no such setting: {', '.join(unknown)}")
        self._save(job, merged(job.parts, dict(values), known), by)

    def restart(self, job: Job) -> None:
        """Replace the run by a new one at once, as a person at the console would in minutes."""
        moment = self.moment()
        if job.run is not None:
            job.run.ended_at = moment.now
        walk.force(job, Status.RUNNING, "", moment)

    def force(self, job: Job, status: Status, desc: str) -> None:
        """Put a job into a status, as the service does on its own account."""
        walk.force(job, status, desc, self.moment())

    def behave(self, job: Job, changes: Mapping[str, object]) -> Behaviour:
        """Change how a job acts; what `changes` does not name stays."""
        job.behaviour = Behaviour.model_validate({**job.behaviour.model_dump(), **changes})
        if "outcome" in changes:
            walk.crash_from(job, self.moment())
        return job.behaviour

    def used_cus(self, queue_name: str) -> float:
        """Add up what the runs of a queue take."""
        runs = [job.run for job in self.jobs()]
        return sum(cus_of(run.parts) for run in runs if run and _queue_of(run.parts) == queue_name)

    def _settled(self, job: Job) -> Job:
        walk.settle(job, self.moment())
        return job

    def _save(self, job: Job, parts: Document, by: str) -> None:
        now = int(self.moment().now.timestamp() * 1000)
        job.parts, job.modifier = parts, by
        job.update_time = max(job.update_time + 1, now)
        if job.run is not None:
            for name in LIVE & parts.keys():
                job.run.parts[name] = deepcopy(parts[name])

    def _refuse_by_status(self, job: Job, body: Document) -> None:
        if _busy(job) or job.status not in STARTABLE | {Status.RUNNING}:
            raise RefusedError(Code.NOT_SUPPORTED, f"The job cannot be updated in {job.status}.")
        if job.status is not Status.RUNNING:
            return
        bucket = body.get("obs_bucket")
        if bucket is not None and bucket == job.parts["obs_bucket"]:
            raise wrong("obs_bucket: a running job already uses this bucket")
        stored = sorted(body.keys() - LIVE)
        if self.refuse_stored and stored:
            raise RefusedError(
                Code.NOT_SUPPORTED, f"A running job does not take {', '.join(stored)}."
            )

    def _why_not(self, job: Job, savepoint: Savepoint | None) -> str:
        """Say why a start will fail, "" when nothing speaks against it."""
        name = _queue_of(job.parts)
        queue = self.queues.get(name)
        if queue is None:
            return f"The queue {name} does not exist or has been deleted."
        free = queue.cu_count - self.used_cus(name)
        if cus_of(job.parts) > free:
            return f"Insufficient CUs: {cus_of(job.parts):g} wanted, {free:g} free in {name}."
        return _why_not_restored(job, savepoint)


def changed_since_start(job: Job) -> bool:
    """Tell whether what is saved would run differently from what the latest run runs with."""
    return bool(job.runs) and job.parts != job.runs[-1].parts


def _busy(job: Job) -> bool:
    """Tell whether a request is on its way; a start is over when the job runs."""
    started = job.status is Status.RUNNING
    return job.task is not None and not (job.task.work is Work.START and started)


def _ends(job: Job) -> bool:
    return job.task is not None and job.task.work is not Work.START


def _queue_of(parts: Document) -> str:
    return str(parts["queue_name"]).lower()


def _why_not_restored(job: Job, savepoint: Savepoint | None) -> str:
    if savepoint is None:
        return ""
    steps = savepoint.path.strip("/").split("/")
    if MISSING_STEP in steps or steps[-1] == "_metadata":
        return f"Cannot find checkpoint or savepoint file/directory '{savepoint.path}'."
    if not job.behaviour.strict_restore or savepoint.parts is None:
        return ""
    changed = unsupported_restore(savepoint.parts, job.parts)
    return (
        f"The state cannot be restored after a change of {', '.join(changed)}." if changed else ""
    )


def _checked(path: object) -> str:
    """Take a path as it is typed, with the scheme or without."""
    if not isinstance(path, str) or not path.removeprefix(_SCHEME).strip("/"):
        raise wrong("savepoint_path: a path in OBS")
    if "://" in path.removeprefix(_SCHEME) or any(letter.isspace() for letter in path):
        raise wrong("savepoint_path: bucket-name/dir or obs://bucket-name/dir")
    return path
