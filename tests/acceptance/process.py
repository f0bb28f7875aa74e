"""The bot as its users start it: a process with an environment."""

import asyncio
import json
import os
import signal
import sys

from bot.sandbox.stage import VARIABLES


def environment(**more):
    """Give the environment of a child; nothing of ours that configures a bot leaks into it."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "FLINKBOT_"))}  # noqa: TID251 - a child's environment
    return {**ours, **VARIABLES, "PYTHONUNBUFFERED": "1", **more}


class Bot:
    """`flinkbot run` as a process, whose log is read all the time."""

    def __init__(self, config, slack_url):
        self._config, self._slack_url = config, slack_url
        self.lines = []
        self.port = 0
        self._ready = asyncio.Event()

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "run", "--config", str(self._config)),
            env=environment(SLACK_API_URL=self._slack_url),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reader = asyncio.create_task(self._read())
        try:
            async with asyncio.timeout(20):
                await self._ready.wait()
        except TimeoutError:
            self.process.kill()
            raise AssertionError(f"never ready: {self.lines}") from None
        return self

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reader

    async def terminated(self):
        """Send SIGTERM; give the exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            code = await self.process.wait()
            await self._reader
        return code

    async def _read(self):
        async for line in self.process.stdout:
            self.lines.append(line.decode())
            if "ready; listening on port" in self.lines[-1]:
                self.port = int(json.loads(line)["event"].rpartition(" ")[2])
                self._ready.set()
