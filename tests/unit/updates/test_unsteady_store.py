"""The database goes away around any write of the engine: nothing is done twice, nothing is lost."""

import logging
from collections import Counter

import pytest

from bot.flink.update import State
from bot.notes import Code
from tests.fakes.unsteady import UNHEARD, UNMADE, Unsteady
from tests.unit.updates.conftest import Bench

STORY = [
    Code.EVENT_PLANNED,
    Code.EVENT_QUEUED,
    Code.EVENT_CHECKED,
    Code.EVENT_SAVING,
    Code.EVENT_SAVED,
    Code.EVENT_TRIGGERING,
    Code.EVENT_TRIGGERED,
    Code.EVENT_PROGRESS,
    Code.EVENT_VERIFYING,
    Code.EVENT_FINISHED,
]


@pytest.fixture
def unsteady(bench, cloud, clock):
    """Give a bench whose record can be told to be away."""
    return Bench(Unsteady(bench.store), cloud, clock)


def nth(number, kind, wanted):
    """Let the n-th of the wanted writes fail."""
    seen = Counter()

    def trouble(update):
        if not wanted(update):
            return None
        seen["wanted"] += 1
        return kind if seen["wanted"] == number else None

    return trouble


@pytest.mark.parametrize("kind", [UNMADE, UNHEARD])
@pytest.mark.parametrize("number", range(1, 8))
async def test_a_result_outlives_a_database_that_is_away_as_it_is_written(unsteady, kind, number):
    results = nth(number, kind, lambda update: not update.intent_at)
    unsteady.store.trouble = results
    update = await unsteady.applied(parallelism="8")

    ended = await unsteady.settle(update.id)

    assert unsteady.store.failed == 1
    assert ended.state is State.SUCCEEDED
    assert await unsteady.told(update.id) == STORY
    assert unsteady.cloud.count("save") == unsteady.cloud.count("hot_update") == 1


@pytest.mark.parametrize("step", ["save", "trigger"])
async def test_nothing_is_sent_whose_intent_could_not_be_written_and_it_is_tried_again(
    unsteady, step, caplog
):
    caplog.set_level(logging.INFO, logger="bot.updates")
    unsteady.store.trouble = nth(1, UNMADE, lambda u: u.intent_at is not None and u.step == step)
    update = await unsteady.applied(parallelism="8")
    await unsteady.engine.run_due()
    sent = unsteady.cloud.count("save"), unsteady.cloud.count("hot_update")
    assert sent == ((0, 0) if step == "save" else (1, 0))

    ended = await unsteady.settle(update.id)

    assert (unsteady.store.failed, ended.state) == (1, State.SUCCEEDED)
    assert await unsteady.told(update.id) == STORY
    assert unsteady.cloud.count("save") == unsteady.cloud.count("hot_update") == 1
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("step", ["save", "trigger"])
async def test_an_intent_written_unheard_is_found_and_cleared_up_by_reading(unsteady, step):
    unsteady.store.trouble = nth(1, UNHEARD, lambda u: u.intent_at is not None and u.step == step)
    update = await unsteady.applied(parallelism="8")
    await unsteady.engine.run_due()
    sent = unsteady.cloud.count("save"), unsteady.cloud.count("hot_update")
    assert sent == ((0, 0) if step == "save" else (1, 0))
    assert (await unsteady.store.get(update.id)).intent_at is not None

    ended = await unsteady.settle(update.id)

    assert ended.state.final
    assert unsteady.cloud.count("hot_update") <= 1
    assert unsteady.cloud.count("save") == 1  # a save that surely was not made is made
    assert ended.state is (State.SUCCEEDED if step == "save" else State.UNKNOWN)


async def test_what_is_between_two_steps_at_the_end_is_given_back(unsteady):
    update = await unsteady.applied(parallelism="8")
    unsteady.engine.hand_over()

    [claimed] = await unsteady.store.claim_due(9)
    due_again = await unsteady.engine.work(claimed)

    found = await unsteady.store.get(update.id)
    assert (found.step, found.lease_until) == ("save", None)
    assert due_again == found.next_at == unsteady.clock()
    assert unsteady.cloud.count("save") == 0
