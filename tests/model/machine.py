"""People, two replicas, Slack and time in any order; what a kind of cloud adds is its own."""

import asyncio
import logging
import tempfile
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.errors import CloudError, StoreUnavailableError, UserError
from bot.flink.update import State
from bot.updates.submit import Asker
from tests.fakes.clock import T0, FakeClock
from tests.model import record
from tests.model.alibaba import ModelAlibaba
from tests.model.dli import ModelDli
from tests.model.gate import CLOUD, SLACK, STORE, Act, KilledError, Trap, When
from tests.model.replica import LEASE, Replica
from tests.model.slack import ModelSlack, Trouble
from tests.model.witness import Witness, state_said

PEOPLE = [Asker("U0ANNA", "C0JOBS"), Asker("U0BEN", "C0JOBS")]
REPLICAS = ["A", "B"]
SETTINGS = settings(
    max_examples=200,
    stateful_step_count=40,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_LONGEST_DRAIN = 600
_HOW = st.tuples(st.sampled_from(list(Act)), st.sampled_from(list(When)), st.integers(0, 6))


class Loop(asyncio.SelectorEventLoop):
    """Its timers go by the clock of the example, so that nobody really waits."""

    clock = staticmethod(lambda: T0)

    def time(self):
        return (self.clock() - T0).total_seconds()


class Bed:
    """The event loop and the file that all examples use, one after the other."""

    def __enter__(self):
        logging.disable()  # a run has thousands of lines about faults that were meant
        self._stack = AsyncExitStack()
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "flinkbot.sqlite3"
        self._runner = asyncio.Runner(loop_factory=Loop)
        self.database = self.run(self._stack.enter_async_context(record.opened(self.path)))
        return self

    def __exit__(self, *_):
        self.run(self._stack.aclose())
        self._runner.close()
        self._folder.cleanup()
        logging.disable(logging.NOTSET)

    def run(self, work):
        return self._runner.run(work)

    def set_clock(self, clock):
        self._runner.get_loop().clock = clock


class World:
    """All that is not a replica."""

    def __init__(self, bed):
        self.database, self.clock = bed.database, FakeClock()
        bed.set_clock(self.clock)
        self.witness = Witness(bed.path)
        self.slack = ModelSlack(self.clock, self.witness)
        self.alibaba, self.dli = ModelAlibaba(self.witness), ModelDli(self.witness)
        ids = count(1)
        self.new_id = lambda: f"u{next(ids)}"


class Machine(RuleBasedStateMachine):
    """The base of both state machines; `bed` is given by the test."""

    bed = None

    def __init__(self):
        super().__init__()
        self.run(record.emptied(self.bed.database))
        self.world = World(self.bed)
        self.witness, self.clock = self.world.witness, self.world.clock
        self.lives = count(1)
        self.replicas = {name: self.born(name) for name in REPLICAS}

    def run(self, work):
        return self.bed.run(work)

    def born(self, name):
        return Replica(self.world, f"{name}{next(self.lives)}")

    def teardown(self):
        try:
            if not self.witness.complaints:
                self.everything_ends()
        finally:
            for replica in self.replicas.values():
                self.run(replica.kill())
            self.witness.close()

    # People

    def ask(self, name, work_of):
        """Ask a replica as a listener does; give what it gives, None where there is no answer."""
        replica = self.alive(name)
        task = self.run(replica.do(work_of(replica)))
        if not task.done():
            return None
        try:
            return task.result()
        except (UserError, StoreUnavailableError, CloudError, KilledError, asyncio.CancelledError):
            return None

    def alive(self, name):
        """Give a replica; a dead one has been started anew by whoever looks after it."""
        if self.replicas[name].gate.dead:
            self.run(self.replicas[name].kill())
            self.replicas[name] = self.born(name)
        return self.replicas[name]

    def one_of(self, data, *states):
        self.witness.look()
        fit = [row.id for row in self.witness.rows.values() if not states or row.state in states]
        return data.draw(st.sampled_from(sorted(fit))) if fit else None

    @rule(
        data=st.data(),
        who=st.sampled_from(PEOPLE),
        where=st.lists(st.sampled_from(REPLICAS), min_size=1, max_size=2),
        accepted=st.sampled_from([True, True, False]),
    )
    def apply(self, data, who, where, accepted):
        """Somebody presses Apply, perhaps twice, perhaps through both replicas."""
        planned = self.one_of(data, State.PLANNED) or self.one_of(data)
        for name in where if planned else ():
            applied = self.ask(name, lambda r: r.submissions.apply(planned, who, accepted=accepted))
            if applied is not None:
                assert self.witness.rows[planned].state is not State.PLANNED

    @rule(data=st.data(), who=st.sampled_from(PEOPLE), name=st.sampled_from(REPLICAS))
    def cancel(self, data, who, name):
        called_off = self.one_of(data, State.PLANNED, State.QUEUED) or self.one_of(data)
        if called_off:
            done = self.ask(name, lambda r: r.submissions.cancel(called_off, who))
            if done is not None:
                assert self.witness.rows[called_off].state is State.CANCELLED

    @rule(
        data=st.data(),
        who=st.sampled_from(PEOPLE),
        name=st.sampled_from(REPLICAS),
        back=st.booleans(),
    )
    def ask_again(self, data, who, name, back):
        """Somebody presses Retry or Put back."""
        old = self.one_of(data)
        if old:
            self.ask(name, lambda r: (r.requests.put_back if back else r.requests.retry)(old, who))

    @rule(data=st.data(), who=st.sampled_from(PEOPLE), name=st.sampled_from(REPLICAS))
    def check_again(self, data, who, name):
        unknown = self.one_of(data, State.UNKNOWN) or self.one_of(data)
        if unknown:
            self.ask(name, lambda r: r.check_again(unknown, who))

    @rule(name=st.sampled_from(REPLICAS))
    def plans_expire(self, name):
        self.ask(name, lambda r: r.submissions.expire_plans(3600.0))

    # Replicas

    @rule(name=st.sampled_from(REPLICAS))
    def advance(self, name):
        replica = self.alive(name)
        if not replica.gate.held:
            self.run(replica.advance())

    @rule(name=st.sampled_from(REPLICAS))
    def deliver(self, name):
        replica = self.alive(name)
        if not replica.gate.held:
            self.run(replica.deliver())

    @rule(rounds=st.integers(1, 8), names=st.sampled_from([["A"], ["B"], ["A", "B"]]))
    def life_goes_on(self, rounds, names):
        """A few seconds of an ordinary day."""
        for _ in range(rounds):
            for name in names:
                self.advance(name)
                self.deliver(name)
            self.clouds_go_on()
            self.clock.tick(3)

    @rule(
        name=st.sampled_from(REPLICAS),
        kind=st.sampled_from([STORE, STORE, CLOUD, SLACK]),
        how=_HOW,
        late=st.booleans(),
    )
    def set_a_trap(self, name, kind, how, late):
        """At one of the next calls the replica dies or stands still, or finds no database."""
        act, when, left = how
        if kind is STORE or act is not Act.AWAY:
            self.alive(name).gate.trap = Trap(kind, act, when, left, late_answer=late)

    @rule(name=st.sampled_from(REPLICAS), when=st.sampled_from(list(When)), times=st.integers(1, 5))
    def database_goes_away(self, name, when, times):
        self.alive(name).gate.trap = Trap(STORE, Act.AWAY, when, 0, times)

    @precondition(lambda self: any(r.gate.held for r in self.replicas.values()))
    @rule()
    def who_stood_still_goes_on(self):
        for replica in self.replicas.values():
            self.run(replica.resume())

    @rule(name=st.sampled_from(REPLICAS))
    def kill(self, name):
        self.run(self.replicas[name].kill())
        self.replicas[name] = self.born(name)

    # Slack, the clouds, time

    @rule(
        method=st.sampled_from(["chat_postMessage", "chat_postMessage", "chat_update", "look"]),
        trouble=st.sampled_from(list(Trouble)),
        times=st.integers(1, 3),
    )
    def slack_fails(self, method, trouble, times):
        self.world.slack.faults.add(method, trouble, times)

    def clouds_go_on(self):
        self.world.alibaba.go_on()
        self.world.dli.go_on()

    @rule()
    def clouds_take_a_step(self):
        self.clouds_go_on()

    @rule(seconds=st.sampled_from([1, 5, 20, int(LEASE) + 1, 130, 700, 7200]))
    def time_passes(self, seconds):
        if seconds > LEASE:
            self.excuse_what_is_under_way()
        self.clock.tick(seconds)
        for replica in self.replicas.values():
            self.run(replica.rest())

    def excuse_what_is_under_way(self):
        """A cloud that took that long over something may have been given up on."""

    # What always holds

    @invariant()
    def nothing_is_complained_of(self):
        self.witness.look()
        assert not self.witness.complaints, "\n".join(self.witness.complaints)

    # The end

    def no_more_trouble(self):
        self.world.slack.faults.clear()
        self.world.alibaba.faults.clear()
        self.world.dli.faults.clear()
        for name in REPLICAS:
            replica = self.alive(name)
            replica.gate.trap = None
            self.run(replica.resume())

    @rule()
    def everything_ends(self):
        """Without further trouble every update ends, and every end is told, once."""
        self.no_more_trouble()
        for _ in range(_LONGEST_DRAIN):
            if self.quiet():
                break
            self.clock.time = self.next_moment()
            for name in REPLICAS:
                self.advance(name)
                self.deliver(name)
            self.clouds_go_on()
        self.nothing_is_complained_of()
        self.all_has_ended()
        self.all_is_told()

    def next_moment(self):
        a_second = self.clock() + timedelta(seconds=1)
        if any(replica.busy for replica in self.replicas.values()):
            return a_second
        store = self.replicas["A"]
        dues = [
            self.run(store.store.next_due()),
            self.run(store.delivery.next_due()),
        ]
        soonest = min((due for due in dues if due is not None), default=self.clock())
        return max(soonest, a_second)

    def quiet(self):
        live = any(row.state.live for row in self.witness.rows.values())
        return not live and self.run(self.replicas["A"].delivery.next_due()) is None

    def all_has_ended(self):
        for row in self.witness.rows.values():
            assert not row.state.live, f"{row.id} never ends: {row}"

    def all_is_told(self):
        owed = self.witness.all_keys()
        for row in self.witness.rows.values():
            if State.QUEUED in self.witness.states[row.id]:
                assert {f"{row.id}:card", f"{row.id}:verdict"} <= {*owed}, f"{row.id} owes {owed}"
        for key in owed:
            assert len(self.world.slack.of(key)) == 1, f"{key} stands not once in Slack"
            if key.endswith(":card"):
                [card] = self.world.slack.of(key)
                state = self.witness.rows[key.partition(":")[0]].state
                assert state_said(card.text) is state, f"{key} says {card.texts}, it is {state}"
        assert {post.key for post in self.world.slack.posts} == {*owed}
