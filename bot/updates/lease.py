"""Act on an update only while it is surely ours, and lose no result to a database that is away.

A lease is short, so that a killed process costs others little waiting; it is renewed while a step
takes longer. When it cannot be renewed, the step is stopped before anybody else may claim the row.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, TypeVar

from bot.errors import LostLeaseError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.flink.update import Update
    from bot.updates.ports import NewEvent, UpdateStore

T = TypeVar("T")

_MARGIN, _MOST_MARGIN = 0.1, 2.0
"""Of a lease, and at most so many seconds: replicas' clocks may differ by less than that."""
_RENEWALS = 3
"""So often a lease could be renewed before it ends: one that fails may be tried again."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class Leases:
    """Keeps the leases of updates that are worked on."""

    def __init__(self, store: UpdateStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def while_held(
        self, update: Update, work: Callable[[Update], Awaitable[T]], at_most: float
    ) -> T:
        """Work on a claimed update for `at_most` seconds, and no longer than it is surely ours.

        What is left: a process that is frozen (SIGSTOP, a suspended machine) just after the check
        and wakes up when the lease has ended may still send what it was about to. Whoever has the
        row by then only reads, for as long as a write may be late; only a cloud could rule it out.

        Raises:
            LostLeaseError: somebody else has it by now; the work was stopped.
            TimeoutError: the time is up, or the lease ended because the database is away.

        """
        loop = asyncio.get_running_loop()
        ends_at, lost = loop.time() + at_most, asyncio.Event()
        sure_until = self._sure_until(update.lease_until)
        if sure_until <= loop.time():  # a timeout would let it run until it first waits
            raise LostLeaseError(update.id)
        try:
            async with asyncio.timeout_at(min(sure_until, ends_at)) as limit:
                keeping = asyncio.create_task(self._keep(update, limit, ends_at, lost))
                try:
                    return await work(update)
                finally:
                    keeping.cancel()
        except TimeoutError:
            if lost.is_set():
                raise LostLeaseError(update.id) from None
            raise

    async def save(
        self,
        update: Update,
        events: Sequence[NewEvent] = (),
        *,
        alert: bool = False,
        release: bool = True,
    ) -> Update:
        """Write what a step found, however long the database is away; see `UpdateStore.save`.

        To write it again is safe: what was written unheard is found.

        Raises:
            LostLeaseError: somebody else claimed it meanwhile, and will find out by reading.

        """
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._store.save(update, events, alert=alert, release=release)
            except StoreUnavailableError:
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - not for secrets
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def _keep(
        self, update: Update, limit: asyncio.Timeout, ends_at: float, lost: asyncio.Event
    ) -> None:
        """Renew until cancelled; move the work's end as far as that is sure."""
        pause = self._left(update.lease_until) / _RENEWALS
        while not limit.expired():
            await asyncio.sleep(pause)
            try:
                until = await self._store.renew(update)
            except LostLeaseError:
                lost.set()
                until = self._now()
            except StoreUnavailableError:
                pause = min(pause, 1.0)
                continue
            if not limit.expired():
                limit.reschedule(min(self._sure_until(until), ends_at))
            if lost.is_set():
                return
            pause = self._left(until) / _RENEWALS

    def _left(self, until: datetime | None) -> float:
        return (until - self._now()).total_seconds() if until else 0.0

    def _sure_until(self, until: datetime | None) -> float:
        """Give a moment of the loop's clock before which nobody else can claim the row."""
        left = self._left(until)
        return asyncio.get_running_loop().time() + left - min(_MARGIN * left, _MOST_MARGIN)
