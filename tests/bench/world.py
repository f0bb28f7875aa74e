"""The real bot as its users start it, between both simulators, for what is measured whole."""

import asyncio
import json
import sys
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.slack import SlackSimulator
from bot.sandbox.stage import NAMESPACE, VARIABLES, WORKSPACE, configuration
from bot.slack.client import SCOPES
from tests.bench.harness import ROOT, environment

_READY = "ready; listening on port "
_LOOK_AGAIN_SECONDS = 0.005
_UNLIMITED = "[slack]\nrequests_per_minute = 1_000_000_000  # all commands are one person's"
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that is ready."""

    pid: int
    port: int
    seconds_to_ready: float


@asynccontextmanager
async def simulators(folder):
    """Serve both simulators, as fast as they can; give them and the bot's configuration."""
    slack = SlackSimulator(
        bot_token=VARIABLES["SLACK_BOT_TOKEN"],
        app_token=VARIABLES["SLACK_APP_TOKEN"],
        signing_secret=VARIABLES["SLACK_SIGNING_SECRET"],
        scopes=SCOPES,
    )
    alibaba = AlibabaSimulator(
        workspace=WORKSPACE,
        namespace=NAMESPACE,
        access_key_id=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        access_key_secret=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        speed=1000.0,
    )
    try:
        await slack.start()
        database = Path(folder) / "flinkbot.sqlite3"
        text = configuration(slack=slack.api_url, alibaba=await alibaba.start(), database=database)
        yield slack, alibaba, text.replace("[slack]", _UNLIMITED)
    finally:
        await alibaba.stop()
        await slack.stop()


@asynccontextmanager
async def bot_process(folder, text):
    """Start `flinkbot run` with this configuration and wait until /readyz says yes."""
    config = Path(folder) / "flinkbot.toml"
    config.write_text(text)
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run", "--config", str(config)),
        cwd=ROOT,
        env=environment(**VARIABLES),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    reading = None
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            port = await _port_of(process.stderr)
            reading = asyncio.create_task(_read_on(process.stderr))
            await _until_ready(port)
        yield Running(process.pid, port, time.perf_counter() - began)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        if reading is not None:
            await reading


@asynccontextmanager
async def whole_bot(more=""):
    """Serve simulators and a bot process; `more` is added to its configuration."""
    with tempfile.TemporaryDirectory(prefix="flinkbot-bench-") as folder:
        async with AsyncExitStack() as stack:
            slack, alibaba, text = await stack.enter_async_context(simulators(folder))
            running = await stack.enter_async_context(bot_process(folder, f"{text}\n{more}"))
            yield slack, alibaba, running


async def _port_of(log):
    async for line in log:
        if _READY in (said := line.decode()):
            return int(json.loads(said)["event"].rpartition(" ")[2])
    raise RuntimeError("the bot ended before it was ready")


async def _read_on(log):
    """Keep the pipe empty; what a bot complains about would spoil a measurement, so it is shown."""
    async for line in log:
        if b'"level": "info"' not in line:
            sys.stderr.write(line.decode())


async def _until_ready(port):
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
