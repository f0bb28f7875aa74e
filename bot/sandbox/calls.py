"""What a simulated cloud was asked, counted by operation: for tests to wait on, pages to show."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import asdict, dataclass

_KEPT_CALLS = 5_000


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One call as it was received; nothing in it is secret."""

    at: str
    operation: str
    method: str
    path: str
    fault: str


class CallLog:
    """What was received, counted by operation."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._calls: deque[LoggedCall] = deque(maxlen=_KEPT_CALLS)
        self._news = asyncio.Event()

    def add(self, call: LoggedCall) -> None:
        """Note a call."""
        self._counts[call.operation] += 1
        self._calls.append(call)
        self._news.set()
        self._news = asyncio.Event()

    def clear(self) -> None:
        """Forget every call."""
        self._counts.clear()
        self._calls.clear()

    async def reached(self, operation: str, count: int) -> None:
        """Wait until that many calls of an operation have arrived."""
        while self._counts[operation] < count:
            await self._news.wait()

    def count(self, operation: str) -> int:
        """Tell how many calls of an operation arrived, well or badly signed, served or not."""
        return self._counts[operation]

    def document(self) -> dict[str, object]:
        """Give everything as JSON; only the newest calls are listed."""
        return {"counts": dict(self._counts), "calls": [asdict(call) for call in self._calls]}
