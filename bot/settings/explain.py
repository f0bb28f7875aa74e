"""Read a question about the rules, as somebody types it on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError
from bot.flink.parameters import parameter
from bot.flink.plan import Change
from bot.policy.operations import Operation
from bot.policy.people import Person
from bot.policy.request import Request, Subject, given_fields, restart_class
from bot.settings.rule_types import meant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings.targets import Target

CHOSEN = "a channel that is chosen"
"""Stands for the card's channel where neither the question nor the target names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May this user do this? All as typed; `groups` is None when they cannot be read."""

    user: str
    target: str
    job: str
    operation: str
    channel: str = ""
    team: str = ""
    groups: tuple[str, ...] | None = ()
    changes: tuple[str, ...] = ()
    """Each FIELD=BEFORE:AFTER."""
    reason: str = ""
    restart: bool = False
    at: str = ""

    def request(self, targets: Mapping[str, Target], now: datetime) -> Request:
        """Give the request that would be made; `now` counts where no time is asked about.

        Raises:
            ConfigurationError: something of it cannot be meant.

        """
        target = targets.get(self.target)
        if target is None:
            raise _unusable(
                "--target", self.target, f"is not configured{meant(self.target, targets)}"
            )
        operation = _operation(self.operation)
        changes = tuple(map(_change, self.changes))
        return Request(
            subject=Subject(
                person=_person(self.user, self.groups, self.team),
                target=self.target,
                environment=target.environment,
                job=self.job,
                operation=operation,
                channel=self.channel,
                told_in=target.channel or target.access.only_channel or CHOSEN,
            ),
            now=_moment(self.at) if self.at else now,
            changes=changes,
            given=given_fields(changes, reason=self.reason),
            restarts=restart_class(operation, changes, restart_chosen=self.restart),
        )


def _person(user: str, groups: tuple[str, ...] | None, team: str) -> Person:
    return Person(user, None if groups is None else frozenset(groups), team)


def _operation(text: str) -> Operation:
    try:
        return Operation(text)
    except ValueError:
        known = ", ".join(Operation)
        raise _unusable(
            "--operation", text, f"is not known{meant(text, list(Operation))} Allowed: {known}"
        ) from None


def _change(text: str) -> Change:
    name, is_a_change, values = text.partition("=")
    before, both, after = values.partition(":")
    if not (name and is_a_change and both):
        raise _unusable(
            "--set", text, "must be FIELD=BEFORE:AFTER, such as parallelism=4:8; empty is not set"
        )
    return Change(name, before or None, after or None, parameter(name).effect)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _unusable("--at", text, "must be a time such as 2026-03-02T23:30+01:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _unusable(option: str, given: str, why: str) -> ConfigurationError:
    return ConfigurationError(f'{option} "{given}" {why}')
