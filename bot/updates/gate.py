"""The last look before anything is written: the rules, and the approvals, as they are now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.flink.update import State, Verdict
from bot.notes import Code, Note, note
from bot.policy.rules import Ruling
from bot.updates.approving import asked_as_it_stands
from bot.updates.operation import Finish, Wait
from bot.updates.submit import requester_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.flink.update import Update
    from bot.policy.decide import Decision
    from bot.updates.approvals import ApprovalStore
    from bot.updates.approving import Asked
    from bot.updates.ports import UpdateStore
    from bot.updates.submit import Submissions

_ASK_AGAIN = 5.0


class Gate(Protocol):
    """Asked by the engine before the first write of an update."""

    async def stop(self, update: Update) -> Finish | Wait | None:
        """Say what to do instead of writing; None where nothing stands against it."""
        ...


class OpenGate:
    """Lets everything through: for an engine that has no rules."""

    async def stop(self, update: Update) -> Finish | Wait | None:  # noqa: ARG002 - whatever it is
        """Say that nothing stands against it."""
        return None


class RuleGate:
    """Implements `Gate` by the rules. Groups that cannot be read are asked for again."""

    def __init__(
        self,
        submissions: Submissions,
        store: UpdateStore,
        answers: ApprovalStore,
        now: Callable[[], datetime],
        patience_seconds: float,
    ) -> None:
        self._submissions = submissions
        self._store = store
        self._answers = answers
        self._now = now
        self._patience = timedelta(seconds=patience_seconds)

    async def stop(self, update: Update) -> Finish | Wait | None:
        """Ask the rules of the moment it was asked for and of now; see the port."""
        if update.ref.target not in self._submissions.targets:
            return None  # it has no cloud any more: the step itself says so
        frozen = await self._submissions.rules.frozen(update.ref.target)
        if frozen is not None:
            return _not_applied(Note(Code.VERDICT_FROZEN, frozen.args))
        asked = await asked_as_it_stands(update, self._submissions, self._store, self._answers)
        now = await self._submissions.ruling(update, requester_of(update, asked.events))
        for decision in (now, asked.decision):
            if decision.ruling is Ruling.REFUSE:
                return self._refused(update, decision)
        if asked.standing.complete:
            return None
        return self._unapproved(update, asked)

    def _refused(self, update: Update, decision: Decision) -> Finish | Wait:
        if decision.reason.code is Code.GROUPS_UNKNOWN and self._may_wait(update):
            return Wait(seconds=_ASK_AGAIN)
        who, rule = update.requested_by, decision.rule
        said = note(Code.VERDICT_NOT_ALLOWED, who=who, rule=rule)
        return _not_applied(said, *decision.reasons)

    def _unapproved(self, update: Update, asked: Asked) -> Finish | Wait:
        unknown = any(person.groups is None for person in asked.approvers)
        if unknown and self._may_wait(update):
            return Wait(seconds=_ASK_AGAIN)
        missing, rule = asked.standing.missing, asked.decision.rule
        who = update.requested_by
        return _not_applied(note(Code.VERDICT_APPROVAL_GONE, who=who, rule=rule, missing=missing))

    def _may_wait(self, update: Update) -> bool:
        return self._now() < (update.queued_at or update.created_at) + self._patience


def _not_applied(*said: Note) -> Finish:
    return Finish(state=State.STALE, verdict=Verdict(notes=said))
