"""The form for a path: what it shows, what it refuses, what it gives."""

import pytest

from bot.errors import InvalidFormError
from bot.flink.snapshot import DeploymentRef, DeploymentSummary
from bot.notes import Code, note
from bot.slack.modals.dli import savepoint
from bot.updates.dli.route import DliOperation
from tests.unit.slack.modals.filling import NASTY, accepted_by_slack, mentions_in, words_of
from tests.unit.slack.modals.filling import filled as fill

JOB = DeploymentSummary(DeploymentRef("huawei", "17"), f"orders {NASTY}", "job_cancel_success")


def view_of(**given):
    form = savepoint.SavepointForm(
        draft_id="d1", **{"operation": DliOperation.IMPORT_SAVEPOINT, **given}
    )
    return accepted_by_slack(savepoint.build(form))


@pytest.mark.parametrize(
    ("operation", "title"),
    [
        (DliOperation.IMPORT_SAVEPOINT, "Import a savepoint"),
        (DliOperation.TAKE_SAVEPOINT, "Write a savepoint"),
    ],
)
def test_each_operation_says_what_it_does(operation, title):
    view = view_of(operation=operation, job=JOB, path="b-1/sp", reason="why")
    assert (view["title"]["text"], view["private_metadata"]) == (title, "d1")
    assert mentions_in(view) == []


def test_what_was_typed_is_given_cleaned():
    view = view_of(job=JOB, path="obs://state/sp/_metadata", reason="why")
    found = savepoint.parse(fill(view))
    assert found == savepoint.Filled(DeploymentRef("huawei", "17"), "obs://state/sp", "why")


def test_everything_wrong_is_told_at_its_field():
    with pytest.raises(InvalidFormError) as error:
        savepoint.parse(fill(view_of(), path="/var/sp"))
    codes = {block: said.code for block, said in error.value.fields.items()}
    assert codes == {"job": Code.NO_JOB_CHOSEN, "path": Code.PATH_NOT_OBS}


def test_a_secret_in_the_reason_is_not_kept():
    view = view_of(job=JOB, path="state/sp", reason="key AKIAABCDEFGHIJKLMNOP password=hunter2")
    assert "hunter2" not in savepoint.parse(fill(view)).reason


def test_who_is_in_no_channel_chooses_one():
    view = view_of(job=JOB, path="state/sp", channel="")
    assert savepoint.parse(fill(view, channel="C0DATAJOBS")).channel == "C0DATAJOBS"


def test_trouble_stands_at_the_top():
    assert (
        "no job" in words_of(view_of(problem=note(Code.UNKNOWN_JOB, job="x", target="y"))).lower()
    )


def test_keys_in_a_path_are_not_shown_again():
    view = view_of(path="obs://AK:a-key@bucket/dir")

    assert "a-key" not in str(view)
    assert "obs://[redacted]@bucket/dir" in str(view)
