from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.notes import Code, note
from bot.policy.decide import Considered, admitted, decide, out_of_reach
from bot.policy.hours import Hours
from bot.policy.limits import Limits
from bot.policy.operations import Operation
from bot.policy.people import NOBODY
from bot.policy.rules import Ruling
from tests.unit.policy.bench import (
    ADA,
    BEN,
    DATA,
    JOBS,
    OPS,
    allow_lists,
    change,
    people,
    person,
    request,
    rescale,
    rule,
    stranger,
    subject,
)

NIGHT = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
OFFICE = Hours(ZoneInfo("UTC"), start=9 * 60, end=18 * 60)
RISKS = rule(
    "risks",
    approvals=2,
    own_approval=True,
    forbidden_fields=frozenset({"s3.*"}),
    required_fields=frozenset({"reason"}),
    approval_beyond=Limits(max_parallelism=32, max_factor=Decimal(2), hours=OFFICE),
    refuse_beyond=Limits(max_parallelism=128),
)
BLOCKED = note(Code.RULE_REFUSES, rule="frozen")
FROZEN = rule("frozen", jobs=frozenset({"orders"}), decision=Ruling.REFUSE)


def risky(*changes, **about):
    return decide([RISKS], request(*changes, given=["reason"], **about))


def test_a_small_step_inside_the_limits_applies_at_once():
    found = risky(change("parallelism", "4", "8"))

    assert (found.ruling, found.rule) == (Ruling.APPLY, "risks")
    assert found.reasons == (note(Code.RULE_ALLOWS, rule="risks"),)
    assert (found.approvals, found.approvers, found.own_approval) == (0, NOBODY, False)


@pytest.mark.parametrize(
    ("changes", "now", "codes"),
    [
        ([change("parallelism", "4", "9")], None, [Code.STEP_TOO_LARGE]),
        ([change("parallelism", "24", "33")], None, [Code.PARALLELISM_OUTSIDE]),
        ([change("state.ttl", "1 h", "2 h", live=False)], None, [Code.RESTART_CLASS]),
        ([change("parallelism", "4", "5")], NIGHT, [Code.OUT_OF_HOURS]),
        (
            [change("parallelism", "4", "64"), change("state.ttl", None, "2 h", live=False)],
            NIGHT,
            [Code.PARALLELISM_OUTSIDE, Code.STEP_TOO_LARGE, Code.OUT_OF_HOURS, Code.RESTART_CLASS],
        ),
    ],
)
def test_what_is_risky_asks_for_approval_and_says_all_reasons(changes, now, codes):
    found = risky(*changes, **({"now": now} if now else {}))

    assert found.ruling is Ruling.APPROVAL
    assert [one.code for one in found.reasons] == codes
    assert found.reason is found.reasons[0]
    assert (found.approvals, found.approvers, found.own_approval) == (2, people(BEN), True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([change("s3.access-key", "a", "b")], note(Code.FIELDS_FORBIDDEN, fields="s3.access-key")),
        (
            [change("parallelism", "100", "129")],
            note(Code.PARALLELISM_OUTSIDE, given="129", minimum="", maximum="128"),
        ),
    ],
)
def test_what_is_forbidden_is_refused_whatever_else_asks_for_approval(changes, told):
    found = risky(*changes, now=NIGHT)

    assert (found.ruling, found.reasons) == (Ruling.REFUSE, (told,))
    assert (found.approvals, found.approvers) == (0, NOBODY)


def test_a_required_field_that_is_empty_is_refused():
    found = decide([RISKS], rescale("4", "8"))

    assert found.ruling is Ruling.REFUSE
    assert found.reason == note(Code.FIELDS_REQUIRED, fields="reason")


@pytest.mark.parametrize(
    ("restarts", "ruling"),
    [
        (Ruling.APPLY, Ruling.APPLY),
        (Ruling.APPROVAL, Ruling.APPROVAL),
        (Ruling.REFUSE, Ruling.REFUSE),
    ],
)
def test_a_rule_says_what_becomes_of_restarts(restarts, ruling):
    asked = request(operation=Operation.DLI_STOP)

    assert decide([rule(restarts=restarts)], asked).ruling is ruling
    assert decide([rule(restarts=restarts)], rescale("4", "8")).ruling is Ruling.APPLY


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (Ruling.APPROVAL, Code.RULE_WANTS_APPROVAL),
        (Ruling.REFUSE, Code.RULE_REFUSES),
    ],
)
def test_a_rule_may_be_strict_about_everything(decision, told):
    found = decide([rule("strict", decision=decision)], rescale("4", "5"))

    assert found.ruling is decision
    assert found.reasons == (note(told, rule="strict"),)


