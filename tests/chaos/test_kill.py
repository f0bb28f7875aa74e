"""Killed with SIGKILL at every point of an update and started again: the same ending, told once.

One moment cannot have the same ending: after the intent to trigger was committed and before
HotUpdateJob left. No reading can prove that it did not leave, so it is never sent again, and the
update ends "unknown" and asks for a human.
"""

import asyncio
import multiprocessing
import os
import signal
import sqlite3
from collections import Counter
from contextlib import closing

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.slack import SlackSimulator
from bot.sandbox.stage import CHANNEL, NAMESPACE, VARIABLES, WORKSPACE, configuration
from tests.chaos import child

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.chaos.child"])
# Messages are delivered beside the steps, so a kill at one of theirs can meet this moment as well.
NEVER_LEFT = {"updates.save:5:after", "cloud.hot_update:1:before"}
# Every write of an update's life and every cloud call, in the order of an undisturbed run.
CALLS = [
    "cloud.fetch:1",  # the plan
    "cloud.tuning:1",
    "cloud.job_graph:1",
    "updates.add:1",
    "updates.transition:1",  # Apply
    "updates.claim_due:1",
    "outbox.claim_messages:1",
    "outbox.mark_sending:1",  # the card
    "outbox.mark_sent:1",
    "cloud.fetch:2",  # check
    "updates.save:1",
    "updates.save:2",  # the intent to save
    "cloud.save:1",
    "updates.save:3",
    "cloud.fetch:3",  # read back
    "updates.save:4",
    "updates.save:5",  # the intent to trigger
    "cloud.hot_update:1",
    "updates.save:6",  # the hot update id
    "updates.claim_due:2",
    "cloud.hot_update_result:1",
    "updates.save:7",
    "cloud.fetch:4",  # verify
    "cloud.job_graph:2",
    "updates.save:8",
    "outbox.claim_messages:2",
    "outbox.mark_sending:2",
    "outbox.mark_sent:2",
    "outbox.mark_sending:3",
    "outbox.mark_sent:3",
    "outbox.mark_sending:4",  # the verdict
    "outbox.mark_sent:4",
]
POINTS = [f"{call}:{moment}" for call in CALLS for moment in ("before", "after")]
TIMES = """
[updates]
poll_first_seconds = 0.05
poll_max_seconds = 0.2
slow_after_seconds = 4
overdue_after_seconds = 5
give_up_after_seconds = 6
"""


class World:
    """Both simulators, and a bot that is a process."""

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

    def bot(self, point=""):
        """Start the bot in a new process (from a server that has imported everything once)."""
        errors = str(self.folder / "stderr.log")
        args = (str(self.config), VARIABLES, point, errors)
        bot = PROCESSES.Process(target=child.start, args=args, daemon=True)
        bot.start()
        return bot

    def trigger_in_doubt(self):
        """Whether the intent to trigger is on record and the cloud never heard of it."""
        with closing(sqlite3.connect(self.folder / "flinkbot.sqlite3")) as database:
            intents = "SELECT 1 FROM updates WHERE step = 'trigger' AND intent_at IS NOT NULL"
            meant = database.execute(intents).fetchone() is not None
        return meant and self.alibaba.calls("HotUpdateJob") == 0

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
        bots = [world.bot(point)]
        try:
            async with asyncio.timeout(40):
                code = await ended(bots[0])
                assert code == -signal.SIGKILL, f"{point} was never reached"
                expected = ("Unknown", 0) if world.trigger_in_doubt() else ("Succeeded", 1)
                bots.append(world.bot())
                ending = await world.ending()
            return expected, (ending, world.alibaba.calls("HotUpdateJob")), world.keys()
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


async def test_killed_anywhere_it_ends_the_same_and_tells_it_once(tmp_path):
    turns = asyncio.Semaphore(os.cpu_count() or 2)
    wrong = {}

    async def one(point):
        folder = tmp_path / point.replace(":", "-")
        folder.mkdir()
        async with turns:
            try:
                expected, came, keys = await play(folder, point)
            except (AssertionError, TimeoutError) as error:
                wrong[point] = (repr(error), (folder / "stderr.log").read_text()[-2000:])
                return
        twice = [key for key, times in keys.items() if times > 1]
        if came != expected or twice or (point in NEVER_LEFT and came != ("Unknown", 0)):
            wrong[point] = (came, expected, twice)

    async with asyncio.TaskGroup() as group:
        for point in POINTS:
            group.create_task(one(point))

    assert wrong == {}
