import pytest

from bot.notes import Code, note
from bot.policy.operations import Operation
from bot.policy.people import NOBODY
from bot.policy.rules import Fit, Rule, Ruling, groups_named, matching
from tests.unit.policy.bench import (
    ADA,
    DATA,
    JOBS,
    ONCALL,
    OPS,
    people,
    person,
    rule,
    stranger,
    subject,
)

ONLY_JOBS = frozenset({JOBS})


def one(*texts):
    return frozenset(texts)


@pytest.mark.parametrize(
    "match",
    [
        {},
        {"targets": one("prod", "test")},
        {"environments": one("production")},
        {"jobs": one("ord*")},
        {"jobs": one("payments", "order?")},
        {"operations": one("hot_update")},
        {"channels": one(OPS, JOBS)},
        {"requesters": people("*")},
    ],
)
def test_a_rule_is_for_what_it_names(match):
    assert rule(**match).fit(subject()) == (Fit.YES, None)


@pytest.mark.parametrize(
    ("match", "miss"),
    [
        ({"targets": one("test")}, note(Code.RULE_OTHER_TARGET, wanted="test", given="prod")),
        (
            {"environments": one("test", "staging")},
            note(Code.RULE_OTHER_ENVIRONMENT, wanted="staging, test", given="production"),
        ),
        ({"jobs": one("order")}, note(Code.RULE_OTHER_JOB, wanted="order", given="orders")),
        (
            {"operations": one("dli_stop")},
            note(Code.RULE_OTHER_OPERATION, wanted="dli_stop", given="hot_update"),
        ),
        ({"channels": one(OPS)}, note(Code.RULE_OTHER_CHANNEL, wanted=OPS, given=JOBS)),
        ({"requesters": people("U0BEN")}, note(Code.RULE_OTHER_PEOPLE, people="U0BEN")),
        ({"targets": frozenset()}, note(Code.RULE_OTHER_TARGET, wanted="", given="prod")),
    ],
)
def test_a_rule_for_something_else_says_so(match, miss):
    assert rule(**match).fit(subject()) == (Fit.NO, miss)


def test_a_group_that_cannot_be_read_leaves_it_open():
    found = rule("data", requesters=people(DATA)).fit(subject(stranger()))

    assert found == (Fit.UNSURE, note(Code.GROUPS_UNKNOWN, rule="data"))


@pytest.mark.parametrize(
    "match", [{"operations": one("dli_stop")}, {"channels": one(OPS)}, {"jobs": one("other")}]
)
def test_an_unreadable_group_does_not_matter_to_a_rule_for_something_else(match):
    fit, _ = rule(requesters=people(DATA), **match).fit(subject(stranger()))

    assert fit is Fit.NO


@pytest.mark.parametrize(
    ("requesters", "channels", "told_in", "fit"),
    [
        (people(ADA), one(JOBS), JOBS, Fit.YES),
        (people(DATA), one(JOBS), JOBS, Fit.YES),
        (people("*"), one("*"), JOBS, Fit.YES),
        (people("*"), one(JOBS), JOBS, Fit.UNSURE),
        (people(ADA), one(JOBS), OPS, Fit.NO),
        (people(ADA), one("*"), "", Fit.UNSURE),
        (people(ADA), one(JOBS), "", Fit.UNSURE),
    ],
)
def test_the_cards_channel_stands_in_for_a_click_in_none(requesters, channels, told_in, fit):
    asked = subject(person(ADA, DATA), channel="", told_in=told_in)
    found, why = rule(requesters=requesters, channels=channels).fit(asked)

    assert found is fit
    if fit is Fit.UNSURE:
        listed = " ".join(channels - {"*"})
        assert why == note(Code.CHANNEL_NEEDED, target="prod", channels=listed)


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*", "", True),
        ("orders-*", "orders-eu", True),
        ("orders-*", "my-orders-eu", False),
        ("orders", "Orders", False),
        ("order?", "order", False),
        ("[a] (b).*", "[a] (b).x", True),
        ("[ab]", "a", False),
        ("a.c", "abc", False),
        ("pay*", "pay\nments", True),
    ],
)
def test_a_pattern_knows_two_signs_only(pattern, name, matches):
    assert matching(name, [pattern]) is matches


def test_an_operation_is_matched_by_its_name():
    assert rule(operations=one("dli_stop")).fit(subject(operation=Operation.DLI_STOP))[0] is Fit.YES


def test_only_groups_have_members_that_must_be_known():
    rules = [rule(requesters=people(ADA, DATA, "*")), rule(approvers=people(ONCALL))]

    assert groups_named(rules) == {DATA, ONCALL}
    assert groups_named([]) == frozenset()


def test_what_a_rule_leaves_out_is_the_careful_choice():
    bare = Rule(name="bare")

    assert (bare.requesters, bare.approvers) == (NOBODY, NOBODY)
    assert (bare.restarts, bare.approvals, bare.own_approval) == (Ruling.APPROVAL, 1, False)
