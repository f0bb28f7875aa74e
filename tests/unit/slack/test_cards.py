from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flink.parameters import Effect
from bot.flink.plan import Change
from bot.flink.update import Observation, Outlook, State, Verdict
from bot.notes import Code, note
from bot.slack.cards import render
from bot.updates.messages import MessageKind
from tests.factories import NOW, make_change, make_event, make_message, make_plan, make_update
from tests.unit.slack.payloads import NASTY, actions, check, shown

APPLIED = Verdict(
    (note(Code.VERDICT_APPLIED),), (Observation("parallelism", "8", "8", "8", True),), 2, 2
)
SAVED_KEPT = note(Code.VERDICT_SAVED_KEPT, count=1)


def failed(code, *more, **args):
    said = {"severity": "CRITICAL", "reason": "NO_QUOTA", "message": "no CUs", **args}
    return Verdict((note(code, **said), *more), job_status="FAILED")


def card(events=(), kind=MessageKind.CARD, compact=False, **overrides):
    update = make_update(**overrides)
    return check(render(make_message(kind), update, events, NOW, compact=compact))


def nasty_update(state, outlook, big):
    keys = [f"{NASTY}.{n}" if n % 2 else "k" * 250 + str(n) for n in range(200)]
    rows = tuple(Observation(k, big, big, None, n % 3 == 0) for n, k in enumerate(keys))
    notes = tuple(
        note(code, **dict.fromkeys(("detail", "operators", "fields", "message", "severity"), big))
        for code in Code
    )
    plan = make_plan(
        changes=tuple(Change(k, None, big, Effect.LIVE) for k in keys),
        edits=tuple(Change(k, big, None, Effect.IGNORED) for k in keys),
        modified_by=big,
    )
    return make_update(
        state=state,
        outlook=outlook,
        plan=plan,
        name=(NASTY + "n" * 255)[:255],
        reason=big,
        requested_by="U0ANNA",
        step="poll",
        error_streak=3,
        progress={
            "hot_update_id": big,
            "status": big,
            "request_ids": [big] * 9,
            "answer_lost": True,
        },
        verdict=Verdict(notes, rows, 0, 3, big, (big,) * 9) if state.final else None,
    )


LOOKS = [
    *((state, Outlook.NORMAL) for state in State),
    (State.RUNNING, Outlook.SLOW),
    (State.RUNNING, Outlook.OVERDUE),
]


def not_listed(kind, state):
    return kind in {MessageKind.THREAD, MessageKind.ALERT, MessageKind.NOTICE} or (
        kind is MessageKind.VERDICT and not state.final
    )


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize(("state", "outlook"), LOOKS)
@pytest.mark.parametrize("big", [NASTY * 20, "x" * 3001, "`" * 500, "&" * 3001, ""])
def test_whatever_it_holds_slack_takes_it_and_nobody_is_pinged(state, outlook, compact, big):
    update = nasty_update(state, outlook, big)
    events = [make_event(note(Code.EVENT_ANSWER_LOST, operation=big, detail=big), 1)]
    for kind in MessageKind:
        payload = check(render(make_message(kind, 1), update, events, NOW, compact=compact))
        assert "more, see View" in shown(payload) or compact or not_listed(kind, state)


@pytest.mark.parametrize("state", [s for s in State if s is not State.PLANNED])
def test_the_first_line_says_how_which_job_stands_and_the_text_says_it_too(state):
    payload = card(state=state)
    header = payload.blocks[0]["text"]["text"]
    assert header.endswith(": orders")
    assert payload.text.startswith(header)
    assert "<@U0ANNA>" in payload.text
    assert "k7m2q9xa" in payload.text


@pytest.mark.parametrize("kind", [MessageKind.CARD, MessageKind.VERDICT, MessageKind.ALERT])
def test_the_environment_stands_beside_the_target(kind):
    update = make_update(state=State.RUNNING)
    payload = check(render(make_message(kind), update, (), NOW, environment="<!here> production"))
    assert "target `prod` (&lt;!here&gt; production) · by <@U0ANNA>" in payload.text
    assert "target `prod` · by" in card((), kind, state=State.RUNNING).text


def test_a_queued_update_can_be_cancelled_after_a_question():
    payload = card(reason="peak")
    assert payload.text.startswith("🕓 Queued: orders\nStarts within seconds. Nothing is sent yet.")
    assert "Parallelism: `4` → `8` (⚡ live)" in payload.text
    assert "reason: peak" in payload.text
    assert actions(payload) == ["cancel_update"]
    button = payload.blocks[-1]["elements"][0]
    assert button["style"] == "danger"
    assert button["confirm"]["title"]["text"] == "Cancel this update?"
    assert button["value"] == "k7m2q9xa"


