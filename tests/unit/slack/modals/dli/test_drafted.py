"""A form is rebuilt as it was left; a plan leads back to the form it came from."""

from bot.flink.dli.options import Mode, Options
from bot.flink.dli.setting import Group
from bot.flink.effect import Effect
from bot.flink.plan import Change
from bot.flink.snapshot import DeploymentRef, DeploymentSummary
from bot.slack.modals import parts
from bot.slack.modals.dli import drafted
from bot.slack.modals.dli.form import build, compared_with
from bot.updates.ports import Draft
from tests.factories import make_plan
from tests.unit.slack.modals.dli.test_form import form_of, snapshot
from tests.unit.slack.modals.filling import filled as fill


def view_of(form, **entered):
    return fill(parts.modal("Change a job", list(build(form)), submit="Review"), **entered)


def test_groups_and_ways_are_remembered_but_no_value():
    view = view_of(
        form_of(Group.BASICS, Group.RECOVERY),
        mode="restart",
        keep_state=[],
        savepoint_path="b-1/own",
        desc="hunter2",
    )
    kept = drafted.remembered(view)
    assert kept == {
        "groups": "basics,recovery",
        "mode": "restart",
        "keep_state": "no",
        "savepoint_path": "b-1/own",
    }
    again = drafted.form_of(snapshot(), kept)
    assert again.groups == (Group.BASICS, Group.RECOVERY)
    assert again.options == Options(mode=Mode.RESTART, keep_state=False, savepoint_path="b-1/own")


def test_a_plan_leads_back_to_its_form():
    changes = (
        Change("cu_number", "4", "6", Effect.NEEDS_RESTART),
        Change("smn_topic", "alerts", None, Effect.LIVE),
    )
    options = Options(mode=Mode.RESTART).as_map() | {"job_type": "sql"}
    form = drafted.form_of(snapshot(), drafted.of_plan(make_plan(changes=changes, options=options)))
    assert form.groups == (Group.RESOURCES_V1, Group.LOGS)
    assert form.typed == {"cu_number": "6", "smn_topic": ""}
    assert form.options.mode is Mode.RESTART
    held = fill(parts.modal("x", list(build(form)), submit="Review"))["state"]["values"]
    assert held["cu_number:17"]["value"]["value"] == "6"
    assert not held["smn_topic:17"]["value"]["value"]


def test_a_draft_from_nothing_shows_no_group():
    assert drafted.form_of(snapshot(), {}).groups == ()
    assert drafted.groups_of({"groups": "basics,nonsense"}) == (Group.BASICS,)


def test_a_job_that_cannot_be_read_is_shown_as_it_was_before():
    form = form_of(Group.BASICS)
    draft = Draft(
        id="d1",
        user="U0ANNA",
        channel="C0JOBS",
        target="huawei",
        deployment_id="17",
        shown=compared_with(form),
    )
    known = DeploymentSummary(DeploymentRef("huawei", "17"), "orders", "job_running")
    seen = drafted.seen_before(draft, known)
    assert (seen.name, seen.saved, seen.job.running) == ("orders", snapshot().saved, True)
    assert drafted.seen_before(draft, None).job is None
    assert drafted.seen_before(Draft(id="d1", user="U0ANNA", channel="C0JOBS"), known) is None
