"""An Alibaba Cloud in memory that keeps the truth: what is saved, what runs, what is under way."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count

from bot.errors import (
    CloudForbiddenError,
    CloudNotFoundError,
    CloudNotSentError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    StaleRevisionError,
)
from bot.flink.plan import merged
from bot.flink.snapshot import (
    DeploymentRef,
    DeploymentSnapshot,
    DeploymentSummary,
    Failure,
    HotUpdateReport,
    JobGraph,
    JobSnapshot,
    Operator,
    Tuning,
)
from tests.fakes.cloud import LIVE_KEYS, VALUES
from tests.model.gate import Faults


class Trouble(StrEnum):
    """What a call of a cloud meets."""

    DONE_UNANSWERED = "done, no answer"
    LOST = "no answer, not done"
    NOT_SENT = "not sent"
    THROTTLED = "throttled"
    REFUSED = "refused"


SURELY_NOT = {Trouble.NOT_SENT, Trouble.THROTTLED, Trouble.REFUSED}
"""After these whoever asked knows that nothing was done."""


def meet(trouble, cloud, method, *, writes):
    """Raise what the caller learns of a trouble."""
    told = {"cloud": cloud, "operation": method}
    match trouble:
        case None:
            return
        case Trouble.DONE_UNANSWERED | Trouble.LOST if writes:
            raise CloudOutcomeUnknownError("no answer", **told)
        case Trouble.DONE_UNANSWERED | Trouble.LOST:
            raise CloudUnavailableError("no answer", **told)
        case Trouble.NOT_SENT:
            raise CloudNotSentError("no connection", **told)
        case Trouble.THROTTLED:
            raise CloudThrottledError("too many", **told, retry_after=4.0)
        case Trouble.REFUSED:
            kind = CloudRejectedError if writes else CloudForbiddenError
            raise kind("no", **told, code="No")


@dataclass
class HotUpdating:
    """One hot update."""

    id: str
    job_id: str
    values: dict
    status: str = "INIT"
    doomed: bool = False

    @property
    def over(self):
        return self.status in {"HOT_UPDATED", "FAILED"}


@dataclass
class Deployment:
    """One deployment and the job that runs from it."""

    saved: dict = field(default_factory=lambda: dict(VALUES))
    running: dict = field(default_factory=lambda: dict(VALUES))
    revision: int = 1
    run: int = 1
    status: str = "RUNNING"
    doomed: bool = False
    """The next hot update will fail."""


class ModelAlibaba:
    """Implements `HotUpdateCloud` with the deployments d-1 and d-2."""

    target = "prod"

    def __init__(self, witness):
        self._witness = witness
        self.faults = Faults()
        self.deployments_ = {name: Deployment() for name in ("d-1", "d-2")}
        self.hot_updates = {}
        self._ids = count(1)

    # The bot's side

    async def deployments(self):
        return [
            DeploymentSummary(DeploymentRef(self.target, name), name, one.status)
            for name, one in self.deployments_.items()
        ]

    async def fetch(self, deployment_id):
        self._read("fetch")
        seen = self._snapshot(deployment_id)
        self._witness.looked(seen)
        return seen

    async def tuning(self, deployment_id):
        return Tuning(autopilot=False, scheduled_plan="")

    async def job_graph(self, job_id):
        self._read("job_graph")
        parallelism = int(self._of_job(job_id).running["parallelism"])
        return JobGraph((Operator("Source: a", parallelism, 128),), 1_700_000_000, 2_000, 1024)

    async def deployment_of(self, job_id):
        return job_id.rpartition("-")[0]

    async def diagnosis(self, deployment_id, job_id):
        return []

    async def hot_update_result(self, hot_update_id):
        self._read("hot_update_result")
        return self._report(self.hot_updates[hot_update_id])

    async def save(self, deployment_id, values, revision):
        one = self.deployments_[deployment_id]
        trouble = self._sending("save")
        if revision != str(one.revision):
            raise StaleRevisionError("moved")
        if trouble in {None, Trouble.DONE_UNANSWERED}:
            self._witness.done("save")
            one.saved = merged(one.saved, values)
            one.revision += 1
        meet(trouble, self.target, "save", writes=True)

    async def hot_update(self, job_id):
        trouble = self._sending("hot_update")
        if trouble in SURELY_NOT:
            self._witness.surely_not("hot_update")
        one = self._of_job(job_id)
        if one.status != "RUNNING" or self.under_way(job_id):
            raise CloudRejectedError("not now", cloud=self.target, operation="hot_update")
        begun = None
        if trouble in {None, Trouble.DONE_UNANSWERED}:
            begun = self._begin(one, job_id)
        meet(trouble, self.target, "hot_update", writes=True)
        return self._report(begun)

    def _begin(self, one, job_id):
        self._witness.done("hot_update")
        values = {key: one.saved[key] for key in LIVE_KEYS if key in one.saved}
        begun = HotUpdating(f"hu-{next(self._ids)}", job_id, values, doomed=one.doomed)
        self.hot_updates[begun.id] = begun
        return begun

    def _read(self, method):
        trouble = self.faults.take("read")
        if trouble:
            self._witness.hurt(f"{trouble}: {method}")
        meet(trouble, self.target, method, writes=False)

    def _sending(self, method):
        self._witness.sending(method)
        trouble = self.faults.take(method)
        if trouble:
            self._witness.hurt(f"{trouble}: {method}")
        return trouble

    def _snapshot(self, name):
        one = self.deployments_[name]
        job = JobSnapshot(
            job_id=f"{name}-{one.run}", status=one.status, values=dict(one.running), restarts=0
        )
        return DeploymentSnapshot(
            ref=DeploymentRef(self.target, name),
            name=name,
            revision=str(one.revision),
            saved=dict(one.saved),
            job=job,
            execution_mode="STREAMING",
            engine_version="vvr-8.0.11-jdk11-flink-1.17",
            resource_mode="BASIC",
        )

    def _of_job(self, job_id):
        name, _, run = job_id.rpartition("-")
        one = self.deployments_[name]
        if str(one.run) != run:
            raise CloudNotFoundError("no such job", cloud=self.target, operation="job")
        return one

    def _report(self, hot_update):
        return HotUpdateReport(
            hot_update_id=hot_update.id,
            job_id=hot_update.job_id,
            status=hot_update.status,
            requested=hot_update.values,
            failure=Failure("no slots") if hot_update.status == "FAILED" else None,
            request_ids=(f"R-{hot_update.id}",),
        )

    # The world's side

    def under_way(self, job_id=None):
        return [
            each
            for each in self.hot_updates.values()
            if not each.over and job_id in {None, each.job_id}
        ]

    def go_on(self):
        """Every hot update takes its next step."""
        for each in self.under_way():
            match each.status:
                case "INIT":
                    each.status = "HOT_UPDATING"
                case _:
                    self._end(each)

    def _end(self, hot_update):
        if hot_update.doomed:
            hot_update.status = "FAILED"
            return
        one = self._of_job(hot_update.job_id)
        one.running = {**one.running, **hot_update.values}
        hot_update.status = "HOT_UPDATED"

    def somebody_saves(self, name, values):
        one = self.deployments_[name]
        one.saved = merged(one.saved, values)
        one.revision += 1

    def somebody_restarts(self, name):
        one = self.deployments_[name]
        self._stop(name, one)
        self.deployments_[name] = replace(
            one, running=dict(one.saved), run=one.run + 1, status="RUNNING"
        )

    def somebody_stops(self, name):
        one = self.deployments_[name]
        self._stop(name, one)
        one.status = "CANCELLED"

    def _stop(self, name, one):
        for each in self.under_way(f"{name}-{one.run}"):
            each.status = "FAILED"
