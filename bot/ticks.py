"""The clock: a handful of recurring ticks of fixed id. What is due lives in the store, not here.

APScheduler's own job stores lose, repeat and block, so it only calls us: in UTC, on its memory job
store. A tick that runs long is not started twice, and one nudged while it runs runs once more.

Moments are those of the record's clock, which may be another host's; here they are turned into
time to wait. How long ago a tick ran is told by a clock that nobody turns.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)
_STALE_AFTER_PERIODS = 3
_SOONEST_STALE = 60.0  # a tick may have to wait for several answers of a database that hangs
_scheduler_log = logging.getLogger(f"{__name__}.scheduler")
_scheduler_log.setLevel(logging.ERROR)  # a tick that runs longer than it rests is no news
_SHORTEST_REST = timedelta(milliseconds=20)  # APScheduler must see this run end first


@dataclass(slots=True)
class Tick:
    """One recurring piece of work.

    `every` is the longest it ever rests (seconds); `next_due`, asked after each run, may call it
    earlier, exactly when something is due.
    """

    name: str
    work: Callable[[], Awaitable[None]]
    every: float
    next_due: Callable[[], Awaitable[datetime | None]] | None = None
    seen_at: float | None = field(default=None, init=False)
    """When it last came to an end, be it that the database was away; by the steady clock."""
    again: bool = field(default=False, init=False)
    wanted_by: datetime | None = field(default=None, init=False)
    """The earliest moment that was asked for while it ran."""
    running: bool = field(default=False, init=False)


class Ticks:
    """Runs ticks on one scheduler and knows which of them have gone quiet.

    `now` is the clock of the moments it is given. That the database is away is said once, by
    whichever tick meets it first, and once that it is back; the ticks go on meanwhile.
    """

    def __init__(
        self, now: Callable[[], datetime], *, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._now = now
        self._steady = steady
        self._ticks: dict[str, Tick] = {}
        self._started_at: float | None = None
        self._without_database: set[str] = set()
        self._idle = asyncio.Event()
        self._cuts_off = False
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            logger=_scheduler_log,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def add(self, tick: Tick) -> None:
        """Register a tick before `start`."""
        self._ticks[tick.name] = tick
        self._scheduler.add_job(
            self._run,
            "interval",
            seconds=tick.every,
            args=[tick],
            id=tick.name,
            next_run_time=datetime.now(UTC),
        )

    def start(self) -> None:
        """Start the clock; every tick runs once at once."""
        self._started_at = self._steady()
        self._scheduler.start()

    def nudge(self, name: str) -> None:
        """Run a tick now; if it is running, once more afterwards."""
        tick = self._ticks[name]
        if tick.running:
            tick.again = True
        elif self._scheduler.running:
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def wake_by(self, name: str, moment: datetime) -> None:
        """Run a tick at a moment at the latest; costs next to nothing when it runs earlier."""
        tick = self._ticks[name]
        if tick.running:
            tick.wanted_by = min(moment, tick.wanted_by or moment)
        else:
            self._bring_forward(tick, moment)

    async def stop(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - time left
        """Start no tick any more and wait for those that run, cutting off those that run on.

        A second call does nothing.
        """
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        try:
            async with asyncio.timeout(timeout):
                await self._all_idle()
        except TimeoutError:
            late = [tick.name for tick in self._ticks.values() if tick.running]
            self._cuts_off = True
            _log.warning("cut off at the end: tick %s", ", ".join(late))
        self._scheduler.shutdown(wait=False)  # cancels what still runs
        await self._all_idle()

    async def _all_idle(self) -> None:
        while any(tick.running for tick in self._ticks.values()):
            self._idle.clear()
            await self._idle.wait()

    def stale(self) -> list[str]:
        """Name the ticks that have not finished for so long that something is wrong."""
        if self._started_at is None:
            return []
        now, started_at = self._steady(), self._started_at
        return [
            tick.name
            for tick in self._ticks.values()
            if now - (started_at if tick.seen_at is None else tick.seen_at)
            > max(tick.every * _STALE_AFTER_PERIODS, _SOONEST_STALE)
        ]

    async def _run(self, tick: Tick) -> None:
        tick.running, tick.wanted_by = True, None
        try:
            await self._work(tick)
        except asyncio.CancelledError:
            if not self._cuts_off:
                raise
        except StoreUnavailableError as error:
            tick.seen_at = self._steady()  # a restart would not bring the database back
            if not self._without_database:
                _log.warning("%s; nothing is begun until it is back", error)
            self._without_database.add(tick.name)
        except Exception:  # noqa: BLE001 - the outermost guard: a clock that dies runs nothing
            _log.exception(
                "tick %s failed; it runs again in %g s at the latest", tick.name, tick.every
            )
        finally:
            tick.running = False
            self._idle.set()

    async def _work(self, tick: Tick) -> None:
        due: datetime | None = None
        tick.again = True
        while tick.again:
            tick.again = False
            await tick.work()
            tick.seen_at = self._steady()
            due = await tick.next_due() if tick.next_due is not None else None
        if tick.name in self._without_database:
            self._without_database.clear()
            _log.info("the database is back")
        for moment in (due, tick.wanted_by):
            if moment is not None:
                self._bring_forward(tick, moment)

    def _bring_forward(self, tick: Tick, moment: datetime) -> None:
        """Run at a moment exactly, if that is sooner than the next run; never put that off."""
        if not self._scheduler.running:
            return
        job = self._scheduler.get_job(tick.name)
        run_at = datetime.now(UTC) + max(moment - self._now(), _SHORTEST_REST)
        if run_at < job.next_run_time:
            job.modify(next_run_time=run_at)
