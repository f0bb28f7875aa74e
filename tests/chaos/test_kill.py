"""Killed with SIGKILL at every point of an update and started again: the same ending, told once.

One point cannot have the same ending: killed after the intent to trigger was committed and before
HotUpdateJob left. No reading can prove that it did not leave, so it is never sent again, and the
update ends "unknown" and asks for a human.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.slack import SlackSimulator
from bot.sandbox.stage import CHANNEL, NAMESPACE, VARIABLES, WORKSPACE, configuration

ROOT = Path(__file__).parents[2]
NEVER_LEFT = "cloud.hot_update:1:before"
TIMES = """
[updates]
poll_first_seconds = 0.05
poll_max_seconds = 0.2
slow_after_seconds = 2
overdue_after_seconds = 2.5
give_up_after_seconds = 3
"""


class World:
    """Both simulators, and a bot that is a process."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "points.log"
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
        text = configuration(
            slack=self.slack.api_url,
            alibaba=await self.alibaba.start(),
            database=self.folder / "flinkbot.sqlite3",
        )
        self.config.write_text(text + TIMES)
        return self

    async def __aexit__(self, *_):
        await self.alibaba.stop()
        await self.slack.stop()

    async def bot(self, point=""):
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.chaos.child",
            str(self.config),
            str(self.log),
            *([point] if point else []),
            cwd=ROOT,
            env={**os.environ, **VARIABLES},
            stderr=asyncio.subprocess.DEVNULL,
        )

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
        return await self.slack.wait_for(lambda: _ended(self.card().text), 30)


def _ended(text):
    endings = ("Succeeded", "Failed", "Unknown", "Stale")
    return next((word for word in endings if word.lower() in text.lower()), None)


async def play(folder, point):
    """Run an update, killing the bot at a point and starting it again; give what came of it."""
    async with World(folder) as world:
        first = await world.bot(point)
        second = None
        try:
            async with asyncio.timeout(40):
                assert await first.wait() == -signal.SIGKILL, f"{point} was never reached"
                second = await world.bot()
                ending = await world.ending()
            hot_updates = world.alibaba.calls("HotUpdateJob")
            return ending, hot_updates, world.keys()
        finally:
            for bot in (first, second):
                if bot is not None and bot.returncode is None:
                    bot.kill()
                    await bot.wait()


async def recorded(folder):
    """Run an update undisturbed and give the names of the calls it made."""
    async with World(folder) as world:
        bot = await world.bot()
        try:
            ending = await world.ending()
        finally:
            bot.kill()
            await bot.wait()
        assert ending == "Succeeded"
        return list(dict.fromkeys(world.log.read_text().split()))


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    calls = asyncio.run(recorded(tmp_path_factory.mktemp("recorded")))
    return [f"{call}:{moment}" for call in calls for moment in ("before", "after")]


async def test_killed_anywhere_it_ends_the_same_and_tells_it_once(points, tmp_path):
    assert NEVER_LEFT in points
    turns = asyncio.Semaphore(os.cpu_count() or 2)
    wrong = {}

    async def one(number, point):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with turns:
            ending, hot_updates, keys = await play(folder, point)
        expected = ("Unknown", 0) if point == NEVER_LEFT else ("Succeeded", 1)
        twice = [key for key, times in keys.items() if times > 1]
        if (ending, hot_updates) != expected or twice:
            wrong[point] = (ending, hot_updates, twice)

    async with asyncio.TaskGroup() as group:
        for number, point in enumerate(points):
            group.create_task(one(number, point))

    assert wrong == {}
