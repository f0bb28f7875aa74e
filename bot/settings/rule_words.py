"""A rule in one line of words, for whoever checks the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.policy.access import EVERYONE
from bot.policy.rules import Ruling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.policy.limits import Limits
    from bot.policy.people import People
    from bot.policy.rules import Rule

_DECISIONS = {
    Ruling.APPLY: "at once",
    Ruling.APPROVAL: "only with approval",
    Ruling.REFUSE: "refused",
}


def in_words(rule: Rule) -> str:
    """Say what a rule is for, then what it says of it."""
    said = [_DECISIONS[rule.decision]]
    if rule.decision is not Ruling.REFUSE:
        said += _exceptions(rule)
    return f"{', '.join(_matched(rule))}: {'; '.join(said)}"


def _matched(rule: Rule) -> Iterator[str]:
    yield (
        f"{_people(rule.requesters)} may ask"
        if rule.decision is not Ruling.REFUSE
        else (_people(rule.requesters))
    )
    for word, given in (
        ("operations", rule.operations),
        ("jobs", rule.jobs),
        ("targets", rule.targets),
        ("environments", rule.environments),
        ("channels", rule.channels),
    ):
        if EVERYONE not in given:
            yield f"{word} {_listed(given)}"


def _exceptions(rule: Rule) -> Iterator[str]:
    if rule.decision is Ruling.APPLY:
        asks = [*_beyond(rule.approval_beyond)]
        asks += ["restarts"] if rule.restarts is Ruling.APPROVAL else []
        if asks:
            yield f"approval for {', '.join(asks)}"
    else:
        asks = ["everything"]
    if asks:
        own = ", the requester counts too" if rule.own_approval else ""
        yield f"approved by {rule.approvals} of {_people(rule.approvers)}{own}"
    never = [*_beyond(rule.refuse_beyond)]
    never += ["restarts"] if rule.restarts is Ruling.REFUSE else []
    never += [f"fields {_listed(rule.forbidden_fields)}"] if rule.forbidden_fields else []
    if never:
        yield f"refused: {', '.join(never)}"
    if rule.required_fields:
        yield f"needs {_listed(rule.required_fields)}"


def _beyond(limits: Limits) -> Iterator[str]:
    if limits.min_parallelism is not None:
        yield f"parallelism below {limits.min_parallelism}"
    if limits.max_parallelism is not None:
        yield f"parallelism above {limits.max_parallelism}"
    if limits.max_factor is not None:
        yield f"a factor above {limits.max_factor:f}"
    if limits.hours is not None:
        yield f"outside of {limits.hours}"


def _people(people: People) -> str:
    who = "everybody" if EVERYONE in people.ids else _listed(people.ids)
    return f"{who} of {_listed(people.teams)}" if people.teams else who


def _listed(texts: Iterable[str]) -> str:
    return " ".join(sorted(texts)) or "nobody"
