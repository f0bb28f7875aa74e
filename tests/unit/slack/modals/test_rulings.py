"""What the review says of the rules, and the window that asks why somebody says no."""

from dataclasses import replace

import pytest

from bot.errors import InvalidFormError
from bot.notes import Code, note
from bot.policy.decide import Decision
from bot.policy.people import People
from bot.policy.rules import Ruling
from bot.slack.cards import approval
from bot.slack.modals import reject, ruling
from bot.updates.ports import Event
from tests.factories import NOW, make_update

ASKS = Decision(
    ruling=Ruling.APPROVAL,
    rule="large-steps",
    reasons=(note(Code.STEP_TOO_LARGE, fields="parallelism", factor="4", largest="2"),),
    approvals=2,
    approvers=People(frozenset({"U0ADA", "U0LIN", "S0CALL"})),
)


def said(decision, requester="U0ADA"):
    return "\n".join(str(block.to_dict()) for block in ruling.said(decision, requester))


def test_who_may_approve_is_mentioned_and_the_requester_is_not():
    shown = said(ASKS)
    for part in ("2 approvals", "<@U0LIN>", "<!subteam^S0CALL>", "large-steps", "factor of 4"):
        assert part in shown
    assert "<@U0ADA>" not in shown
    assert "<@U0ADA>" in said(replace(ASKS, own_approval=True))
    assert ruling.submit(ASKS, "Apply") == "Request approval"


def test_what_is_refused_names_the_rule_and_what_applies_keeps_its_word():
    refused = replace(ASKS, ruling=Ruling.REFUSE)
    assert "Refused by the rule" in said(refused)
    assert ruling.refuses(refused)
    assert not ruling.refuses(None)
    assert said(None) == ""
    applies = replace(ASKS, ruling=Ruling.APPLY)
    assert "Applies at once" in said(applies)
    assert ruling.submit(applies, "Apply") == "Apply"


@pytest.mark.parametrize("typed", [None, "", "  \n "])
def test_a_rejection_needs_a_reason(typed):
    view = {"state": {"values": {reject.REASON_BLOCK: {"value": {"value": typed}}}}}
    with pytest.raises(InvalidFormError) as wrong:
        reject.reason(view)
    assert set(wrong.value.fields) == {reject.REASON_BLOCK}


def test_a_reason_is_given_without_the_spaces_around_it():
    view = {"state": {"values": {reject.REASON_BLOCK: {"value": {"value": " no \n"}}}}}
    assert reject.reason(view) == "no"
    assert reject.build(make_update())["submit"]["text"] == "Reject"


def test_a_card_leaves_out_what_it_does_not_understand():
    asked = note(Code.EVENT_APPROVAL_ASKED, who="U0ADA", rule="r", people="*", approvals=1)
    facts = {"reasons": [["of_tomorrow", {}], ["restart_class", {}]]}
    shown = list(approval.lines([Event("u1", 1, NOW, asked, "U0ADA", facts)]))
    assert [line for line in shown if line.startswith("•")] == ["• It needs a restart of the job."]
    assert "of anybody; none so far" in "\n".join(shown)
    assert list(approval.lines([])) == ["Nothing is sent yet."]