def test_a_running_update_shows_its_steps_and_the_clouds_last_word():
    events = [
        make_event(note(Code.EVENT_CHECKED), 1, 1),
        make_event(note(Code.EVENT_SAVED, revision=2), 2, 4),
        make_event(note(Code.EVENT_TRIGGERED, hot_update_id="h-1", request_id="r-1"), 3, 10),
    ]
    progress = {"hot_update_id": "h-1", "status": "HOT_UPDATING", "request_ids": ["r-1"]}
    payload = card(events, state=State.RUNNING, step="poll", progress=progress)
    assert payload.text.startswith("⏳ Running: orders\nStep 5 of 6: Poll.")
    assert "last reported `HOT_UPDATING`" in payload.text
    assert "✅ Trigger: done <!date^" in payload.text
    assert "▶️ *Poll*: now, for 1 min 2 s" in payload.text
    assert "▫️ Verify: to come" in payload.text
    assert "hot update `h-1`" in payload.text
    assert "request ids `r-1`" in payload.text
    assert "for 1 min 12 s" in payload.text
    assert actions(payload) == ["view_update"]


def test_what_needs_no_saving_is_said_so():
    events = [make_event(note(Code.EVENT_NOTHING_TO_SAVE), 1, 1)]
    payload = card(events, state=State.RUNNING, step="trigger")
    assert "✅ Save: nothing to do" in payload.text
    assert "✅ Check: done" in payload.text


@pytest.mark.parametrize(
    ("operation", "step", "said", "unsaid"),
    [
        ("restore_saved", "read_back", "Step 3 of 3: Read back.", "Trigger"),
        ("watch_hot_update", "poll", "Step 1 of 2: Poll.", "Save"),
        ("hot_update", "watch_job", "Step 5 of 6: Poll.", "Watch"),
        ("hot_update", "judge_failure", "Step 6 of 6: Verify.", "Judge"),
        ("hot_update", "something_new", "Step 1 of 6: Something new.", "Judge"),
        ("hot_update", "", "Step 1 of 6: Check.", "Judge"),
    ],
)
def test_each_operation_shows_its_own_steps(operation, step, said, unsaid):
    payload = card(operation=operation, step=step, state=State.RUNNING)
    assert said in payload.text
    assert unsaid not in payload.text


def test_a_watched_hot_update_says_that_it_is_only_watched():
    payload = card(operation="watch_hot_update", plan=make_plan(changes=()))
    assert "Watching starts within seconds." in payload.text
    assert "*Changes*" not in payload.text


def test_a_slow_update_needs_nothing():
    payload = card(
        state=State.RUNNING,
        outlook=Outlook.SLOW,
        step="poll",
        watched_since=NOW - timedelta(minutes=3),
    )
    assert payload.text.startswith("🐢 Slow, still running: orders")
    assert "3 min so far" in payload.text


def test_an_overdue_update_says_until_when_it_is_watched_and_not_to_submit_again():
    since = NOW - timedelta(minutes=11)
    events = [make_event(note(Code.EVENT_OVERDUE, minutes=10, until=30), 1)]
    overdue = {"state": State.RUNNING, "outlook": Outlook.OVERDUE, "step": "poll"}
    for kind in (MessageKind.CARD, MessageKind.ALERT):
        payload = card(events, kind, **overdue, watched_since=since)
        assert payload.text.startswith("⚠️ Outcome unknown, still watching: orders")
        until = int((since + timedelta(minutes=30)).timestamp())
        assert f"after 11 min, still watching until <!date^{until}^" in payload.text
        assert "Do not submit it again" in payload.text
        assert actions(payload) == ["view_update"]
    assert "still watching.*" in card((), **overdue).text


def test_trouble_on_the_way_is_said():
    payload = card(
        state=State.RUNNING, step="watch_job", error_streak=2, progress={"answer_lost": True}
    )
    assert "did not answer 2 times in a row" in payload.text
    assert "I read the job itself" in payload.text


def test_success_is_what_was_asked_reported_and_observed():
    payload = card(state=State.SUCCEEDED, verdict=APPLIED)
    assert payload.text.startswith("✅ Succeeded: orders")
    assert (
        "✅ *Parallelism* as expected: before `4`, asked `8`, reported `8`, observed `8`"
        in payload.text
    )
    assert "Restarts: 2 (unchanged)" in payload.text
    assert "took 1 min" in payload.text
    assert actions(payload) == ["roll_back", "view_update"]


def test_a_way_back_names_what_it_takes_back():
    payload = card(state=State.SUCCEEDED, verdict=APPLIED, plan=make_plan(reverts="3k7mz2qp"))
    assert "Hot update, rolls back `3k7mz2qp`" in payload.text


