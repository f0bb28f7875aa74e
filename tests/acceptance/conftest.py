"""The real bot between a simulated Slack and a simulated cloud, all in one loop."""

import logging

import aiohttp
import pytest
import structlog

from tests.acceptance.world import World


@pytest.fixture
def make_world():
    """Give what makes the world; a test of another one overrides it."""
    return World


@pytest.fixture
async def world(tmp_path, caplog, make_world):
    """Give a bot that runs; nothing that it sends may be refused, nor may it complain."""
    caplog.set_level(logging.INFO, logger="bot")
    async with make_world(tmp_path) as world:
        yield world
    assert world.refusals() == [], "Slack refused what the bot sent"
    said = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING and record.name.startswith(("bot.", "slack"))
    ]
    unexpected = [line for line in said if not any(part in line for part in world.expected)]
    assert unexpected == [], "the bot complained"


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def quiet_logging():
    """Put logging back after a program has configured it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
