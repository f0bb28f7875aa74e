"""A chaos run: people, replicas, both clouds, Slack and the database, with something always broken.

Everything random comes from one seed, which decides who dies when; what two processes do in the
same moment is for the machine to decide, so a seed repeats the weather, not the run.
"""

import asyncio
import random
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from time import monotonic

from bot.flink.update import State
from bot.sandbox.stage import NAMESPACE, PROJECT, REGION, VARIABLES, WORKSPACE
from bot.slack.english import ENGLISH
from tests.chaos import replica
from tests.chaos.clouds import Clouds
from tests.chaos.people import Visitor
from tests.chaos.postgres import server
from tests.chaos.replicas import Replicas
from tests.chaos.report import FINAL, Report
from tests.chaos.wishes import errands
from tests.chaos.workspace import Workplace

CROWD = 10
_FAULTS, _TROUBLES, _DOUBLED = 0.05, 0.04, 0.15
READY_SECONDS, _NOTICED_SECONDS, _SETTLE_SECONDS = 60.0, 20.0, 180.0
CONFIG = """
[slack]
mode = "http"
api_url = "{slack}"

[http]
host = "127.0.0.1"
port = 0

[database]
url = "{database}"

[updates]
poll_first_seconds = 0.2
poll_max_seconds = 1
slow_after_seconds = 8
overdue_after_seconds = 10
give_up_after_seconds = 20
start_within_seconds = 120

[targets.sandbox]
cloud = "alibaba"
region = "cn-hangzhou"
workspace = "{workspace}"
namespace = "{namespace}"
endpoint = "{alibaba}"
environment = "sandbox"
allow_users = ["*"]
allow_channels = ["*"]

[targets.lake]
cloud = "huawei"
region = "{region}"
project_id = "{project}"
endpoint = "{dli}"
iam_endpoint = "{dli}"
environment = "sandbox"
allow_users = ["*"]
allow_channels = ["*"]
"""


class Chaos:
    """All that a run consists of."""

    def __init__(self, folder, updates, seed):
        self.folder, self.seed = folder, seed
        self.errands = errands(updates, random.Random(seed))
        self.clouds = Clouds(self.errands, random.Random(seed + 1))
        self.workplace = Workplace(CROWD, random.Random(seed + 2))
        self.wanted = sum(map(len, self.errands))
        self.log = str(folder / "replicas.log")

    @asynccontextmanager
    async def open(self):
        """Start everything but the replicas."""
        async with AsyncExitStack() as stack:
            self.database = await stack.enter_async_context(server(self.folder / "postgres"))
            await stack.enter_async_context(self.workplace)
            alibaba = await self.clouds.alibaba.start()
            stack.push_async_callback(self.clouds.alibaba.stop)
            dli = await self.clouds.dli.start()
            stack.push_async_callback(self.clouds.dli.stop)
            self.config = self.folder / "flinkbot.toml"
            self.config.write_text(
                CONFIG.format(
                    slack=self.workplace.simulator.api_url,
                    database=self.database.url,
                    alibaba=alibaba,
                    dli=dli,
                    workspace=WORKSPACE,
                    namespace=NAMESPACE,
                    region=REGION,
                    project=PROJECT,
                )
            )
            yield self

    def replicas(self, work=replica.serve, balancer=None):
        """Give the replicas of some work, not started yet."""
        rng = random.Random(self.seed + 3)
        return Replicas(rng, work, (str(self.config),), VARIABLES, self.log, balancer)

    def trouble(self, on):
        """Let everything go wrong now and then, or nothing any more."""
        self.clouds.misbehave(_FAULTS if on else 0.0)
        self.workplace.troubles.share = _TROUBLES if on else 0.0
        self.workplace.balancer.doubled_share = _DOUBLED if on else 0.0

    async def weather(self, done):
        """Stop the database twice, and Slack once; `done()` tells the share of the work done."""
        rng = random.Random(self.seed + 4)
        for share, disaster in ((0.2, self._no_database), (0.45, self._no_slack)):
            await _reached(done, share)
            await disaster(rng)
        await _reached(done, 0.7)
        await self._no_database(rng)

    async def _no_database(self, rng):
        await self.database.stop()
        await asyncio.sleep(rng.uniform(0.3, 1.5))  # so long it is down
        await self.database.start()

    async def _no_slack(self, rng):
        troubles = self.workplace.troubles
        troubles.down = True
        await asyncio.sleep(rng.uniform(3.0, 5.0))  # so long it is down
        with suppress(TimeoutError):
            async with asyncio.timeout(_NOTICED_SECONDS):
                await _reached(lambda: troubles.met["down"], 5)
        troubles.down = False


