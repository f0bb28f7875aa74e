"""People, two replicas, Slack and time in any order; what a kind of cloud adds is its own."""

import asyncio
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.errors import CloudError, StoreUnavailableError, UserError
from bot.flink.update import State
from bot.updates.submit import Asker
from tests.model.gate import CLOUD, SLACK, STORE, Act, KilledError, Trap, When
from tests.model.replica import LEASE, Replica
from tests.model.slack import Trouble
from tests.model.witness import state_said

PEOPLE = [Asker("U0ANNA", "C0JOBS"), Asker("U0BEN", "C0JOBS")]
REPLICAS = ["A", "B"]
SETTINGS = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,  # the same examples each time; `python -m tests.model` tries others
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_MOST_UPDATES = 7
_LONGEST_DRAIN = 1000
_ONCE = timedelta(seconds=1)
_names = st.sampled_from(REPLICAS)
_turns = st.sampled_from([["A"], ["B"], ["A", "B"]])
_people = st.sampled_from(PEOPLE)
_sides = st.sampled_from(list(When))
_acts = st.sampled_from([Act.CRASH, Act.HOLD])
_kinds = st.sampled_from([STORE, CLOUD, SLACK])
_late = st.booleans()
_anywhere = st.builds(Trap, _kinds, _acts, _sides, st.integers(0, 8), late_answer=_late)
_CALLS = [
    *((STORE, name) for name in ("claim_due", "save", "save", "mark_sending", "mark_sent")),
    *((CLOUD, name) for name in ("save", "hot_update", "start", "stop", "take_savepoint")),
    *((SLACK, name) for name in ("chat_postMessage", "chat_update")),
]
_at_a_call = st.builds(
    lambda call, act, when, left, late: Trap(call[0], act, when, left, call[1], late_answer=late),
    st.sampled_from(_CALLS),
    _acts,
    _sides,
    st.integers(0, 1),
    _late,
)
_ends = _at_a_call | _at_a_call | _anywhere
_gaps = st.builds(
    Trap,
    st.just(STORE),
    st.just(Act.AWAY),
    _sides,
    st.integers(0, 8),
    st.sampled_from(["", "", "save", "mark_sent"]),
    st.integers(1, 4),
)
NO_ANSWER = (UserError, StoreUnavailableError, CloudError, KilledError, asyncio.CancelledError)


