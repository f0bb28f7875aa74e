"""From nothing to ready: how long it takes, how much memory it takes, and what importing costs."""

import asyncio
import sys
import tempfile

from tests.bench.harness import ROOT, AtMost, Row, benchmark, environment
from tests.bench.process_facts import memory
from tests.bench.world import bot_process, simulators

_IMPORTING = (
    "import time; t = time.perf_counter(); import bot.bootstrap; print(time.perf_counter() - t)"
)
_HOW = (
    "`flinkbot run` in HTTP mode with a new SQLite file, simulators in another process; bytecode"
    " compiled, one warm-up; from starting the process to the first 200 of /readyz, memory then."
)


@benchmark("start")
async def start(effort):
    """Start the bot again and again."""
    with tempfile.TemporaryDirectory(prefix="flinkbot-bench-") as warm_up:
        await _started(warm_up)  # compiles every module
    seen, imports = [], []
    for _ in range(effort.of(9, 1)):
        with tempfile.TemporaryDirectory(prefix="flinkbot-bench-") as folder:
            seen.append(await _started(folder))
        imports.append(await _importing())
    seconds, held = zip(*seen, strict=True)
    return [
        Row("cold start to ready", "s", seconds, bar=AtMost(1.5), how=_HOW),
        Row("memory after start, RSS", "MiB", [m.rss for m in held], bar=AtMost(120), how=_HOW),
        Row("memory after start, PSS", "MiB", [m.pss for m in held], how=_HOW),
        Row("memory after start, USS", "MiB", [m.uss for m in held], how=_HOW),
        Row("import of bot.bootstrap", "s", imports, how="In a fresh interpreter."),
    ]


async def _started(folder):
    async with simulators(folder) as (_, _, text), bot_process(folder, text) as running:
        return running.seconds_to_ready, memory(running.pid)


async def _importing():
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _IMPORTING,
        cwd=ROOT,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return float(said)
