"""A first write that never arrived: what stands against it now is asked before it is repeated."""

from dataclasses import replace

import pytest

from bot.flink.update import State
from bot.notes import Code
from bot.policy.people import People
from bot.policy.rules import rule_of_lists
from bot.store import open_store
from bot.updates.approvals import Freeze
from bot.updates.gate import RuleGate
from bot.updates.rulebook import Rulebook
from tests.fakes.cloud import lost_answer
from tests.unit.updates.conftest import EVERYONE, Bench


class KilledError(BaseException):
    """The process is gone."""


class Freezes:
    """What is frozen, set by hand."""

    def __init__(self):
        self.held = []

    async def freezes(self):
        return self.held


@pytest.fixture
async def bench(tmp_path, clock, cloud):
    """Give a bench whose engine asks the rules and the freezes before the first write."""
    url = f"sqlite+aiosqlite:///{tmp_path}/flinkbot.sqlite3"
    async with open_store(url, now=clock) as store:
        bench = Bench(store.updates, cloud, clock)
        bench.freezes = Freezes()
        bench.submissions.rules = Rulebook([rule_of_lists("prod", EVERYONE)], freezes=bench.freezes)
        bench.engine._gate = RuleGate(bench.submissions, store.updates, store.approvals, clock, 60)
        yield bench


def freeze(bench):
    bench.freezes.held = [Freeze(target="prod", who="U0BEN", since=bench.clock())]


async def lost_on_its_way(bench):
    bench.cloud.fail("save", lost_answer("UpdateDeployment"))
    await bench.engine.run_due()


async def cut_off_by_a_crash(bench):
    async def die(*_):
        raise KilledError

    save, bench.cloud.save = bench.cloud.save, die
    with pytest.raises(KilledError):
        await bench.engine.run_due()
    bench.cloud.save = save


def reason(ended):
    return ended.verdict.notes[0].code


@pytest.mark.parametrize("how", [lost_on_its_way, cut_off_by_a_crash])
async def test_a_write_that_never_arrived_is_not_repeated_into_a_freeze(bench, how):
    update = await bench.applied()
    await how(bench)
    saves = bench.cloud.count("save")
    freeze(bench)

    ended = await bench.settle(update.id)

    assert Code.EVENT_SAVE_AGAIN in await bench.told(update.id)
    assert (ended.state, reason(ended)) == (State.STALE, Code.VERDICT_FROZEN)
    assert bench.cloud.count("save") == saves
    assert bench.cloud.count("hot_update") == 0


async def test_a_write_that_never_arrived_is_not_repeated_for_who_lost_the_right(bench):
    update = await bench.applied()
    await lost_on_its_way(bench)
    [rule] = bench.submissions.rules.rules
    only_ben = replace(rule, requesters=People(frozenset({"U0BEN"})))
    bench.submissions.rules = replace(bench.submissions.rules, rules=[only_ben])

    ended = await bench.settle(update.id)

    assert (ended.state, reason(ended)) == (State.STALE, Code.VERDICT_NOT_ALLOWED)
    assert bench.cloud.count("save") == 1


async def test_a_write_that_never_arrived_is_repeated_where_nothing_stands_against_it(bench):
    update = await bench.applied()
    await lost_on_its_way(bench)

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert (bench.cloud.count("save"), bench.cloud.count("hot_update")) == (2, 1)


async def test_a_write_that_never_arrived_is_not_repeated_when_nobody_expects_it_any_more(bench):
    update = await bench.applied()
    await cut_off_by_a_crash(bench)
    bench.clock.tick(301)

    ended = await bench.settle(update.id)

    assert (ended.state, reason(ended)) == (State.FAILED, Code.VERDICT_NOT_SENT)
    assert bench.cloud.count("save") == 0


async def test_a_save_that_arrived_unheard_is_seen_through_although_frozen_meanwhile(bench):
    update = await bench.applied()
    bench.cloud.fail("save", (lost_answer("UpdateDeployment"), True))
    await bench.engine.run_due()
    freeze(bench)

    ended = await bench.settle(update.id)

    assert ended.state is State.SUCCEEDED
    assert bench.cloud.count("hot_update") == 1
