"""What the rules make of a plan, said in its review before anything is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.policy.rules import Ruling
from bot.slack import text, words
from bot.slack.modals import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.models.blocks import Block

    from bot.policy.decide import Decision

REQUEST = "Request approval"
_MOST_REASONS = 6
_LONGEST_RULE = 120


def said(decision: Decision | None, requester: str, *, frozen: bool = False) -> Iterator[Block]:
    """Say which it will be, by which rule, and why; at once is not while something is frozen."""
    match decision.ruling if decision else None:
        case Ruling.APPLY:
            assert decision is not None  # noqa: S101 - for the type checker
            when = "Can be applied once it is not frozen" if frozen else "Applies at once"
            yield parts.context(f"{when}: the rule {_rule(decision)} allows it.")
        case Ruling.APPROVAL:
            assert decision is not None  # noqa: S101 - for the type checker
            yield from parts.sections([_asks(decision, requester), *_reasons(decision)])
        case Ruling.REFUSE:
            assert decision is not None  # noqa: S101 - for the type checker
            heading = f"⛔ *Refused by the rule* {_rule(decision)}"
            yield from parts.sections([heading, *_reasons(decision)])


def refuses(decision: Decision | None) -> bool:
    """Tell whether nothing can be done with it."""
    return decision is not None and decision.ruling is Ruling.REFUSE


def submit(decision: Decision | None, applies: str) -> str:
    """Give the word of the button."""
    return REQUEST if decision and decision.ruling is Ruling.APPROVAL else applies


def _asks(decision: Decision, requester: str) -> str:
    needed = text.count(max(1, decision.approvals), "approval")
    own = "" if decision.own_approval else ", not your own"
    who = text.people(str(decision.approvers_of(requester)))
    return f"✋ *Needs {needed}* of {who}{own} (rule {_rule(decision)})"


def _rule(decision: Decision) -> str:
    return text.code(decision.rule, _LONGEST_RULE)


def _reasons(decision: Decision) -> list[str]:
    return parts.listed(
        decision.reasons, _MOST_REASONS, lambda reason: f"• {words.say_mrkdwn(reason)}"
    )
