"""What the audit keeps of a plan, a yes and an end; never a secret."""

from dataclasses import replace

import pytest

from bot.flink.effect import Effect
from bot.flink.plan import Change
from bot.flink.update import Observation, State, Verdict
from bot.notes import Code, note
from bot.updates import facts
from bot.updates.submit import Asker
from tests.factories import make_plan, make_update

ANNA = Asker("U0ANNA", "C0OPS", team="T0ACME")
SECRET = "hunter2-Zq81"


def test_a_plan_is_kept_with_all_that_was_asked_for():
    update = make_update(reason="lag since noon")

    assert facts.planned(update, ANNA) == {
        "team": "T0ACME",
        "digest": "0" * 64,
        "target": "prod",
        "deployment": "d-1",
        "job": "orders",
        "operation": "hot_update",
        "changes": [{"name": "parallelism", "before": "4", "after": "8"}],
        "reason": "lag since noon",
    }


def test_somebody_elses_edits_and_the_chosen_options_are_kept_too():
    edit = Change("table.exec.mini-batch.size", None, "5000", Effect.NEEDS_RESTART)
    plan = make_plan(edits=(edit,), options={"mode": "restart"})

    kept = facts.planned(make_update(plan=plan), ANNA)

    assert kept["edits"] == [{"name": edit.name, "before": None, "after": "5000"}]
    assert kept["options"] == {"mode": "restart"}


def test_a_yes_names_the_team_and_the_plan():
    assert facts.bound(make_update(), ANNA) == {"team": "T0ACME", "digest": "0" * 64}


def test_a_team_that_slack_did_not_tell_is_left_out():
    assert facts.by(replace(ANNA, team="")) == {}


def test_an_end_names_what_can_be_looked_up_at_the_cloud():
    verdict = Verdict(
        notes=(note(Code.VERDICT_DIFFERS), note(Code.VERDICT_SAVED_KEPT)),
        observations=(Observation("parallelism", "8", "8", "6", agrees=False),),
        request_ids=("r-1", "r-2"),
    )

    assert facts.outcome(State.SUCCEEDED_WITH_DIFFERENCES, verdict) == {
        "outcome": "succeeded_with_differences",
        "why": ["verdict_differs", "verdict_saved_kept"],
        "request_ids": ["r-1", "r-2"],
        "observed": {"parallelism": "6"},
    }


def test_an_end_by_a_rule_names_the_rule():
    refused = note(Code.VERDICT_NOT_ALLOWED, who="U0ANNA", rule="payments-are-closed")

    kept = facts.outcome(State.STALE, Verdict(notes=(note(Code.VERDICT_SAVED_KEPT), refused)))

    assert kept["rule"] == "payments-are-closed"
    assert "rule" not in facts.outcome(State.STALE, Verdict(notes=(note(Code.VERDICT_SAVED_KEPT),)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fs.oss.accessKeySecret", SECRET),
        ("sql_body", f"CREATE TABLE t WITH ('connector' = 'x', 'password' = '{SECRET}')"),
        ("runtime_config", f'{{"store.password": "{SECRET}"}}'),
        ("args", f"--user a --password {SECRET}"),
        ("args", f"-Dstore.token={SECRET}"),
        ("savepoint_path", f"https://user:{SECRET}@host/bucket"),
        ("reason", f"rotate it, password={SECRET}"),
        ("args", f"token=[{SECRET}]"),
        ("env", f"header Authorization: Bearer {SECRET}"),
        ("sql_body", "x" * 150 + f" 'a.secret' = '{SECRET}' " + "y" * 150),
    ],
)
def test_a_secret_in_a_value_is_not_kept(name, value):
    kept = facts.shown(name, value)

    assert kept
    assert SECRET not in kept


def test_a_long_value_is_kept_by_its_beginning_and_its_hash():
    one, other = (facts.shown("sql_body", "SELECT " + "a" * 300 + end) for end in "xy")

    assert one.startswith("SELECT aaa")
    assert len(one) < 320
    assert "(308 characters, SHA-256 " in one
    assert one != other


def test_the_same_long_text_with_another_secret_has_the_same_hash():
    one, other = (f"{'a' * 300} 'x.password' = '{secret}'" for secret in ("hush-1", "hush-2"))

    assert facts.shown("sql_body", one) == facts.shown("sql_body", other)


@pytest.mark.parametrize("mark", ["'[secret:1a2b3c4d]'", "[secret:1a2b3c4d]"])
def test_of_a_text_whose_secrets_are_marked_already_the_rest_is_kept(mark):
    kept = facts.shown("sql_body", f"WITH ('connector' = 'kafka', 'password' = {mark})")

    assert kept.startswith("WITH ('connector' = 'kafka', 'password' = ")


@pytest.mark.parametrize("value", [None, "", "8", "3 min"])
def test_a_plain_value_is_kept_as_it_is(value):
    assert facts.shown("parallelism", value) == value
