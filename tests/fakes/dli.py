"""A DLI in memory for the engine's tests: one job, effects counted, a status walk at each look."""

import hashlib

from bot.errors import UserError
from bot.flink.masking import mask, unmask
from bot.flink.plan import merged
from bot.flink.snapshot import DeploymentRef, DeploymentSnapshot, DeploymentSummary, JobSnapshot
from bot.notes import Code, note

DEFINITION = {
    "name": "orders",
    "sql_body": "CREATE TABLE a; INSERT INTO a SELECT 1",
    "queue_name": "flink",
    "run_mode": "exclusive_cluster",
    "cu_number": "4",
    "manager_cu_number": "1",
    "parallel_number": "4",
    "tm_cus": "1",
    "obs_bucket": "state",
    "smn_topic": "alerts",
    "checkpoint_enabled": "true",
    "restart_when_exception": "false",
    "flink_version": "1.12",
}
STOP_WALK = ("job_savepointing", "job_canceling", "job_cancel_success")
START_WALK = ("job_cancel_success", "job_submitting", "job_running")


class FakeDli:
    """Implements `RestartCloud` with the job 17, "orders"."""

    def __init__(self, target="huawei"):
        self.target = target
        self.saved = dict(DEFINITION)
        self.job_type = "sql"
        self.revision = 1
        self.status = "job_running"
        self.status_desc = ""
        self.started_at = 100
        self.restarts = 0
        self.savepoint = ""
        self.stop_walk, self.start_walk = STOP_WALK, START_WALK
        self.start_walks = []
        self.crashes = 0
        self.queues = {}
        self.free, self.against = None, "no such table"
        self.keeps_savepoint = True
        self.ignored, self.fills_in = (), {}
        self.calls, self.faults, self._walk = [], {}, []

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

    def writes(self):
        return [call for call in self.calls if call != "fetch"]

    async def deployments(self):
        self._called("deployments")
        return [DeploymentSummary(DeploymentRef(self.target, "17"), "orders", self.status)]

    async def fetch(self, job_id):
        self._called("fetch")
        if self._walk:
            self.status = self._walk.pop(0)
            self._arrive()
        elif self.status == "job_running":
            self.restarts += self.crashes
        shown = self.shown(self.saved)
        return DeploymentSnapshot(
            ref=DeploymentRef(self.target, job_id),
            name="orders",
            revision=str(self.revision),
            saved=shown,
            job=JobSnapshot(
                job_id=str(self.started_at),
                status=self.status,
                values=shown,
                restarts=self.restarts,
                failure=self.status_desc,
            ),
            job_type=self.job_type,
            savepoint=self.savepoint,
            engine_version="1.12",
        )

    def _arrive(self):
        if self.status == "job_cancel_success" and self.stopping:
            self.stopping = False
            self.savepoint = "state/jobs/savepoint/17" if self.with_savepoint else self.savepoint
        if self.status == "job_running":
            self.status_desc = ""
            if not self.keeps_savepoint:
                self.savepoint = ""

    async def inspect(self, job_id):
        seen = await self.fetch(job_id)
        return seen, dict(self.saved)

    def shown(self, values):
        return {name: text and mask(text, _print) for name, text in values.items()}

    def restored(self, values, definition):
        return {
            name: text and unmask(text, definition.get(name, ""), _print)
            for name, text in values.items()
        }

    async def free_cus(self, queue):
        return self.queues.get(queue, self.free)

    async def complaint(self, job_id, sql, values):
        return self.against if "BROKEN" in sql else ""

    async def save(self, job_id, job_type, values):
        lost = self._called("save")
        self.saved = merged(self.saved, {n: v for n, v in values.items() if n not in self.ignored})
        self.saved |= self.fills_in
        self.revision += 1
        if lost:
            raise lost

    async def start(self, job_id, *, resume):
        lost = self._called("start" if resume else "start without state")
        self.started_at += 100
        self.restarts = 0
        self._walk = list(self.start_walks.pop(0) if self.start_walks else self.start_walk)
        if self._walk and self._walk[-1].endswith(("fail", "exception")):
            self.status_desc = "not enough CUs"
        if lost:
            raise lost

    stopping = False
    with_savepoint = False

    async def stop(self, job_id, *, savepoint):
        lost = self._called("stop" if savepoint else "stop without state")
        self.stopping, self.with_savepoint = True, savepoint
        self._walk = list(self.stop_walk)
        if lost:
            raise lost

    async def take_savepoint(self, job_id, path):
        lost = self._called("take_savepoint")
        self._walk = ["job_savepointing", "job_running"]
        self.savepoint = f"{path}/sp-1"
        if lost:
            raise lost

    async def import_savepoint(self, job_id, path):
        lost = self._called("import_savepoint")
        self.savepoint = path
        if lost:
            raise lost


def _print(secret):
    return hashlib.sha256(secret.encode()).hexdigest()


class FakeVault:
    """Implements `Vault`, in memory; with a key unless told otherwise."""

    def __init__(self):
        self.kept = {}
        self.refused = None
        self.unkept = set()
        """Values that hold a secret, where there is no key."""

    def check(self, values):
        if self.refused is not None:
            raise UserError(self.refused)
        if lacking := values.keys() - self.keepable(values).keys():
            raise UserError(note(Code.SECRET_KEY_NEEDED, fields=", ".join(lacking)))

    def keepable(self, values):
        return {name: text for name, text in values.items() if text not in self.unkept}

    async def put(self, update_id, name, values):
        self.kept.setdefault((update_id, name), dict(values))

    async def get(self, update_id, name):
        return self.kept.get((update_id, name))
