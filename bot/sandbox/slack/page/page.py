"""Serves the browser: the page's files and everything they ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.slack.page.acts import Acts
from bot.sandbox.slack.page.clouds import Clouds
from bot.sandbox.slack.page.state import State
from bot.sandbox.slack.page.streams import Streams
from bot.sandbox.slack.page.turns import Turns

if TYPE_CHECKING:
    from bot.sandbox.slack.page.stage import Stage

FILES = Path(__file__).parents[1] / "web"
_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'"
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}


class Page:
    """Everything under / and /sandbox/."""

    def __init__(self, stage: Stage) -> None:
        self._state = State(stage)
        self._acts = Acts(stage)
        self._turns = Turns(stage)
        self._streams = Streams(stage)
        self._clouds = Clouds(stage.clouds)

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes that a browser uses."""
        return [
            web.get("/", _index),
            web.static("/web", FILES),
            web.get("/sandbox/state", self._state.read),
            web.get("/sandbox/changes", self._streams.changes),
            web.get("/sandbox/traffic", self._streams.traffic),
            web.route("*", "/sandbox/clouds/{name}/{rest:.*}", self._clouds.forward),
            *self._acts.routes(),
            *self._turns.routes(),
        ]

    def open(self) -> None:
        """Let browsers wait for changes."""
        self._streams.open()

    async def close(self) -> None:
        """End what waits, so that the server can stop."""
        self._streams.close()
        await self._clouds.close()


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(FILES / "index.html", headers=_HEADERS)
