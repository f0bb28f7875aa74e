"""The simulated clouds of a chaos run: a job per errand, faults at random, each order on record."""

import json
from collections import Counter
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from uuid import NAMESPACE_DNS, uuid5

from bot.flink.parameters import same_value
from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.alibaba import faults as hot_faults
from bot.sandbox.alibaba.cloud import Cloud as HotCloud
from bot.sandbox.alibaba.definition import conf_of, parallelism_of
from bot.sandbox.alibaba.model import Behaviour as HotBehaviour
from bot.sandbox.cloud_server import utc_now
from bot.sandbox.dli import Account, DliSimulator
from bot.sandbox.dli import faults as dli_faults
from bot.sandbox.dli.cloud import Cloud as DliCloud
from bot.sandbox.dli.model import Behaviour as DliBehaviour
from bot.sandbox.dli.model import Queue, Status
from bot.sandbox.orders import Orders
from bot.sandbox.stage import NAMESPACE, PROJECT, REGION, VARIABLES, WORKSPACE
from tests.chaos.wishes import INTERVAL, PARALLELISM, Kind

SPEED = 10.0
CONSOLE = "console"
"""Who starts the hot updates that are watched only."""
_WATCHED_S = 80.0
_QUICK = DliBehaviour()
_TEMPLATES = {
    Kind.IMPORT: "dws_import_demo",
    Kind.JAR_LIVE: "clickstream_sessions",
    Kind.JAR_RESTART: "clickstream_sessions",
}
_QUEUES = [Queue(id=2102, name="flink_general", cu_count=1_000_000)]
_QUEUES += [Queue(id=2101, name="testqueue", cu_count=1_000_000)]


@dataclass(frozen=True)
class Order:
    """Something that a cloud was told to do, and that is not the same when it is told twice."""

    job: str
    verb: str
    wish: str


@dataclass
class Witness:
    """Every order that reached a cloud, whether it was carried out or refused there."""

    given: Counter = field(default_factory=Counter)
    taken: Counter = field(default_factory=Counter)
    saved: set = field(default_factory=set)

    @contextmanager
    def order(self, job, verb, wish):
        """Record an order; one that raises was refused."""
        order = Order(job, verb, str(wish))
        self.given[order] += 1
        yield
        self.taken[order] += 1

    def again(self):
        """Give the orders that came again after they had been carried out."""
        return [order for order, times in self.given.items() if times > 1 and self.taken[order]]

    def twice(self):
        """Give the orders that were carried out more than once."""
        return [order for order, times in self.taken.items() if times > 1]

    def heard(self, job):
        """Tell whether a job's cloud was told to change anything, and did."""
        return job in self.saved or any(order.job == job for order in self.taken)


class WatchedHotCloud(HotCloud):
    """Writes down who triggers hot updates."""

    witness: Witness

    def start_hot_update(self, job_id, request_id):
        if request_id == CONSOLE:
            return super().start_hot_update(job_id, request_id)
        deployment, _ = self.job(job_id)
        wish = parallelism_of(deployment.parts), conf_of(deployment.parts).get(INTERVAL)
        with self.witness.order(deployment.name, "hot update", wish):
            return super().start_hot_update(job_id, request_id)


class WatchedDliCloud(DliCloud):
    """Writes down who starts and stops jobs, and who writes and imports savepoints."""

    witness: Witness

    def update(self, job_id, body, *, jar, by=CONSOLE):
        saved = super().update(job_id, body, jar=jar, by=by)
        self.witness.saved.add(saved.name)
        return saved

    def start(self, job_id, *, resume_savepoint):
        job = self.job(job_id)
        with self.witness.order(job.name, "start", json.dumps(job.parts, sort_keys=True)):
            return super().start(job_id, resume_savepoint=resume_savepoint)

    def stop(self, job_id, *, trigger_savepoint):
        job = self.job(job_id)
        with self.witness.order(job.name, "stop", job.runs[-1].jid):
            return super().stop(job_id, trigger_savepoint=trigger_savepoint)

    def trigger_savepoint(self, job_id, path):
        with self.witness.order(self.job(job_id).name, "savepoint", path):
            return super().trigger_savepoint(job_id, path)

    def import_savepoint(self, job_id, path):
        with self.witness.order(self.job(job_id).name, "import", path):
            return super().import_savepoint(job_id, path)


class RandomFaults(Orders):
    """Lets calls meet trouble at random while `share` of them is to; counts what they met."""

    def __init__(self, rng, fault, kinds):
        super().__init__()
        self._rng, self._fault = rng, fault
        self._kinds = [kind for kind, weight in kinds.items() for _ in range(weight)]
        self.share = 0.0
        self.met = Counter()

    def take(self, operation):
        if self._rng.random() >= self.share:
            return super().take(operation)
        kind = self._rng.choice(self._kinds)
        self.met[kind.value] += 1
        seconds = round(self._rng.uniform(0.2, 1.2), 2)
        throttled = kind.value == "status_429"
        return self._fault(kind=kind, seconds=1.0 if throttled else seconds)


