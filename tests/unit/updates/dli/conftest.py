from datetime import timedelta
from itertools import count

import pytest

from bot.flink.dli.options import Mode, Options
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State, Update
from bot.store import open_store
from bot.updates.dli.plan import make_plan
from bot.updates.dli.route import DliOperation
from bot.updates.dli.steps import ASKED, BEFORE, DliSteps, Pace
from bot.updates.engine import Patience
from tests.fakes.clock import FakeClock
from tests.fakes.dli import FakeDli, FakeVault
from tests.fakes.engine import TurnByTurn

SMALLEST = timedelta(milliseconds=1)


class Bench:
    """The engine with the DLI's steps, a fake DLI, a real store and a clock moved by hand."""

    def __init__(self, store, clock):
        self.store, self.clock = store, clock
        self.cloud, self.vault = FakeDli(), FakeVault()
        steps = DliSteps({"huawei": self.cloud}, self.vault, clock, Pace())
        operations = dict.fromkeys(DliOperation, steps)
        self.engine = TurnByTurn(store, operations, clock, Patience())
        self._ids = count(1)

    async def planned(self, operation, asked=None, **options):
        seen = await self.cloud.fetch("17")
        shown = self.cloud.shown(asked or {})
        plan = make_plan(operation, shown, seen, Options(**options))
        update = Update(
            id=f"u{next(self._ids)}",
            operation=operation,
            ref=DeploymentRef("huawei", "17"),
            name="orders",
            state=State.PLANNED,
            plan=plan,
            requested_by="U0ANNA",
            channel="C0JOBS",
            asked_in="C0JOBS",
            created_at=self.clock(),
        )
        await self.store.add(update, [])
        await self.vault.put(update.id, ASKED, asked or {})
        before = {name: self.cloud.saved.get(name) for name in plan.asked}
        await self.vault.put(update.id, BEFORE, before)
        return update

    async def applied(self, operation=DliOperation.UPDATE, asked=None, **options):
        update = await self.planned(operation, asked, **options)
        self.cloud.calls.clear()
        return await self.store.transition(
            update.id, origin=frozenset({State.PLANNED}), state=State.QUEUED, events=[]
        )

    async def restarted(self, at_least=SMALLEST, **asked):
        """Apply with a restart that keeps the state, and follow it to its end."""
        update = await self.applied(asked=asked or {"cu_number": "6"}, mode=Mode.RESTART)
        return await self.settle(update.id, at_least=at_least)

    async def settle(self, update_id, within=9000, at_least=SMALLEST):
        """Move time from one due moment to the next until the update has ended."""
        end = self.clock() + timedelta(seconds=within)
        while self.clock() < end:
            await self.engine.run_due()
            update = await self.store.get(update_id)
            if update.state.final:
                return update
            self.clock.time = max(await self.store.next_due(), self.clock() + at_least)
        return await self.store.get(update_id)

    async def told(self, update_id):
        return [event.note.code for event in await self.store.events(update_id)]


@pytest.fixture
async def bench(tmp_path):
    clock = FakeClock()
    url = f"sqlite+aiosqlite:///{tmp_path}/flinkbot.sqlite3"
    async with open_store(url, now=clock) as store:
        yield Bench(store.updates, clock)
