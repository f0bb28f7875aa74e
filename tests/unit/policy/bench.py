"""A request in its simplest form, and rules to hold against it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.flink.effect import Effect
from bot.flink.plan import Change
from bot.policy.operations import Operation
from bot.policy.people import People, Person
from bot.policy.request import Request, Subject, restart_class
from bot.policy.rules import Rule, Ruling

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA, BEN, LIN = "U0ADA", "U0BEN", "U0LIN"
DATA, ONCALL = "S0DATA", "S0ONCALL"
JOBS, OPS = "C0JOBS", "C0OPS"


def people(*ids: str, teams: tuple[str, ...] = ()) -> People:
    return People(frozenset(ids), frozenset(teams))


def person(user: str = ADA, *groups: str, team: str = "") -> Person:
    return Person(user, frozenset(groups), team)


def stranger(user: str = ADA) -> Person:
    """Somebody whose groups cannot be read."""
    return Person(user, None)


def subject(who: Person | None = None, **given: Any) -> Subject:
    usual = {
        "target": "prod",
        "environment": "production",
        "job": "orders",
        "operation": Operation.HOT_UPDATE,
        "channel": JOBS,
    }
    return Subject(person=who or person(), **{**usual, **given})


def change(name: str, before: str | None, after: str | None, live: bool = True) -> Change:
    return Change(name, before, after, Effect.LIVE if live else Effect.NEEDS_RESTART)


def request(*changes: Change, now: datetime = MONDAY_NOON, given=(), **about: Any) -> Request:
    who = subject(**about)
    return Request(
        subject=who,
        now=now,
        changes=changes,
        given=frozenset(given) | {one.name for one in changes},
        restarts=restart_class(who.operation, changes),
    )


def rescale(before: str | None, after: str | None, **about: Any) -> Request:
    return request(change("parallelism", before, after), **about)


def rule(name: str = "small-steps", **given: Any) -> Rule:
    usual = {"requesters": people(ADA), "approvers": people(BEN)}
    return Rule(name=name, **{**usual, **given})


def allow_lists(users=(), channels=(), target: str = "prod") -> Rule:
    """What a target's allow_users and allow_channels become."""
    return Rule(
        name=f"targets.{target}",
        targets=frozenset({target}),
        requesters=people(*users),
        channels=frozenset(channels),
        restarts=Ruling.APPLY,
        of_target=True,
    )
