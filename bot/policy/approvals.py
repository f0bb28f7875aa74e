"""Approval arithmetic: who may say yes, whose yes counts, and how many are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.notes import Code, Note, note
from bot.policy.people import Membership
from bot.policy.rules import Ruling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.policy.decide import Decision
    from bot.policy.people import Person


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the approvals of one request are. `counted` are users, each once, oldest first."""

    counted: tuple[str, ...]
    missing: int

    @property
    def complete(self) -> bool:
        """Whether enough people said yes."""
        return self.missing == 0


def standing(decision: Decision, requester: str, approvals: Iterable[Person]) -> Standing:
    """Count the approvals that are worth something now, with the groups as they are now.

    A request that is refused is never complete, one that needs nobody always is.
    """
    counted = dict.fromkeys(
        person.user for person in approvals if _objection(decision, requester, person) is None
    )
    needed = {Ruling.APPLY: 0, Ruling.APPROVAL: max(1, decision.approvals)}
    wanted = needed.get(decision.ruling, len(counted) + 1)
    return Standing(tuple(counted), max(0, wanted - len(counted)))


def approval_refusal(
    decision: Decision, requester: str, approvals: Sequence[Person], clicker: Person
) -> Note | None:
    """Say why somebody's Approve does not count; None when it does.

    `approvals` are those given so far.
    """
    if decision.ruling is not Ruling.APPROVAL:
        return note(Code.NO_APPROVAL_NEEDED, ruling=decision.ruling)
    if (objection := _objection(decision, requester, clicker)) is not None:
        return objection
    reached = standing(decision, requester, approvals)
    if reached.complete:
        return note(Code.APPROVED_ALREADY, count=len(reached.counted))
    if clicker.user in reached.counted:
        return note(Code.APPROVED_BY_YOU, missing=reached.missing)
    return None


def rejection_refusal(decision: Decision, requester: str, clicker: Person) -> Note | None:
    """Say why somebody may not reject; None when they may: approvers, and the requester too."""
    if decision.ruling is not Ruling.APPROVAL:
        return note(Code.NO_APPROVAL_NEEDED, ruling=decision.ruling)
    return None if clicker.user == requester else _outsider(decision, clicker)


def _objection(decision: Decision, requester: str, person: Person) -> Note | None:
    """Say why somebody's yes is worth nothing."""
    if person.user == requester and not decision.own_approval:
        return note(Code.OWN_REQUEST, rule=decision.rule)
    return _outsider(decision, person)


def _outsider(decision: Decision, person: Person) -> Note | None:
    membership = decision.approvers.includes(person)
    if membership is Membership.UNKNOWN:
        return note(Code.GROUPS_UNKNOWN, rule=decision.rule)
    if membership is Membership.NO:
        return note(Code.NOT_AN_APPROVER, rule=decision.rule, people=decision.approvers)
    return None
