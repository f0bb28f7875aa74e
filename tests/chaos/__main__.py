"""`python -m tests.chaos`: the long form, with the naive loop beside the bot for contrast."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.contrast import naive_run
from tests.chaos.report import ends_table, table
from tests.chaos.run import bot_run


def _say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main():
    options = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    options.add_argument("--updates", type=int, default=300, help="at least so many updates")
    options.add_argument("--replicas", type=int, default=3)
    options.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    chosen = options.parse_args()
    given = {"updates": chosen.updates, "seed": chosen.seed, "replicas": chosen.replicas}
    _say(f"seed {chosen.seed}")
    bot, naive = (_ran(run, given) for run in (bot_run, naive_run))
    _say(f"\n{ends_table(bot)}\n\n{table(bot, naive)}\n")
    for promise, found in bot.broken.items():
        _say(f"{promise}: {found}")
    return bool(bot.broken)


def _ran(run, given):
    with tempfile.TemporaryDirectory(prefix="flinkbot-chaos-", ignore_cleanup_errors=True) as one:
        return asyncio.run(run(Path(one), **given))


if __name__ == "__main__":
    sys.exit(main())
