"""`run`: the bot from its settings until it is told to stop."""

import asyncio
import logging
import signal

import aiohttp

from bot.bootstrap import new_id, run
from bot.sandbox.stage import VARIABLES
from bot.settings import load_settings
from tests.acceptance.world import World


class Unstarted(World):
    """Both simulators and no bot."""

    async def start(self, **_):
        """Start no bot here."""


async def test_it_runs_in_socket_mode_until_it_is_told_to_stop(tmp_path, caplog):
    caplog.set_level(logging.INFO, logger="bot.bootstrap")
    async with Unstarted(tmp_path) as world:
        file = tmp_path / "flinkbot.toml"
        file.write_text(world.text.replace('mode = "http"', 'mode = "socket"'))
        running = asyncio.create_task(run(load_settings(file, VARIABLES)))
        await world.seen(lambda: world.slack.sockets.connections)
        said = await world.ask("/flink help")
        assert "rescale" in said.words()
        port = int(caplog.messages[0].rpartition(" ")[2])
        async with aiohttp.ClientSession() as session:
            answer = await session.get(f"http://127.0.0.1:{port}/readyz")
            assert answer.status == 200, await answer.text()
        signal.raise_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            await running
        assert world.slack.sockets.connections == 0
    assert caplog.messages[-1] == "stopping"


def test_ids_are_short_enough_to_be_typed():
    assert len(new_id()) == 8
    assert len({new_id() for _ in range(100)}) == 100
