"""The way back from an update on Alibaba Cloud; `dli/test_rollback.py` has the other cloud's."""

from datetime import timedelta

import pytest

from bot.errors import UserError
from bot.flink.update import State
from bot.notes import Code
from bot.policy.people import People
from bot.policy.rules import Rule
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED
from bot.updates.requests import Requests
from bot.updates.rulebook import Rulebook
from tests.fakes.cloud import JOB_ID
from tests.unit.updates.conftest import ANNA, ORDERS

TIMEOUT = "execution.checkpointing.timeout"
MONTH = timedelta(days=30)


class OfNoTarget:
    def serves(self, target):
        return False


@pytest.fixture
def requests(bench):
    kinds = (bench.requests, OfNoTarget(), None)
    return Requests(bench.submissions, *kinds, now=bench.clock, way_back_for=MONTH)


async def ended(bench, **asked):
    return await bench.settle((await bench.applied(**asked)).id)


async def carried_out(bench, plan, *, accepted=False):
    await bench.submissions.apply(plan.id, ANNA, accepted=accepted)
    return await bench.settle(plan.id)


async def refusal(requests, update):
    with pytest.raises(UserError) as error:
        await requests.roll_back(update.id, ANNA)
    return error.value.note


def warned(plan):
    return {finding.note.code for finding in plan.plan.findings}


async def test_what_was_changed_live_is_changed_back_live(bench, requests):
    update = await ended(bench, parallelism="8")

    back = await requests.roll_back(update.id, ANNA)

    assert (back.operation, back.plan.asked) == (HOT_UPDATE, {"parallelism": "4"})
    assert back.plan.reverts == update.id
    assert back.plan.digest not in {"", update.plan.digest}
    finished = await carried_out(bench, back)
    assert finished.state is State.SUCCEEDED
    assert bench.cloud.running["parallelism"] == bench.cloud.saved["parallelism"] == "4"


async def test_a_setting_that_was_not_set_before_is_removed_and_that_is_said(bench, requests):
    update = await ended(bench, **{TIMEOUT: "20 min"})

    back = await requests.roll_back(update.id, ANNA)

    assert back.plan.asked == {TIMEOUT: None}
    assert Code.ROLLBACK_UNSETS in warned(back)


async def test_a_setting_that_was_saved_only_gets_its_saved_value_back(bench, requests):
    update = await ended(bench, **{"taskmanager.cpu": "2"})
    assert bench.cloud.saved["taskmanager.cpu"] == "2"

    await carried_out(bench, await requests.roll_back(update.id, ANNA))

    assert bench.cloud.saved["taskmanager.cpu"] == "1"


async def test_what_somebody_else_had_saved_and_was_applied_too_goes_back_too(bench, requests):
    bench.cloud.saved[TIMEOUT] = "20 min"
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    update = await carried_out(bench, planned, accepted=True)
    assert bench.cloud.running[TIMEOUT] == "20 min"

    back = await requests.roll_back(update.id, ANNA)

    assert back.plan.asked == {"parallelism": "4", TIMEOUT: None}


async def test_what_ended_with_differences_can_be_taken_back(bench, requests):
    bench.cloud._apply = lambda: bench.cloud.running.update(parallelism="6")
    update = await ended(bench, parallelism="8")
    assert update.state is State.SUCCEEDED_WITH_DIFFERENCES

    back = await requests.roll_back(update.id, ANNA)

    assert back.plan.changes[0].before == "6"
    assert back.plan.asked == {"parallelism": "4"}


async def test_what_the_job_never_took_is_taken_back_where_it_is_saved(bench, requests):
    bench.cloud._apply = lambda: None
    update = await ended(bench, parallelism="8")
    assert update.state is State.SUCCEEDED_WITH_DIFFERENCES

    back = await carried_out(bench, await requests.roll_back(update.id, ANNA))

    assert (back.operation, back.state) == (RESTORE_SAVED, State.SUCCEEDED)
    assert bench.cloud.saved["parallelism"] == "4"
    assert bench.cloud.count("hot_update") == 1


