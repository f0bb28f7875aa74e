"""What the browser waits for: the next change of the workspace, the next request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.sandbox.slack.page.stage import Stage

SECONDS_BETWEEN_PULSES = 15.0
SECONDS_OF_A_POLL = 20.0


class Streams:
    """Every open answer; `close` ends them, so that the server can stop."""

    def __init__(self, stage: Stage) -> None:
        self._changes = stage.workspace.changes
        self._traffic = stage.traffic
        self._closing = False

    def open(self) -> None:
        """Let people wait, also after a stop."""
        self._closing = False

    def close(self) -> None:
        """Let go of everybody who waits."""
        self._closing = True
        self._changes.announce()
        self._traffic.changes.announce()

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """Send the version at every change until the browser or the simulator goes."""
        stream = web.StreamResponse(headers={"Cache-Control": "no-cache"})
        stream.content_type = "text/event-stream"
        await stream.prepare(request)
        changes = self._changes
        try:
            while not self._closing:
                sent = changes.version
                await stream.write(f"data: {sent}\n\n".encode())
                if sent == changes.version:
                    await _or_pulse(changes.next(), SECONDS_BETWEEN_PULSES)
        except ConnectionError:
            pass  # the browser went away
        return stream

    async def traffic(self, request: web.Request) -> web.Response:
        """Give the requests since an id, at once or when the next one was answered."""
        since = request.query.get("since", "0")
        seen = int(since) if since.isdecimal() else 0
        if seen == self._traffic.last and not self._closing:
            await _or_pulse(self._traffic.changes.next(), SECONDS_OF_A_POLL)
        return web.json_response({"last": self._traffic.last, "entries": self._traffic.since(seen)})


async def _or_pulse(change: Awaitable[None], seconds: float) -> None:
    # A pulse now and then is how a browser that went away is noticed.
    try:
        await asyncio.wait_for(change, seconds)
    except TimeoutError:
        return
