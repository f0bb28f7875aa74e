"""Many updates at once, none twice, and a target that hangs keeps only its own workers."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.errors import StoreUnavailableError
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.updates.crew import Crew
from tests.factories import make_update
from tests.fakes.clock import T0, FakeClock

MOST, PER_TARGET = 5, 2


def due_update(number, target="prod"):
    return make_update(
        id=f"u{number}",
        ref=DeploymentRef(target, f"d-{number}"),
        state=State.RUNNING,
        next_at=T0,
    )


class Store:
    """Gives what is due, the oldest first; a lease that ran out makes an update due again."""

    def __init__(self, *updates):
        self.due = {update.id: update for update in updates}
        self.leased, self.claims, self.given_back = set(), 0, []

    def _free(self, busy):
        return [
            update
            for update in self.due.values()
            if update.id not in {*self.leased, *busy.updates}
            and update.ref.target not in busy.targets
        ]

    async def claim_due(self, limit, busy):
        self.claims += 1
        claimed = self._free(busy)[:limit]
        self.leased |= {update.id for update in claimed}
        return claimed

    async def give_back(self, update):
        self.given_back.append(update.id)
        self.leased.discard(update.id)

    async def next_due(self, busy):
        return min((update.next_at for update in self._free(busy)), default=None)


class Work:
    """Goes on until it is told to end; remembers who worked when."""

    def __init__(self, store):
        self.store = store
        self.at_work, self.ends, self.began = {}, {}, []

    async def __call__(self, update):
        assert update.id not in self.at_work, "worked on twice at once"
        self.at_work[update.id] = update
        self.began.append(update.id)
        end = self.ends[update.id] = asyncio.get_running_loop().create_future()
        try:
            return await end
        finally:
            del self.at_work[update.id]

    def of(self, target):
        return [u for u in self.at_work.values() if u.ref.target == target]

    async def end(self, update_id, due_again=None):
        """Let one end; it is due no more, or at a later moment."""
        del self.store.due[update_id]
        self.store.leased.discard(update_id)
        self.ends.pop(update_id).set_result(due_again)
        await settled()


async def settled():
    """Let everything run that can."""
    for _ in range(6):
        await asyncio.sleep(0)


class Crowd:
    """A crew, and what it said."""

    def __init__(self, *updates, most=MOST, per_target=PER_TARGET, knows=lambda update: True):
        self.store = Store(*updates)
        self.work = Work(self.store)
        self.freed = []
        self.crew = Crew(
            self.store,
            self.work,
            self.freed.append,
            knows=knows,
            most=most,
            per_target=per_target,
        )

    async def start(self):
        await self.crew.start_due()
        await settled()

    async def close(self):
        await self.crew.drain(0)


def many(target, count, beginning=0):
    return [due_update(number, target) for number in range(beginning, beginning + count)]


async def test_what_is_due_is_begun_and_nobody_waits_for_its_end():
    crowd = Crowd(due_update(1))
    await crowd.start()

    assert list(crowd.work.at_work) == ["u1"]
    await crowd.close()


async def test_a_target_that_hangs_keeps_only_its_own_workers():
    crowd = Crowd(*many("hanging", 20), *many("prod", 1, 20))
    await crowd.start()

    assert len(crowd.work.of("hanging")) == PER_TARGET
    assert [update.id for update in crowd.work.of("prod")] == ["u20"]
    for number in range(21, 24):
        crowd.store.due |= {f"u{number}": due_update(number, "prod")}
        await crowd.start()
        await crowd.work.end(f"u{number - 1}")
    assert crowd.work.began[-1] == "u23"
    await crowd.close()


async def test_what_gets_due_while_others_hang_is_begun_at_once():
    crowd = Crowd(*many("hanging", 1))
    await crowd.start()
    crowd.store.due |= {"u9": due_update(9, "prod")}
    await crowd.start()

    assert set(crowd.work.at_work) == {"u0", "u9"}
    await crowd.close()


async def test_all_targets_together_have_so_many_workers():
    everything = [due_update(n, f"t{n}") for n in range(20)]
    crowd = Crowd(*everything)
    await crowd.start()

    assert len(crowd.work.at_work) == MOST
    assert await crowd.crew.next_due() is None
    before = crowd.store.claims
    await crowd.start()
    assert crowd.store.claims == before  # nothing is asked for without a worker
    await crowd.work.end("u0")
    assert crowd.freed == [None]
    await crowd.close()


async def test_the_worker_that_others_waited_for_calls_for_more():
    crowd = Crowd(*many("prod", PER_TARGET + 1))
    await crowd.start()
    await crowd.work.end("u0", T0 + timedelta(seconds=2))

    assert crowd.freed == [None]
    await crowd.start()
    assert set(crowd.work.at_work) == {"u1", "u2"}
    await crowd.close()


async def test_otherwise_it_tells_when_its_update_is_due_again():
    crowd = Crowd(due_update(1), due_update(2, "other"))
    await crowd.start()
    again = T0 + timedelta(seconds=2)
    await crowd.work.end("u1", again)
    await crowd.work.end("u2", None)

    assert crowd.freed == [again]


async def test_a_full_target_is_not_waited_for_by_the_clock():
    crowd = Crowd(*many("hanging", PER_TARGET + 1))
    await crowd.start()

    assert await crowd.crew.next_due() is None
    crowd.store.due |= {"u9": replace(due_update(9), next_at=T0 + timedelta(seconds=7))}
    assert await crowd.crew.next_due() == T0 + timedelta(seconds=7)
    await crowd.close()


async def test_an_update_whose_lease_ran_out_is_not_begun_again_while_it_is_in_hand():
    crowd = Crowd(due_update(1))
    await crowd.start()
    crowd.store.leased.clear()
    await crowd.start()

    assert crowd.work.began == ["u1"]
    assert await crowd.crew.next_due() is None
    await crowd.close()


async def test_draining_lets_what_goes_on_end_and_begins_nothing():
    crowd = Crowd(due_update(1))
    await crowd.start()
    draining = asyncio.create_task(crowd.crew.drain(60))
    await settled()
    crowd.store.due |= {"u2": due_update(2)}
    await crowd.start()
    assert not draining.done()
    await crowd.work.end("u1")

    assert await draining is True
    assert crowd.work.began == ["u1"]


async def test_draining_cuts_off_what_does_not_end_in_time(caplog):
    crowd = Crowd(due_update(1))
    await crowd.start()

    assert await crowd.crew.drain(0) is False
    assert crowd.work.at_work == {}
    assert "update u1 was cut off" in caplog.text
    assert await crowd.crew.drain(0) is True


async def test_what_is_claimed_while_the_end_comes_is_not_begun():
    crowd = Crowd(due_update(1))
    claim_due = crowd.store.claim_due

    async def claimed_too_late(limit, busy):
        claimed = await claim_due(limit, busy)
        await crowd.crew.drain(0)
        return claimed

    crowd.store.claim_due = claimed_too_late
    await crowd.start()

    assert crowd.work.began == []


async def test_work_that_breaks_gives_its_worker_back(caplog):
    crowd = Crowd(*many("prod", PER_TARGET + 1))
    await crowd.start()
    task = crowd.crew._hands["u0"]
    crowd.work.ends["u0"].set_exception(ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        await task

    assert crowd.freed == [None]
    await crowd.close()


@given(
    targets=st.lists(st.sampled_from("abcd"), max_size=40),
    most=st.integers(1, 12),
    per_target=st.integers(1, 6),
    order=st.randoms(use_true_random=False),
)
def test_whatever_is_due_is_worked_on_once_within_the_bounds(targets, most, per_target, order):
    """Every update gets its turn, whichever of those at work ends first."""
    updates = [due_update(number, target) for number, target in enumerate(targets)]

    async def play():
        crowd = Crowd(*updates, most=most, per_target=per_target)
        await crowd.start()
        while crowd.work.at_work:
            at_work = Counter(update.ref.target for update in crowd.work.at_work.values())
            assert sum(at_work.values()) <= most
            assert max(at_work.values()) <= per_target
            await crowd.work.end(order.choice(sorted(crowd.work.at_work)))
            if None in crowd.freed:
                crowd.freed.clear()
                await crowd.start()
        assert sorted(crowd.work.began) == sorted(update.id for update in updates)

    asyncio.run(play())


class Targets(RuleBasedStateMachine):
    """Targets hang and come back in any order; the others always get their turn at once."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = FakeClock()
        self.crowd = Crowd(most=12, per_target=3)
        self.number = 0

    def run(self, work):
        return self.loop.run_until_complete(work)

    def teardown(self):
        self.run(self.crowd.close())
        self.loop.close()

    @rule(of=st.sampled_from(["a", "b", "c", "d"]), count=st.integers(1, 6))
    def becomes_due(self, of, count):
        for _ in range(count):
            self.number += 1
            update = due_update(self.number, of)
            self.crowd.store.due[update.id] = update
        self.run(self.crowd.start())

    @precondition(lambda self: self.crowd.work.at_work)
    @rule(data=st.data())
    def one_ends(self, data):
        update_id = data.draw(st.sampled_from(sorted(self.crowd.work.at_work)))
        self.crowd.freed.clear()
        self.run(self.crowd.work.end(update_id))
        if None in self.crowd.freed:
            self.run(self.crowd.start())

    @rule()
    def leases_run_out(self):
        self.crowd.store.leased.clear()
        self.run(self.crowd.start())

    @invariant()
    def nobody_waits_without_reason(self):
        work, store = self.crowd.work, self.crowd.store
        for target in "abcd":
            waiting = [
                update
                for update in store.due.values()
                if update.ref.target == target and update.id not in work.at_work
            ]
            assert len(work.of(target)) <= 3
            assert not waiting or len(work.of(target)) == 3


