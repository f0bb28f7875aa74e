"""The composition root: builds every part from the settings, joins them, closes them in order."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import aiohttp

from bot.clouds.alibaba import AlibabaTarget, Credentials, open_alibaba
from bot.settings import SlackMode
from bot.slack.app import build_app
from bot.slack.background import Background
from bot.slack.cards import render
from bot.slack.client import identify, open_slack_client
from bot.slack.delivery import Delivery
from bot.slack.http import build_http_app, serve
from bot.slack.listeners import register_listeners
from bot.slack.listeners.desk import Desk
from bot.slack.respond import Respond
from bot.slack.screens import Screens
from bot.slack.socket import open_socket
from bot.store import open_store
from bot.ticks import Tick, Ticks
from bot.updates.directory import Directory
from bot.updates.engine import Engine, Patience
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED, WATCH_HOT_UPDATE
from bot.updates.hot_update.steps import HotUpdate, Pace
from bot.updates.submit import Submissions, Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from bot.settings import Settings
    from bot.updates.operation import Operation
    from bot.updates.ports import HotUpdateCloud, Outbox, UpdateStore

_log = logging.getLogger(__name__)
_DRAIN_SECONDS = 20.0
_IDS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing to mistake when read aloud
_KEEP_DRAFTS = timedelta(days=2)
T = TypeVar("T")


def _unchanged(part: T) -> T:
    return part


@dataclass(frozen=True, slots=True)
class Ends:
    """The outer ends of the bot. Tests put something between them and the core."""

    cloud: Callable[[HotUpdateCloud], HotUpdateCloud] = _unchanged
    updates: Callable[[UpdateStore], UpdateStore] = _unchanged
    outbox: Callable[[Outbox], Outbox] = _unchanged


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot."""

    submissions: Submissions
    store: UpdateStore
    ticks: Ticks
    port: int
    """Where it listens for health checks, and for Slack in HTTP mode."""


def new_id() -> str:
    """Make an id that is short enough to be typed: 8 characters, 40 random bits."""
    return "".join(secrets.choice(_IDS) for _ in range(8))


def now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC)


async def run(settings: Settings) -> None:
    """Run the bot until it is told to stop; finish what has begun, then close."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with open_bot(settings, lost=stop.set) as bot:
        _log.info("ready; listening on port %d", bot.port)
        await stop.wait()
        _log.info("stopping")


@asynccontextmanager
async def open_bot(
    settings: Settings, ends: Ends = Ends(), lost: Callable[[], None] = lambda: None
) -> AsyncIterator[Bot]:
    """Build and start a bot; stop it in reverse order.

    `lost` is called when the connection to Slack is gone for good.

    Raises:
        ConfigurationError: a token is refused, Slack cannot be reached, the database is taken.

    """
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.database.url, now=now))
        updates, outbox = ends.updates(store.updates), ends.outbox(store.outbox)
        clouds = {
            name: ends.cloud(cloud) for name, cloud in _open_clouds(settings, stack).items()
        }
