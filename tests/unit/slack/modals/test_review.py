from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flink.cost import Cost
from bot.flink.parameters import Effect
from bot.flink.plan import Change, Finding, Level
from bot.flink.update import State
from bot.notes import Code, note
from bot.slack.modals import review
from bot.updates.hot_update.plan import RESTORE_SAVED
from tests.factories import NOW, make_change, make_plan, make_update
from tests.unit.slack.modals.filling import (
    LONG,
    NASTY,
    accepted_by_slack,
    filled,
    mentions_in,
    words_of,
)

SOON = NOW + timedelta(minutes=15)
EDIT = Change("execution.checkpointing.timeout", "10 min", "20 min", Effect.LIVE)
CONFIRM = Finding(Level.CONFIRM, note(Code.FOREIGN_EDITS, who="bob", count=1))
BLOCK = Finding(Level.BLOCK, note(Code.JOB_NOT_RUNNING, status="FAILED", failure="oom"))
WARN = Finding(Level.WARN, note(Code.AUTOPILOT_ON))


def planned(operation="hot_update", reason="", name="orders", **plan):
    made = make_plan(**plan)
    return make_update(
        state=State.PLANNED, plan=made, operation=operation, reason=reason, name=name
    )


def shown(update=None, **given):
    return accepted_by_slack(review.build(update or planned(), NOW, SOON, **given))


def elements(view):
    return [
        e["action_id"] for b in view["blocks"] for e in b.get("elements", ()) if "action_id" in e
    ]


def test_the_review_shows_before_after_cost_and_what_it_means():
    update = planned(
        reason="peak",
        changes=(make_change(), make_change("table.exec.state.ttl", None, "36 h")),
        cost_before=Cost(5.0, 4, 5),
        cost_after=Cost(9.0, 8, 9),
        last_checkpoint_at=int(NOW.timestamp()) - 90,
        last_checkpoint_bytes=3 * 1024**3,
        last_checkpoint_ms=2_500,
        restarts=2,
    )
    view = shown(update)
    said = words_of(view)
    for expected in (
        "• Parallelism: `4` → `8`  ⚡ live",
        "_not set_ → `36 h`  🔄 needs restart",
        "*Cost*\n5 → 9 CUs\n4 → 8 TaskManagers\n5 → 9 IP addresses",
        "5 s to 1 min",
        "no restart, the job keeps its state; saved settings act at the next start",
        "1 min 30 s ago, 3 GiB, took 2 s",
        "*Restarts so far*\n2",
        "*Reason*  peak",
        "expires in 15 min",
    ):
        assert expected in said
    assert view["private_metadata"] == update.id
    assert view["submit"]["text"] == "Apply"
    assert elements(view) == ["edit_update"]


def test_what_is_not_known_is_said():
    said = words_of(shown(planned(restarts=None)))
    assert "*Cost*\ncannot be estimated" in said
    assert "*Last checkpoint*\nnot known" in said
    assert "*Restarts so far*\nnot known" in said
    alone = words_of(shown(planned(last_checkpoint_at=int(NOW.timestamp()))))
    assert "0 s ago\n" in alone


def test_a_cost_that_stays_is_said_shortly():
    cost = Cost(5.0, 4, 5)
    assert "stays at 5 CUs" in words_of(shown(planned(cost_before=cost, cost_after=cost)))


def test_settings_that_are_only_saved_interrupt_nothing():
    update = planned(changes=(make_change("table.exec.state.ttl", "1 h", None),))
    said = words_of(shown(update))
    assert "none, the job is not touched" in said
    assert "*State*\nsaved settings act at the next start" in said
    assert "`1 h` → _removed_" in said


def test_a_blocked_plan_cannot_be_applied_only_edited():
    update = planned(findings=(BLOCK, CONFIRM, WARN), edits=(EDIT,))
    view = shown(update)
    assert "submit" not in view
    assert not review.needs_acceptance(view)
    assert [block for block in view["blocks"] if block["type"] == "input"] == []
    assert elements(view) == ["edit_update"]
    assert "Cannot be applied" in words_of(view)


def test_a_plan_without_any_change_shows_why():
    said = words_of(
        shown(planned(changes=(), findings=(Finding(Level.BLOCK, note(Code.NO_CHANGE)),)))
    )
    assert "Cannot be applied" in said
    assert "Interruption" not in said


def test_edits_of_others_are_shown_field_by_field_and_need_a_yes():
    ignored = replace(EDIT, name="parallelism", effect=Effect.IGNORED)
    view = shown(planned(findings=(CONFIRM,), edits=(EDIT, ignored), modified_by="bob"))
    said = words_of(view)
    assert "Saved by bob" in said
    assert "`10 min` → `20 min`  ⚡ live" in said
    assert "overwritten by your change" in said
    assert "Apply these too" in said
    assert review.needs_acceptance(view)
    assert not review.accepted(filled(view))
    assert review.accepted(filled(view, accept=["accepted"]))


def test_an_unexplained_change_needs_a_yes_too():
    assert "Apply whatever is saved" in words_of(shown(planned(findings=(CONFIRM,))))


def test_a_review_without_edits_needs_no_yes():
    view = shown(planned(findings=(WARN,)))
    assert not review.needs_acceptance(view)
    assert not review.accepted(filled(view))
    assert "Before you apply" in words_of(view)


def test_a_restore_says_that_the_running_job_is_not_touched():
    changes = (Change("parallelism", "8", "4", Effect.NEEDS_RESTART),)
    view = shown(planned(RESTORE_SAVED, changes=changes))
    assert view["title"]["text"] == "Restore saved settings"
    said = words_of(view)
    assert "Saved settings to put back" in said
    assert "the running job keeps running as it is" in said
    assert "none, the job is not touched" in said
    assert "saved only" in said
    assert elements(view) == []


def test_production_and_a_problem_stand_out():
    problem = note(Code.UPDATE_IN_PROGRESS, id="u1", who="U0BEA", since=NOW.isoformat())
    said = words_of(shown(environment="production", problem=problem))
    assert "Production" in said
    assert said.startswith("⚠️")


def test_an_expired_plan_says_so():
    assert "expires now" in words_of(review.build(planned(), SOON, NOW))


@pytest.mark.parametrize("text", [NASTY, LONG, "\u8ba2" * 3001])
def test_two_hundred_changes_and_nasty_texts_can_be_shown(text):
    moves = tuple(Change(f"{n}{text}"[:255], text, text[::-1], Effect.LIVE) for n in range(200))
    texts = dict.fromkeys(("who", "count", "status", "failure", "plan", "operators"), text)
    findings = tuple(
        Finding(level, note(Code.PINNED_OPERATORS, **texts)) for level in Level for _ in range(30)
    )
    update = planned(reason=text, name=text[:255], changes=moves, edits=moves, modified_by=text)
    for chosen in (findings, findings[30:]):
        plan = replace(update.plan, findings=chosen, engine_version=text)
        view = shown(replace(update, plan=plan), environment=text)
        assert mentions_in(view) == []
        assert "… and 160 more" in words_of(view)
        assert review.needs_acceptance(view) is not plan.blocked


def test_a_way_back_is_called_so_and_cannot_be_edited_into_something_else():
    view = shown(planned(reverts="3k7mz2qp"))
    assert view["title"]["text"] == view["submit"]["text"] == "Roll back"
    assert elements(view) == []