async def test_where_no_job_runs_any_more_the_way_back_is_saved(bench, requests):
    update = await ended(bench, parallelism="8")
    bench.cloud.job_status = "CANCELLED"

    back = await requests.roll_back(update.id, ANNA)

    assert (back.operation, back.plan.asked) == (RESTORE_SAVED, {"parallelism": "4"})
    assert not back.plan.blocked
    assert (await carried_out(bench, back)).state is State.SUCCEEDED
    assert bench.cloud.saved["parallelism"] == "4"


async def test_of_a_failed_update_the_saved_settings_go_back_and_the_job_is_left_alone(
    bench, requests
):
    bench.cloud.outcome = "FAILED"
    update = await ended(bench, parallelism="8")

    back = await requests.roll_back(update.id, ANNA)
    finished = await carried_out(bench, back)

    assert (back.operation, back.plan.reverts) == (RESTORE_SAVED, update.id)
    assert finished.state is State.SUCCEEDED
    assert bench.cloud.saved["parallelism"] == "4"
    assert bench.cloud.count("hot_update") == 1


async def test_a_way_back_can_be_taken_back(bench, requests):
    update = await ended(bench, parallelism="8")
    back = await carried_out(bench, await requests.roll_back(update.id, ANNA))

    forth = await carried_out(bench, await requests.roll_back(back.id, ANNA))

    assert forth.state is State.SUCCEEDED
    assert bench.cloud.running["parallelism"] == "8"


async def test_a_way_back_that_failed_is_tried_again_as_one(bench, requests):
    update = await ended(bench, parallelism="8")
    bench.cloud.outcome = "FAILED"
    failed = await carried_out(bench, await requests.roll_back(update.id, ANNA))
    assert failed.state is State.FAILED
    bench.cloud.outcome = "HOT_UPDATED"

    again = await requests.retry(failed.id, ANNA)

    assert (again.operation, again.plan.reverts) == (HOT_UPDATE, update.id)
    assert (await carried_out(bench, again)).state is State.SUCCEEDED
    assert bench.cloud.running["parallelism"] == "4"


async def test_what_was_changed_since_is_not_written_over(bench, requests):
    update = await ended(bench, parallelism="8")
    bench.cloud.modified_by = "cy"
    later = await ended(bench, parallelism="12")

    said = await refusal(requests, update)

    assert said.code is Code.ROLLBACK_MOVED
    told = {"id": update.id, "job": "orders", "fields": "parallelism", "who": "cy"}
    assert said.args == told
    assert (await requests.roll_back(later.id, ANNA)).plan.asked == {"parallelism": "8"}


async def test_other_settings_may_have_been_changed_since(bench, requests):
    update = await ended(bench, parallelism="8")
    await ended(bench, **{TIMEOUT: "20 min"})

    assert (await requests.roll_back(update.id, ANNA)).plan.asked == {"parallelism": "4"}


async def test_what_somebody_saved_since_and_the_job_does_not_run_yet_is_not_written_over(
    bench, requests
):
    update = await ended(bench, parallelism="8")
    bench.cloud.saved["parallelism"] = "12"

    said = await refusal(requests, update)

    assert (said.code, said.args["fields"]) == (Code.ROLLBACK_MOVED, "parallelism")


async def test_what_somebody_took_back_by_hand_does_not_hinder_the_rest(bench, requests):
    update = await ended(bench, parallelism="8", **{TIMEOUT: "20 min"})
    for held in (bench.cloud.saved, bench.cloud.running):
        held["parallelism"] = "4"

    back = await requests.roll_back(update.id, ANNA)

    assert back.plan.asked == {TIMEOUT: None}


async def test_a_saved_setting_is_shown_to_go_back_from_what_is_saved(bench, requests):
    update = await ended(bench, parallelism="8", **{"taskmanager.cpu": "2"})

    back = await requests.roll_back(update.id, ANNA)

    moves = {change.name: (change.before, change.after) for change in back.plan.changes}
    assert moves == {"parallelism": ("8", "4"), "taskmanager.cpu": ("2", "1")}


