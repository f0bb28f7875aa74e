"""Carry requests to a cloud and say what is known of their fate; knows no cloud.

The one question that matters after a failure is whether a write can have arrived. Everything is
therefore sorted into "surely not sent" and "unknown", and a doubt counts as unknown.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import stamina
from aiolimiter import AsyncLimiter

from bot import __version__
from bot.clouds.texts import clean
from bot.errors import (
    CloudError,
    CloudNotSentError,
    CloudOutcomeUnknownError,
    CloudThrottledError,
    CloudUnavailableError,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

T = TypeVar("T")

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_CONNECTING = ("connect_tcp.started", "start_tls.started")


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard one target may be asked, and how long an answer may take."""

    concurrency: int = 8
    """Below the pool's size: httpx slows down when requests queue inside it."""
    rate_per_second: float = 50.0
    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    total_seconds: float = 20.0
    """Around one call, waiting for our own turn included; httpx only limits single socket waits."""
    keepalive_seconds: float = 60.0
    """Longer than any poll interval, so that a poll does not pay for a new TLS handshake."""
    read_attempts: int = 3
    retry_within_seconds: float = 15.0
    """No attempt of a read begins later than this after the first."""
    backoff_seconds: float = 0.2


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `target` is path and query exactly as they are signed and sent."""

    operation: str
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)
    is_write: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


class Transport:
    """The connections to one target, shared by everything that talks to it."""

    def __init__(
        self,
        base_url: str,
        *,
        cloud: str,
        auth: httpx.Auth,
        limits: Limits,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._cloud = cloud
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._rate = AsyncLimiter(limits.rate_per_second, 1.0)
        self._reads = self._client(auth, tls, kept=2 * limits.concurrency)
        # A kept connection may be dead without anybody knowing, and a write sent into it would
        # have an unknown fate. On a fresh connection, not connecting means not sent.
        self._writes = self._client(auth, tls, kept=0)

    def _client(
        self, auth: httpx.Auth, tls: ssl.SSLContext | None, *, kept: int
    ) -> httpx.AsyncClient:
        limits = self._limits
        return httpx.AsyncClient(
            auth=auth,
            verify=tls or _default_tls(),
            headers={"accept": "application/json", "user-agent": f"flinkbot/{__version__}"},
            timeout=httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds),
            limits=httpx.Limits(
                max_connections=2 * limits.concurrency,
                max_keepalive_connections=kept,
                keepalive_expiry=limits.keepalive_seconds,
            ),
            follow_redirects=False,
            # HTTPS_PROXY and SSL_CERT_FILE are how companies let a process out, so they count;
            # but nothing that is sent to this machine itself may leave it through a proxy.
            trust_env=not is_loopback(httpx.URL(self._base_url).host),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._reads.aclose()
        await self._writes.aclose()

    async def send(self, call: Call, decode: Callable[[Answer], T]) -> T:
        """Send a call and decode its answer. Reads are repeated, a write is sent once.

        Raises:
            CloudNotSentError: not a byte of the request left.
            CloudOutcomeUnknownError: a write may have arrived.
            CloudUnavailableError: a read got no usable answer, also not when repeated.
            CloudError: whatever `decode` raises.

        """
        if call.is_write:
            return decode(await self._once(call))
        async for attempt in stamina.retry_context(
            on=self._repeats,
            attempts=self._limits.read_attempts,
            timeout=self._limits.retry_within_seconds,
            wait_initial=self._limits.backoff_seconds,
            wait_max=10 * self._limits.backoff_seconds,
            wait_jitter=self._limits.backoff_seconds,
        ):
            with attempt:
                return decode(await self._once(call))
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def _repeats(self, error: Exception) -> bool | float:
        """Say whether a failed read is worth another try, and when, if the cloud said it."""
        if isinstance(error, CloudThrottledError) and error.retry_after is not None:
            soon = error.retry_after < self._limits.retry_within_seconds
            return error.retry_after if soon else False
        return isinstance(error, CloudThrottledError | CloudUnavailableError | CloudNotSentError)

    async def _once(self, call: Call) -> Answer:
        passage = _Passage()
        client = self._writes if call.is_write else self._reads
        try:
            async with asyncio.timeout(self._limits.total_seconds), self._slots, self._rate:
                request = client.build_request(
                    call.method,
                    self._base_url + call.target,
                    headers=call.headers,
                    content=call.content or None,
                    extensions={"trace": passage.trace},
                )
                passage.unsent = False
                response = await client.send(request)
        except TimeoutError as error:
            late = f"no answer within {self._limits.total_seconds:g} s"
            raise self._failure(call, late, unsent=passage.unsent) from error
        except httpx.HTTPError as error:
            unsent = passage.unsent or isinstance(error, _UNSENT)
            raise self._failure(call, _describe(error), unsent=unsent) from error
        return Answer(response.status_code, response.headers, response.content)

    def _failure(self, call: Call, why: str, *, unsent: bool) -> CloudError:
        if unsent:
            kind: type[CloudError] = CloudNotSentError
        else:
            kind = CloudOutcomeUnknownError if call.is_write else CloudUnavailableError
        return kind(why, cloud=self._cloud, operation=call.operation)


class _Passage:
    """How far one request got: unsent while it waits for its turn or for a connection."""

    def __init__(self) -> None:
        self.unsent = True

    async def trace(self, event: str, _: Mapping[str, Any]) -> None:
        """Follow httpcore's steps; anything that is not plainly connecting counts as sending."""
        if event.endswith(".started"):
            self.unsent = event.endswith(_CONNECTING)


def _describe(error: httpx.HTTPError) -> str:
    """Word a transport error; several of httpx's have no text at all."""
    return clean(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def is_loopback(host: str) -> bool:
    """Tell whether a host name surely means this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _default_tls() -> ssl.SSLContext:
    """Load the authorities once per process: it takes longer than everything else at start."""
    return httpx.create_ssl_context()
