"""Carry requests to a cloud and say what is known of their fate; knows no cloud.

The one question that matters after a failure is whether a write can have arrived. Everything is
therefore sorted into "surely not sent" and "unknown", and a doubt counts as unknown.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import stamina
from aiolimiter import AsyncLimiter

from bot.clouds.calls import Answer, Call, Limits, NoAnswerError, Passage
from bot.clouds.fresh import FreshConnections
from bot.clouds.kept import KeptConnections
from bot.clouds.route import route_to
from bot.errors import (
    CloudAuthError,
    CloudError,
    CloudNotSentError,
    CloudOutcomeUnknownError,
    CloudThrottledError,
    CloudUnavailableError,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from bot.clouds.signing import Signer

__all__ = ["Answer", "Call", "Limits", "Transport"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Failure:
    """How a first attempt failed; when, if the cloud said it, and for how long to try again."""

    error: CloudError
    again: bool | float
    left: float


class Transport:
    """The connections to one target, shared by everything that talks to it.

    Make it inside the event loop, and `aclose` it there.

    Raises:
        ConfigurationError: the environment names a proxy that cannot be used.

    """

    def __init__(
        self,
        base_url: str,
        *,
        cloud: str,
        auth: Signer,
        limits: Limits,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._cloud = cloud
        self._signer = auth
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._rate = AsyncLimiter(limits.rate_per_second, 1.0)
        route = route_to(base_url, tls)
        self._reads = KeptConnections(route, signer=auth, limits=limits)
        self._writes = FreshConnections(route, signer=auth, limits=limits)

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
        began = monotonic()
        try:
            return decode(await self._once(call))
        except CloudError as error:
            again = self._repeats(error)  # asked about a write too: a refused token is dropped
            left = self._limits.retry_within_seconds - (monotonic() - began)
            if call.is_write or again is False or left <= 0:
                raise
            failure = _Failure(error, again, left)
        return await self._again(call, decode, failure)

    async def _again(self, call: Call, decode: Callable[[Answer], T], first: _Failure) -> T:
        """Go on after a first failure; few reads get here, for stamina costs as much as signing."""
        async for attempt in stamina.retry_context(
            on=lambda error: first.again if error is first.error else self._repeats(error),
            attempts=self._limits.read_attempts,
            timeout=first.left,
            wait_initial=self._limits.backoff_seconds,
            wait_max=10 * self._limits.backoff_seconds,
            wait_jitter=self._limits.backoff_seconds,
        ):
            with attempt:
                if attempt.num == 1:
                    raise first.error
                return decode(await self._once(call))
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def _repeats(self, error: Exception) -> bool | float:
        """Say whether a failed read is worth another try, and when, if the cloud said it."""
        if isinstance(error, CloudAuthError):
            return self._signer.renews(error)
        if isinstance(error, CloudThrottledError) and error.retry_after is not None:
            soon = error.retry_after < self._limits.retry_within_seconds
            return error.retry_after if soon else False
        return isinstance(error, CloudThrottledError | CloudUnavailableError | CloudNotSentError)

    async def _once(self, call: Call) -> Answer:
        passage = Passage()
        connections = self._writes if call.is_write else self._reads
        try:
            async with asyncio.timeout(self._limits.total_seconds), self._slots, self._rate:
                await self._ready(call)
                return await connections.send(call, passage)
        except TimeoutError as error:
            late = f"no answer within {self._limits.total_seconds:g} s"
            raise self._failure(call, late, unsent=passage.unsent) from error
        except NoAnswerError as error:
            raise self._failure(call, str(error), unsent=passage.unsent) from error

    async def _ready(self, call: Call) -> None:
        """Let the signer get what it needs; what keeps it from that keeps the request here."""
        try:
            await self._signer.ready()
        except CloudUnavailableError as error:
            raise self._failure(call, str(error), unsent=True) from error

    def _failure(self, call: Call, why: str, *, unsent: bool) -> CloudError:
        if unsent:
            kind: type[CloudError] = CloudNotSentError
        else:
            kind = CloudOutcomeUnknownError if call.is_write else CloudUnavailableError
        return kind(why, cloud=self._cloud, operation=call.operation)
