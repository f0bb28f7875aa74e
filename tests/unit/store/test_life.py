"""Updates and the messages owed for them, moved at random and held to a simple model."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.errors import LostLeaseError, UserError
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.updates.messages import MessageKind
from tests.fakes.clock import T0, FakeClock
from tests.unit.store.bench import LEASE, PLANNED, STEP, claim, ended, opened, plan_of, queue

ENDINGS = [State.SUCCEEDED, State.FAILED, State.UNKNOWN]
JOBS = ["d-1", "d-2"]


@dataclass
class Known:
    """What the model expects of one update."""

    job: str
    state: State = State.PLANNED
    queued: bool = False
    replies: list = field(default_factory=list)
    """Keys of the replies that were ever owed, in order."""
    given_up: set = field(default_factory=set)
    posted: list = field(default_factory=list)
    """Keys of the replies and the verdict as posted, in order."""
    has_card: bool = False
    """In the channel where it lives now."""
    channel: str = "C0JOBS"

    @property
    def card_is_lost(self):
        return "card" in self.given_up and not self.has_card

    def owe(self, replies):
        self.replies += replies
        if self.card_is_lost:
            self.given_up.update(replies)

    def script(self, name):
        """What is to be told below the card, in order."""
        if not self.queued:
            return []
        verdict = [f"{name}:verdict"] if self.state.final else []
        return [key for key in (*self.replies, *verdict) if key not in self.given_up]


class Life(RuleBasedStateMachine):
    """People, the engine and the delivery, in any order, with crashes between them."""

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.model = {}
        self.claimed = {}
        self.messages = {}
        self.open()

    def run(self, work):
        return self.runner.run(work)

    def open(self):
        self.stack = AsyncExitStack()
        opening = self.stack.enter_async_context(opened(Path(self.folder.name), self.clock))
        self.store = self.run(opening)

    def teardown(self):
        self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    def holder(self, job):
        live = [name for name, known in self.model.items() if known.job == job and known.state.live]
        return live[0] if live else None

    # People

    @initialize()
    def begin_with_plans(self):
        self.plan_for_each_job()

    @rule()
    def plan_for_each_job(self):
        for job in JOBS:
            name = f"u{len(self.model)}"
            self.run(self.store.updates.add(plan_of(name, job), []))
            self.model[name] = Known(job)

    @rule(data=st.data())
    def apply(self, data):
        name = data.draw(st.sampled_from(sorted(self.model)))
        known = self.model[name]
        moving = self.store.updates.transition(
            name, origin=PLANNED, state=State.QUEUED, events=[STEP]
        )
        if known.state is not State.PLANNED:
            assert self.run(moving) is None
        elif self.holder(known.job) is not None:
            with pytest.raises(UserError) as refused:
                self.run(moving)
            assert refused.value.note.args["id"] == self.holder(known.job)
        else:
            assert self.run(moving).state is State.QUEUED
            self.begin(name, State.QUEUED)
            known.queued = True
            known.owe([f"{name}:event:1"])

    def begin(self, name, state):
        self.model[name].state = state
        self.claimed.pop(name, None)  # whoever works on it has lost it

    @rule(data=st.data())
    def cancel(self, data):
        name = data.draw(st.sampled_from(sorted(self.model)))
        known = self.model[name]
        origin = frozenset({State.PLANNED, State.QUEUED})
        moved = self.run(
            self.store.updates.transition(name, origin=origin, state=State.CANCELLED, events=[])
        )
        assert (moved is not None) == (known.state in origin)
        if moved is not None:
            self.begin(name, State.CANCELLED)

    # The engine

    @rule(limit=st.integers(1, 3))
    def claim(self, limit):
        was_due = self.run(self.store.updates.next_due())
        for update in self.run(self.store.updates.claim_due(limit)):
            self.is_free(self.claimed.pop(update.id, None))
            assert was_due is not None
            assert was_due <= self.clock()
            assert self.model[update.id].state in {State.QUEUED, State.RUNNING}
            self.claimed[update.id] = (update, self.clock())

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), told=st.integers(0, 2), wait=st.integers(1, 90))
    def work(self, data, told, wait):
        name = data.draw(st.sampled_from(sorted(self.claimed)))
        update, _ = self.claimed.pop(name)
        seq = len(self.run(self.store.updates.events(name)))
        moved = replace(update, state=State.RUNNING, next_at=self.clock() + timedelta(seconds=wait))
        self.run(self.store.updates.save(moved, [STEP] * told))
        self.model[name].state = State.RUNNING
        self.model[name].owe([f"{name}:event:{seq + n + 1}" for n in range(told)])

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), state=st.sampled_from(ENDINGS), times=st.integers(1, 2))
    def end(self, data, state, times):
        name = data.draw(st.sampled_from(sorted(self.claimed)))
        update = ended(self.claimed.pop(name)[0], self.clock(), state)
        for _ in range(times):
            self.run(self.store.updates.save(update))
        self.model[name].state = state

    # The delivery

    @rule(limit=st.integers(1, 4))
    def take_messages(self, limit):
        due = self.run(self.store.outbox.next_message_due())
        taken = self.run(self.store.outbox.claim_messages(limit))
        assert bool(taken) == (due is not None and due <= self.clock())
        for message in taken:
            self.is_free(self.messages.pop(message.key, None))
            self.messages[message.key] = (message, self.clock())

    def is_free(self, before):
        """Accept a claim if there was none before, or one whose lease has ended."""
        if before is not None:
            lost, since = before
            assert self.clock() >= since + timedelta(seconds=LEASE), f"{lost} handed out twice"

    def next_message(self):
        message, _ = self.messages.pop(next(iter(self.messages)))
        return message

    @precondition(lambda self: self.messages)
    @rule()
    def post(self):
        message = self.next_message()
        self.run(self.store.outbox.mark_sending(message))
        self.run(self.store.outbox.mark_sent(message, message.ts or "1.0", "digest"))
        known = self.model[message.update_id]
        assert message.channel == known.channel
        if message.kind is MessageKind.CARD:
            assert (message.ts != "") == known.has_card
            known.has_card = True
            return
        assert known.has_card or (message.kind is MessageKind.VERDICT and known.card_is_lost)
        known.posted.append(message.key)

    @precondition(lambda self: self.messages)
    @rule(seconds=st.integers(0, 90))
    def put_off(self, seconds):
        message = self.next_message()
        until = self.clock() + timedelta(seconds=seconds)
        self.run(self.store.outbox.defer(message, until))

    @precondition(lambda self: self.messages)
    @rule()
    def give_up(self):
        message = self.next_message()
        self.run(self.store.outbox.bury(message, "no such channel"))
        known = self.model[message.update_id]
        is_card = message.kind is MessageKind.CARD
        known.given_up.add("card" if is_card else message.key)
        if known.card_is_lost:
            known.given_up.update(key for key in known.replies if key not in known.posted)

    @precondition(lambda self: self.messages)
    @rule()
    def redirect(self):
        message = self.next_message()
        known = self.model[message.update_id]
        known.channel = f"D{len(known.channel)}{known.channel}"
        self.run(self.store.outbox.redirect(message, known.channel))
        known.has_card = False
        known.given_up.discard("card")
        for key in [key for key in self.messages if key.startswith(f"{message.update_id}:")]:
            lost, _ = self.messages.pop(key)
            with pytest.raises(LostLeaseError):
                self.run(self.store.outbox.mark_sending(lost))

    # Time, crashes

    @rule(seconds=st.sampled_from([1, 30, int(LEASE)]))
    def wait(self, seconds):
        self.clock.tick(seconds)

    @rule()
    def give_all_claims_back(self):
        self.run(self.store.updates.release_leases())
        self.run(self.store.outbox.release_leases())
        for update, _ in self.claimed.values():
            with pytest.raises(LostLeaseError):
                self.run(self.store.updates.save(update, [STEP], alert=True))
        for message, _ in self.messages.values():
            with pytest.raises(LostLeaseError):
                self.run(self.store.outbox.mark_sending(message))
        self.claimed, self.messages = {}, {}

    @rule()
    def start_again(self):
        self.run(self.stack.aclose())
        self.open()
        self.claimed, self.messages = {}, {}

    # What always holds

    @invariant()
    def the_states_are_as_expected(self):
        for name, known in self.model.items():
            assert self.run(self.store.updates.get(name)).state is known.state

    @invariant()
    def each_job_is_held_by_at_most_one(self):
        for job in JOBS:
            live = self.run(self.store.updates.live_for(DeploymentRef("prod", job)))
            assert (live.id if live else None) == self.holder(job)

    @invariant()
    def everything_is_told_in_order_and_nothing_else(self):
        for name, known in self.model.items():
            assert known.posted == known.script(name)[: len(known.posted)]

    @rule()
    def deliver_all_there_is(self):
        """In the end everything owed is told, once."""
        self.start_again()
        self.clock.tick(90)
        while taken := self.run(self.store.outbox.claim_messages(10)):
            self.messages = {message.key: (message, self.clock()) for message in taken}
            while self.messages:
                self.post()
        for name, known in self.model.items():
            assert known.posted == known.script(name)
            assert known.has_card == (known.queued and not known.card_is_lost)
        assert self.run(self.store.outbox.next_message_due()) is None


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


async def test_time_alone_brings_back_what_a_vanished_worker_held(tmp_path):
    """The state machine gives leases back; here the clock alone does."""
    clock = FakeClock()
    async with opened(tmp_path, clock) as store:
        await queue(store)
        lost = await claim(store)
        clock.time = await store.updates.next_due()

        assert clock() == T0 + timedelta(seconds=LEASE)
        assert (await claim(store)).fence == lost.fence + 1
