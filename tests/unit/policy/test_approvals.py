from dataclasses import replace

import pytest

from bot.notes import Code, note
from bot.policy.approvals import approval_refusal, rejection_refusal, standing
from bot.policy.decide import Decision
from bot.policy.rules import Ruling
from tests.unit.policy.bench import ADA, BEN, LIN, ONCALL, people, person, stranger

REASON = note(Code.RULE_WANTS_APPROVAL, rule="prod")
ONE = Decision(
    ruling=Ruling.APPROVAL,
    rule="prod",
    reasons=(REASON,),
    approvals=1,
    approvers=people(ADA, BEN, ONCALL),
)
TWO = replace(ONE, approvals=2)
OWN = replace(ONE, own_approval=True)
APPLIES = replace(ONE, ruling=Ruling.APPLY, approvals=0)
REFUSED = replace(ONE, ruling=Ruling.REFUSE, approvals=0)


@pytest.mark.parametrize(
    ("decision", "said_yes", "counted", "missing"),
    [
        (ONE, [], (), 1),
        (ONE, [person(BEN)], (BEN,), 0),
        (ONE, [person(ADA)], (), 1),
        (ONE, [person(LIN)], (), 1),
        (ONE, [person(LIN, ONCALL)], (LIN,), 0),
        (ONE, [stranger(LIN)], (), 1),
        (ONE, [stranger(BEN)], (BEN,), 0),
        (OWN, [person(ADA)], (ADA,), 0),
        (TWO, [person(BEN), person(BEN)], (BEN,), 1),
        (TWO, [person(LIN, ONCALL), person(BEN)], (LIN, BEN), 0),
        (ONE, [person(LIN, ONCALL), person(BEN)], (LIN, BEN), 0),
        (APPLIES, [], (), 0),
        (REFUSED, [person(BEN)], (BEN,), 1),
        (replace(ONE, approvals=0), [], (), 1),
    ],
)
def test_approvals_count_once_each_and_never_the_requesters(decision, said_yes, counted, missing):
    found = standing(decision, ADA, said_yes)

    assert (found.counted, found.missing, found.complete) == (counted, missing, missing == 0)


@pytest.mark.parametrize(
    ("decision", "so_far", "clicker", "told"),
    [
        (ONE, [], person(BEN), None),
        (ONE, [], person(LIN, ONCALL), None),
        (ONE, [], person(ADA), note(Code.OWN_REQUEST, rule="prod")),
        (OWN, [], person(ADA), None),
        (
            ONE,
            [],
            person(LIN),
            note(Code.NOT_AN_APPROVER, rule="prod", people=people(ADA, BEN, ONCALL)),
        ),
        (ONE, [], stranger(LIN), note(Code.GROUPS_UNKNOWN, rule="prod")),
        (TWO, [BEN], person(BEN), note(Code.APPROVED_BY_YOU, missing=1)),
        (TWO, [BEN], person(LIN, ONCALL), None),
        (ONE, [BEN], person(LIN, ONCALL), note(Code.APPROVED_ALREADY, count=1)),
        (APPLIES, [], person(BEN), note(Code.NO_APPROVAL_NEEDED, ruling="apply")),
        (REFUSED, [], person(BEN), note(Code.NO_APPROVAL_NEEDED, ruling="refuse")),
    ],
)
def test_an_approval_counts_or_says_why_not(decision, so_far, clicker, told):
    given = [person(user) for user in so_far]

    assert approval_refusal(decision, ADA, given, clicker) == told


def test_who_left_the_group_since_does_not_count_any_more():
    assert standing(ONE, ADA, [person(LIN, ONCALL)]).complete
    assert not standing(ONE, ADA, [person(LIN)]).complete


@pytest.mark.parametrize(
    ("decision", "clicker", "told"),
    [
        (ONE, person(BEN), None),
        (ONE, person(ADA), None),
        (ONE, person(LIN), Code.NOT_AN_APPROVER),
        (ONE, stranger(LIN), Code.GROUPS_UNKNOWN),
        (APPLIES, person(BEN), Code.NO_APPROVAL_NEEDED),
    ],
)
def test_approvers_and_the_requester_may_reject(decision, clicker, told):
    found = rejection_refusal(decision, ADA, clicker)

    assert (found.code if found else None) == told
