"""Carry reads over kept connections, with aiohttp: the hot path, several times httpx's speed.

What aiohttp reports after a lost connection is too coarse for a write, and it may send again by
itself; a write never comes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from bot.clouds.calls import HEADERS, LARGEST_ANSWER, TOO_LARGE, Answer, NoAnswerError, describe
from bot.clouds.texts import clean

if TYPE_CHECKING:
    from bot.clouds.calls import Call, Limits, Passage
    from bot.clouds.route import Route
    from bot.clouds.signing import Signer

_UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
)


class KeptConnections:
    """A pool for reads. Make it inside the event loop."""

    def __init__(self, route: Route, *, signer: Signer, limits: Limits) -> None:
        self._base_url = route.base_url
        self._signer = signer
        self._headers = {"host": urlsplit(route.base_url).netloc, **HEADERS}
        self._proxy = route.proxy
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=route.tls,
                limit=2 * limits.concurrency,
                keepalive_timeout=limits.keepalive_seconds,
            ),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=limits.connect_seconds, sock_read=limits.read_seconds
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("content-type",),
            middlewares=(_send_once,),
            trust_env=False,  # it would bring in ~/.netrc; the proxy is told
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def send(self, call: Call, passage: Passage) -> Answer:
        """Sign and send one read.

        Raises:
            NoAnswerError: no whole answer came.

        """
        headers = {**self._headers, **call.headers}
        headers |= self._signer.stamps(call.method, call.target, headers, call.content)
        passage.unsent = False
        try:
            async with self._session.request(
                call.method,
                # Encoded: aiohttp would otherwise rewrite %3A and others after they were signed.
                URL(self._base_url + call.target, encoded=True),
                headers=headers,
                data=call.content or None,
                proxy=self._proxy,
                allow_redirects=False,
            ) as response:
                return Answer(response.status, response.headers, await _body(response))
        except aiohttp.ClientError as error:
            passage.unsent = isinstance(error, _UNSENT)
            raise NoAnswerError(_why(error)) from error


async def _send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending the same signature again by itself, which a cloud may refuse."""
    try:
        return await handler(request)
    except _UNSENT:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise NoAnswerError(describe(error)) from error


async def _body(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise NoAnswerError(TOO_LARGE)
    return b"".join(parts)


def _why(error: aiohttp.ClientError) -> str:
    """Word an error; aiohttp's own words for a failed connection hold memory addresses."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return clean(f"cannot connect to {error.host}: {error.os_error}")
    return describe(error)
