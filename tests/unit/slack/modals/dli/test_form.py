"""The form of a DLI job: every setting has its field, and only what was changed is asked for."""

import pytest

from bot.errors import InvalidFormError
from bot.flink.dli.catalogue import SETTINGS, groups_of, settings_of
from bot.flink.dli.options import Mode, Options
from bot.flink.dli.setting import Group, JobType, Kind
from bot.flink.snapshot import DeploymentRef, DeploymentSnapshot, JobSnapshot
from bot.notes import Code
from bot.slack.modals import parts
from bot.slack.modals.dli import filled
from bot.slack.modals.dli.form import DliForm, build, compared_with
from tests.unit.slack.modals.filling import accepted_by_slack, block, mentions_in, words_of
from tests.unit.slack.modals.filling import filled as fill

NASTY = "<!channel> <@U0ANNA> `rm` *bold*"
DEFINITION = {
    "name": "orders",
    "cu_number": "4",
    "smn_topic": "alerts",
    "checkpoint_enabled": "true",
    "checkpoint_mode": "at_least_once",
    "obs_bucket": "state",
    "sql_body": "SELECT 1",
    "dependency_jars": "a.jar\nb.jar",
}


def snapshot(kind="sql", status="job_running", **saved):
    values = {**DEFINITION, **saved}
    job = JobSnapshot(job_id="1", status=status, values=values, restarts=2)
    ref = DeploymentRef("huawei", "17")
    return DeploymentSnapshot(
        ref=ref,
        name="orders",
        revision="1",
        saved=values,
        job=job if status else None,
        engine_version="1.12",
        job_type=kind,
        savepoint="state/sp",
        changed_since_start=True,
    )


def view_of(form):
    blocks = list(build(form))
    return accepted_by_slack(parts.modal("Change a job", blocks, submit="Review"))


def form_of(*groups, **more):
    return DliForm(snapshot=more.pop("snapshot", None) or snapshot(), groups=groups, **more)


@pytest.mark.parametrize("job", JobType)
def test_every_setting_of_a_job_has_a_field_in_a_view_that_slack_takes(job):
    form = form_of(*groups_of(job), snapshot=snapshot(job.value))
    ids = {one.get("block_id", "").partition(":")[0] for one in view_of(form)["blocks"]}
    assert {setting.name for setting in settings_of(job)} <= ids


def test_at_first_only_what_to_change_is_asked():
    view = view_of(form_of())
    assert [one["type"] for one in view["blocks"]] == ["context", "input"]
    assert "job_running" in words_of(view)
    assert "has a savepoint" in words_of(view)


def test_fields_are_filled_with_what_the_job_holds():
    view = view_of(form_of(Group.RESOURCES_V1, Group.CHECKPOINTS, Group.LOGS, Group.SQL))
    elements = {
        one["block_id"].partition(":")[0]: one["element"]
        for one in view["blocks"]
        if one["type"] == "input"
    }
    assert elements["cu_number"]["initial_value"] == "4"
    assert elements["checkpoint_enabled"]["initial_option"]["value"] == "true"
    assert elements["checkpoint_mode"]["initial_option"]["text"]["text"] == "At least once"
    assert "initial_option" not in elements["log_enabled"]
    assert elements["sql_body"]["initial_value"] == "SELECT 1"


def test_an_untouched_form_asks_for_nothing():
    form = form_of(*groups_of(JobType.SQL))
    change = filled.parse(fill(view_of(form)), compared_with(form))
    assert change.values == {}
    assert change.options == Options(mode=Mode.NEXT_START)


def test_only_what_was_changed_is_asked_for_normalised():
    form = form_of(Group.RESOURCES_V1, Group.RECOVERY, Group.LOGS, Group.BASICS)
    view = fill(
        view_of(form), cu_number="06", restart_when_exception="true", smn_topic="", desc=" New "
    )
    change = filled.parse(view, compared_with(form))
    assert change.values == {
        "cu_number": "6",
        "restart_when_exception": "true",
        "smn_topic": None,
        "desc": "New",
    }


def test_how_to_apply_it_is_read():
    form = form_of(Group.BASICS)
    view = fill(
        view_of(form), mode="restart", keep_state=[], savepoint_path="obs://b-1/own/_metadata"
    )
    assert filled.parse(view, compared_with(form)).options == Options(
        mode=Mode.RESTART, keep_state=False, savepoint_path="obs://b-1/own"
    )


def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_still_read():
    form = form_of(Group.BASICS, Group.RESOURCES_V1, Group.ADVANCED)
    view = fill(
        view_of(form),
        name="two words",
        cu_number="",
        runtime_config="{",
        savepoint_path="s3://x/y",
    )
    with pytest.raises(InvalidFormError) as refused:
        filled.parse(view, compared_with(form))
    assert {name: said.code for name, said in refused.value.fields.items()} == {
        "name:17": Code.WRONG_FORM,
        "cu_number:17": Code.VALUE_EMPTY,
        "runtime_config:17": Code.NOT_JSON,
        "savepoint_path:17": Code.PATH_NOT_OBS,
    }


def test_a_form_in_which_nothing_is_ticked_says_so():
    view = fill(view_of(form_of(Group.BASICS)), groups=[])
    with pytest.raises(InvalidFormError) as refused:
        filled.parse(view, {})
    assert refused.value.fields["groups:17"].code is Code.NO_GROUP_CHOSEN