async def test_of_a_failed_update_only_what_is_saved_otherwise_goes_back(bench, requests):
    bench.cloud.saved[TIMEOUT] = "20 min"
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8", TIMEOUT: "20 min"})
    bench.cloud.outcome = "FAILED"
    failed = await carried_out(bench, planned, accepted=True)

    back = await requests.roll_back(failed.id, ANNA)

    assert back.plan.asked == {"parallelism": "4"}


async def test_who_may_only_restore_saved_settings_may_restore_those_of_a_failed_update(
    bench, requests
):
    bench.cloud.outcome = "FAILED"
    failed = await ended(bench, parallelism="8")
    bench.cloud.outcome = "HOT_UPDATED"
    anna, restoring = People(frozenset({ANNA.user})), frozenset({RESTORE_SAVED})
    bench.submissions.rules = Rulebook([Rule(name="r", operations=restoring, requesters=anna)])

    back = await requests.roll_back(failed.id, ANNA)

    assert back.operation == RESTORE_SAVED


async def test_what_is_back_already_is_said_to_be(bench, requests):
    update = await ended(bench, parallelism="8")
    await carried_out(bench, await requests.roll_back(update.id, ANNA))

    assert (await refusal(requests, update)).code is Code.ROLLBACK_DONE


async def test_what_is_too_old_is_no_way_back(bench, requests):
    update = await ended(bench, parallelism="8")
    bench.clock.time = update.finished_at + MONTH
    await requests.roll_back(update.id, ANNA)

    bench.clock.time += timedelta(seconds=1)

    said = await refusal(requests, update)
    assert (said.code, said.args["days"]) == (Code.ROLLBACK_TOO_OLD, "30")


async def test_what_has_not_ended_is_not_taken_back(bench, requests):
    running = await bench.applied(parallelism="8")
    assert (await refusal(requests, running)).code is Code.ROLLBACK_NOT_ENDED


async def test_what_a_restarted_job_took_from_what_was_saved_is_taken_back(bench, requests):
    update = await bench.applied(parallelism="8")
    await bench.engine.run_due()
    bench.cloud.job_id = JOB_ID.replace("0001", "0002")
    bench.cloud.running["parallelism"] = "8"
    superseded = await bench.settle(update.id)
    assert superseded.state is State.SUPERSEDED

    back = await requests.roll_back(superseded.id, ANNA)

    assert (back.operation, back.plan.asked) == (HOT_UPDATE, {"parallelism": "4"})


async def test_a_plan_that_another_one_replaced_changed_nothing(bench, requests):
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    await bench.requests.plan(ANNA, ORDERS, {"parallelism": "6"}, replaces=planned.id)

    said = await refusal(requests, planned)

    assert (said.code, said.args["state"]) == (Code.NOTHING_TO_RESTORE, State.SUPERSEDED)


async def test_what_was_called_off_changed_nothing(bench, requests):
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    await bench.submissions.cancel(planned.id, ANNA)

    assert (await refusal(requests, planned)).code is Code.NOTHING_TO_RESTORE


async def test_what_nobody_knows_the_end_of_is_checked_first(bench, requests):
    update = await bench.applied(parallelism="8")
    bench.cloud.hot_update_polls = 10**6
    unknown = await bench.settle(update.id)
    assert unknown.state is State.UNKNOWN

    said = await refusal(requests, unknown)

    assert said.code is Code.ROLLBACK_OUTCOME_UNKNOWN


async def test_a_hot_update_that_was_only_watched_is_nobodys_to_take_back(bench, requests):
    bench.cloud.saved["parallelism"] = "8"
    report = await bench.cloud.hot_update("job")
    watched = await bench.requests.watch("prod", report.hot_update_id, ANNA)
    update = await bench.settle(watched.id)

    assert (await refusal(requests, update)).code is Code.ROLLBACK_NO_WAY


async def test_an_update_that_nobody_knows_is_said(requests):
    with pytest.raises(UserError) as error:
        await requests.roll_back("nope", ANNA)
    assert error.value.note.code is Code.UNKNOWN_UPDATE
