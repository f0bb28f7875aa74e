"""Ask the rules: from who asks, for what and where, to what the policy looks at.

Every way to change a job comes through `Rulebook`: `admit` before there is a plan (or where none is
needed), `decide` once there is one. What is to refuse everything for a while belongs there too.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.policy.decide import admitted, decide, out_of_reach
from bot.policy.operations import Operation
from bot.policy.people import Person
from bot.policy.request import Subject, request_for
from bot.updates.freezing import Freezes, NoFreezes, frozen_at, frozen_note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.flink.update import Update
    from bot.notes import Note
    from bot.policy.decide import Decision
    from bot.policy.rules import Rule
    from bot.updates.submit import Asker, Target


class Groups(Protocol):
    """Who is in which user group."""

    async def of(self, user: str) -> frozenset[str] | None:
        """Give the groups that somebody is in; None when that cannot be told."""
        ...


class NoGroups:
    """Where no rule names a group."""

    async def of(self, user: str) -> frozenset[str] | None:  # noqa: ARG002 - they are in none
        """Give none."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a request waits for approval, and when the approvers are first reminded."""

    expires_after: timedelta = timedelta(hours=2)
    remind_after: timedelta = timedelta(minutes=15)
    """The wait doubles with every reminder."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules, in order, and what is asked to apply them."""

    rules: Sequence[Rule]
    groups: Groups = field(default_factory=NoGroups)
    team: str = ""
    """The bot's own Slack workspace; where hints are given, people are taken to be of it."""
    terms: Terms = field(default_factory=Terms)
    groups_within: float = 5.0
    """Seconds. Who asks is waiting, or holds a lease; what is not known by then is unknown."""
    freezes: Freezes = field(default_factory=NoFreezes)

    async def frozen(self, target: str) -> Note | None:
        """Say that nothing new may begin at a target; None when it may. Read anew every time."""
        return frozen_at(target, await self.freezes.freezes())

    async def all_frozen(self) -> Sequence[Note]:
        """Say everything that is frozen."""
        return [frozen_note(freeze) for freeze in await self.freezes.freezes()]

    async def admit(
        self, place: Target, asker: Asker, operation: str = "", job: str = ""
    ) -> Note | None:
        """Say why somebody may not ask for an operation on a job at all; None when they may.

        Without an operation: why they may not ask for anything at a target.
        """
        asked = Operation(operation) if operation else Operation.HOT_UPDATE
        subject = await self._subject(place, asker, asked, job)
        return (admitted if operation else out_of_reach)(self.rules, subject)

    async def decide(self, place: Target, asker: Asker, update: Update, now: datetime) -> Decision:
        """Decide what becomes of an update's plan, as if it were asked for at a moment."""
        subject = await self._subject(place, asker, Operation(update.operation), update.name)
        request = request_for(subject, update.plan, reason=update.reason, now=now)
        return decide(self.rules, request)

    async def person(self, user: str, team: str) -> Person:
        """Say who somebody is, with the groups they are in now."""
        try:
            async with asyncio.timeout(self.groups_within):
                return Person(user, await self.groups.of(user), team)
        except TimeoutError:
            return Person(user, None, team)

    async def _subject(
        self, place: Target, asker: Asker, operation: Operation, job: str
    ) -> Subject:
        return Subject(
            person=await self.person(asker.user, asker.team),
            target=place.name,
            environment=place.environment,
            job=job,
            operation=operation,
            channel=asker.channel,
            told_in=place.told_in(asker),
        )
