"""Both simulators, and a bot that is a process and is killed at a named point and started again."""

import asyncio
import multiprocessing
import os
import signal
from collections import Counter

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.slack import SlackSimulator
from bot.sandbox.stage import CHANNEL, NAMESPACE, VARIABLES, WORKSPACE, configuration
from tests.chaos import child

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.chaos.child"])
TIMES = """
[updates]
poll_first_seconds = 0.05
poll_max_seconds = 0.2
slow_after_seconds = 4
overdue_after_seconds = 5
give_up_after_seconds = 6
"""


class World:
    """What a test drives and looks at. `play` names what the bot is asked for (`child.PLAYS`)."""

    play = "rescale"
    endings = ("Succeeded", "Failed", "Unknown", "Stale")

    def __init__(self, folder):
        self.folder = folder
        self.config = folder / "flinkbot.toml"
        self.slack = SlackSimulator(
            bot_token=VARIABLES["SLACK_BOT_TOKEN"],
            app_token=VARIABLES["SLACK_APP_TOKEN"],
            signing_secret=VARIABLES["SLACK_SIGNING_SECRET"],
        )
        self.alibaba = AlibabaSimulator(
            workspace=WORKSPACE,
            namespace=NAMESPACE,
            access_key_id=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
            speed=20.0,
        )

    async def __aenter__(self):
        await self.slack.start()
        self.config.write_text(await self.configured() + TIMES)
        return self

    async def configured(self):
        return configuration(
            slack=self.slack.api_url,
            alibaba=await self.alibaba.start(),
            database=self.folder / "flinkbot.sqlite3",
        )

    async def __aexit__(self, *_):
        await self.alibaba.stop()
        await self.slack.stop()

    def bot(self, point=""):
        """Start the bot in a new process (from a server that has imported everything once)."""
        errors = str(self.folder / "stderr.log")
        args = (str(self.config), VARIABLES, self.play, point, errors)
        bot = PROCESSES.Process(target=child.start, args=args, daemon=True)
        bot.start()
        return bot

    def keys(self):
        told = (message.metadata or {} for message in self.slack.messages(CHANNEL))
        return Counter(metadata.get("event_payload", {}).get("key", "") for metadata in told)

    def verdict(self):
        return next((key for key in self.keys() if key.endswith(":verdict")), None)

    def card(self):
        told = self.slack.messages(CHANNEL)
        return next(m for m in told if "card" in str(m.metadata))

    async def ending(self):
        """Wait for the verdict, and for the card that agrees with it."""
        await self.slack.wait_for(self.verdict, 30)
        return await self.slack.wait_for(self._ended, 30)

    def _ended(self):
        text = self.card().text.lower()
        return next((word for word in self.endings if word.lower() in text), None)


async def killed(world, point, between=lambda: None):
    """Run an update, killing the bot at a point and starting it again; give how it ended.

    `between` is called while the bot is dead; what it gives is given back too.
    """
    bots = [world.bot(point)]
    try:
        async with asyncio.timeout(40):
            code = await ended(bots[0])
            assert code == -signal.SIGKILL, f"{point} was never reached"
            seen = between()
            bots.append(world.bot())
            return await world.ending(), seen
    finally:
        for bot in bots:
            bot.kill()
            await ended(bot)


async def ended(process):
    """Wait for a process without blocking the simulators; give its exit code."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(process.sentinel, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()
    return process.exitcode


async def everywhere(folder, points, play):
    """Play every point; give what went wrong, by point.

    Twice as many at once as there are processors, because most of it is waiting.
    `play(folder, point)` gives what is wrong, or None.
    """
    turns = asyncio.Semaphore(2 * (os.cpu_count() or 2))
    wrong = {}

    async def one(point):
        own = folder / point.replace(":", "-")
        own.mkdir()
        async with turns:
            try:
                found = await play(own, point)
            except (AssertionError, TimeoutError) as error:
                found = (repr(error), (own / "stderr.log").read_text()[-2000:])
        if found:
            wrong[point] = found

    async with asyncio.TaskGroup() as group:
        for point in points:
            group.create_task(one(point))
    return wrong


def twice(keys):
    """Give the messages that were told more than once."""
    return [key for key, times in keys.items() if times > 1]
