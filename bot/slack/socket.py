"""Socket Mode: a connection out to Slack, watched, because it can go silent without an error."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from bot.slack.client import is_loopback, quiet_logger, token_error
from bot.slack.reactions import Reaction, diagnose

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest
    from slack_sdk.web.async_client import AsyncWebClient

    Handle = Callable[..., Awaitable[None]]

_log = logging.getLogger(__name__)
_PING_SECONDS = 10.0
_WATCH_SECONDS = 10.0
_ANSWER_SECONDS = 3.0  # an answer that comes later is not taken
_NEW_ADDRESS_AFTER = timedelta(seconds=30)


class _Answering:
    """Hands a delivery on, and knows whether any is still being answered."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def __call__(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self._running += 1
        self._idle.clear()
        try:
            await self._handle(client, request)
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def ended(self, within: float) -> None:
        """Wait for the answers under way, not longer than Slack does."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._idle.wait()


class SocketMode:
    """One connection. It is made, and made again, in the background."""

    def __init__(
        self,
        handler: AsyncSocketModeHandler,
        *,
        now: Callable[[], datetime],
        on_gone: Callable[[], None],
        gone_after: timedelta,
        watch_seconds: float,
    ) -> None:
        self._client = handler.client
        self._handler = handler
        self._answering = _Answering(handler.handle)
        self._client.socket_mode_request_listeners[:] = [self._answering]
        self._now = now
        self._gone_after = gone_after
        self._on_gone = on_gone
        self._watch_seconds = watch_seconds
        self._seen_at = now()
        self._is_gone = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to connect; does not wait for it."""
        self._tasks = [
            asyncio.create_task(self._connect(), name="socket mode: connect"),
            asyncio.create_task(self._watch(), name="socket mode: watch"),
        ]

    async def trouble(self) -> str | None:
        """Say since when Slack cannot reach us, for `/readyz`; None while connected."""
        if await self.check():
            return None
        away = self._now() - self._seen_at
        return f"no connection for {away.total_seconds():.0f} s"

    async def check(self) -> bool:
        """Tell whether there is a connection; call `on_gone` when it has been away for too long."""
        if await self._client.is_connected():
            self._seen_at = self._now()
            self._is_gone = False
            return True
        away = self._now() - self._seen_at
        if away >= _NEW_ADDRESS_AFTER:
            self._client.wss_uri = None  # the SDK repeats one address, also when it has expired
        if not self._is_gone and away >= self._gone_after:
            self._is_gone = True
            _log.critical(
                "Socket Mode has had no connection since %s; giving up on this process",
                self._seen_at.isoformat(timespec="seconds"),
            )
            self._on_gone()
        return False

    async def close(self) -> None:
        """Disconnect, once what came is answered, and end every task behind the connection."""
        await self._answering.ended(_ANSWER_SECONDS)
        client = self._client
        behind = [client.message_processor, client.current_session_monitor, client.message_receiver]
        client.closed = True  # before the tasks end, or they would connect again
        for task in self._tasks:
            task.cancel()
        await self._handler.close_async()  # type: ignore[no-untyped-call] # Bolt's gap
        waiting = [*self._tasks, *(task for task in behind if task is not None)]
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _connect(self) -> None:
        await self._handler.connect_async()  # type: ignore[no-untyped-call] # Bolt's gap

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._watch_seconds)
            await self.check()


@asynccontextmanager
async def open_socket(
    app: AsyncApp,
    app_token: str,
    *,
    now: Callable[[], datetime],
    on_gone: Callable[[], None],
    gone_after: timedelta = timedelta(minutes=5),
    watch_seconds: float = _WATCH_SECONDS,
) -> AsyncIterator[SocketMode]:
    """Connect the app to Slack through the address of its own client.

    `on_gone` is called when there has been no connection for `gone_after`: the process should end
    then, because a fresh one connects where an old one may be stuck.

    Raises:
        ConfigurationError: Slack refuses the app token.

    """
    url = await _first_address(app.client, app_token)
    handler = AsyncSocketModeHandler(
        app, app_token, logger=quiet_logger("slack_sdk.socket_mode"), ping_interval=_PING_SECONDS
    )
    if is_loopback(app.client.base_url):
        handler.client.proxy = None  # the SDK takes it from the environment, whatever the address
    handler.client.wss_uri = url
    socket = SocketMode(
        handler, now=now, on_gone=on_gone, gone_after=gone_after, watch_seconds=watch_seconds
    )
    socket.start()
    try:
        yield socket
    finally:
        await socket.close()


async def _first_address(client: AsyncWebClient, app_token: str) -> str | None:
    """Get the first connection's address ourselves: the SDK asks forever, also with a bad token.

    None when Slack cannot be reached now; the SDK then goes on asking.
    """
    try:
        answer = await client.apps_connections_open(app_token=app_token)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        failure = diagnose(error)
        if failure.reaction is Reaction.STOP:
            raise token_error("SLACK_APP_TOKEN", client.base_url, failure) from error
        _log.warning("Socket Mode cannot connect yet: %s", failure)
        return None
    return str(answer["url"])