def _weights(kinds):
    return {
        kinds.DROP_AFTER: 5,
        kinds.DROP_BEFORE: 2,
        kinds.DELAY: 3,
        kinds.STATUS_429: 2,
        kinds.HTML_502: 2,
        kinds.XML_ERROR: 1,
        kinds.TRUNCATE: 2,
        kinds.TIMEOUT: 1,
    }


class Clouds:
    """Both clouds, with a job for every errand."""

    def __init__(self, errands, rng):
        self.witness = Witness()
        self.alibaba = AlibabaSimulator(
            workspace=WORKSPACE,
            namespace=NAMESPACE,
            access_key_id=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
            speed=SPEED,
        )
        account = Account(VARIABLES["HUAWEICLOUD_SDK_AK"], VARIABLES["HUAWEICLOUD_SDK_SK"])
        self.dli = DliSimulator(project_id=PROJECT, region=REGION, account=account, speed=SPEED)
        first = [wishes[0] for wishes in errands]
        hot, dli = self.alibaba.gateway, self.dli.gateway
        deployments = [_deployment(hot.cloud, wish) for wish in first if wish.kind.hot]
        jobs = [_job(dli.cloud, wish, n) for n, wish in enumerate(first) if not wish.kind.hot]
        hot.cloud = WatchedHotCloud(deployments, utc_now, SPEED)
        dli.cloud = WatchedDliCloud(jobs, _QUEUES, utc_now, SPEED)
        hot.cloud.witness = dli.cloud.witness = self.witness
        hot.faults = RandomFaults(rng, hot_faults.Fault, _weights(hot_faults.FaultKind))
        dli.faults = RandomFaults(rng, dli_faults.Fault, _weights(dli_faults.FaultKind))

    def misbehave(self, share):
        """Let this share of all calls meet a fault."""
        self.alibaba.gateway.faults.share = self.dli.gateway.faults.share = share

    @property
    def met(self):
        return self.alibaba.gateway.faults.met + self.dli.gateway.faults.met

    def started_elsewhere(self, name):
        """Give the hot update of a job that runs by somebody else's hand; start one if need be."""
        cloud = self.alibaba.cloud
        deployment = cloud.named(name)
        if deployment.open_update is None:
            parallelism = parallelism_of(deployment.parts) + 1
            cloud.edit(deployment, parallelism=parallelism, conf={}, by=CONSOLE)
            cloud.start_hot_update(deployment.latest_job.id, CONSOLE)
        return deployment.open_update

    def id_of(self, name):
        """Give the id of a job of either cloud."""
        every = (*self.alibaba.cloud.deployments(), *self.dli.cloud.jobs())
        return next(str(job.id) for job in every if job.name == name)

    def runs(self, name):
        """Tell whether a DLI job runs."""
        return self.dli.cloud.named(name).status is Status.RUNNING

    def held(self, wish):
        """Tell whether what a wish asked for came about."""
        return (self._holds_hot if wish.kind.hot else self._holds_dli)(wish)

    def _holds_hot(self, wish):
        running = self.alibaba.cloud.named(wish.job).latest_job.parts
        present = {PARALLELISM: str(parallelism_of(running)), **conf_of(running)}
        return all(same_value(name, present[name], value) for name, value in wish.values)

    def _holds_dli(self, wish):
        job = self.dli.cloud.named(wish.job)
        running = job.status is Status.RUNNING
        match wish.kind:
            case Kind.IMPORT | Kind.SAVEPOINT:
                return any(wish.path in kept.path for kept in job.savepoints)
            case Kind.STOP:
                return not running
            case Kind.START:
                return running
            case Kind.SQL_RESTART | Kind.JAR_RESTART:
                return running and _has(job.parts, wish) and _has(job.runs[-1].parts, wish)
            case _:
                return _has(job.parts, wish)


def _has(parts, wish):
    return all(str(parts[name]) == value for name, value in wish.values)


def _deployment(cloud, wish):
    made = deepcopy(cloud.named("orders-enrichment"))
    made.id = str(uuid5(NAMESPACE_DNS, f"chaos.{wish.job}"))
    made.parts["name"] = wish.job
    for job in made.jobs:
        job.id = str(uuid5(NAMESPACE_DNS, f"chaos.job.{wish.job}"))
        job.deployment_id, job.parts["name"] = made.id, wish.job
    if wish.kind is Kind.WATCH:
        made.behaviour = HotBehaviour(duration_s=_WATCHED_S)
    return made


def _job(cloud, wish, number):
    made = deepcopy(cloud.named(_TEMPLATES.get(wish.kind, "dwd_orders")))
    made.id, made.parts["name"], made.behaviour = 200_000 + number, wish.job, _QUICK
    for run in made.runs:
        run.jid, run.parts["name"] = uuid5(NAMESPACE_DNS, wish.job).hex, wish.job
    return made
