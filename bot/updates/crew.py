"""Who works on due updates: many at once, so that a cloud that hangs holds up only its own.

A tick claims what is due and goes on at once; each update is worked on in a task of its own. Every
target has a number of workers that it cannot exceed, so one that never answers keeps those busy,
and the others' updates, the clock and its heartbeat go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from itertools import filterfalse
from typing import TYPE_CHECKING

from bot.updates.sharing import Busy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.flink.update import Update
    from bot.updates.ports import UpdateStore

    Work = Callable[[Update], Awaitable[datetime | None]]
    """Works on a claimed update; tells when it is due again, None if never or not known."""

_log = logging.getLogger(__name__)


class Crew:
    """Starts work on due updates; an update is never worked on twice at the same time.

    `freed` is called whenever work has ended: with None when something may have waited for a worker
    and be due now, else with the moment at which that update is due again. What this version does
    not know (`knows`) is left to a replica that does, whatever its age: it is only told in the log.
    """

    left_for = 60.0
    """Seconds: what this version does not know is looked at again then; it may have moved on."""

    def __init__(
        self,
        store: UpdateStore,
        work: Work,
        freed: Callable[[datetime | None], None],
        *,
        knows: Callable[[Update], bool] = lambda _: True,
        most: int = 128,
        per_target: int = 16,
    ) -> None:
        self._store = store
        self._work = work
        self._freed = freed
        self._knows = knows
        self._most = most
        self._per_target = per_target
        self._hands: dict[str, asyncio.Task[None]] = {}
        self._of_target: Counter[str] = Counter()
        self._left_until: dict[str, float] = {}
        self._closed = False

    async def start_due(self) -> None:
        """Start on everything due that there is a worker for; gives back while they work.

        To be called by one caller at a time, as a tick does.
        """
        while room := self._room():
            claimed = await self._store.claim_due(room, self._busy())
            for update in filter(self._knows, claimed):
                self._start(update)
            for update in filterfalse(self._knows, claimed):  # last: the record may be away
                await self._leave(update)
            if len(claimed) < room:
                return

    async def next_due(self) -> datetime | None:
        """Tell when there will be something to start on that there is a worker for."""
        return await self._store.next_due(self._busy()) if self._room() else None

    def close(self) -> None:
        """Start nothing new."""
        self._closed = True

    async def drain(self, timeout: float) -> bool:  # noqa: ASYNC109 - the time left before SIGKILL
        """Start nothing new and let what goes on end; False when some had to be cut off.

        That does what a crash would: what was committed stands, and a successor looks at the rest.
        """
        self.close()
        if not self._hands:
            return True
        names = {task: update_id for update_id, task in self._hands.items()}
        _, late = await asyncio.wait(names, timeout=timeout)
        for task in late:
            _log.warning("update %s was cut off after %g s of draining", names[task], timeout)
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    def _room(self) -> int:
        """Give how many may be claimed so that each finds a worker, whatever targets they are of.

        A target without a free worker is not claimed from at all.
        """
        if self._closed:
            return 0
        left = [self._per_target - at_work for at_work in self._of_target.values()]
        rooms = [free for free in left if free > 0]
        return max(min(self._most - len(self._hands), self._per_target, *rooms), 0)

    def _busy(self) -> Busy:
        """Give what not to claim: what is in hand, also if its lease ran out, and full targets."""
        full = (t for t, at_work in self._of_target.items() if at_work >= self._per_target)
        now = asyncio.get_running_loop().time()
        left = (update_id for update_id, until in self._left_until.items() if until > now)
        return Busy(frozenset((*self._hands, *left)), frozenset(full))

    async def _leave(self, update: Update) -> None:
        """Give back what another version began, and let its replicas have it."""
        if update.id not in self._left_until:
            _log.warning(
                "update %s: step %r of %r is not known to this version;"
                " it is left to a replica of a newer version",
                update.id,
                update.step,
                update.operation,
            )
        self._left_until[update.id] = asyncio.get_running_loop().time() + self.left_for
        await self._store.give_back(update)

    def _start(self, update: Update) -> None:
        if self._closed:  # claimed while the end came: given back with all leases
            return
        self._of_target[update.ref.target] += 1
        task = asyncio.create_task(self._carry_out(update), name=f"update {update.id}")
        self._hands[update.id] = task

    async def _carry_out(self, update: Update) -> None:
        due_again: datetime | None = None
        try:
            due_again = await self._work(update)
        finally:
            waited_for = self._let_go(update)
            if waited_for or due_again is not None:
                self._freed(None if waited_for else due_again)

    def _let_go(self, update: Update) -> bool:
        """Take an update out of hand; tell whether others may have waited for its worker."""
        target = update.ref.target
        was_full = len(self._hands) >= self._most or self._of_target[target] >= self._per_target
        del self._hands[update.id]
        self._of_target[target] -= 1
        self._of_target += Counter()  # drops the targets that nobody works on
        return was_full
