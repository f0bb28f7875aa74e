"""A rule: what it is for, and what it says of it. `bot.policy.decide` goes through them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING

from bot.notes import Code, Note, note
from bot.policy.access import EVERYONE, Access
from bot.policy.limits import NO_LIMITS
from bot.policy.people import NOBODY, Membership, People

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.policy.limits import Limits
    from bot.policy.request import Subject

ANY = frozenset({EVERYONE})
"""Matches everything; an empty set matches nothing."""


class Ruling(StrEnum):
    """What becomes of a request; also what a rule says of one thing."""

    APPLY = "apply"
    """At once."""
    APPROVAL = "approval"
    """As soon as others said yes."""
    REFUSE = "refuse"
    """Never."""


class Fit(Enum):
    """Whether a rule is for a request."""

    YES = auto()
    NO = auto()
    UNSURE = auto()
    """It hangs on something that is not known; nothing may be granted past it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Everything up to `requesters` says what it is for; the rest, what it says of that."""

    name: str
    targets: frozenset[str] = ANY
    environments: frozenset[str] = ANY
    jobs: frozenset[str] = ANY
    """Patterns of job names: * is any text, ? any character."""
    operations: frozenset[str] = ANY
    channels: frozenset[str] = ANY
    requesters: People = NOBODY
    decision: Ruling = Ruling.APPLY
    """What is said of everything that no other key below is stricter about."""
    restarts: Ruling = Ruling.APPROVAL
    """What is said of restart-class requests."""
    approvers: People = NOBODY
    approvals: int = 1
    own_approval: bool = False
    """Whether the requester may be one of the approvers."""
    forbidden_fields: frozenset[str] = frozenset()
    """Patterns of field names that are refused."""
    required_fields: frozenset[str] = frozenset()
    approval_beyond: Limits = NO_LIMITS
    refuse_beyond: Limits = NO_LIMITS
    of_target: bool = False
    """Made of a target's `allow_users` and `allow_channels`, not written as a rule."""

    @property
    def access(self) -> Access:
        """Give who may and from where, as a target says it."""
        return Access(self.requesters.ids, self.channels)

    def fit(self, subject: Subject) -> tuple[Fit, Note | None]:
        """Tell whether the rule is for this, and why not or what is not known."""
        if (miss := self._other_thing(subject)) is not None:
            return Fit.NO, miss
        member = self.requesters.includes(subject.person)
        if member is Membership.NO:
            return Fit.NO, note(Code.RULE_OTHER_PEOPLE, people=self.requesters)
        channel = self._channel_fit(subject)
        if channel is Fit.NO:
            return Fit.NO, _note(Code.RULE_OTHER_CHANNEL, self.channels, subject.channel)
        if member is Membership.UNKNOWN:
            return Fit.UNSURE, note(Code.GROUPS_UNKNOWN, rule=self.name)
        if channel is Fit.UNSURE:
            return Fit.UNSURE, channel_needed(subject.target, self.channels)
        return Fit.YES, None

    def _other_thing(self, subject: Subject) -> Note | None:
        """Name the first thing that the rule is not for."""
        for code, wanted, given in (
            (Code.RULE_OTHER_TARGET, self.targets, subject.target),
            (Code.RULE_OTHER_ENVIRONMENT, self.environments, subject.environment),
            (Code.RULE_OTHER_OPERATION, self.operations, subject.operation.value),
        ):
            if not _among(given, wanted):
                return _note(code, wanted, given)
        if not matching(subject.job, self.jobs):
            return _note(Code.RULE_OTHER_JOB, self.jobs, subject.job)
        return None

    def _channel_fit(self, subject: Subject) -> Fit:
        """Let the card's channel stand in for a click's, but only for somebody who is named.

        Where everybody in certain channels may, being in one of them is what allows it, and a
        click made elsewhere does not show that.
        """
        if subject.channel:
            return Fit.YES if _among(subject.channel, self.channels) else Fit.NO
        if not subject.told_in:
            return Fit.UNSURE
        if not _among(subject.told_in, self.channels):
            return Fit.NO
        named = self.requesters.names(subject.person) or EVERYONE in self.channels
        return Fit.YES if named else Fit.UNSURE


def rule_of_lists(target: str, access: Access) -> Rule:
    """Give the rule that a target's own lists are: whoever is listed may do everything at once."""
    return Rule(
        name=f"targets.{target}",
        targets=frozenset({target}),
        channels=access.channels,
        requesters=People(access.users),
        restarts=Ruling.APPLY,
        of_target=True,
    )


def groups_named(rules: Iterable[Rule]) -> frozenset[str]:
    """Give the user groups whose members have to be known."""
    return frozenset().union(*(rule.requesters.groups | rule.approvers.groups for rule in rules))


def matching(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether a name is what a pattern says, as it is written: "Orders" is not "orders"."""
    return any(re.fullmatch(_expression(pattern), name, re.DOTALL) for pattern in patterns)


def channel_needed(target: str, channels: Iterable[str]) -> Note:
    """Ask for a click in one of the channels; in any, where they are not restricted."""
    listed = " ".join(sorted(set(channels) - ANY))
    return note(Code.CHANNEL_NEEDED, target=target, channels=listed)


def _expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _among(given: str, wanted: frozenset[str]) -> bool:
    return EVERYONE in wanted or given in wanted


def _note(code: Code, wanted: Iterable[str], given: str) -> Note:
    return note(code, wanted=", ".join(sorted(wanted)), given=given)
