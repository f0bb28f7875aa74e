"""A cloud in memory for the engine's tests: state, effects counted, and faults on demand."""

from dataclasses import replace

from bot.errors import CloudNotFoundError, CloudOutcomeUnknownError, StaleRevisionError
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

VALUES = {
    "parallelism": "4",
    "execution.checkpointing.interval": "3min",
    "resources.mode": "BASIC",
    "jobmanager.cpu": "1",
    "jobmanager.memory": "4 GiB",
    "taskmanager.cpu": "1",
    "taskmanager.memory": "4 GiB",
    "taskmanager.numberOfTaskSlots": "1",
}
JOB_ID = "5af678c0-7db0-4650-94c2-d2604f0a0001"
LIVE_KEYS = (
    "parallelism",
    "execution.checkpointing.interval",
    "execution.checkpointing.timeout",
    "execution.checkpointing.min-pause",
)


class FakeCloud:
    """Implements `HotUpdateCloud` with one deployment, "orders"."""

    def __init__(self, target="prod", hot_update_polls=2):
        self.target = target
        self.saved = dict(VALUES)
        self.running = dict(VALUES)
        self.revision = 1
        self.job_id = JOB_ID
        self.job_status = "RUNNING"
        self.session_cluster = ""
        self.execution_mode = "STREAMING"
        self.engine_version = "vvr-8.0.11-jdk11-flink-1.17"
        self.modified_by = ""
        self.changed_since_start = False
        self.restarts = 0
        self.tuned = Tuning(autopilot=False, scheduled_plan="")
        self.operators = [
            Operator("Source: orders", 4, 128),
            Operator("Enrich", 4, 128),
            Operator("Sink: out", 4, 128),
        ]
        self.last_checkpoint_ms = 2_000
        self.outcome = "HOT_UPDATED"
        self.failure = Failure()
        self.hot_update_polls = hot_update_polls
        self.hot_updates = {}
        self.hints = []
        self.calls = []
        self.faults = {}
        self.after_save = None

    def fail(self, method, *errors):
        """Raise each error once, in order; `(error, True)` raises it after the effect."""
        self.faults.setdefault(method, []).extend(errors)

    def _called(self, method):
        self.calls.append(method)
        queue = self.faults.get(method)
        if not queue:
            return None
        error = queue.pop(0)
        if isinstance(error, tuple):
            return error[0]
        raise error

    def count(self, method):
        return self.calls.count(method)

    async def deployments(self):
        self._called("deployments")
        ref = DeploymentRef(self.target, "d-1")
        return [DeploymentSummary(ref, "orders", self.job_status)]

    async def fetch(self, deployment_id):
        self._called("fetch")
        job = JobSnapshot(
            job_id=self.job_id,
            status=self.job_status,
            values=dict(self.running),
            restarts=self.restarts,
            session_cluster=self.session_cluster,
        )
        return DeploymentSnapshot(
            ref=DeploymentRef(self.target, deployment_id),
            name="orders",
            revision=str(self.revision),
            saved=dict(self.saved),
            job=job if self.job_status else None,
            modified_by=self.modified_by,
            changed_since_start=self.changed_since_start,
            execution_mode=self.execution_mode,
            engine_version=self.engine_version,
            resource_mode=self.saved["resources.mode"],
        )

    async def tuning(self, deployment_id):
        self._called("tuning")
        return self.tuned

    async def job_graph(self, job_id):
        self._called("job_graph")
        return JobGraph(tuple(self.operators), 1_700_000_000, self.last_checkpoint_ms, 1024)

    async def deployment_of(self, job_id):
        self._called("deployment_of")
        return "d-1"

    async def save(self, deployment_id, values, revision):
        lost = self._called("save")
        if revision != str(self.revision):
            raise StaleRevisionError("moved")
        self.saved = merged(self.saved, values)
        self.revision += 1
        if self.after_save is not None:
            self.after_save(self)
        if lost:
            raise lost

    async def hot_update(self, job_id):
        lost = self._called("hot_update")
        hot_update_id = f"hu-{self.count('hot_update')}"
        self.hot_updates[hot_update_id] = self.hot_update_polls
        if self.hot_update_polls == 0:
            self._apply()
        if lost:
            raise lost
        return self._report(hot_update_id, "INIT")

    async def hot_update_result(self, hot_update_id):
        self._called("hot_update_result")
        if hot_update_id not in self.hot_updates:
            raise CloudNotFoundError("gone", cloud="fake", operation="GetHotUpdateJobResult")
        self.hot_updates[hot_update_id] -= 1
        if self.hot_updates[hot_update_id] > 0:
            return self._report(hot_update_id, "HOT_UPDATING")
        self._apply()
        return self._report(hot_update_id, self.outcome)

    async def diagnosis(self, deployment_id, job_id):
        self._called("diagnosis")
        return self.hints

    def _apply(self):
        if self.outcome != "HOT_UPDATED":
            return
        moved = {key: self.saved[key] for key in LIVE_KEYS if key in self.saved}
        old = self.running["parallelism"]
        self.running = {**self.running, **moved}
        self.operators = [
            replace(o, parallelism=int(self.running["parallelism"]))
            if str(o.parallelism) == old
            else o
            for o in self.operators
        ]

    def _report(self, hot_update_id, status):
        return HotUpdateReport(
            hot_update_id=hot_update_id,
            job_id=self.job_id,
            status=status,
            requested={"parallelism": self.saved["parallelism"]},
            failure=self.failure if status == "FAILED" else None,
            request_ids=(f"R-{len(self.calls)}",),
        )


def lost_answer(operation):
    return CloudOutcomeUnknownError("no answer", cloud="fake", operation=operation)
