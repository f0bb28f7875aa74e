import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidFormError
from bot.flink.parameters import KNOBS, same_value
from bot.flink.snapshot import DeploymentRef
from bot.notes import Code, note
from bot.slack.ids import Action
from bot.slack.modals import update as form
from tests.factories import VALUES, make_snapshot
from tests.unit.slack.modals.filling import (
    LONG,
    NASTY,
    accepted_by_slack,
    block,
    filled,
    mentions_in,
    words_of,
)

INTERVAL = "execution.checkpointing.interval"
TWO = (form.TargetChoice("prod", "production"), form.TargetChoice("dev"))


def model(**overrides):
    made = {
        "draft_id": "draft-1",
        "targets": [form.TargetChoice("prod")],
        "target": "prod",
        "snapshot": make_snapshot(),
    }
    return form.UpdateFormModel(**made | overrides)


def submitted(entered=None, **overrides):
    made = model(**overrides)
    view = filled(form.build(made), **(entered or {}))
    return form.parse(view, form.shown_values(made.snapshot) if made.snapshot else {})


def faults_of(entered, **overrides):
    with pytest.raises(InvalidFormError) as caught:
        submitted(entered, **overrides)
    return {block_id: said.code for block_id, said in caught.value.fields.items()}


def test_the_form_carries_only_its_draft_and_shows_what_runs():
    view = accepted_by_slack(form.build(model()))
    assert view["private_metadata"] == "draft-1"
    assert view["callback_id"] == "update_form"
    assert block(view, "parallelism:d-1")["element"]["initial_value"] == "4"
    assert block(view, f"{INTERVAL}:d-1")["element"]["initial_value"] == "3 min"
    said = words_of(view)
    assert "Running, values are live" in said
    assert "vvr-8.0.11-jdk11-flink-1.17" in said
    assert "0 restarts" in said


def test_without_a_job_there_are_no_knobs():
    view = accepted_by_slack(form.build(model(snapshot=None, job_name=NASTY)))
    inputs = [one["block_id"] for one in view["blocks"] if one["type"] == "input"]
    assert inputs == ["job", "other", "reason"]
    assert mentions_in(view) == []


def test_the_target_is_chosen_only_where_there_are_two():
    assert "target" not in [one.get("block_id") for one in form.build(model())["blocks"]]
    view = accepted_by_slack(form.build(model(targets=TWO)))
    assert block(view, "target")["dispatch_action"]
    assert block(view, "target")["element"]["action_id"] == Action.CHOOSE_TARGET
    assert "Production" in words_of(view)
    assert "Production" not in words_of(form.build(model(targets=TWO, target="dev")))


def test_more_targets_than_slack_offers_keep_the_chosen_one():
    targets = [form.TargetChoice(f"t{number}") for number in range(150)]
    view = accepted_by_slack(form.build(model(targets=targets, target="t149")))
    assert block(view, "target")["element"]["initial_option"]["value"] == "t149"


def test_a_channel_is_asked_for_only_where_there_is_one_to_choose():
    assert not form.asks_channel(form.build(model()))
    view = accepted_by_slack(form.build(model(channel="")))
    assert form.asks_channel(view)
    assert "initial_conversation" not in block(view, form.CHANNEL_BLOCK)["element"]
    chosen = accepted_by_slack(form.build(model(channel="C0JOBS")))
    assert block(chosen, form.CHANNEL_BLOCK)["element"]["initial_conversation"] == "C0JOBS"


def test_the_chosen_channel_is_read_and_is_no_setting():
    typed = submitted({"channel": "C0OPS", "parallelism": "8"}, channel="")
    assert (typed.channel, dict(typed.values)) == ("C0OPS", {"parallelism": "8"})
    assert submitted().channel == ""
    view = filled(form.build(model(channel="")), channel="C0OPS")
    assert form.CHANNEL_BLOCK not in form.typed_of(view)


def test_a_job_of_another_target_does_not_survive_the_change_of_target():
    first = form.build(model(targets=TWO, snapshot=None))
    other = form.build(model(targets=TWO, target="dev", snapshot=None))
    assert (form.job_block(first), form.job_block(other)) == ("job", "job:dev")
    assert form.job_block({}) == "job"


def test_another_job_brings_its_own_values():
    snapshot = make_snapshot(ref=DeploymentRef("prod", "d-2"))
    view = accepted_by_slack(form.build(model(snapshot=snapshot)))
    assert block(view, "parallelism:d-2")


def test_a_job_that_does_not_run_is_said_and_its_saved_values_are_shown():
    assert "Not running (FAILED)" in words_of(
        form.build(model(snapshot=make_snapshot({"status": "FAILED"})))
    )
    assert "Not running: saved" in words_of(form.build(model(snapshot=make_snapshot(False))))


def test_what_flink_says_is_shown_where_it_differs():
    snapshot = make_snapshot({"flink_status": "RESTARTING", "restarts": None})
    assert "(Flink: RESTARTING)" in words_of(form.build(model(snapshot=snapshot)))


