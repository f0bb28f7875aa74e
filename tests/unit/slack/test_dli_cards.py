"""Cards of DLI updates: their own steps, their own endings."""

import json

import pytest

from bot.flink.dli.options import Mode, Options
from bot.flink.update import State, Verdict
from bot.notes import Code, note
from bot.slack import words
from bot.slack.cards.card import card
from bot.slack.cards.parts import Look
from bot.slack.cards.stepper import steps_of
from bot.slack.modals import details
from bot.updates.dli.route import ROLLBACK, DliOperation
from tests.factories import NOW, make_change, make_event, make_plan, make_update
from tests.unit.slack.payloads import check, shown


def restart(**overrides):
    options = Options(mode=Mode.RESTART, savepoint_path="b-1/own").as_map()
    plan = make_plan(changes=(make_change("cu_number", "4", "6"),), options=options)
    progress = {"running": True, **overrides.pop("progress", {})}
    return make_update(operation=DliOperation.UPDATE, plan=plan, progress=progress, **overrides)


@pytest.mark.parametrize("operation", DliOperation)
def test_every_step_and_operation_has_words(operation):
    update = make_update(operation=operation)
    for step in (*steps_of(update), *ROLLBACK):
        assert words.step_label(step) != step
    assert words.operation_label(operation) != operation.value


def test_a_restart_shows_how_far_it_is():
    update = restart(state=State.RUNNING, step="await_stop")
    events = [
        make_event(note(Code.EVENT_CHECKED), 1, 1),
        make_event(note(Code.EVENT_TAKING_SAVEPOINT, path="b-1/own"), 2, 2),
        make_event(note(Code.EVENT_SAVEPOINT_TAKEN, path="b-1/own/sp"), 3, 20),
        make_event(note(Code.EVENT_STOPPING), 4, 21),
    ]
    told = shown(check(card(update, events, Look(NOW))))
    assert "Step 5 of 10: Stop" in told
    assert "✅ Write the savepoint: done" in told
    assert "▫️ Watch it run: to come" in told


def test_a_card_and_its_details_say_that_a_change_acts_with_the_restart():
    update = restart(state=State.SUCCEEDED)
    for told in (card(update, [], Look(NOW)).blocks, details.build(update, [], NOW)["blocks"]):
        assert "🔄 with the restart" in json.dumps(told, ensure_ascii=False)
        assert "needs restart" not in json.dumps(told, ensure_ascii=False)


def test_a_start_that_failed_shows_the_way_back():
    update = restart(state=State.RUNNING, step="put_back", progress={"stopped": True})
    steps = steps_of(update)
    assert steps[-3:] == ROLLBACK
    assert "observe" not in steps
    assert "Put the old definition back" in shown(check(card(update, [], Look(NOW))))


@pytest.mark.parametrize(
    ("said", "label"),
    [
        (note(Code.VERDICT_JOB_DOWN, status="job_submit_fail", detail="no CUs"), "JOB DOWN"),
        (note(Code.VERDICT_ROLLED_BACK, status="x", detail="y"), "old definition runs again"),
        (note(Code.VERDICT_STOP_STUCK, status="x", detail="y"), "Stop failed"),
    ],
)
def test_a_bad_end_is_the_first_thing_said(said, label):
    update = restart(state=State.FAILED, verdict=Verdict(notes=(said,)), step="await_start")
    told = check(card(update, [], Look(NOW)))
    assert label in shown(told).splitlines()[0]
