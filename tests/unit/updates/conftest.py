from datetime import timedelta
from itertools import count

import pytest

from bot.flink.snapshot import DeploymentRef
from bot.policy.access import Access
from bot.store import open_store
from bot.updates.engine import Patience
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED, WATCH_HOT_UPDATE
from bot.updates.hot_update.requests import HotUpdateRequests
from bot.updates.hot_update.steps import HotUpdate, Pace
from bot.updates.submit import Asker, Submissions, Target
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud
from tests.fakes.engine import TurnByTurn

SMALLEST = timedelta(milliseconds=1)
ANNA = Asker("U0ANNA", "C0JOBS")
ORDERS = DeploymentRef("prod", "d-1")
EVERYONE = Access(frozenset("*"), frozenset("*"))


class Bench:
    """The core, with a fake cloud, a real store and a clock that is moved by hand."""

    def __init__(self, store, cloud, clock, patience=None):
        ids = count(1)
        clouds = {cloud.target: cloud}
        hot_update = HotUpdate(clouds, clock, Pace())
        operations = {
            HOT_UPDATE: hot_update,
            RESTORE_SAVED: hot_update,
            WATCH_HOT_UPDATE: HotUpdate(clouds, clock, Pace(), first="poll"),
        }
        target = Target(name="prod", cloud=cloud, access=EVERYONE)
        self.store, self.cloud, self.clock = store, cloud, clock
        self.woken = 0
        self.engine = TurnByTurn(store, operations, clock, patience or Patience())
        self.submissions = Submissions(
            store, {"prod": target}, clock, lambda: f"u{next(ids)}", self._wake
        )
        self.requests = HotUpdateRequests(self.submissions, clouds, store)

    def _wake(self):
        self.woken += 1

    async def applied(self, accepted=False, **asked):
        planned = await self.requests.plan(ANNA, ORDERS, asked or {"parallelism": "8"})
        return await self.submissions.apply(planned.id, ANNA, accepted=accepted)

    async def settle(self, update_id, within=4000):
        """Move time from one due moment to the next until the update has ended."""
        end = self.clock() + timedelta(seconds=within)
        while self.clock() < end:
            await self.engine.run_due()
            update = await self.store.get(update_id)
            if update.state.final:
                return update
            self.clock.time = max(await self.store.next_due(), self.clock() + SMALLEST)
        return await self.store.get(update_id)

    async def told(self, update_id):
        return [event.note.code for event in await self.store.events(update_id)]


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def cloud():
    return FakeCloud()


@pytest.fixture
async def bench(tmp_path, clock, cloud):
    url = f"sqlite+aiosqlite:///{tmp_path}/flinkbot.sqlite3"
    async with open_store(url, now=clock) as store:
        yield Bench(store.updates, cloud, clock)
