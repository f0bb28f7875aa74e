"""One replica of the bot, a process: tells the port it is ready at, and ends at SIGTERM."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from bot.bootstrap import Ends, open_bot
from bot.settings import load_settings
from bot.slack.pacing import Pace as SlackPace
from bot.updates.dli.steps import Pace as DliPace
from bot.updates.hot_update.steps import Pace
from tests.chaos.child import Mortal

LEASE_SECONDS = 4.0
GRACE_SECONDS = 3.0
"""Longer than any request lives in the simulated clouds."""


def ends(point):
    """Make every wait short; die at a point, if one is named."""

    def mortal(name):
        return lambda part: Mortal(part, name, point)

    return Ends(
        cloud=mortal("cloud"),
        updates=mortal("updates"),
        outbox=mortal("outbox"),
        dli=mortal("dli"),
        pace=Pace(settle=3.0, save_grace=GRACE_SECONDS),
        dli_pace=DliPace(poll=0.2, grace=GRACE_SECONDS, settle=5.0, observe=0.3),
        slack_pace=SlackPace(post_seconds=0.01, edit_seconds=0.2, edits_per_minute=10_000),
        look_after=1.0,
        lease_seconds=LEASE_SECONDS,
        drain_seconds=5.0,
    )


async def serve(config, point, tell):
    """Run the bot until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_bot(load_settings(Path(config)), ends=ends(point)) as bot:
        tell.send(bot.port)
        await stop.wait()


def start(work, variables, log, *given):
    """Run one replica in this process; `log` is the file that takes what it says."""
    os.environ.update(variables)  # noqa: TID251 - a process of its own, before the bot reads it
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(file, stream.fileno())
    logging.basicConfig(level=logging.WARNING, format=f"%(asctime)s {os.getpid()} %(message)s")
    asyncio.run(work(*given))