def test_unapplied_edits_of_others_are_announced():
    snapshot = make_snapshot(saved=VALUES | {"parallelism": "6"}, modified_by="bob<!here>")
    said = words_of(accepted_by_slack(form.build(model(snapshot=snapshot))))
    assert "1 saved setting by bob&lt;!here&gt; not applied yet" in said
    unsigned = make_snapshot(saved=VALUES | {"parallelism": "6"})
    assert "by somebody else" in words_of(form.build(model(snapshot=unsigned)))


def test_an_untouched_form_asks_for_nothing():
    typed = submitted()
    assert typed == form.TypedForm("", "d-1", {}, "")


def test_only_what_changed_is_asked_for_and_written_as_it_is_sent():
    typed = submitted(
        {
            "parallelism": "08",
            "execution__checkpointing__interval": "120s",
            "other": "a.b: 1\n\n c-d = x: y \n",
            "reason": "  peak  ",
        }
    )
    assert typed.values == {"parallelism": "8", INTERVAL: "2 min", "a.b": "1", "c-d": "x: y"}
    assert typed.reason == "peak"


@pytest.mark.parametrize("same", ["3min", "180s", "180000", "180 000".replace(" ", "")])
def test_the_same_value_written_otherwise_is_no_change(same):
    assert submitted({"execution__checkpointing__interval": same}).values == {}


def test_a_knob_that_was_not_set_may_stay_empty_or_be_set():
    view = form.build(model())
    assert block(view, "execution.checkpointing.timeout:d-1")["optional"] is True
    assert submitted({"execution__checkpointing__timeout": "10min"}).values == {
        "execution.checkpointing.timeout": "10 min"
    }


def test_everything_wrong_is_said_at_once_at_its_field():
    wrong = faults_of(
        {
            "parallelism": "0",
            "execution__checkpointing__interval": None,
            "execution__checkpointing__timeout": "soon",
            "execution__checkpointing__min-pause": "-3 s",
            "other": "nonsense",
        }
    )
    assert wrong == {
        "parallelism:d-1": Code.NUMBER_TOO_SMALL,
        f"{INTERVAL}:d-1": Code.VALUE_EMPTY,
        "execution.checkpointing.timeout:d-1": Code.NOT_A_DURATION,
        "execution.checkpointing.min-pause:d-1": Code.DURATION_NOT_POSITIVE,
        "other": Code.SETTING_MALFORMED,
    }


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("a b: c", Code.SETTING_MALFORMED),
        ("a:", Code.SETTING_MALFORMED),
        (": b", Code.SETTING_MALFORMED),
        ("a: 1\na = 2", Code.SETTING_REPEATED),
        ("parallelism: 8", Code.SETTING_IS_KNOB),
        (f"{INTERVAL}: 8s", Code.SETTING_IS_KNOB),
        ("s3.secret-key: hunter2", Code.SETTING_HOLDS_SECRET),
        ("env.java.opts: -Dstore.password=hunter2", Code.SETTING_HOLDS_SECRET),
        ("metrics.url: https://me:hunter2@example.test/", Code.SETTING_HOLDS_SECRET),
        ("taskmanager.numberOfTaskSlots: many", Code.NOT_A_WHOLE_NUMBER),
    ],
)
def test_a_wrong_setting_is_said_at_the_other_settings(typed, code):
    assert faults_of({"other": typed}) == {"other": code}


@pytest.mark.parametrize("typed", ["db.password: hunter2", "db.password hunter2"])
def test_a_secret_is_not_repeated_in_the_message(typed):
    with pytest.raises(InvalidFormError) as caught:
        submitted({"other": typed})
    assert "hunter2" not in str(form.messages(caught.value))
    assert "hunter2" not in str(caught.value)


def test_what_is_kept_of_a_half_filled_form_holds_no_secret():
    typed = "s3.secret-key: hunter2\ndb.password hunter2\nopts: -Dkey.password=hunter2\na: 1"

    kept = form.storable({"other": typed, "reason": "password=hunter2 was wrong", "x": "y"})

    assert kept["other"].splitlines()[-1] == "a: 1"
    assert kept["reason"].endswith("was wrong")
    assert "hunter2" not in str(kept)
    assert set(kept) == {"other", "reason"}


def test_a_secret_in_the_reason_goes_nowhere():
    assert "hunter2" not in submitted({"reason": "rotated, password=hunter2"}).reason


def test_a_form_without_a_job_asks_for_one():
    assert faults_of({}, snapshot=None) == {"job": Code.NO_JOB_CHOSEN}
    assert faults_of({}, snapshot=None, targets=TWO, target="dev") == {
        "job:dev": Code.NO_JOB_CHOSEN
    }


def test_the_values_of_one_job_are_never_sent_to_another():
    assert faults_of({"job": "d-2"}) == {"job": Code.FORM_NOT_FILLED}


def test_a_job_of_one_target_is_never_looked_for_in_another():
    assert faults_of({"target": "dev"}, targets=TWO) == {"job": Code.FORM_NOT_FILLED}


