"""`flinkbot run` in Socket Mode and in HTTP mode: the whole way, from a process to a verdict."""

import asyncio
import json
import signal

import aiohttp
import pytest

from bot.sandbox.stage import VARIABLES
from tests.acceptance.process import Bot
from tests.acceptance.world import JOB, TIMES, World, fault


class Outside(World):
    """Both simulators; the bot runs in a process of its own."""

    async def start(self, **_):
        """Start no bot here."""

    def config(self, mode):
        lines = [x for x in self.text.splitlines() if not x.startswith("api_url")]
        text = "\n".join(lines).replace('mode = "http"', f'mode = "{mode}"')
        file = self.folder / "flinkbot.toml"
        file.write_text(f"{text}\n{TIMES}")
        return file

    def running(self, mode):
        return Bot(self.config(mode), self.slack.api_url)

    async def joined(self, bot, mode):
        if mode == "http":
            await self.slack.deliver_to(f"http://127.0.0.1:{bot.port}/slack/events")
        else:
            await self.seen(lambda: self.slack.sockets.connections)
        await self.ask("/flink jobs")


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_a_process_rescales_a_job_and_loses_nothing_when_it_is_stopped(tmp_path, mode):
    async with Outside(tmp_path) as world:
        async with world.running(mode) as bot:
            await world.joined(bot, mode)
            await _healthy(bot)
            update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
            assert "Succeeded" in (await world.told(update_id)).words()
            world.cloud.behave(world.cloud.named(JOB), {"duration_s": 20})
            second = await world.applied(await world.screen(f"/flink rescale {JOB} 6"))
            await world.alibaba.called("HotUpdateJob", 2)
            assert await bot.terminated() == 0
            log = "".join(bot.lines)
        assert not any(secret in log for secret in VARIABLES.values())
        assert not [line for line in bot.lines if json.loads(line)["level"] != "info"]
        async with world.running(mode) as bot:
            await world.joined(bot, mode)
            assert "Succeeded" in (await world.told(second)).words()
            assert await bot.terminated() == 0
        assert world.alibaba.calls("HotUpdateJob") == 2
        assert world.refusals() == []


async def test_sigterm_lets_the_step_end_that_waits_for_the_cloud_and_a_successor_goes_on(tmp_path):
    async with Outside(tmp_path) as world:
        async with world.running("http") as bot:
            await world.joined(bot, "http")
            review = await world.screen(f"/flink rescale {JOB} 8")
            world.alibaba.inject(fault("UpdateDeployment", "delay", seconds=1.0))
            update_id = await world.applied(review)
            await world.alibaba.called("UpdateDeployment")
            assert await bot.terminated() == 0
        assert world.alibaba.calls("HotUpdateJob") == 0  # it took the save's answer, and no more
        async with world.running("http") as bot:
            await world.joined(bot, "http")
            assert "Succeeded" in (await world.told(update_id)).words()
        assert world.alibaba.calls("UpdateDeployment") == 1
        assert world.alibaba.calls("HotUpdateJob") == 1


async def test_a_second_sigterm_ends_it_at_once_and_costs_nothing_but_waiting(tmp_path):
    async with Outside(tmp_path) as world:
        async with world.running("http") as bot:
            await world.joined(bot, "http")
            review = await world.screen(f"/flink rescale {JOB} 8")
            world.alibaba.inject(fault("UpdateDeployment", "timeout"))  # does it, never answers
            update_id = await world.applied(review)
            await world.alibaba.called("UpdateDeployment")
            bot.process.send_signal(signal.SIGTERM)
            await draining(bot)
            assert await bot.terminated() == 128 + signal.SIGTERM
            assert "ending at once" in bot.lines[-1]
        async with world.running("http") as bot:
            await world.joined(bot, "http")
            assert "Succeeded" in (await world.told(update_id)).words()
            assert await bot.terminated() == 0
        assert world.alibaba.calls("UpdateDeployment") == 1
        assert world.alibaba.calls("HotUpdateJob") == 1


async def draining(bot):
    """Wait until the process says that it takes no more."""
    async with asyncio.timeout(10), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"http://127.0.0.1:{bot.port}/readyz") as answer:
                if answer.status == 503:
                    assert (await answer.json())["checks"]["work"] == "draining"
                    return


async def _healthy(bot):
    async with aiohttp.ClientSession() as session:
        for path in ("healthz", "readyz"):
            answer = await session.get(f"http://127.0.0.1:{bot.port}/{path}")
            assert answer.status == 200, await answer.text()
