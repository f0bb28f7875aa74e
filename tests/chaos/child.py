"""The bot in a process of its own, which kills itself with SIGKILL at a named point.

A point is `part.method:n:before` or `part.method:n:after`: the n-th call of a method of the store,
the outbox or the cloud. An empty claim does not count.
"""

import asyncio
import inspect
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from bot.bootstrap import Ends, open_bot
from bot.flink.dli.options import Mode, Options
from bot.flink.snapshot import DeploymentRef
from bot.sandbox.alibaba.seed import deployment_id_of
from bot.settings import load_settings
from bot.slack.pacing import Pace as SlackPace
from bot.updates.dli.route import DliOperation
from bot.updates.dli.steps import Pace as DliPace
from bot.updates.hot_update.steps import Pace
from bot.updates.submit import Asker

ASKER = Asker("U0ADA", "C0DATAJOBS")
JOB = DeploymentRef("sandbox", deployment_id_of("orders-enrichment"))
RESTARTED, FAILING = "137203", "137207"
"""DLI's jobs dwd_orders, and invoice_sync: it does not start after a change."""


class Mortal:
    """Stands before a part, counts the calls of each method, and dies where told to."""

    def __init__(self, part, name, point):
        self._part, self._name, self._point = part, name, point
        self._counts = Counter()

    def __getattr__(self, method):
        found = getattr(self._part, method)
        if not inspect.iscoroutinefunction(found):
            return found

        async def called(*args, **kwargs):
            self._counts[method] += 1
            here = f"{self._name}.{method}:{self._counts[method]}"
            self._die_at(f"{here}:before")
            result = await found(*args, **kwargs)
            if "claim" in method and not result:
                self._counts[method] -= 1
            else:
                self._die_at(f"{here}:after")
            return result

        return called

    def _die_at(self, here):
        if here == self._point:
            os.kill(os.getpid(), signal.SIGKILL)


async def _rescale(bot):
    return await bot.requests.hot_update.plan(ASKER, JOB, {"parallelism": "8"})


def _restart(job_id):
    async def play(bot):
        options = Options(mode=Mode.RESTART, savepoint_path="flink-state/mine")
        ref, values = DeploymentRef("lake", job_id), {"cu_number": "6"}
        return await bot.requests.dli.plan(ASKER, ref, DliOperation.UPDATE, options, values)

    return play


PLAYS = {
    "rescale": _rescale,
    "restart": _restart(RESTARTED),
    "failing_restart": _restart(FAILING),
}


async def main(config, play, point):
    def mortal(name):
        return lambda part: Mortal(part, name, point)

    ends = Ends(
        cloud=mortal("cloud"),
        updates=mortal("updates"),
        outbox=mortal("outbox"),
        dli=mortal("dli"),
        pace=Pace(settle=2.0, save_grace=0.3),
        dli_pace=DliPace(poll=0.05, grace=0.5, settle=2.0, observe=0.3),
        slack_pace=SlackPace(post_seconds=0.01, edit_seconds=0.01, edits_per_minute=1000),
        look_after=0.1,
    )
    async with open_bot(load_settings(Path(config)), ends=ends) as bot:
        if not await bot.store.recent(1):
            planned = await PLAYS[play](bot)
            await bot.submissions.apply(planned.id, ASKER, accepted=True)
        await asyncio.Event().wait()


def start(config, variables, play, point, errors):
    """Run the bot in a process of its own; `errors` is the file that takes its log."""
    os.environ.update(variables)  # noqa: TID251 - a process of its own, before the bot reads it
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stderr.fileno())
    asyncio.run(main(config, play, point))