def test_the_chosen_target_and_job_are_read():
    view = filled(form.build(model(targets=TWO)))
    assert form.chosen(view) == ("prod", "d-1")
    assert form.parse(view, form.shown_values(make_snapshot())).target == "prod"
    assert form.chosen({"state": {"values": {"job": {"x": {"selected_option": None}}}}}) == ("", "")
    assert form.chosen({}) == ("", "")
    assert form.typed_of({"state": None}) == {}


def test_a_target_that_is_not_offered_any_more_does_not_hide_the_form():
    view = form.build(model(targets=TWO, target="gone"))
    assert "initial_option" not in block(accepted_by_slack(view), "target")["element"]
    assert form.parse(filled(view, target="dev"), {"parallelism": "4", INTERVAL: "3 min"}).target


def test_what_was_typed_survives_a_rebuild():
    entered = {"parallelism": "7", "other": "a: 1", "reason": NASTY}
    typed = form.typed_of(filled(form.build(model()), **entered))
    again = form.build(model(typed=typed, problem=note(Code.CLOUD_UNAVAILABLE, target="prod")))
    assert form.typed_of(filled(again)) == typed
    assert typed["parallelism"] == "7"


@pytest.mark.parametrize("typed", ["0", "abc", "9" * 30, ""])
def test_a_number_slack_would_refuse_is_not_filled_in(typed):
    view = accepted_by_slack(form.build(model(typed={"parallelism": typed})))
    assert block(view, "parallelism:d-1")["element"]["initial_value"] == "4"


def test_values_the_form_cannot_hold_are_left_empty():
    odd = {"parallelism": "auto", INTERVAL: "x" * 65}
    snapshot = make_snapshot({"values": odd})
    assert form.shown_values(snapshot) == {}
    assert submitted(snapshot=snapshot).values == {}


def test_long_texts_are_cut_at_whole_settings():
    lines = "\n".join(f"key.{number}: value" for number in range(400))
    typed = form.typed_of(filled(form.build(model(typed={"other": lines, "reason": LONG}))))
    assert len(typed["other"]) <= 3000
    assert typed["other"].endswith(": value")
    assert len(typed["reason"]) == 1000


@pytest.mark.parametrize("name", [NASTY, LONG, "n" * 255, "\u8ba2\u5355" * 100])
def test_any_name_can_be_shown(name):
    snapshot = make_snapshot(name=name, engine_version=name, resource_mode=name, modified_by=name)
    targets = [form.TargetChoice("prod", name), form.TargetChoice("dev", name)]
    view = form.build(model(snapshot=snapshot, targets=targets, job_name=name))
    assert mentions_in(accepted_by_slack(view)) == []


def test_messages_are_plain_words_of_a_sensible_length():
    error = InvalidFormError({"other": note(Code.SETTING_MALFORMED, line=1, given=LONG)})
    (said,) = form.messages(error).values()
    assert 10 < len(said) <= 300


UNTOUCHED = filled(form.build(model()))
SHOWN = form.shown_values(make_snapshot())


def read(view):
    """What was asked for, and what was told at which field."""
    try:
        return form.parse(view, SHOWN).values, {}
    except InvalidFormError as error:
        return {}, form.messages(error)


@given(st.integers(-5, 10**6), st.lists(st.text(max_size=64), min_size=3, max_size=3))
def test_whatever_is_typed_is_read_as_a_change_or_told_at_its_field(count, texts):
    view = copy.deepcopy(UNTOUCHED)
    fields = view["state"]["values"]
    entered = dict(zip([knob.name for knob in KNOBS], [str(count), *texts], strict=True))
    for name, text in entered.items():
        fields[f"{name}:d-1"]["value"]["value"] = text
    asked, told = read(view)
    assert told.keys() <= fields.keys()
    assert all(told.values())
    for name, text in entered.items():
        after = asked.get(name, SHOWN.get(name))
        assert told or same_value(name, after, text.strip() or None)


@given(st.text(max_size=200))
def test_any_other_settings_are_read_whole_or_told(other):
    view = copy.deepcopy(UNTOUCHED)
    view["state"]["values"]["other"]["value"]["value"] = other
    asked, told = read(view)
    lines = [line for line in other.splitlines() if line.strip()]
    assert told.keys() <= {"other"}
    assert told or len(asked) == len(lines)


DURATIONS = st.builds(
    "{}{}{}".format,
    st.integers(1, 10**6),
    st.sampled_from(["", " "]),
    st.sampled_from(["ms", "s", "min", "h", "d"]),
)


@given(st.integers(1, 10**6), DURATIONS)
def test_what_is_filled_in_is_what_is_asked_for(count, interval):
    view = filled(
        form.build(model()), parallelism=str(count), execution__checkpointing__interval=interval
    )
    asked, told = read(view)
    assert told == {}
    assert same_value("parallelism", asked.get("parallelism", "4"), str(count))
    assert same_value(INTERVAL, asked.get(INTERVAL, "3 min"), interval)
