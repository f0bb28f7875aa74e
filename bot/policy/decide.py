"""Go through the rules: the first one that is for a request decides; without one it is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.notes import Code, Note, note
from bot.policy.access import refusal
from bot.policy.people import NOBODY
from bot.policy.rules import ANY, Fit, Rule, Ruling, channel_needed, matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.policy.people import People
    from bot.policy.request import Request, Subject

NO_RULE = "default"
"""What is named as the rule where none was for the request."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A rule that was looked at, or not reached, and why it did not decide; None: it did."""

    rule: str
    why_not: Note | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a request, by which rule, and why: `reasons` is never empty.

    `approvals` is how many of `approvers` must say yes; 0 unless the ruling is APPROVAL.
    """

    ruling: Ruling
    rule: str
    reasons: tuple[Note, ...]
    approvals: int = 0
    approvers: People = NOBODY
    own_approval: bool = False
    considered: tuple[Considered, ...] = ()

    def approvers_of(self, requester: str) -> People:
        """Give who may approve somebody's request; in a group they may still be themselves."""
        if self.own_approval:
            return self.approvers
        return replace(self.approvers, ids=self.approvers.ids - {requester})

    @property
    def reason(self) -> Note:
        """Give the most important reason."""
        return self.reasons[0]


def decide(rules: Sequence[Rule], request: Request) -> Decision:
    """Decide what becomes of a request. The order of the rules counts."""
    found = _find(rules, request.subject)
    if found.rule is None:
        return Decision(
            ruling=Ruling.REFUSE,
            rule=found.name,
            reasons=(found.refusal,),
            considered=found.considered,
        )
    ruling, reasons = said_of(found.rule, request)
    asks = ruling is Ruling.APPROVAL
    return Decision(
        ruling=ruling,
        rule=found.name,
        reasons=reasons,
        approvals=found.rule.approvals if asks else 0,
        approvers=found.rule.approvers if asks else NOBODY,
        own_approval=found.rule.own_approval and asks,
        considered=found.considered,
    )


def admitted(rules: Sequence[Rule], subject: Subject) -> Note | None:
    """Say why somebody may not ask for this at all, whatever the values; None when they may.

    For what comes before a plan (opening a form) or needs none (cancelling, watching).
    """
    found = _find(rules, subject)
    if found.rule is None:
        return found.refusal
    refuses = found.rule.decision is Ruling.REFUSE
    return note(Code.RULE_REFUSES, rule=found.name) if refuses else None


def out_of_reach(rules: Sequence[Rule], subject: Subject) -> Note | None:
    """Say why somebody can change nothing of a target; None when there may be something.

    A hint for what is shown, never authority: job and operation of the subject do not count, and
    without `told_in` a fitting channel is taken to be chosen later.
    """
    grants = [
        replace(rule, jobs=ANY, operations=ANY)
        for rule in rules
        if rule.decision is not Ruling.REFUSE
    ]
    fits = [rule.fit(_with_channel(subject, rule)) for rule in grants]
    if any(fit is Fit.YES for fit, _ in fits):
        return None
    unsure = next((why for fit, why in fits if fit is Fit.UNSURE), None)
    return unsure or _no_rule(grants, subject)


def said_of(rule: Rule, request: Request) -> tuple[Ruling, tuple[Note, ...]]:
    """Say what a rule that is for a request makes of it: the strictest of its keys, and why."""
    for ruling, reasons in (
        (Ruling.REFUSE, tuple(_refusing(rule, request))),
        (Ruling.APPROVAL, tuple(_asking(rule, request))),
    ):
        if reasons:
            return ruling, reasons
    return Ruling.APPLY, (note(Code.RULE_ALLOWS, rule=rule.name),)


def _refusing(rule: Rule, request: Request) -> Iterator[Note]:
    if rule.decision is Ruling.REFUSE:
        yield note(Code.RULE_REFUSES, rule=rule.name)
    names = [change.name for change in request.changes]
    if forbidden := [name for name in names if matching(name, rule.forbidden_fields)]:
        yield note(Code.FIELDS_FORBIDDEN, fields=", ".join(forbidden))
    if missing := rule.required_fields - request.given:
        yield note(Code.FIELDS_REQUIRED, fields=", ".join(sorted(missing)))
    yield from rule.refuse_beyond.exceeded(request)
    if request.restarts and rule.restarts is Ruling.REFUSE:
        yield note(Code.RESTART_CLASS)


def _asking(rule: Rule, request: Request) -> Iterator[Note]:
    if rule.decision is Ruling.APPROVAL:
        yield note(Code.RULE_WANTS_APPROVAL, rule=rule.name)
    yield from rule.approval_beyond.exceeded(request)
    if request.restarts and rule.restarts is Ruling.APPROVAL:
        yield note(Code.RESTART_CLASS)


@dataclass(frozen=True, slots=True)
class _Found:
    """The rule that decides; else the refusal, and the rule that cannot be decided past."""

    name: str
    rule: Rule | None
    refusal: Note
    considered: tuple[Considered, ...]


def _find(rules: Sequence[Rule], subject: Subject) -> _Found:
    considered: list[Considered] = []
    for index, rule in enumerate(rules):
        fit, why = rule.fit(subject)
        considered.append(Considered(rule.name, why))
        if fit is not Fit.NO:
            late = note(Code.RULE_NOT_REACHED, rule=rule.name)
            considered += [Considered(other.name, late) for other in rules[index + 1 :]]
            decides = rule if fit is Fit.YES else None
            return _Found(rule.name, decides, why or late, tuple(considered))
    return _Found(NO_RULE, None, _no_rule(rules, subject), tuple(considered))


def _no_rule(rules: Sequence[Rule], subject: Subject) -> Note:
    """Say what would have to be different, as well as can be said."""
    missed = [(rule, why) for rule in rules if (why := rule.fit(subject)[1])]
    elsewhere = [rule for rule, why in missed if why.code is Code.RULE_OTHER_CHANNEL]
    if elsewhere and not subject.channel:
        return channel_needed(subject.target, frozenset().union(*(r.channels for r in elsewhere)))
    no_rule = note(
        Code.NO_RULE_ALLOWS,
        target=subject.target,
        job=subject.job,
        operation=subject.operation,
        user=subject.person.user,
        channel=subject.channel,
    )
    about = [rule for rule, why in missed if why.code is not Code.RULE_OTHER_TARGET]
    if len(about) == 1 and about[0].of_target:
        return _by_its_lists(about[0], subject) or no_rule
    return no_rule


def _by_its_lists(rule: Rule, subject: Subject) -> Note | None:
    """Tell what to add to a target's lists, where there is nothing else about the target."""
    return refusal(
        rule.access,
        target=subject.target,
        user=subject.person.user,
        channel=subject.channel,
        told_in=subject.told_in,
    )


def _with_channel(subject: Subject, rule: Rule) -> Subject:
    """Take a channel to be chosen that the rule allows, where one can be chosen."""
    told_in = subject.told_in or next(iter(rule.channels), "")
    return replace(subject, told_in=told_in)
