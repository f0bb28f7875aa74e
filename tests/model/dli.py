"""A DLI in memory that keeps the truth of one job: its definition, its run, its savepoint."""

from bot.errors import CloudRejectedError
from bot.flink.plan import merged
from bot.flink.snapshot import DeploymentRef, DeploymentSnapshot, DeploymentSummary, JobSnapshot
from tests.fakes.dli import DEFINITION
from tests.model.alibaba import Trouble, meet
from tests.model.gate import Faults

JOB = "17"
_UP = ("job_submitting", "job_running")
_DOWN = ("job_savepointing", "job_canceling", "job_cancel_success")
_FAILS = ("job_submitting", "job_submit_fail")
_SAVEPOINT = ("job_savepointing", "job_running")


class ModelDli:
    """Implements `RestartCloud` with the job 17."""

    target = "huawei"

    def __init__(self, witness):
        self._witness = witness
        self.faults = Faults()
        self.saved = dict(DEFINITION)
        self.revision = 1
        self.status = "job_running"
        self.run = 100
        self.savepoint = ""
        self.doomed = 0
        """So many of the next starts will fail."""
        self._walk, self._arrival = [], lambda: None
        self._savepoints = 0

    # The bot's side

    async def deployments(self):
        return [DeploymentSummary(DeploymentRef(self.target, JOB), "orders", self.status)]

    async def fetch(self, job_id):
        trouble = self.faults.take("read")
        if trouble:
            self._witness.hurt(f"{trouble}: fetch")
        meet(trouble, self.target, "fetch", writes=False)
        seen = self._snapshot()
        self._witness.looked(seen)
        return seen

    async def inspect(self, job_id):
        return await self.fetch(job_id), dict(self.saved)

    def shown(self, values):
        return dict(values)

    def restored(self, values, definition):
        return dict(values)

    async def free_cus(self, queue):
        return None

    async def complaint(self, job_id, sql, values):
        return ""

    async def save(self, job_id, job_type, values):
        def effect():
            self.saved = merged(self.saved, values)
            self.revision += 1

        self._write("save", effect)

    async def start(self, job_id, *, resume):
        self._write("start", self._start, allowed=self.down)

    async def stop(self, job_id, *, savepoint):
        def effect():
            self._go(_DOWN, self._new_savepoint if savepoint else None)

        self._write("stop", effect, allowed=self.status == "job_running")

    async def take_savepoint(self, job_id, path):
        def effect():
            self._go(_SAVEPOINT, lambda: self._new_savepoint(path))

        self._write("take_savepoint", effect, allowed=self.status == "job_running")

    async def import_savepoint(self, job_id, path):
        def effect():
            self.savepoint = path

        self._write("import_savepoint", effect, allowed=self.down)

    @property
    def down(self):
        return not self._walk and self.status != "job_running"

    def _write(self, method, effect, *, allowed=True):
        self._witness.sending(method)
        trouble = self.faults.take(method)
        if trouble:
            self._witness.hurt(f"{trouble}: {method}")
        if not allowed:
            raise CloudRejectedError("not now", cloud=self.target, operation=method)
        if trouble in {None, Trouble.DONE_UNANSWERED}:
            self._witness.done(method)
            effect()
        meet(trouble, self.target, method, writes=True)

    def _start(self):
        self.run += 100
        if self.doomed:
            self.doomed -= 1
            self._go(_FAILS)
        else:
            self._go(_UP)

    def _go(self, walk, arrival=None):
        self._walk, self._arrival = list(walk), arrival or (lambda: None)
        self.go_on()

    def _new_savepoint(self, path="state/jobs/savepoint/17"):
        self._savepoints += 1
        self.savepoint = f"{path}/sp-{self._savepoints}"

    def _snapshot(self):
        job = JobSnapshot(
            job_id=str(self.run), status=self.status, values=dict(self.saved), restarts=0
        )
        return DeploymentSnapshot(
            ref=DeploymentRef(self.target, JOB),
            name="orders",
            revision=str(self.revision),
            saved=dict(self.saved),
            job=job,
            job_type="sql",
            savepoint=self.savepoint,
            engine_version="1.12",
        )

    # The world's side

    def under_way(self):
        return bool(self._walk)

    def go_on(self):
        """The job takes its next step."""
        if not self._walk:
            return
        self.status = self._walk.pop(0)
        if not self._walk:
            self._arrival()

    def somebody_saves(self, values):
        self.saved = merged(self.saved, values)
        self.revision += 1

    def somebody_stops(self):
        if self.status == "job_running" and not self._walk:
            self._go(_DOWN, self._new_savepoint)

    def somebody_starts(self):
        if self.down:
            self._start()
