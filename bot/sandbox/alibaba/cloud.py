"""The simulated cloud itself: what each operation reads or changes, with no HTTP in it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.flink.engine_version import HOT_UPDATE_MINIMUM, parse_engine_version
from bot.sandbox.alibaba import walk
from bot.sandbox.alibaba.definition import (
    conf_of,
    differs,
    hot_changes,
    merged,
    mode_of,
    parallelism_of,
    unaligned,
    with_parallelism,
)
from bot.sandbox.alibaba.model import Behaviour, HotUpdate, HotUpdateState, Job, JobState
from bot.sandbox.alibaba.refusals import MissingError, RefusalCode, RefusedError
from bot.sandbox.moment import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from bot.sandbox.alibaba.model import Deployment, Document, HotChanges

THE_BOT = "flinkbot"
"""Who the service says saved what came in through the API."""


class Cloud:
    """One namespace's deployments. Every method lets what is due happen before it looks."""

    def __init__(
        self, deployments: Iterable[Deployment], now: Callable[[], datetime], speed: float
    ) -> None:
        self._deployments = {deployment.id: deployment for deployment in deployments}
        self._now = now
        self.speed = speed

    def moment(self) -> Moment:
        """Look at the clock."""
        return Moment(self._now(), self.speed)

    def deployments(self) -> list[Deployment]:
        """Give all of them, oldest first."""
        return [self._settled(deployment) for deployment in self._deployments.values()]

    def deployment(self, deployment_id: str) -> Deployment:
        """Find a deployment by id."""
        deployment = self._deployments.get(deployment_id)
        if deployment is None:
            raise MissingError(f"deployment {deployment_id} does not exist")
        return self._settled(deployment)

    def named(self, id_or_name: str) -> Deployment:
        """Find a deployment by id or exact name."""
        for deployment in self._deployments.values():
            if id_or_name in {deployment.id, deployment.name}:
                return self._settled(deployment)
        raise MissingError(f"deployment {id_or_name} does not exist")

    def job(self, job_id: str) -> tuple[Deployment, Job]:
        """Find a job and its deployment."""
        for deployment in self._deployments.values():
            for job in deployment.jobs:
                if job.id == job_id:
                    return self._settled(deployment), job
        raise MissingError(f"job {job_id} does not exist")

    def hot_update(self, hot_update_id: str) -> tuple[Deployment, HotUpdate, HotUpdateState]:
        """Find a hot update, its deployment, and where it stands."""
        for deployment in self._deployments.values():
            for update in deployment.hot_updates:
                if update.id == hot_update_id:
                    self._settled(deployment)
                    return deployment, update, walk.state_of(deployment, update, self.moment())
        raise MissingError(f"hot update {hot_update_id} does not exist")

    def update_deployment(
        self, deployment_id: str, body: Document, by: str = THE_BOT
    ) -> Deployment:
        """Save the parts that `body` names, each replaced as a whole."""
        deployment = self.deployment(deployment_id)
        parts = merged(deployment.parts, body)
        taken = {other.name for other in self._deployments.values() if other is not deployment}
        if parts["name"] in taken:
            raise RefusedError(RefusalCode.NAME_TAKEN, f"{parts['name']} is taken")
        self._save(deployment, parts, by)
        return deployment

    def edit(
        self,
        deployment: Deployment,
        *,
        parallelism: int | None,
        conf: Mapping[str, str | None],
        by: str,
    ) -> None:
        """Save single values the way a person at the console would; None unsets one."""
        parts = deepcopy(deployment.parts)
        if parallelism is not None:
            if parallelism_of(parts) is None:
                raise RefusedError(RefusalCode.EXPERT_MODE, "expert mode has no parallelism")
            parts = with_parallelism(parts, parallelism)
        together = {**conf_of(parts), **conf}
        parts["flinkConf"] = {key: value for key, value in together.items() if value is not None}
        self._save(deployment, parts, by)

    def start_hot_update(self, job_id: str, request_id: str) -> HotUpdate:
        """Make the running job take what is saved."""
        deployment, job = self.job(job_id)
        changes = hot_changes(deployment.parts, job.parts)
        _refuse_by_job(deployment, job)
        _refuse_by_changes(deployment, job, changes)
        moment = self.moment()
        update = HotUpdate(
            id=f"hu-{uuid4().hex[:16]}",
            job_id=job_id,
            deployment_id=deployment.id,
            request_id=request_id,
            started_at=moment.now,
            changes=changes,
            target=deepcopy(deployment.parts),
        )
        deployment.hot_updates.append(update)
        walk.record(
            deployment, moment.now, "HOT_UPDATE_TRIGGERED", f"hot update {update.id}", job_id
        )
        return update

    def start_job(
        self, deployment_id: str, restore_strategy: Document | None = None
    ) -> tuple[Deployment, Job]:
        """Start a new run from what is saved."""
        deployment = self.deployment(deployment_id)
        latest = deployment.latest_job
        if latest is not None and not latest.state.ended:
            raise RefusedError(RefusalCode.ALREADY_RUNNING, f"job {latest.id} is {latest.state}")
        job = self._new_job(deployment)
        job.restore_strategy = restore_strategy or job.restore_strategy
        walk.start(job, self.moment(), deployment.behaviour.start_s)
        walk.record(deployment, job.started_at, "JOB_STARTING", "", job.id)
        return deployment, job

    def stop_job(self, job_id: str) -> tuple[Deployment, Job]:
        """Begin to stop a run; stopping twice changes nothing."""
        deployment, job = self.job(job_id)
        if job.state.ended:
            raise RefusedError(RefusalCode.NOT_RUNNING, f"job {job.id} is {job.state}")
        if job.state is not JobState.CANCELLING:
            walk.cancel(job, self.moment(), deployment.behaviour.stop_s)
        return deployment, job

    def restart(self, deployment: Deployment) -> Job:
        """Replace the run by a new one at once, as a person at the console would in minutes."""
        latest = deployment.latest_job
        if latest is not None and not latest.state.ended:
            walk.finish_job(deployment, latest, JobState.CANCELLED, self.moment().now)
        job = self._new_job(deployment)
        walk.record(deployment, job.started_at, "JOB_RUNNING", "", job.id)
        return job

    def behave(self, deployment: Deployment, changes: Mapping[str, object]) -> Behaviour:
        """Change how a deployment acts; what `changes` does not name stays."""
        known = deployment.behaviour.model_dump()
        deployment.behaviour = Behaviour.model_validate({**known, **changes})
        return deployment.behaviour

    def _settled(self, deployment: Deployment) -> Deployment:
        walk.settle(deployment, self.moment())
        return deployment

    def _save(self, deployment: Deployment, parts: Document, by: str) -> None:
        now = self.moment().now
        deployment.parts = parts
        deployment.modifier = by
        deployment.modified_at = max(deployment.modified_at + 1, int(now.timestamp()))
        walk.record(deployment, now, "DEPLOYMENT_UPDATED", f"saved by {by}")

    def _new_job(self, deployment: Deployment) -> Job:
        job = Job(
            id=str(uuid4()),
            deployment_id=deployment.id,
            started_at=self.moment().now,
            parts=deepcopy(deployment.parts),
        )
        deployment.jobs.append(job)
        return job


