"""What is measured of a process that polls many updates: when, at what cost, with which lag.

Told by {"in_flight", "per_second", "seconds", "lead", "warm_up", "all_due"}. With `all_due` every
update is due at once, as after an outage, and each is polled once; else they are due evenly, from
`lead` seconds on, and what happens is measured for so many seconds after a warm-up.
"""

import asyncio
import os
import time

from tests.bench.harness import percentile
from tests.bench.process_facts import memory

_BEAT_SECONDS = 0.002
_PATIENCE_SECONDS = 300.0


def beginning(given):
    """Give the moment from which updates become due: when all of them have been recorded."""
    return time.time() + given["lead"]


def due_at(number, given):
    """Say when an update is due first, in seconds from the beginning."""
    return 0.0 if given["all_due"] else number / given["per_second"]


class Watch:
    """Counts polls and feels the pulse of the event loop."""

    def __init__(self, given):
        self._given = given
        self._lags = []
        self._stalls = []
        self._polls = 0
        self._everything = asyncio.Event()

    def polled(self, due):
        """Note a poll that was due at a moment (seconds since 1970)."""
        self._polls += 1
        self._lags.append(time.time() - due)
        if self._polls >= self._given["in_flight"]:
            self._everything.set()

    async def over(self, base, start):
        """Start it, watch for as long as was asked for, tell what was seen."""
        all_due = self._given["all_due"]
        if not all_due:
            start()
            await asyncio.sleep(max(0.0, base - time.time()) + self._given["warm_up"])
            self._lags.clear()
        pulse = asyncio.create_task(self._feel())
        await asyncio.sleep(_BEAT_SECONDS)
        cpu, polls, began = time.process_time(), self._polls, time.perf_counter()
        if all_due:
            start()
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._everything.wait()
        else:
            await asyncio.sleep(self._given["seconds"])
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        pulse.cancel()
        await asyncio.gather(pulse, return_exceptions=True)
        done = self._polls - polls
        return {
            "polls_per_second": done / seconds,
            "cpu_us": cpu / done * 1e6,
            "lag_p50_ms": percentile(self._lags, 50) * 1000,
            "lag_p99_ms": percentile(self._lags, 99) * 1000,
            "stall_p99_ms": percentile(self._stalls, 99) * 1000,
            "stall_worst_ms": max(self._stalls) * 1000,
            "rss": memory(os.getpid()).rss,
            "uss": memory(os.getpid()).uss,
        }

    async def _feel(self):
        """Sleep again and again; what a sleep takes longer, the loop was busy with something."""
        while True:
            began = time.perf_counter()
            try:
                await asyncio.sleep(_BEAT_SECONDS)
            finally:
                self._stalls.append(max(0.0, time.perf_counter() - began - _BEAT_SECONDS))