TestTargets = Targets.TestCase


async def test_what_this_version_does_not_know_is_given_back_and_keeps_nobody_waiting(caplog):
    crowd = Crowd(*many("prod", 10), knows=lambda update: update.id == "u9")
    await crowd.start()

    assert crowd.store.given_back == [f"u{number}" for number in range(9)]
    assert crowd.store.leased == set(crowd.work.at_work) == {"u9"}
    assert await crowd.crew.next_due() is None
    await crowd.start()
    assert len(crowd.store.given_back) == 9
    await crowd.close()


async def test_what_cannot_be_given_back_now_keeps_nobody_from_being_begun():
    async def away(update):
        raise StoreUnavailableError("connection refused")

    crowd = Crowd(*many("prod", 2), knows=lambda update: update.id == "u1")
    crowd.store.give_back = away
    with pytest.raises(StoreUnavailableError):
        await crowd.start()
    await settled()

    assert list(crowd.work.at_work) == ["u1"]
    await crowd.close()


async def test_what_this_version_does_not_know_is_looked_at_again_and_told_once(caplog):
    known = set()
    crowd = Crowd(due_update(1), knows=lambda update: update.id in known)
    crowd.crew.left_for = 0.0
    await crowd.start()
    await crowd.start()
    assert crowd.store.given_back.count("u1") > 1
    [said] = [record.getMessage() for record in caplog.records]
    assert "u1" in said
    assert "left to a replica of a newer version" in said

    known.add("u1")
    await crowd.start()
    assert list(crowd.work.at_work) == ["u1"]
    await crowd.close()