def changed_since_start(deployment: Deployment) -> bool:
    """Tell whether what is saved would run differently from what the latest job runs with."""
    job = deployment.latest_job
    return job is not None and differs(deployment.parts, job.parts)


def _refuse_by_job(deployment: Deployment, job: Job) -> None:
    if job.state is not JobState.RUNNING:
        raise RefusedError(RefusalCode.NOT_RUNNING, f"job {job.id} is {job.state}")
    if deployment.traits.execution_mode != "STREAMING":
        raise RefusedError(RefusalCode.NOT_STREAMING, "only streaming jobs can be hot updated")
    if deployment.traits.session_cluster:
        raise RefusedError(RefusalCode.SESSION_CLUSTER, "the job runs in a session cluster")
    if deployment.open_update is not None:
        raise RefusedError(RefusalCode.IN_PROGRESS, "another hot update is running")
    engine = parse_engine_version(str(job.parts["engineVersion"]))
    if engine is not None and engine < HOT_UPDATE_MINIMUM:
        raise RefusedError(RefusalCode.ENGINE_TOO_OLD, "the engine must be vvr-8.0.1 or later")


def _refuse_by_changes(deployment: Deployment, job: Job, changes: HotChanges) -> None:
    if not differs(deployment.parts, job.parts):
        raise RefusedError(RefusalCode.NOTHING_CHANGED, "the job already runs what is saved")
    if mode_of(deployment.parts) == "EXPERT" and _resources_differ(deployment, job):
        raise RefusedError(RefusalCode.EXPERT_MODE, "expert mode resources need a restart")
    if not changes:
        raise RefusedError(RefusalCode.ONLY_RESTART, "what was changed needs a restart")
    if changes.parallelism is None:
        return
    if unaligned(job.parts):
        raise RefusedError(
            RefusalCode.UNALIGNED, "parallelism cannot change with unaligned checkpoints"
        )
    largest = min((o.max_parallelism for o in deployment.traits.operators), default=32768)
    if changes.parallelism > largest:
        raise RefusedError(RefusalCode.TOO_PARALLEL, f"the largest parallelism is {largest}")


def _resources_differ(deployment: Deployment, job: Job) -> bool:
    part = "streamingResourceSetting"
    return deployment.parts.get(part) != job.parts.get(part)
