from dataclasses import replace

import pytest

from bot.flink.parameters import Effect
from bot.flink.plan import Change, Finding, Level
from bot.flink.update import Observation, State, Verdict
from bot.notes import Code, note
from bot.slack.modals import details
from bot.updates.hot_update.plan import RESTORE_SAVED
from tests.factories import NOW, VALUES, make_event, make_plan, make_update
from tests.unit.slack.modals.filling import LONG, NASTY, accepted_by_slack, mentions_in, words_of


def shown(update, events=()):
    return words_of(accepted_by_slack(details.build(update, events, NOW)))


def test_a_planned_update_shows_its_plan():
    said = shown(make_update(state=State.PLANNED, queued_at=None))
    assert "Planned: orders" in said
    assert "`4` → `8`" in said
    assert "Timeline" not in said
    assert "Outcome" not in said


def test_an_ended_update_shows_everything_that_is_known():
    verdict = Verdict(
        (note(Code.VERDICT_DIFFERS),),
        (
            Observation("execution.checkpointing.interval", None, None, "3 min", True),
            Observation("parallelism", "8", "8", "6", False),
        ),
        0,
        1,
        "RUNNING",
        ("req-1", "req-2"),
    )
    update = make_update(
        state=State.SUCCEEDED_WITH_DIFFERENCES,
        verdict=verdict,
        reason="peak",
        progress={"hot_update_id": "hu-9"},
        plan=make_plan(
            saved=VALUES | {"parallelism": "6"},
            edits=(Change("a", None, "1", Effect.IGNORED),),
            findings=(Finding(Level.WARN, note(Code.AUTOPILOT_ON)),),
        ),
    )
    said = shown(update, [make_event(note(Code.EVENT_QUEUED, who="U0ANNA"), actor="U0ANNA")])
    for expected in (
        "⚠️ *Parallelism* differs: `8` / `8` / `6`",
        "_nothing_ / _nothing_ / `3 min`",
        "overwritten",
        "Parallelism: `4`, saved `6`",
        "Restarts: 0 → 1",
        "hot update `hu-9`",
        "request ids `req-1`, `req-2`",
        "deployment `d-1`",
        "*Reason*  peak",
        "took 1 min",
        "(<@U0ANNA>)",
    ):
        assert expected in said
    assert said.index("differs") < said.index("as expected")


def test_a_restore_is_shown_as_saved_only():
    plan = make_plan(changes=(Change("parallelism", "8", None, Effect.NEEDS_RESTART),))
    said = shown(make_update(operation=RESTORE_SAVED, plan=plan))
    assert "`8` → _removed_  saved only" in said


def test_a_removed_setting_was_asked_to_be_removed():
    plan = make_plan(changes=(Change("a", "1", None, Effect.LIVE),))
    verdict = Verdict((note(Code.VERDICT_APPLIED),), (Observation("a", None, None, None, True),))
    said = shown(make_update(state=State.SUCCEEDED, plan=plan, verdict=verdict))
    assert "_removed_ / _nothing_ / _not set_" in said


def test_the_newest_events_are_kept():
    events = [make_event(note(Code.EVENT_PROGRESS, status=f"s{n}"), n) for n in range(100)]
    said = shown(make_update(state=State.RUNNING), events)
    assert "… 41 earlier" in said
    assert "s99" in said
    assert "s40" not in said
    assert " more" not in said


@pytest.mark.parametrize("text", [NASTY, LONG, "\u8ba2" * 3001])
def test_any_amount_of_nasty_content_can_be_shown(text):
    names = [f"{number}{text}"[:255] for number in range(200)]
    moves = tuple(Change(name, text, text[::-1], Effect.LIVE) for name in names)
    findings = (
        tuple(Finding(level, note(Code.PINNED_OPERATORS, operators=text)) for level in Level) * 30
    )
    values = dict.fromkeys(names, text)
    plan = make_plan(changes=moves, edits=moves, findings=findings, running=values, saved=values)
    rows = tuple(Observation(name, text, text, text, False) for name in names)
    refused = note(Code.VERDICT_REFUSED, operation=text, detail=text)
    update = make_update(
        state=State.FAILED,
        plan=replace(plan, engine_version=text, revision=text, job_id=text),
        verdict=Verdict((refused, refused), rows, request_ids=(text,) * 20),
        reason=text,
        name=text[:255],
    )
    events = [make_event(note(Code.EVENT_PROGRESS, status=text), n, actor=text) for n in range(100)]
    view = accepted_by_slack(details.build(update, events, NOW))
    assert set(mentions_in(view)) == {"<@U0ANNA"}  # who asked for it
    assert "update `k7m2q9xa`" in words_of(view)
