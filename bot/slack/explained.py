"""A decision of the rules in lines of text, for whoever writes rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.policy.rules import Ruling
from bot.slack.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.policy.decide import Decision


def explained(decision: Decision) -> Iterator[str]:
    """Give the decision, the rule and the reasons, then every rule in the order of the file."""
    yield f"Decision: {_ruling(decision)}"
    yield f"Rule: {decision.rule}"
    yield from (f"Why: {say(reason)}" for reason in decision.reasons)
    yield "Rules, in order:" if decision.considered else "There are no rules."
    for one in decision.considered:
        yield f"  {one.rule}: {'It decides.' if one.why_not is None else say(one.why_not)}"


def _ruling(decision: Decision) -> str:
    if decision.ruling is not Ruling.APPROVAL:
        return "applies at once" if decision.ruling is Ruling.APPLY else "refused"
    own = "the requester counts too" if decision.own_approval else "not of the requester"
    return f"needs approval, {decision.approvals} of {decision.approvers}, {own}"
