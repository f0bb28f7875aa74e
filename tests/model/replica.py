"""One process of the bot: the real engine, crew, requests and delivery behind a gate."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.policy.access import Access
from bot.slack.cards import render
from bot.slack.delivery import Delivery
from bot.slack.pacing import Pace as SlackPace
from bot.store import SqlOutbox, SqlStore, SqlVault
from bot.store.sealing import Sealer
from bot.updates.crew import Crew
from bot.updates.dli.requests import DliRequests
from bot.updates.dli.route import DliOperation
from bot.updates.dli.steps import DliSteps
from bot.updates.dli.steps import Pace as DliPace
from bot.updates.engine import Engine, Patience
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED, WATCH_HOT_UPDATE
from bot.updates.hot_update.requests import HotUpdateRequests
from bot.updates.hot_update.steps import HotUpdate, Pace
from bot.updates.recheck import Recheck
from bot.updates.requests import Requests
from bot.updates.submit import Submissions, Target
from tests.model.gate import CLOUD, SLACK, STORE, Gate, Gated
from tests.model.witness import AT_WORK, WHO

LEASE = 60.0
EVERYONE = Access(frozenset("*"), frozenset("*"))
_FAST = SlackPace(post_seconds=0.0, edit_seconds=0.0, edits_per_minute=100_000)
_AT_REST = 60
_RUNAWAY = 20_000


class Replica:
    """A process; `world` has the database, the clock, the clouds, Slack, the witness, the ids."""

    def __init__(self, world, owner):
        self._world, self.owner = world, owner
        self.gate = Gate(world.clock, world.witness.look, world.witness.hurt)
        self._tasks, self._ticks = set(), {}
        clock, database = world.clock, world.database
        self.store = self._gated(SqlStore(database, clock, LEASE, owner), STORE)
        outbox = self._gated(SqlOutbox(database, clock, LEASE, owner), STORE)
        vault = self._gated(SqlVault(database, Sealer(()), clock), STORE)
        alibaba, dli = self._gated(world.alibaba, CLOUD), self._gated(world.dli, CLOUD)
        operations = _operations(alibaba, dli, vault, clock)
        self._engine = Engine(self.store, operations, clock, Patience())
        self.crew = Crew(self.store, self._work, lambda due: None)
        self.delivery = Delivery(
            outbox=outbox,
            updates=self.store,
            client=self._gated(world.slack, SLACK),
            render=self._render,
            now=clock,
            pace=_FAST,
        )
        clouds = {alibaba.target: alibaba, dli.target: dli}
        targets = {n: Target(name=n, cloud=c, access=EVERYONE) for n, c in clouds.items()}
        self.submissions = Submissions(self.store, targets, clock, world.new_id, lambda: None)
        parts = {
            "submissions": self.submissions,
            "hot_update": HotUpdateRequests(
                self.submissions, {alibaba.target: alibaba}, self.store
            ),
            "dli": DliRequests(self.submissions, {dli.target: dli}, vault),
            "recheck": Recheck(self.submissions, self.store, operations, clock, lambda: None),
        }
        self.requests = Requests(**parts, now=clock, way_back_for=timedelta(days=30))

    def _gated(self, behind, kind):
        return Gated(behind, self.gate, kind)

    async def _work(self, update):
        AT_WORK.set(update.id)
        WHO.set(self.owner)
        return await self._engine.work(update)

    def _render(self, message, update, events, compact, /):
        """Word it as the bot does, with the state in front for the witness to read."""
        payload = render(message, update, events, self._world.clock(), compact=compact)
        return replace(payload, text=f"{update.state} {payload.text}", file=None)

    async def advance(self):
        await self._tick(self.crew.start_due)

    async def deliver(self):
        await self._tick(self.delivery.deliver_due)

    async def _tick(self, work):
        """Do it unless the last time is still going on."""
        last = self._ticks.get(work)
        if last is None or last.done():
            self._ticks[work] = await self.do(work())
        else:
            await self.rest()

    async def check_again(self, update_id, who):
        AT_WORK.set(update_id)
        return await self.requests.recheck.look(update_id, who)

    async def do(self, work):
        """Do something until it has ended or stands still; give its task."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        await self.rest()
        return task

    @property
    def busy(self):
        """Whether anything that it began still goes on, or waits."""
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            task.cancelled() or task.exception()  # whoever asked knows it by now
        return bool(self._tasks) or any(not t.done() for t in self.crew._hands.values())

    async def rest(self):
        """Let it go on until all has ended, stands still, or waits for a later time."""
        calls, quiet = -1, 0
        for _ in range(_RUNAWAY):
            if not self.busy or quiet > _AT_REST:
                return
            quiet = quiet + 1 if self.gate.calls == calls else 0
            calls = self.gate.calls
            await asyncio.sleep(0)
        raise AssertionError(f"{self.owner} never comes to rest")

    async def resume(self):
        self.gate.go_on()
        await self.rest()

    async def kill(self):
        """End it as `kill -9` does: nothing that it still wants to do reaches anybody."""
        self.gate.die()
        left = [*self._tasks, *self.crew._hands.values()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _operations(alibaba, dli, vault, clock):
    hot = {alibaba.target: alibaba}
    hot_update = HotUpdate(hot, clock, Pace())
    return {
        HOT_UPDATE: hot_update,
        RESTORE_SAVED: hot_update,
        WATCH_HOT_UPDATE: HotUpdate(hot, clock, Pace(), first="poll"),
        **dict.fromkeys(DliOperation, DliSteps({dli.target: dli}, vault, clock, DliPace())),
    }