def test_a_long_sql_is_described_and_can_be_replaced_by_a_file():
    form = form_of(Group.SQL, snapshot=snapshot(sql_body="SELECT 1;\n" * 400))
    view = view_of(form)
    assert "400 lines, 4,000 characters" in words_of(view)
    assert "sql_body" not in compared_with(form)
    files = {"type": "file_input", "files": [{"id": "F0SQL"}]}
    sent = fill(view)
    sent["state"]["values"]["sql_file:17"] = {"value": files}
    assert filled.parse(sent, compared_with(form)).file_id == "F0SQL"


def test_a_value_that_slack_cannot_show_is_left_alone():
    form = form_of(
        Group.ADVANCED,
        snapshot=snapshot(runtime_config='[{"key":"' + "a" * 3000 + '","value":"b"}]'),
    )
    assert "cannot show" in words_of(view_of(form))
    assert filled.parse(fill(view_of(form)), compared_with(form)).values == {}


def test_what_was_typed_survives_a_rebuild():
    form = form_of(Group.BASICS, Group.RESOURCES_V1)
    view = fill(view_of(form), desc="half", cu_number="9", mode="restart", keep_state=[])
    again = form_of(
        Group.BASICS,
        Group.RESOURCES_V1,
        Group.LOGS,
        typed=filled.typed(view),
        options=filled.options(view),
    )
    rebuilt = view_of(again)
    assert block(rebuilt, "desc:17")["element"]["initial_value"] == "half"
    assert block(rebuilt, "cu_number:17")["element"]["initial_value"] == "9"
    assert block(rebuilt, "mode:17")["element"]["initial_option"]["value"] == "restart"
    assert "initial_options" not in block(rebuilt, "keep_state:17")["element"]
    assert filled.groups(view) == (Group.BASICS, Group.RESOURCES_V1)


@pytest.mark.parametrize("status", ["job_cancel_success", ""])
def test_a_job_that_does_not_run_can_only_be_saved_or_started(status):
    view = view_of(form_of(Group.BASICS, snapshot=snapshot(status=status)))
    offered = [o["value"] for o in block(view, "mode:17")["element"]["options"]]
    assert offered == ["next_start", "restart"]


def test_text_of_others_pings_nobody():
    saved = {"queue_name": NASTY, "desc": NASTY, "smn_topic": NASTY}
    form = form_of(*groups_of(JobType.SQL), snapshot=snapshot(**saved))
    assert mentions_in(view_of(form)) == []


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_setting_shows_its_example(kind):
    settings = [setting for setting in SETTINGS.values() if setting.kind is kind]
    saved = {s.name: s.example or s.default for s in settings}
    jobs = {job for s in settings for job in s.jobs}
    for job in jobs:
        form = form_of(*groups_of(job), snapshot=snapshot(job.value, **saved))
        assert filled.parse(fill(view_of(form)), compared_with(form)).values == {}


def test_a_view_that_does_not_ask_for_groups_has_none():
    assert filled.groups({"state": {"values": {}}}) == ()


@pytest.mark.parametrize("saved", ["SELECT 1", "SELECT 1;\n" * 900])
def test_an_edited_plan_whose_sql_came_as_a_file_asks_for_the_file_again(saved):
    of = snapshot(sql_body=saved)
    view = view_of(form_of(Group.SQL, snapshot=of, typed={"sql_body": "SELECT 2;\n" * 900}))
    assert "Upload it again" in words_of(view)
    assert "Upload it again" not in words_of(view_of(form_of(Group.SQL, snapshot=of)))


def test_sql_that_a_field_cannot_hold_leaves_there_what_the_job_holds():
    view = view_of(form_of(Group.SQL, typed={"sql_body": "SELECT 2;\n" * 900}))
    assert block(view, "sql_body:17")["element"]["initial_value"] == "SELECT 1"


def test_what_cannot_be_emptied_has_to_be_filled():
    view = view_of(form_of(Group.BASICS, Group.RESOURCES_V1, Group.LOGS))
    optional = {
        one["block_id"].partition(":")[0]: one.get("optional", False)
        for one in view["blocks"]
        if one["type"] == "input"
    }
    assert optional["cu_number"] is optional["name"] is False
    assert optional["tm_slot_num"] is True  # nothing is set yet
    assert optional["smn_topic"] is True


def test_fields_that_do_not_go_together_are_told_at_the_one_that_was_changed():
    saved = {"cu_number": "4", "manager_cu_number": "1", "parallel_number": "4", "tm_cus": "1"}
    form = form_of(Group.RESOURCES_V1, snapshot=snapshot(**saved))
    view = fill(view_of(form), parallel_number="13")
    with pytest.raises(InvalidFormError) as error:
        filled.parse(view, compared_with(form))
    codes = {block: said.code for block, said in error.value.fields.items()}
    assert codes == {"parallel_number:17": Code.DLI_PARALLELISM_TOO_HIGH}
    assert filled.parse(view, saved).values == {"parallel_number": "13"}  # an older draft


def test_fields_without_an_input_count_too():
    form = form_of(Group.CHECKPOINTS, snapshot=snapshot(checkpoint_enabled="false", obs_bucket=""))
    view = fill(view_of(form), checkpoint_enabled="true")
    with pytest.raises(InvalidFormError) as error:
        filled.parse(view, compared_with(form))
    assert [said.code for said in error.value.fields.values()] == [Code.DLI_BUCKET_NEEDED]
