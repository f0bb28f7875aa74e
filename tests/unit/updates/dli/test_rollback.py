"""The way back from a change of a DLI job: its definition comes back, its state does not."""

from datetime import timedelta

import pytest

from bot.errors import UserError
from bot.flink.dli.options import Mode, Options
from bot.flink.update import State
from bot.notes import Code, note
from bot.updates import rollback
from bot.updates.dli.requests import DliRequests
from bot.updates.dli.route import DliOperation
from bot.updates.requests import Requests
from tests.unit.updates.dli.test_requests import ANNA, REF, submissions  # noqa: F401 - a fixture

HELD = "a text with a secret"
LIVE, NEXT, RESTART = (Options(mode=mode) for mode in (Mode.LIVE, Mode.NEXT_START, Mode.RESTART))


@pytest.fixture
def dli(bench, submissions):  # noqa: F811
    return DliRequests(submissions, {"huawei": bench.cloud}, bench.vault)


@pytest.fixture
def requests(bench, submissions, dli):  # noqa: F811
    return Requests(submissions, None, dli, None, now=bench.clock, way_back_for=timedelta(days=30))


@pytest.fixture
def ended(bench, submissions, dli):  # noqa: F811
    async def ended(options, operation=DliOperation.UPDATE, **values):
        update = await dli.plan(ANNA, REF, operation, options, values)
        await submissions.apply(update.id, ANNA, accepted=True)
        return await bench.settle(update.id)

    return ended


@pytest.fixture
def carried_out(bench, submissions):  # noqa: F811
    async def carried_out(plan):
        await submissions.apply(plan.id, ANNA, accepted=True)
        return await bench.settle(plan.id)

    return carried_out


async def refusal(requests, update):
    with pytest.raises(UserError) as error:
        await requests.roll_back(update.id, ANNA)
    return error.value.note


def warned(update):
    return {finding.note.code for finding in update.plan.findings}


async def test_a_restart_is_taken_back_by_a_restart_and_the_state_is_said_to_stay(
    bench, requests, ended, carried_out
):
    update = await ended(RESTART, cu_number="6")

    back = await requests.roll_back(update.id, ANNA)

    assert back.plan.asked == {"cu_number": "4"}
    assert (back.plan.reverts, back.plan.options["mode"]) == (update.id, Mode.RESTART)
    assert Code.ROLLBACK_KEEPS_STATE in warned(back)
    bench.cloud.calls.clear()
    assert (await carried_out(back)).state is State.SUCCEEDED
    assert bench.cloud.saved["cu_number"] == "4"
    assert bench.cloud.writes() == ["stop", "save", "start"]


async def test_a_way_back_that_drops_the_state_again_needs_a_yes_to_that(requests, ended):
    update = await ended(Options(mode=Mode.RESTART, keep_state=False), cu_number="6")

    back = await requests.roll_back(update.id, ANNA)

    assert back.plan.needs_confirmation
    assert {Code.DLI_STATE_DROPPED, Code.ROLLBACK_KEEPS_STATE} <= warned(back)


async def test_a_live_change_is_taken_back_live_and_has_no_state_to_speak_of(
    bench, requests, ended, carried_out
):
    update = await ended(LIVE, smn_topic="oncall")

    back = await requests.roll_back(update.id, ANNA)

    assert Code.ROLLBACK_KEEPS_STATE not in warned(back)
    assert (await carried_out(back)).state is State.SUCCEEDED
    assert bench.cloud.saved.get("smn_topic") == update.plan.saved.get("smn_topic")


async def test_what_was_changed_live_is_taken_back_where_it_is_stored_if_nothing_runs(
    bench, requests, ended
):
    update = await ended(LIVE, smn_topic="oncall")
    bench.cloud.status = "job_cancel_success"

    back = await requests.roll_back(update.id, ANNA)

    assert back.plan.options["mode"] == Mode.NEXT_START
    assert not back.plan.blocked