async def _reached(done, share):
    """Wait until `done()` is as much as `share`."""
    while done() < share:  # noqa: ASYNC110 - the harness looks from outside
        await asyncio.sleep(0.1)  # what is counted is counted by others, who tell nobody


async def bot_run(folder, *, updates, seed, replicas):
    """Let people use the bot while everything breaks; give the report."""
    began = monotonic()
    chaos = Chaos(folder, updates, seed)
    async with chaos.open():
        workplace = chaos.workplace
        crew = chaos.replicas(balancer=workplace.balancer)
        visitors = [
            Visitor(person, room, workplace.simulator, chaos.clouds, chaos.database)
            for person, room in workplace.people
        ]
        crew.start(replicas)
        try:
            await asyncio.wait_for(crew.ready.wait(), READY_SECONDS)
            chaos.trouble(on=True)
            await _work(chaos, visitors)
            chaos.trouble(on=False)
            crew.calm_down()
            unsettled = await chaos.database.down_to(0, _OPEN, seconds=_SETTLE_SECONDS)
        finally:
            await crew.stop()
        report = await _judged(chaos, visitors)
        report.unsettled = unsettled
    report.deaths, report.seconds = crew.deaths, monotonic() - began
    return report


async def _work(chaos, visitors):
    """Let everybody do all errands, in all weathers."""
    left, working = list(chaos.errands), True

    async def busy(visitor):
        while left:
            await visitor.do(left.pop())

    def done():
        asked = sum(len(visitor.asked) for visitor in visitors)
        return asked / chaos.wanted if working else 1.0

    weather = asyncio.create_task(chaos.weather(done))
    try:
        await asyncio.gather(*map(busy, visitors))
        working = False
        await weather
    finally:
        weather.cancel()


_OPEN = """
SELECT (SELECT count(*) FROM updates WHERE queued_at IS NOT NULL AND finished_at IS NULL)
     + (SELECT count(*) FROM outbox WHERE settled < version AND buried IS NULL)
"""


async def _judged(chaos, visitors):
    asked = {update_id: wish for visitor in visitors for update_id, wish in visitor.asked.items()}
    witness, told = chaos.clouds.witness, chaos.workplace.told()
    report = Report("Flinkbot", again=witness.again(), twice=witness.twice())
    rows = await chaos.database.rows(
        "SELECT id, operation, state, name FROM updates WHERE queued_at IS NOT NULL"
    )
    newest = {wish.job: wish for wish in asked.values()}  # what it undid holds no more
    for update_id, operation, state, job in rows:
        wish = asked.get(update_id)
        report.ends[wish.kind.value if wish else f"{operation}, asked for anew", state] += 1
        _judge(report, chaos.clouds, told, update_id, state, job)
        if wish is not None:
            said = " ".join(m.words() for m in told.get(f"{update_id}:verdict", ()))
            report.compare(state, wish, chaos.clouds, said, last=newest[job] is wish)
    promised = set(asked).union(*(visitor.promised for visitor in visitors))
    report.endless += sorted(promised - {update_id for update_id, *_ in rows})
    report.buried = [key for (key,) in await chaos.database.rows(_BURIED)]
    report.doubled = [key for key, messages in told.items() if len(messages) > 1]
    report.given_up = sum(len(visitor.given_up) for visitor in visitors)
    return with_weather(report, chaos)


_BURIED = "SELECT key FROM outbox WHERE buried IS NOT NULL"
_UNDER_WAY = tuple(
    str(label) for label in (*ENGLISH.outlooks.values(), ENGLISH.states[State.QUEUED])
)
"""How a card begins that does not show the end."""


def _judge(report, clouds, told, update_id, state, job):
    """Compare one update's end with what the clouds and Slack saw of it."""
    if state not in FINAL:
        report.endless.append(update_id)
        return
    verdicts, cards = told.get(f"{update_id}:verdict", []), told.get(f"{update_id}:card", [])
    if not verdicts or not cards or cards[0].text.startswith(_UNDER_WAY):
        report.missing.append(update_id)
    if state == "unknown":
        report.unknown_applied += clouds.witness.heard(job)
        said = [*verdicts[:1], *cards[:1]]
        report.unknown_dishonest += not all("nknown" in message.words() for message in said)


def with_weather(report, chaos):
    """Add what it met, as far as the harness knows."""
    troubles, balancer = chaos.workplace.troubles, chaos.workplace.balancer
    report.restarts = chaos.database.restarts
    report.slack_down = troubles.met.pop("down", 0)
    report.faults = troubles.met + chaos.clouds.met
    report.deliveries_doubled, report.deliveries_lost = balancer.doubled, balancer.lost
    return report
