"""The review of what is done to a DLI job."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flink.cost import Cost
from bot.flink.dli.options import Mode, Options
from bot.flink.effect import Effect
from bot.flink.plan import Change, Finding, Level
from bot.flink.update import State
from bot.notes import Code, note
from bot.slack.listeners.operations import read_value
from bot.slack.modals import review
from bot.slack.operate import OPERATING
from bot.updates.dli.route import DliOperation
from tests.factories import NOW, make_plan, make_update
from tests.unit.slack.modals.filling import NASTY, accepted_by_slack, mentions_in, words_of

SOON = NOW + timedelta(minutes=15)
RESTART = Options(mode=Mode.RESTART)
CUS = Change("cu_number", "4", "6", Effect.NEEDS_RESTART)
TOPIC = Change("smn_topic", "alerts", "other", Effect.LIVE)
SQL = Change("sql_body", "SELECT 1\nFROM a", f"SELECT 2\nFROM a {NASTY}", Effect.NEEDS_RESTART)


def update_of(operation=DliOperation.UPDATE, options=RESTART, changes=(CUS,), **plan):
    made = make_plan(changes=changes, options=options.as_map(), job_id="100", **plan)
    return make_update(state=State.PLANNED, plan=made, operation=operation)


def shown(update):
    return accepted_by_slack(review.build(update, NOW, SOON))


def test_a_restart_says_what_acts_when_what_is_kept_and_what_it_costs():
    update = update_of(
        changes=(CUS, TOPIC), cost_before=Cost(4, 3, 4), cost_after=Cost(6, 5, 6), restarts=3
    )
    said = words_of(shown(update))
    for expected in (
        "`4` → `6`  🔄 with the restart",
        "`alerts` → `other`  ⚡ live",
        "stop, save, start",
        "stopped with a savepoint, started from it",
        "*CUs*\n4 → 6",
        "the old definition is put back and started",
        "*Restarts so far*\n3",
    ):
        assert expected in said


@pytest.mark.parametrize(
    ("options", "job_id", "expected"),
    [
        (Options(), "100", "none, the job is not stopped"),
        (Options(), "100", "needs restart"),
        (Options(), "100", "kept, nothing is restarted"),
        (RESTART, "", "it does not run; it is started"),
        (Options(mode=Mode.RESTART, keep_state=False), "100", "dropped, it begins empty"),
        (
            Options(mode=Mode.RESTART, savepoint_path="b-1/own"),
            "100",
            "a savepoint to `b-1/own` first, then stopped",
        ),
    ],
)
def test_each_way_to_apply_says_what_becomes_of_the_job(options, job_id, expected):
    made = make_plan(changes=(CUS,), options=options.as_map(), job_id=job_id)
    update = make_update(state=State.PLANNED, plan=made, operation=DliOperation.UPDATE)
    assert expected in words_of(shown(update))


def test_cus_that_stay_or_are_not_known_are_said_so():
    same = Cost(4, 3, 4)
    assert "stays at 4" in words_of(shown(update_of(cost_before=same, cost_after=same)))
    assert "not known" in words_of(shown(update_of()))


def test_new_sql_is_a_diff_that_pings_nobody():
    view = shown(update_of(changes=(SQL,)))
    said = words_of(view)
    assert "2 lines (+2 \N{MINUS SIGN}2)  🔄 with the restart" in said
    assert "-SELECT 1\n" in said
    assert "+SELECT 2\n" in said
    assert mentions_in(view) == []


def test_a_long_diff_is_cut_at_a_line():
    long = "\n".join(f"a_column_with_a_rather_long_name_{number}," for number in range(500))
    moved = Change("sql_body", "SELECT 1", long, Effect.NEEDS_RESTART)
    said = words_of(shown(update_of(changes=(moved,))))
    assert "\n…\n```" in said


def test_what_is_removed_has_no_diff():
    gone = Change("runtime_config", '{\n"a": 1}', None, Effect.NEEDS_RESTART)
    said = words_of(shown(update_of(changes=(gone,))))
    assert ": removed  🔄 with the restart" in said
    assert "```" not in said


@pytest.mark.parametrize(
    ("operation", "title", "submit", "said"),
    [
        (DliOperation.IMPORT_SAVEPOINT, "Import a savepoint", "Import", "next start resumes"),
        (DliOperation.TAKE_SAVEPOINT, "Write a savepoint", "Write it", "`b-1/own`"),
        (DliOperation.START, "Start the job", "Start", "from its savepoint"),
        (DliOperation.STOP, "Stop the job", "Stop", "kept in a savepoint"),
    ],
)
def test_every_operation_has_its_own_words(operation, title, submit, said):
    update = update_of(operation, Options(savepoint_path="b-1/own"), ())
    view = shown(update)
    assert (view["title"]["text"], view["submit"]["text"]) == (title, submit)
    assert said in words_of(view)


@pytest.mark.parametrize("operation", [DliOperation.START, DliOperation.STOP])
@pytest.mark.parametrize("keep", [True, False])
def test_start_and_stop_offer_the_other_way(operation, keep):
    update = update_of(operation, Options(keep_state=keep), ())
    (pressed,) = [
        one
        for block in shown(update)["blocks"]
        for one in block.get("elements", ())
        if one.get("action_id") in OPERATING
    ]
    asked = read_value(pressed["value"])
    assert (asked.operation, asked.options.keep_state) == (operation, not keep)
    assert asked.job == f"{update.ref.target}/{update.ref.deployment_id}"


def test_what_needs_a_yes_has_a_box_and_what_is_forbidden_no_button():
    asks = Finding(Level.CONFIRM, note(Code.DLI_STATE_DROPPED))
    view = shown(update_of(findings=(asks,)))
    assert review.needs_acceptance(view)
    assert "I have read it; go on" in words_of(view) or "I have read it" in str(view)
    forbidden = Finding(Level.BLOCK, note(Code.DLI_JOB_RUNS, status="job_running"))
    assert "submit" not in shown(update_of(DliOperation.START, findings=(forbidden,), changes=()))


def test_a_start_names_the_savepoint_that_it_resumes_from():
    options = {**Options().as_map(), "savepoint": "b-1/sp"}
    update = update_of(DliOperation.START, Options(), changes=())
    plan = replace(update.plan, options=options)
    assert "from its savepoint `b-1/sp`" in words_of(shown(replace(update, plan=plan)))
