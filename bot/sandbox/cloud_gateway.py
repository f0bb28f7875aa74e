"""What lies behind the socket of any simulated cloud: its log, and the trouble ordered of it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.sandbox.calls import CallLog, LoggedCall
from bot.sandbox.orders import Order, Orders

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sandbox.answer import Answer
    from bot.sandbox.received import Received

DELAY_S = 1.0
"""How long a delay lasts unless its order says it."""
SILENCE_S = 3600.0
"""How long a silence lasts unless its order says it."""

F = TypeVar("F", bound=Order)


class CloudGateway(ABC, Generic[F]):
    """The way of a request through one cloud. `F` is the misbehaviour that can be ordered of it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.faults: Orders[F] = Orders()
        self.log = CallLog()
        self._now = now
        self._closing = asyncio.Event()

    @abstractmethod
    async def answer(self, request: Received) -> Answer | None:
        """Serve one request; None where the connection just closes."""

    def open(self) -> None:
        """Let delays and silences last."""
        self._closing.clear()

    def close(self) -> None:
        """End every delay and silence at once."""
        self._closing.set()

    def _forget(self) -> None:
        """Drop orders and log, as a cloud that starts over."""
        self.faults.clear()
        self.log.clear()

    def _note(self, request: Received, operation: str, fault: str) -> None:
        at = self._now().isoformat()
        self.log.add(LoggedCall(at, operation, request.method, request.path, fault))

    async def _pause(self, fault: F, default: float) -> None:
        """Wait as long as was ordered, at most until the gateway closes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(default if fault.seconds is None else fault.seconds):
                await self._closing.wait()