async def test_what_was_changed_with_a_restart_starts_no_job_that_does_not_run_any_more(
    bench, requests, ended, carried_out
):
    update = await ended(RESTART, cu_number="6")
    bench.cloud.status, bench.cloud.savepoint = "job_running_exception", ""

    back = await requests.roll_back(update.id, ANNA)

    assert not back.plan.blocked
    assert Code.ROLLBACK_KEEPS_STATE not in warned(back)
    bench.cloud.calls.clear()
    assert (await carried_out(back)).state is State.SUCCEEDED
    assert bench.cloud.writes() == ["save"]


async def test_what_was_changed_since_is_not_written_over(bench, requests, ended):
    update = await ended(NEXT, cu_number="6", desc="New")
    bench.cloud.saved["cu_number"] = "8"

    said = await refusal(requests, update)

    assert said.code is Code.ROLLBACK_MOVED
    assert said.args["fields"] == "cu_number"


async def test_what_was_called_off_is_said_to_be_that(bench, requests, dli, submissions):  # noqa: F811
    plan = await dli.plan(ANNA, REF, DliOperation.UPDATE, RESTART, {"cu_number": "6"})
    await submissions.cancel(plan.id, ANNA)

    said = await refusal(requests, plan)

    assert said == note(Code.NOTHING_TO_RESTORE, id=plan.id, state=State.CANCELLED)


async def test_what_is_back_already_is_said_to_be(bench, requests, ended):
    update = await ended(NEXT, cu_number="6")
    bench.cloud.saved["cu_number"] = "4"

    assert (await refusal(requests, update)).code is Code.ROLLBACK_DONE


async def test_a_secret_that_could_not_be_kept_is_said_before_and_after(bench, requests, ended):
    bench.cloud.saved["desc"] = HELD
    bench.vault.unkept = {HELD}
    update = await ended(NEXT, cu_number="6", desc="New")
    [told] = [f.note for f in update.plan.findings if f.note.code is Code.NO_WAY_BACK]
    assert told == note(Code.NO_WAY_BACK, fields="desc")

    back = await requests.roll_back(update.id, ANNA)

    assert back.plan.asked == {"cu_number": "4"}
    [lacks] = [f.note for f in back.plan.findings if f.note.code is Code.ROLLBACK_LACKS]
    assert lacks == note(Code.ROLLBACK_LACKS, fields="desc")


async def test_what_was_stored_in_part_is_taken_back(bench, requests, ended):
    bench.cloud.ignored = ("desc",)
    update = await ended(NEXT, cu_number="6", desc="New")
    assert update.state is State.FAILED
    assert update.verdict.notes[-1] == note(Code.VERDICT_SAVED_KEPT, count=1)

    back = await requests.roll_back(update.id, ANNA)

    assert back.plan.asked == {"cu_number": "4"}


async def test_what_nobody_knows_the_end_of_is_checked_first_also_where_values_stay_stored(
    bench, requests, ended
):
    bench.cloud.start_walk = ("job_submitting",) * 10**4
    update = await ended(RESTART, cu_number="6")
    assert update.state is State.UNKNOWN
    assert rollback.kept(update)

    assert (await refusal(requests, update)).code is Code.ROLLBACK_OUTCOME_UNKNOWN


async def test_where_nothing_could_be_kept_there_is_no_way_back(bench, requests, ended):
    bench.cloud.saved["desc"] = HELD
    bench.vault.unkept = {HELD}
    update = await ended(NEXT, desc="New")

    assert (await refusal(requests, update)).code is Code.VALUES_GONE


async def test_a_restart_needs_all_that_was_there_before(bench, dli):
    bench.cloud.saved["desc"] = HELD
    bench.vault.unkept = {HELD}
    with pytest.raises(UserError) as error:
        await dli.plan(ANNA, REF, DliOperation.UPDATE, RESTART, {"desc": "New"})
    assert error.value.note == note(Code.SECRET_KEY_NEEDED, fields="desc")


@pytest.mark.parametrize("operation", [DliOperation.STOP, DliOperation.TAKE_SAVEPOINT])
async def test_only_changes_of_settings_can_be_taken_back(requests, ended, operation):
    update = await ended(Options(savepoint_path="state/own"), operation)

    assert (await refusal(requests, update)).code is Code.ROLLBACK_NO_WAY
