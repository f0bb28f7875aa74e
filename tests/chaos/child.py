"""The bot in a process of its own, which kills itself with SIGKILL at a named point.

    python -m tests.chaos.child CONFIG LOG [POINT]

A point is `part.method:n:before` or `part.method:n:after`: the n-th call of a method of the store,
the outbox or the cloud. Without one, every call's name goes to LOG, a line each.
"""

import asyncio
import inspect
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from bot.bootstrap import Ends, open_bot
from bot.flink.snapshot import DeploymentRef
from bot.settings import load_settings
from bot.updates.hot_update.steps import Pace
from bot.updates.submit import Asker
from bot.sandbox.alibaba.seed import deployment_id_of

ASKER = Asker("U0ADA", "C0DATAJOBS")
JOB = DeploymentRef("sandbox", deployment_id_of("orders-enrichment"))
# Questions that are asked all the time, with or without an update, are no points of its life.
IDLE = {"next_due", "next_message_due", "release_leases", "expired_plans", "forget", "deployments"}


class Mortal:
    """Stands before a part, counts the calls of each method, and dies where told to."""

    def __init__(self, part, name, counts, point, log):
        self._part, self._name, self._counts = part, name, counts
        self._point, self._log = point, log

    def __getattr__(self, method):
        found = getattr(self._part, method)
        if not inspect.iscoroutinefunction(found) or method in IDLE:
            return found

        async def called(*args, **kwargs):
            name = f"{self._name}.{method}"
            self._counts[name] += 1
            here = f"{name}:{self._counts[name]}"
            self._die_at(f"{here}:before")
            result = await found(*args, **kwargs)
            if result or "claim" not in method:
                self._log.write(f"{here}\n")
                self._log.flush()
                self._die_at(f"{here}:after")
            else:
                self._counts[name] -= 1  # an empty claim is no point of an update's life
            return result

        return called

    def _die_at(self, here):
        if here == self._point:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(config, log_file, point):
    counts = Counter()
    with Path(log_file).open("a") as log:

        def mortal(name):
            return lambda part: Mortal(part, name, counts, point, log)

        ends = Ends(
            cloud=mortal("cloud"),
            updates=mortal("updates"),
            outbox=mortal("outbox"),
            pace=Pace(settle=2.0, save_grace=0.3),
        )
        async with open_bot(load_settings(Path(config)), ends=ends) as bot:
            if not await bot.store.recent(1):
                planned = await bot.submissions.plan(ASKER, JOB, {"parallelism": "8"})
                await bot.submissions.apply(planned.id, ASKER, accepted=False)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
