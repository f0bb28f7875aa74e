"""What rules say about other tables and about each other: faults, and what is hardly meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rapidfuzz import process

from bot.policy.access import EVERYONE
from bot.policy.rules import Ruling
from bot.settings.environment import table
from bot.settings.rule_types import KNOWN_FIELDS, RULE_NAME, meant
from bot.settings.targets import DEFAULT_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from bot.policy.rules import Rule
    from bot.settings.targets import Target

_ALMOST = 90
"""How alike two names are, of 100, when one is most likely a slip of the other."""


def rule_labels(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Give what faults call each rule: its name, else its number."""
    return tuple(
        name if isinstance(name := rule.get("name"), str) and _readable(name) else f"#{number}"
        for number, rule in enumerate(_written(document), 1)
    )


def _readable(name: str) -> bool:
    return re.fullmatch(RULE_NAME, name) is not None


def faults_between_rules(document: Mapping[str, Any]) -> Iterator[str]:
    """Find names that stand twice, and targets and environments that there are not."""
    targets = table(document, "targets")
    environments = {
        environment
        for target in targets.values()
        if isinstance(target, dict)
        and isinstance(environment := target.get("environment", DEFAULT_ENVIRONMENT), str)
    }
    seen: set[str] = set()
    for label, rule in zip(rule_labels(document), _written(document), strict=True):
        if label in seen:
            yield f"rules.{label}.name: more than one rule has this name"
        seen.add(label)
        yield from _unknown(f"rules.{label}.targets", rule.get("targets"), targets)
        yield from _unknown(f"rules.{label}.environments", rule.get("environments"), environments)


def _written(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    rules = document.get("rules")
    return [one for one in rules if isinstance(one, dict)] if isinstance(rules, list) else []


def _unknown(key: str, given: object, known: Collection[str]) -> Iterator[str]:
    names = [given] if isinstance(given, str) else given
    for name in names if isinstance(names, list) else ():
        if isinstance(name, str) and name not in known and name != EVERYONE:
            listed = ", ".join(sorted(known))
            yield f'{key}: there is no "{name}"{meant(name, known)} There is: {listed}'


def rule_warnings(rules: Sequence[Rule], targets: Mapping[str, Target]) -> Iterator[str]:
    """Say what of the written rules is most likely not meant."""
    for index, rule in enumerate(rules):
        if not any(_covers(rule, name, target) for name, target in targets.items()):
            yield f"rules.{rule.name}: no target is in both its targets and its environments"
        for before in rules[:index]:
            if _includes(before, rule):
                yield f"rules.{rule.name}: never reached; rules.{before.name} comes before it"
                break
        yield from _about_approvers(rule)
        for name in sorted(rule.forbidden_fields - KNOWN_FIELDS):
            near = process.extractOne(name, sorted(KNOWN_FIELDS), score_cutoff=_ALMOST)
            if near is not None:
                yield f'rules.{rule.name}.forbidden_fields: "{name}"; did you mean "{near[0]}"?'


def reachable(rules: Sequence[Rule], name: str, target: Target) -> bool:
    """Tell whether some rule may allow something on a target."""
    return any(rule.decision is not Ruling.REFUSE and _covers(rule, name, target) for rule in rules)


def _covers(rule: Rule, name: str, target: Target) -> bool:
    return not (
        rule.targets.isdisjoint({EVERYONE, name})
        or rule.environments.isdisjoint({EVERYONE, target.environment})
    )


def _includes(one: Rule, other: Rule) -> bool:
    """Tell whether a rule is for all that another one is for."""
    teams, narrower = one.requesters.teams, other.requesters.teams
    if teams and not (narrower and narrower <= teams):
        return False
    return all(
        EVERYONE in wide or narrow <= wide
        for wide, narrow in (
            (one.targets, other.targets),
            (one.environments, other.environments),
            (one.jobs, other.jobs),
            (one.operations, other.operations),
            (one.channels, other.channels),
            (one.requesters.ids, other.requesters.ids),
        )
    )


def _about_approvers(rule: Rule) -> Iterator[str]:
    """Find requesters who have too few approvers beside themselves."""
    names = rule.approvers.ids
    if not names or rule.own_approval or rule.approvers.groups or EVERYONE in names:
        return
    for user in sorted(names & rule.requesters.ids):
        if len(names) - 1 < rule.approvals:
            yield (
                f"rules.{rule.name}: nobody could approve what {user} asks for;"
                f" approvers has too few others for approvals = {rule.approvals}"
            )