class Machine(RuleBasedStateMachine):
    """The base of both state machines; `bed` is given by the test."""

    bed = None

    def __init__(self):
        super().__init__()
        self.world = self.bed.new_world()
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
        except NO_ANSWER:
            return None

    def alive(self, name):
        """Give a replica; a dead one has been started anew by whoever looks after it."""
        if self.replicas[name].gate.dead:
            self.kill(name)
        return self.replicas[name]

    def one_of(self, data, *states):
        """Choose an update, of those in some states if there are any."""
        self.witness.look()
        rows = self.witness.rows.values()
        fit = [row.id for row in rows if row.state in states] or [row.id for row in rows]
        return data.draw(st.sampled_from(sorted(fit))) if fit else None

    @property
    def at_work(self):
        """Whether there is anything to do."""
        return self.witness.next_moment() is not None

    @property
    def room(self):
        """Whether there are few updates yet: more of them take longer and find no more."""
        return len(self.witness.rows) < _MOST_UPDATES

    def applied(self, update_id, who, names):
        """Press Apply, perhaps twice, perhaps through both replicas."""
        for name in names:
            done = self.ask(name, lambda r: r.submissions.apply(update_id, who, accepted=True))
            if done is not None:
                assert self.witness.rows[update_id].state is not State.PLANNED

    @rule(data=st.data(), who=_people, names=st.sampled_from([["A"], ["B", "A"], ["B", "B"]]))
    def apply_again(self, data, who, names):
        if update_id := self.one_of(data, State.PLANNED):
            self.applied(update_id, who, names)

    @rule(data=st.data(), who=_people, name=_names)
    def cancel(self, data, who, name):
        if update_id := self.one_of(data, State.QUEUED, State.RUNNING):
            done = self.ask(name, lambda r: r.submissions.cancel(update_id, who))
            if done is not None:
                assert self.witness.rows[update_id].state is State.CANCELLED

    @precondition(lambda self: self.room)
    @rule(data=st.data(), who=_people, name=_names, what=st.sampled_from(["roll_back", "retry"]))
    def ask_for_the_same_or_the_old(self, data, who, name, what):
        """Somebody presses Retry or Roll back."""
        ended = (State.SUCCEEDED, State.FAILED, State.STALE, State.UNKNOWN)
        if old := self.one_of(data, *ended):
            planned = self.ask(name, lambda r: getattr(r.requests, what)(old, who))
            if planned is not None:
                self.applied(planned.id, who, [name])

    @precondition(lambda self: any(r.state is State.UNKNOWN for r in self.witness.rows.values()))
    @rule(data=st.data(), who=_people, name=_names)
    def check_again(self, data, who, name):
        update_id = self.one_of(data, State.UNKNOWN)
        self.ask(name, lambda r: r.check_again(update_id, who))

    # Replicas

    @precondition(lambda self: self.at_work)
    @rule(rounds=st.integers(2, 12), names=_turns)
    def life_goes_on(self, rounds, names):
        """Some seconds of a day."""
        self.some_time(rounds, names, clouds=True)

    @precondition(lambda self: self.at_work)
    @rule(rounds=st.integers(1, 6), names=_turns, trap=_ends, clouds=st.booleans())
    def a_replica_fails(self, rounds, names, trap, clouds):
        """Some seconds in which a replica dies or stands still at some call."""
        self.alive(names[0]).gate.trap = trap
        self.some_time(rounds, names, clouds=clouds)

    @precondition(lambda self: self.at_work)
    @rule(rounds=st.integers(1, 6), names=_turns, trap=_gaps, clouds=st.booleans())
    def the_database_fails(self, rounds, names, trap, clouds):
        """Some seconds in which a replica loses the database for some calls."""
        self.alive(names[0]).gate.trap = trap
        self.some_time(rounds, names, clouds=clouds)

    def some_time(self, rounds, names, *, clouds):
        for _ in range(rounds):
            self.a_turn(names)
            if clouds:
                self.world.go_on()
            self.clock.tick(3)

    def a_turn(self, names):
        for name in names:
            replica = self.alive(name)
            if not replica.gate.held and self.witness.something_is_due(self.clock()):
                self.run(replica.advance())
            if not replica.gate.held and self.witness.something_is_owed(self.clock()):
                self.run(replica.deliver())

    @precondition(lambda self: any(r.gate.held for r in self.replicas.values()))
    @rule(seconds=st.sampled_from([0, 20, int(LEASE) + 1, 200]))
    def who_stood_still_goes_on(self, seconds):
        """While it stood still, the other one went on."""
        moving = [name for name in REPLICAS if not self.alive(name).gate.held]
        if seconds:
            self.time_passes(seconds)
            for _ in range(3):
                self.a_turn(moving)
                self.clock.tick(3)
        for replica in self.replicas.values():
            self.run(replica.resume())

    @rule(name=_names)
    def kill(self, name):
        self.run(self.replicas[name].kill())
        self.replicas[name] = self.born(name)

    # Slack, time

    @rule(
        method=st.sampled_from(["chat_postMessage", "chat_postMessage", "chat_update", "look"]),
        trouble=st.sampled_from(list(Trouble)),
        times=st.integers(1, 3),
    )
    def slack_fails(self, method, trouble, times):
        self.world.slack.faults.add(method, trouble, times)

    @rule(seconds=st.sampled_from([5, 20, int(LEASE) + 1, 130, 700, 7200]))
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

    def everything_ends(self):
        """Without further trouble every update ends, and every end is told, once."""
        self.world.no_more_faults()
        for name in REPLICAS:
            self.alive(name).gate.trap = None
            self.run(self.replicas[name].resume())
        for _ in range(_LONGEST_DRAIN):
            if self.is_quiet():
                break
            self.clock.time = self.next_moment()
            self.a_turn(REPLICAS)
            self.world.go_on()
        self.ask("A", lambda r: r.submissions.expire_plans(0.0))
        self.nothing_is_complained_of()
        self.all_has_ended()
        self.all_is_told()

    def is_quiet(self):
        self.witness.look()
        live = any(row.state.live for row in self.witness.rows.values())
        busy = any(replica.busy for replica in self.replicas.values())
        return not live and not busy and self.witness.next_moment() is None

    def next_moment(self):
        soon = self.clock() + _ONCE
        for replica in self.replicas.values():
            if replica.busy:  # it waits for a timer of its own
                self.run(replica.rest())
                return soon
        return max(soon, self.witness.next_moment() or soon)

    def all_has_ended(self):
        for row in self.witness.rows.values():
            assert row.state.final, f"{row.id} never ends: {row}"

    def all_is_told(self):
        owed = self.witness.all_keys()
        for row in self.witness.rows.values():
            if State.QUEUED in self.witness.states[row.id]:
                assert {f"{row.id}:card", f"{row.id}:verdict"} <= {*owed}, f"{row.id} owes {owed}"
        for key in owed:
            posts = self.world.slack.of(key)
            assert len(posts) == 1, f"{key} stands {len(posts)} times in Slack"
            if key.endswith(":card"):
                state = self.witness.rows[key.partition(":")[0]].state
                said = posts[0].texts
                assert state_said(said[-1]) is state, f"{key} said {said}, it is {state}"
        strays = {post.key for post in self.world.slack.posts} - {*owed}
        assert not strays, f"nobody owed {strays}"