def test_what_is_only_saved_is_not_called_applied():
    saved = Verdict((note(Code.VERDICT_SAVED_ONLY),))
    payload = card(state=State.SUCCEEDED, verdict=saved)
    assert payload.text.startswith("💾 Saved for the next start: orders")
    assert "*Changes*" in payload.text


def test_differences_come_first_with_their_cause():
    rows = (
        Observation("parallelism", "8", "8", "8", True),
        Observation("execution.checkpointing.interval", None, None, "3 min", False),
    )
    notes = (note(Code.VERDICT_DIFFERS), note(Code.VERDICT_PINNED, operators="Sink: out", count=1))
    payload = card(state=State.SUCCEEDED_WITH_DIFFERENCES, verdict=Verdict(notes, rows, 2, 5))
    text = payload.text
    assert text.startswith("🟡 Succeeded with differences: orders")
    assert "1 operator did not follow the parallelism: Sink: out." in text
    assert "⚠️ *Checkpoint interval* differs: " in text
    assert "asked nothing, reported nothing, observed `3 min`" in text
    assert text.index("*Checkpoint interval*") < text.index("*Parallelism*")
    assert "Restarts: 2 → 5" in text


def test_a_failure_shows_the_clouds_diagnosis_and_lets_it_ping_nobody():
    verdict = Verdict((note(Code.VERDICT_FAILED_UNCLEAR, severity="", reason="", message=""),))
    hints = {"hints": ["no free CUs <!channel>"]}
    payload = card(state=State.FAILED, verdict=verdict, progress=hints)
    assert "The cloud's diagnosis: no free CUs &lt;!channel&gt;" in payload.text


def test_a_removed_setting_is_asked_for_as_removed():
    plan = make_plan(changes=(make_change(after=None),))
    rows = (Observation("parallelism", None, None, None, True),)
    verdict = Verdict((note(Code.VERDICT_APPLIED),), rows, None, 4)
    payload = card(state=State.SUCCEEDED, plan=plan, verdict=verdict)
    assert "asked removed, reported nothing, observed not set" in payload.text
    assert "Restarts: 4" in payload.text


def test_a_failure_with_the_old_settings_running_is_no_emergency():
    verdict = failed(Code.VERDICT_FAILED_OLD_RUNNING, SAVED_KEPT)
    payload = card(state=State.FAILED, verdict=verdict, step="judge_failure")
    assert payload.text.startswith("❌ Failed, old settings still run: orders")
    assert "The cloud said: NO_QUOTA: no CUs (severity CRITICAL)." in payload.text
    assert "It ended at step “Verify”." in payload.text
    assert actions(payload) == ["roll_back", "retry_update", "view_update"]


@pytest.mark.parametrize("kind", [MessageKind.CARD, MessageKind.VERDICT])
def test_a_job_that_is_down_is_red_with_exact_choices(kind):
    plan = make_plan(
        last_checkpoint_at=int(NOW.timestamp()) - 300,
        last_checkpoint_ms=2_000,
        last_checkpoint_bytes=1_572_864,
    )
    verdict = failed(Code.VERDICT_FAILED_JOB_DOWN, SAVED_KEPT, status="FAILED")
    payload = card((), kind, state=State.FAILED, plan=plan, verdict=verdict)
    assert payload.text.startswith("🔴 JOB DOWN: orders\n*JOB DOWN")
    assert "1. Old settings: press Restore saved settings, then start the job" in payload.text
    assert "2. New settings: start the job" in payload.text
    assert "1.5 MiB, took 2 s" in payload.text
    assert actions(payload)[0] == "roll_back"


def test_without_saved_values_there_is_nothing_to_restore():
    plan = make_plan(last_checkpoint_at=0)
    payload = card(state=State.FAILED, plan=plan, verdict=failed(Code.VERDICT_FAILED_JOB_DOWN))
    assert "1. Start the job in the console" in payload.text
    assert actions(payload) == ["retry_update", "view_update"]


@pytest.mark.parametrize(
    ("state", "code", "args", "said"),
    [
        (State.FAILED, Code.VERDICT_REFUSED, {"operation": "save"}, "Refused by the cloud"),
        (State.FAILED, Code.VERDICT_NOT_SENT, {}, "Nothing was changed"),
        (State.UNKNOWN, Code.VERDICT_OUTCOME_UNKNOWN, {"minutes": "30"}, "for 30 min"),
        (State.STALE, Code.VERDICT_STALE, {"fields": "parallelism"}, "Moved: Parallelism."),
        (State.SUPERSEDED, Code.VERDICT_SUPERSEDED, {"now": "j-2"}, "is now j-2"),
    ],
)
def test_every_other_ending_says_why(state, code, args, said):
    payload = card(state=state, verdict=Verdict((note(code, **args),)))
    assert said in payload.text
    retry = state is not State.SUPERSEDED
    assert ("retry_update" in actions(payload)) is retry


