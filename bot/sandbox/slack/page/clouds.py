"""Forwards to the control APIs of the simulated clouds, so that the page has one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot.sandbox.slack.page.acting import JSON_TYPE, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE = aiohttp.ClientTimeout(total=30)
_READING = {"GET", "HEAD"}


class Clouds:
    """The simulators by name. `close` ends the connections to them."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._session: aiohttp.ClientSession | None = None

    async def forward(self, request: web.Request) -> web.Response:
        """Ask a cloud's /sandbox/<rest> the same and give its answer."""
        name, rest = request.match_info["name"], request.match_info["rest"]
        if name not in self._addresses:
            return refused(f"no cloud {name!r}", 404)
        if request.method not in _READING and not _acceptable(request):
            return refused("send JSON", 415)
        body = await request.read()
        try:
            async with self._open().request(
                request.method,
                f"{self._addresses[name].rstrip('/')}/sandbox/{rest}",
                params=request.query,
                data=body or None,
                headers={"Content-Type": JSON_TYPE} if body else None,
            ) as answer:
                return web.Response(
                    body=await answer.read(), status=answer.status, content_type=answer.content_type
                )
        except (aiohttp.ClientError, TimeoutError) as error:
            return refused(f"{name} does not answer: {type(error).__name__}", 502)

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        self._session = self._session or aiohttp.ClientSession(timeout=_PATIENCE)
        return self._session


def _acceptable(request: web.Request) -> bool:
    """Take JSON, or a DELETE, for which another site's page would have to ask first."""
    return request.content_type == JSON_TYPE or request.method == "DELETE"
