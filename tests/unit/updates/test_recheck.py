"""What became of a hot update that ended unknown is found out later, by reading only."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import CloudUnavailableError, UserError
from bot.flink.update import State
from bot.notes import Code
from bot.updates.recheck import Recheck
from bot.updates.submit import Asker
from tests.fakes.cloud import JOB_ID, lost_answer
from tests.unit.updates.conftest import ANNA, ORDERS

BEN = Asker("U0BEN", "C0OTHER")
WRITES = {"save", "hot_update"}
SILENT = CloudUnavailableError("no answer", cloud="fake", operation="GetHotUpdateJobResult")


def reasons(update):
    return [note.code for note in update.verdict.notes]


class Eyes:
    """Looks again, and counts how often it told that there is news."""

    def __init__(self, bench):
        self.bench, self.told = bench, 0
        self.recheck = Recheck(
            bench.submissions, bench.store, bench.engine._operations, bench.clock, self._tell
        )

    def _tell(self):
        self.told += 1

    async def look(self, update, asker=BEN):
        self.bench.cloud.calls.clear()
        return await self.recheck.look(update.id, asker)


@pytest.fixture
def eyes(bench):
    return Eyes(bench)


async def lost_trigger(bench, **asked):
    """End an update unknown: the answer to its trigger was lost, and the job shows nothing."""
    bench.cloud.fail("hot_update", (lost_answer("HotUpdateJob"), True))
    update = await bench.applied(**asked)
    ended = await bench.settle(update.id)
    assert ended.state is State.UNKNOWN
    return ended


async def unreadable_result(bench):
    """End an update unknown: the cloud took it and never answered again."""
    update = await bench.applied()
    await bench.engine.run_due()
    bench.cloud.faults["hot_update_result"] = [SILENT] * 500
    ended = await bench.settle(update.id)
    assert ended.state is State.UNKNOWN
    bench.cloud.faults.clear()
    return ended


async def test_nothing_is_claimed_while_the_job_shows_nothing(bench, eyes):
    ended = await lost_trigger(bench)

    look = await eyes.look(ended)

    assert (look.why.code, look.at) == (Code.STILL_UNKNOWN, bench.clock())
    assert look.why.args["id"] == ended.id
    assert await bench.store.get(ended.id) == ended
    assert not WRITES & set(bench.cloud.calls)
    assert eyes.told == 0


async def test_a_hot_update_that_took_effect_after_all_is_found(bench, eyes):
    ended = await lost_trigger(bench)
    bench.cloud._apply()

    look = await eyes.look(ended)

    assert look.why is None
    assert (look.update.state, reasons(look.update)) == (
        State.SUCCEEDED,
        [Code.VERDICT_RECOVERED],
    )
    [row] = look.update.verdict.observations
    assert (row.asked, row.observed, row.agrees) == ("8", "8", True)
    assert await bench.store.get(ended.id) == look.update
    assert look.update.finished_at == ended.finished_at
    assert not WRITES & set(bench.cloud.calls)
    assert eyes.told == 1


async def test_who_found_it_out_is_recorded_and_told(bench, eyes):
    ended = await lost_trigger(bench)
    bench.cloud._apply()
    await eyes.look(ended)

    [*_, last] = await bench.store.events(ended.id)
    assert (last.note.code, last.actor) == (Code.EVENT_FOUND_OUT, BEN.user)
    assert last.note.args == {"who": BEN.user, "state": "succeeded"}


async def test_a_second_look_finds_what_the_first_one_found(bench, eyes):
    ended = await lost_trigger(bench)
    bench.cloud._apply()
    first = await eyes.look(ended)
    bench.cloud.running["parallelism"] = "2"  # what happens later is another story

    second = await eyes.look(ended)

    assert second.update == first.update
    assert bench.cloud.calls == []


async def test_two_looks_at_once_make_one_correction(bench, eyes):
    ended = await lost_trigger(bench)
    bench.cloud._apply()

    looks = await asyncio.gather(*(eyes.look(ended) for _ in range(5)))

    assert {look.update.state for look in looks} == {State.SUCCEEDED}
    assert all(look.why is None for look in looks)
    assert (await bench.told(ended.id)).count(Code.EVENT_FOUND_OUT) == 1


async def test_days_later_a_hot_update_without_effect_has_none(bench, eyes):
    ended = await lost_trigger(bench)
    bench.clock.time += timedelta(hours=25)

    look = await eyes.look(ended)

    assert look.update.state is State.FAILED
    assert reasons(look.update) == [Code.VERDICT_NO_EFFECT, Code.VERDICT_SAVED_KEPT]


async def test_a_result_that_can_be_read_again_decides(bench, eyes):
    ended = await unreadable_result(bench)
    bench.cloud.hot_updates["hu-1"] = 1

    look = await eyes.look(ended)

    assert (look.update.state, reasons(look.update)) == (State.SUCCEEDED, [Code.VERDICT_APPLIED])


async def test_a_result_that_is_still_under_way_decides_nothing(bench, eyes):
    ended = await unreadable_result(bench)
    bench.cloud.hot_updates["hu-1"] = 5

    assert (await eyes.look(ended)).why.code is Code.STILL_UNKNOWN


async def test_a_failed_hot_update_is_found_with_what_still_runs(bench, eyes):
    ended = await unreadable_result(bench)
    bench.cloud.hot_updates["hu-1"], bench.cloud.outcome = 1, "FAILED"

    look = await eyes.look(ended)

    assert look.update.state is State.FAILED
    assert reasons(look.update)[0] is Code.VERDICT_FAILED_OLD_RUNNING


async def test_a_result_that_is_gone_is_made_up_for_by_the_job_itself(bench, eyes):
    ended = await unreadable_result(bench)
    bench.cloud.hot_updates.clear()
    bench.cloud._apply()

    assert (await eyes.look(ended)).update.state is State.SUCCEEDED


async def test_a_job_that_was_restarted_since_is_told_so(bench, eyes):
    ended = await lost_trigger(bench)
    bench.cloud.job_id = JOB_ID.replace("0001", "0002")

    look = await eyes.look(ended)

    assert (look.update.state, reasons(look.update)) == (
        State.SUPERSEDED,
        [Code.VERDICT_SUPERSEDED],
    )


async def test_a_job_that_is_down_is_told_so(bench, eyes):
    ended = await lost_trigger(bench)
    bench.cloud.job_status = "FAILED"

    look = await eyes.look(ended)

    assert reasons(look.update)[0] is Code.VERDICT_FAILED_JOB_DOWN


async def test_after_another_update_of_the_job_nothing_can_be_told_any_more(bench, eyes):
    ended = await lost_trigger(bench)
    bench.clock.time += timedelta(seconds=1)
    later = await bench.applied(accepted=True, parallelism="2")
    bench.cloud._apply()

    look = await eyes.look(ended)

    assert (look.why.code, look.why.args["id"]) == (Code.OVERTAKEN_SINCE, later.id)
    assert (await bench.store.get(ended.id)).state is State.UNKNOWN


@pytest.mark.parametrize("begun", [False, True])
async def test_what_never_changed_the_job_is_no_obstacle(bench, eyes, begun):
    ended = await lost_trigger(bench)
    bench.clock.time += timedelta(seconds=1)
    later = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "2"})
    if begun:
        await bench.submissions.apply(later.id, ANNA, accepted=True)
        await bench.submissions.cancel(later.id, ANNA)
    bench.cloud._apply()

    assert (await eyes.look(ended)).update.state is State.SUCCEEDED


async def test_a_watch_is_no_obstacle(bench, eyes):
    ended = await lost_trigger(bench)
    bench.clock.time += timedelta(seconds=1)
    bench.cloud.hot_updates["hu-7"] = 5
    await bench.requests.watch("prod", "hu-7", ANNA)
    bench.cloud._apply()

    assert (await eyes.look(ended)).update.state is State.SUCCEEDED


async def test_a_cloud_that_cannot_be_read_is_said_and_changes_nothing(bench, eyes):
    ended = await lost_trigger(bench)
    bench.cloud.fail("fetch", SILENT)

    with pytest.raises(UserError) as refused:
        await eyes.look(ended)

    assert refused.value.note.code is Code.CLOUD_UNAVAILABLE
    assert await bench.store.get(ended.id) == ended


async def test_a_watched_hot_update_whose_result_is_gone_stays_unknown(bench, eyes):
    bench.cloud.hot_updates["hu-7"] = 50
    watched = await bench.requests.watch("prod", "hu-7", ANNA)
    await bench.engine.run_due()
    bench.cloud.hot_updates.clear()
    ended = await bench.settle(watched.id)
    assert ended.state is State.UNKNOWN

    assert (await eyes.look(ended)).why.code is Code.STILL_UNKNOWN


async def test_an_update_that_is_known_is_given_as_it_is(bench, eyes):
    update = await bench.applied()
    ended = await bench.settle(update.id)

    look = await eyes.look(ended)

    assert (look.update, look.why) == (ended, None)
    assert bench.cloud.calls == []


async def test_an_operation_of_another_version_stays_unknown(bench, eyes):
    ended = await lost_trigger(bench)
    eyes.recheck._operations = {}

    assert (await eyes.look(ended)).why.code is Code.STILL_UNKNOWN
    assert bench.cloud.calls == []


async def test_a_correction_that_comes_second_is_not_written(bench, eyes):
    ended = await lost_trigger(bench)
    bench.cloud._apply()
    known = (await eyes.look(ended)).update

    assert await bench.store.correct(ended, []) is None
    assert await bench.store.get(ended.id) == known


async def test_what_one_look_found_is_where_the_next_one_goes_on(bench, eyes):
    ended = await unreadable_result(bench)
    bench.cloud.hot_updates["hu-1"] = 1
    bench.cloud._apply = lambda: None  # by the cloud's word it is done, by the job's it is not

    assert (await eyes.look(ended)).why.code is Code.STILL_UNKNOWN
    present = await bench.store.get(ended.id)
    assert (present.state, present.step) == (State.UNKNOWN, "verify")
    bench.clock.time += timedelta(minutes=1)

    look = await eyes.look(ended)

    assert look.update.state is State.SUCCEEDED_WITH_DIFFERENCES
    assert reasons(look.update) == [Code.VERDICT_DIFFERS]