@pytest.mark.parametrize(
    ("state", "event", "said"),
    [
        (State.CANCELLED, note(Code.EVENT_CANCELLED, who="U0ANNA"), "Cancelled by <@U0ANNA>."),
        (State.EXPIRED, note(Code.EVENT_EXPIRED), "nobody applied it in time"),
        (State.SUPERSEDED, note(Code.EVENT_REPLACED, id="new"), "Replaced by update new."),
    ],
)
def test_what_was_called_off_says_by_whom(state, event, said):
    assert said in card([make_event(event)], state=state).text
    assert "Why is not recorded" in card((), state=state).text


def test_a_watched_hot_update_cannot_be_retried():
    verdict = Verdict((note(Code.VERDICT_RESULT_GONE, hot_update_id="h"),))
    payload = card(state=State.UNKNOWN, plan=make_plan(changes=()), verdict=verdict)
    assert actions(payload) == ["check_again", "view_update"]


@pytest.mark.parametrize(
    ("progress", "known"),
    [
        ({"answer_lost": True}, "the cloud's answer was lost"),
        ({"status": "HOT_UPDATING"}, "the cloud last reported `HOT_UPDATING`"),
        ({}, ""),
    ],
)
def test_an_unknown_outcome_says_what_is_known_and_offers_to_check_again(progress, known):
    verdict = Verdict((note(Code.VERDICT_OUTCOME_UNKNOWN, minutes=30),))
    payload = card(state=State.UNKNOWN, verdict=verdict, progress=progress)

    assert actions(payload)[0] == "check_again"
    assert known in payload.text
    assert ("Known so far" in payload.text) == bool(known)
    assert "console" in payload.text


def test_settings_of_others_are_named():
    edits = (replace(make_change("a.b", "1", "2")),)
    payload = card(plan=make_plan(edits=edits, modified_by="bob"))
    assert "*Saved by bob, applied too*" in payload.text
    assert "*Saved by somebody else, applied too*" in card(plan=make_plan(edits=edits)).text


def test_the_verdict_of_a_success_is_a_reply_without_header_and_buttons():
    payload = card((), MessageKind.VERDICT, state=State.SUCCEEDED, verdict=APPLIED)
    assert payload.text.startswith("*✅ Succeeded: orders*")
    assert "<@U0ANNA>" in payload.text
    assert actions(payload) == []
    assert "observed `8`" in payload.text


def test_a_compact_card_has_no_lists_but_can_be_acted_on():
    payload = card(
        (),
        MessageKind.CARD,
        True,
        state=State.FAILED,
        verdict=failed(Code.VERDICT_FAILED_OLD_RUNNING),
    )
    assert "*Changes*" not in payload.text
    assert actions(payload) == ["retry_update", "view_update"]
    assert (
        "observed"
        not in card((), MessageKind.VERDICT, True, state=State.SUCCEEDED, verdict=APPLIED).text
    )


def test_a_thread_reply_is_one_line():
    event = make_event(note(Code.EVENT_PROGRESS, status="<!channel>"), 4)
    payload = check(render(make_message(MessageKind.THREAD, 4), make_update(), [event], NOW))
    assert len(payload.blocks) == 1
    assert payload.text.endswith("The cloud reports &lt;!channel&gt;.")
    lost = check(render(make_message(MessageKind.THREAD, 9), make_update(), [event], NOW))
    assert "not recorded" in lost.text


def test_an_alert_delivered_after_the_end_tells_the_end():
    payload = card((), MessageKind.ALERT, state=State.SUCCEEDED, verdict=APPLIED)
    assert payload.text.startswith("✅ Succeeded: orders")
    assert "Do not submit" not in payload.text


def test_of_200_changes_12_are_shown_and_the_others_counted():
    plan = make_plan(changes=tuple(make_change(f"key.{n}") for n in range(200)))
    payload = card(plan=plan)
    assert "• key.11:" in payload.text
    assert "• key.12:" not in payload.text
    assert "… and 188 more, see View" in payload.text


@pytest.mark.parametrize(("reverts", "editable"), [("", True), ("3k7mz2qp", False)])
def test_a_way_back_that_waits_for_approval_cannot_be_edited_into_something_else(reverts, editable):
    payload = card(state=State.AWAITING_APPROVAL, plan=make_plan(reverts=reverts))
    assert ("edit_update" in actions(payload)) is editable
    assert {"approve_update", "reject_update", "cancel_update"} <= set(actions(payload))
