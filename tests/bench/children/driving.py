"""Ways to keep so many calls in flight for so long: tasks, threads, and futures of an executor."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any


async def in_tasks(ask, width, seconds):
    """Ask from so many tasks for so long; give the number of answers."""
    until = time.perf_counter() + seconds

    async def one():
        count = 0
        while time.perf_counter() < until:
            await ask()
            count += 1
        return count

    return sum(await asyncio.gather(*(one() for _ in range(width))))


async def in_threads(ask, width, seconds):
    """Ask from so many threads for so long; give the number of answers. Blocks the loop."""
    until = time.perf_counter() + seconds

    def one(_):
        count = 0
        while time.perf_counter() < until:
            ask()
            count += 1
        return count

    with ThreadPoolExecutor(width) as threads:
        return sum(threads.map(one, range(width)))


async def in_futures(ask, width, seconds):
    """Keep so many futures open for so long; give the number of answers. Blocks the loop."""
    until = time.perf_counter() + seconds
    count, waiting = 0, deque(ask() for _ in range(width))
    while waiting:
        waiting.popleft().result()
        count += 1
        if time.perf_counter() < until:
            waiting.append(ask())
    return count


async def _nothing():
    """Close what keeps nothing that could be closed."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A client: one of the ways above, and what to ask by it, at once or with a slow answer."""

    drive: Callable[..., Any]
    ask: Callable[[bool], Any]
    aclose: Callable[[], Any] = _nothing
