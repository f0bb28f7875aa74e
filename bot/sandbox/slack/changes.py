"""Waiting for something to become true without polling: every change wakes who waits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")


class Changes:
    """Counts changes and wakes those who wait for one."""

    def __init__(self) -> None:
        self.version = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def announce(self) -> None:
        """Count a change and wake everybody."""
        self.version += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def next(self) -> None:
        """Wait for the next change."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    async def wait_for(self, predicate: Callable[[], Found], timeout: float) -> Found:  # noqa: ASYNC109 - part of the agreed interface
        """Give the predicate's first true answer; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while not (found := predicate()):
                await self.next()
            return found