def test_the_first_rule_that_fits_decides():
    rules = [rule("tests", targets=frozenset({"test"})), FROZEN, rule("later")]
    found = decide(rules, rescale("4", "5"))

    assert (found.ruling, found.rule) == (Ruling.REFUSE, "frozen")
    assert found.considered == (
        Considered("tests", note(Code.RULE_OTHER_TARGET, wanted="test", given="prod")),
        Considered("frozen", None),
        Considered("later", note(Code.RULE_NOT_REACHED, rule="frozen")),
    )
    assert decide(rules, rescale("4", "5", job="payments")).rule == "later"


def test_without_rules_everything_is_refused():
    found = decide([], rescale("4", "5"))

    assert (found.ruling, found.rule, found.considered) == (Ruling.REFUSE, "default", ())
    assert found.reason == note(
        Code.NO_RULE_ALLOWS,
        target="prod",
        job="orders",
        operation="hot_update",
        user=ADA,
        channel=JOBS,
    )


def test_nothing_is_granted_past_a_group_that_cannot_be_read():
    rules = [rule("data", requesters=people(DATA)), rule("anybody", requesters=people("*"))]
    found = decide(rules, rescale("4", "5", who=stranger()))

    assert (found.ruling, found.rule) == (Ruling.REFUSE, "data")
    assert found.reasons == (note(Code.GROUPS_UNKNOWN, rule="data"),)
    assert [one.rule for one in found.considered if one.why_not is None] == []
    assert decide(rules, rescale("4", "5", who=person(ADA))).rule == "anybody"


def test_a_targets_lists_are_a_rule_after_the_written_ones():
    rules = [FROZEN, allow_lists([ADA], [JOBS])]

    assert decide(rules, rescale("4", "5")).rule == "frozen"
    assert decide(rules, rescale("4", "500", job="payments")).rule == "targets.prod"


def test_only_lists_tell_what_to_add_to_them():
    found = decide([allow_lists([BEN], [JOBS]), allow_lists(target="b")], rescale("4", "5"))

    assert found.reason == note(
        Code.NOT_ALLOWED, target="prod", missing="user", user=ADA, channel=JOBS
    )


def test_with_rules_written_for_a_target_its_lists_are_not_what_is_missing():
    rules = [rule("bens", requesters=people(BEN)), allow_lists()]

    assert decide(rules, rescale("4", "5")).reason.code is Code.NO_RULE_ALLOWS


def test_outside_of_channels_the_channels_are_told_where_it_would_be_allowed():
    rules = [rule("jobs", channels=frozenset({JOBS})), allow_lists([ADA], ["C0MORE"])]
    asked = rescale("4", "5", channel="", told_in=OPS)

    found = decide(rules, asked)
    assert found.reason == note(Code.CHANNEL_NEEDED, target="prod", channels=f"{JOBS} C0MORE")


def test_who_may_ask_is_told_before_there_is_a_plan():
    rules = [FROZEN, RISKS]

    assert admitted(rules, subject()) == BLOCKED
    assert admitted(rules, subject(job="payments")) is None
    assert admitted(rules, subject(person(BEN))).code is Code.NO_RULE_ALLOWS


@pytest.mark.parametrize("told_in", ["", JOBS])
def test_a_target_is_in_reach_where_one_job_of_it_is(told_in):
    rules = [FROZEN, rule("carts", jobs=frozenset({"carts"}), channels=frozenset({JOBS}))]

    assert out_of_reach(rules, subject(channel="", told_in=told_in)) is None


@pytest.mark.parametrize(
    ("rules", "who", "told"),
    [
        ([FROZEN], person(), Code.NO_RULE_ALLOWS),
        ([RISKS], person(BEN), Code.NO_RULE_ALLOWS),
        ([allow_lists(["*"], [JOBS])], person(), Code.CHANNEL_NEEDED),
        ([allow_lists([ADA], [])], person(), Code.CHANNEL_NEEDED),
        ([allow_lists([BEN], [JOBS])], person(), Code.NOT_ALLOWED),
        ([rule(requesters=people(DATA))], stranger(), Code.GROUPS_UNKNOWN),
    ],
)
def test_a_target_out_of_reach_says_why(rules, who, told):
    found = out_of_reach(rules, subject(who, channel=""))

    assert found is not None
    assert found.code is told
