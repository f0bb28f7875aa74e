"""Carry writes, each over a connection of its own, with httpx: what is known of their fate is sure.

A kept connection may be dead without anybody knowing, and a write sent into it would have an
unknown fate. On a fresh connection, not connecting means not sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from bot.clouds.calls import HEADERS, LARGEST_ANSWER, TOO_LARGE, Answer, NoAnswerError, describe

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.clouds.calls import Call, Limits, Passage
    from bot.clouds.route import Route
    from bot.clouds.signing import Signer

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_CONNECTING = ("connect_tcp.started", "start_tls.started")


class FreshConnections:
    """A new connection for every write."""

    def __init__(self, route: Route, *, signer: Signer, limits: Limits) -> None:
        self._base_url = route.base_url
        self._client = httpx.AsyncClient(
            auth=signer,
            verify=route.tls,
            headers=HEADERS,
            timeout=httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds),
            limits=httpx.Limits(
                max_connections=2 * limits.concurrency, max_keepalive_connections=0
            ),
            follow_redirects=False,
            proxy=route.proxy,
            trust_env=False,  # the proxy is told
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, call: Call, passage: Passage) -> Answer:
        """Sign and send one write, exactly once.

        Raises:
            NoAnswerError: no whole answer came; `passage` says whether it was sent.

        """
        request = self._client.build_request(
            call.method,
            self._base_url + call.target,
            headers=call.headers,
            content=call.content or None,
            extensions={"trace": follow(passage)},
        )
        passage.unsent = False
        try:
            response = await self._client.send(request, stream=True)
            try:
                return Answer(response.status_code, response.headers, await _body(response))
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            passage.unsent = passage.unsent or isinstance(error, _UNSENT)
            raise NoAnswerError(describe(error)) from error


def follow(passage: Passage) -> Callable[[str, Mapping[str, Any]], Awaitable[None]]:
    """Follow httpcore's steps; anything that is not plainly connecting counts as sending."""

    async def trace(event: str, _: Mapping[str, Any]) -> None:
        if event.endswith(".started"):
            passage.unsent = event.endswith(_CONNECTING)

    return trace


async def _body(response: httpx.Response) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise NoAnswerError(TOO_LARGE)
    return b"".join(parts)
