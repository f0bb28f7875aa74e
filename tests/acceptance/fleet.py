"""Several bots on one PostgreSQL, each of which can join and leave by itself."""

import re
from contextlib import AsyncExitStack
from copy import deepcopy
from uuid import NAMESPACE_DNS, uuid5

import aiohttp

from bot.bootstrap import open_bot
from bot.flink.snapshot import DeploymentRef
from bot.sandbox.stage import CHANNEL, TARGET, VARIABLES
from bot.settings import load_settings
from bot.updates.submit import Asker
from tests.acceptance.world import JOB, QUICK, TIMES, World


class Fleet(World):
    """Slack and a cloud, and as many bots as joined; Slack delivers to the one that came last."""

    def __init__(self, folder, url, more=""):
        super().__init__(folder)
        self.url, self.more = url, more
        self.bots, self._leaving = [], []

    async def start(self, **_):
        """Begin without a bot."""
        text = re.sub(r'url = "sqlite[^"]*"', f'url = "{self.url}"', self.text)
        file = self.folder / "flinkbot.toml"
        file.write_text(f"{text}\n{self.more}\n{TIMES}")
        self.settings = load_settings(file, VARIABLES)

    async def stop(self):
        for number in range(len(self.bots)):
            await self.leave(number)

    async def join(self, ends=QUICK):
        """Start one more bot."""
        stack = AsyncExitStack()
        bot = await stack.enter_async_context(open_bot(self.settings, ends=ends))
        self.bots.append(bot)
        self._leaving.append(stack)
        await self.slack.deliver_to(f"http://127.0.0.1:{bot.port}/slack/events")
        await self.ask("/flink jobs")
        return bot

    async def leave(self, number):
        """Stop a bot as SIGTERM does."""
        await self._leaving[number].aclose()

    def jobs(self, count):
        """Make so many jobs in the cloud; give their deployments."""
        made = [_copied(self.cloud.named(JOB), f"job-{number:02}") for number in range(count)]
        self.cloud._deployments |= {deployment.id: deployment for deployment in made}
        return made

    async def planned(self, bot, deployment, parallelism=8):
        """Plan an update through one of the bots; give its id."""
        ref = DeploymentRef(TARGET, deployment.id)
        wanted = {"parallelism": str(parallelism)}
        return (await bot.requests.hot_update.plan(self._asker, ref, wanted)).id

    async def apply(self, bot, update_id):
        """Apply a plan through one of the bots."""
        await bot.submissions.apply(update_id, self._asker, accepted=True)

    async def all_told(self, updates, patience=60.0):
        """Wait for the ends of many updates; all of them well."""

        def verdicts():
            found = [self.message(each, "verdict") for each in updates]
            return found if all(found) else None

        told = await self.seen(verdicts, patience)
        assert [message.words() for message in told if "Succeeded" not in message.words()] == []

    @property
    def _asker(self):
        return Asker(self.ada.user.id, CHANNEL)


def _copied(deployment, name):
    made = deepcopy(deployment)
    made.id = str(uuid5(NAMESPACE_DNS, name))
    made.parts["name"] = name
    for job in made.jobs:
        job.id = str(uuid5(NAMESPACE_DNS, f"job of {name}"))
        job.deployment_id, job.parts["name"] = made.id, name
    return made


async def health(bot):
    """Give what both questions about health are answered with, and the trouble that is told."""
    async with aiohttp.ClientSession() as session:
        answers = []
        for path in ("healthz", "readyz"):
            async with session.get(f"http://127.0.0.1:{bot.port}/{path}") as answer:
                answers.append((answer.status, await answer.json()))
    (alive, _), (ready, body) = answers
    wrong = {name: said for name, said in body["checks"].items() if said != "ok"}
    return alive, ready, wrong
