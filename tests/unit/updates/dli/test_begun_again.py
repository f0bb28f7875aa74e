"""A write to DLI that never arrived: who is asked before it is sent once more."""

import pytest

from bot.flink.dli.options import Mode
from bot.flink.update import State, Verdict
from bot.notes import Code, note
from bot.updates.operation import Finish
from tests.fakes.cloud import lost_answer

FROZEN = Finish(state=State.STALE, verdict=Verdict(notes=(note(Code.VERDICT_FROZEN),)))


class Barrier:
    """A gate that is closed by hand, and counts who asked."""

    def __init__(self):
        self.asked_at = []
        self.closed = False

    async def stop(self, update):
        self.asked_at.append(update.step)
        return FROZEN if self.closed else None


@pytest.fixture
def barrier(bench):
    bench.engine._gate = Barrier()
    return bench.engine._gate


async def restarting(bench):
    update = await bench.applied(asked={"cu_number": "6"}, mode=Mode.RESTART)
    return update.id


async def test_a_stop_that_never_arrived_is_not_repeated_into_a_freeze(bench, barrier):
    bench.cloud.fail("stop", lost_answer("BatchStopFlinkJobs"))
    update_id = await restarting(bench)
    await bench.engine.run_due()
    barrier.closed = True

    ended = await bench.settle(update_id)

    assert (ended.state, ended.verdict.notes[0].code) == (State.STALE, Code.VERDICT_FROZEN)
    assert barrier.asked_at == ["stop", "stop"]
    assert bench.cloud.count("stop") == 1


@pytest.mark.parametrize("lost", ["save", "start"])
async def test_once_the_job_is_stopped_a_lost_write_is_repeated_unasked(bench, barrier, lost):
    bench.cloud.fail(lost, lost_answer(lost))
    update_id = await restarting(bench)
    await bench.engine.run_due()
    barrier.closed = True

    ended = await bench.settle(update_id)

    assert ended.state is State.SUCCEEDED
    assert barrier.asked_at == ["stop"]
    assert bench.cloud.count(lost) == 2
