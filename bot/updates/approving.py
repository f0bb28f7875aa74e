"""Requests for approval: who says yes or no, what that makes of them, and when they end.

An answer is recorded first, once for each person; then whoever finds that enough have said yes
moves the update. However many click at the same moment, one of them moves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.flink.legible import legible
from bot.flink.update import State
from bot.notes import Code, note
from bot.policy.approvals import approval_refusal, rejection_refusal, standing
from bot.policy.operations import Operation
from bot.policy.rules import Ruling
from bot.updates import facts
from bot.updates.approvals import Answer
from bot.updates.ports import NewEvent
from bot.updates.submit import Asker, requester_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.flink.update import Update
    from bot.notes import Note
    from bot.policy.approvals import Standing
    from bot.policy.decide import Decision
    from bot.policy.people import Person
    from bot.updates.approvals import ApprovalStore
    from bot.updates.ports import Event, UpdateStore
    from bot.updates.rulebook import Rulebook
    from bot.updates.submit import Submissions

_WAITS = frozenset({State.AWAITING_APPROVAL})
_KNOWN = frozenset(one.value for one in Operation)
_DECIDED = frozenset(
    {Code.EVENT_QUEUED, Code.EVENT_REJECTED, Code.EVENT_CANCELLED, Code.EVENT_REPLACED}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it stands: what the rules say of it now, and who said yes so far."""

    update: Update
    events: Sequence[Event]
    decision: Decision
    approvers: tuple[Person, ...]

    @property
    def standing(self) -> Standing:
        """Count the approvals that are worth something now."""
        return standing(self.decision, self.update.requested_by, self.approvers)


async def asked_as_it_stands(
    update: Update, submissions: Submissions, store: UpdateStore, answers: ApprovalStore
) -> Asked:
    """Ask the rules as they are now, with the groups as they are now, of the moment it was asked.

    Raises:
        UserError: UNKNOWN_TARGET.

    """
    events, rules = await store.events(update.id), submissions.rules
    place = submissions.target(update.ref.target)
    requester = requester_of(update, events)
    decision = await rules.decide(place, requester, update, asked_at(update, events))
    given = await answers.answers(update.id) if decision.ruling is Ruling.APPROVAL else ()
    return Asked(update, events, decision, await _people(update, given, events, rules))


async def _people(
    update: Update, given: Sequence[Answer], events: Sequence[Event], rules: Rulebook
) -> tuple[Person, ...]:
    """Say who approved, as members of what they are members of now."""
    teams = {
        event.actor: str(event.facts.get("team", ""))
        for event in events
        if event.note.code is Code.EVENT_APPROVED
    }
    said = [one for one in given if one.approves and one.digest == update.plan.digest]
    return tuple([await rules.person(one.user, teams.get(one.user, "")) for one in said])


def asked_at(update: Update, events: Sequence[Event]) -> datetime:
    """Tell of which moment the rules were asked when it was submitted."""
    said = (event.facts.get(facts.ASKED_AT) for event in events)
    known = next((str(moment) for moment in said if moment), "")
    return datetime.fromisoformat(known) if known else update.queued_at or update.created_at


class Approvals:
    """What approvers do, and what becomes of requests that nobody answers."""

    def __init__(
        self,
        submissions: Submissions,
        store: UpdateStore,
        answers: ApprovalStore,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._submissions = submissions
        self._store = store
        self._answers = answers
        self._now = now
        self._wake = wake

    async def approve(self, update_id: str, asker: Asker) -> Asked:
        """Record somebody's yes; with enough of them, queue the update.

        Raises:
            UserError: why it does not count, or DECIDED_ALREADY.

        """
        asked = await self._waiting(update_id)
        await self._submissions.check_not_frozen(asked.update.ref.target)
        await self._check_allowed_now(asked)
        if asked.standing.complete:  # all had said yes, and nobody had come to moving it
            return await self._settled(asked)
        person = await self._submissions.rules.person(asker.user, asker.team)
        refused = approval_refusal(
            asked.decision, asked.update.requested_by, asked.approvers, person
        )
        if refused is not None:
            raise UserError(refused)
        await self._record(asked, asker)
        present = await self._submissions.get(update_id)
        return await self._settled(await self._as_it_stands(present))

    async def _record(self, asked: Asked, asker: Asker) -> None:
        update = asked.update
        answer = Answer(user=asker.user, approves=True, digest=update.plan.digest, at=self._now())
        known = {**facts.bound(update, asker), "rule": asked.decision.rule}
        approved = note(Code.EVENT_APPROVED, who=asker.user, requester=update.requested_by)
        said = NewEvent(approved, asker.user, facts=known)
        if not await self._answers.answer(update.id, answer, said):
            given = await self._answers.answers(update.id)
            if asker.user not in {one.user for one in given}:
                await self._waiting(update.id)  # says by whom it was decided meanwhile
        self._wake()

    async def _settled(self, asked: Asked) -> Asked:
        """Queue what enough people approved; somebody else may have done so already."""
        update = asked.update
        if update.state is not State.AWAITING_APPROVAL or not asked.standing.complete:
            return asked
        if await self._submissions.rules.frozen(update.ref.target) is not None:
            return asked  # it waits; nothing new begins
        counted = asked.standing.counted
        actor = counted[-1] if counted else ""
        teams = {person.user: person.team for person in asked.approvers}
        known = {
            **facts.by(Asker(actor, "", team=teams.get(actor, ""))),
            "digest": update.plan.digest,
            "rule": asked.decision.rule,
            "approvers": list(counted),
        }
        said = note(Code.EVENT_QUEUED, who=update.requested_by)
        await self._store.transition(
            update.id,
            origin=_WAITS,
            state=State.QUEUED,
            events=[NewEvent(said, actor, told=False, facts=known)],
        )
        self._wake()
        return await self._as_it_stands(await self._submissions.get(update.id))

    async def check_rejecting(self, update_id: str, asker: Asker) -> Update:
        """Give the update that somebody wants to reject.

        Raises:
            UserError: why they may not, or DECIDED_ALREADY.

        """
        return (await self._rejectable(update_id, asker)).update

    async def _rejectable(self, update_id: str, asker: Asker) -> Asked:
        asked = await self._waiting(update_id)
        person = await self._submissions.rules.person(asker.user, asker.team)
        refused = rejection_refusal(asked.decision, asked.update.requested_by, person)
        if refused is not None:
            raise UserError(refused)
        return asked

    async def reject(self, update_id: str, asker: Asker, reason: str) -> Update:
        """End a request with a reason.

        Raises:
            UserError: as `check_rejecting`.

        """
        asked = await self._rejectable(update_id, asker)
        update, why = asked.update, legible(reason)
        said = note(Code.EVENT_REJECTED, who=asker.user, why=why, requester=update.requested_by)
        known = {
            **facts.bound(update, asker),
            "rule": asked.decision.rule,
            "why": facts.shown("reason", why),
        }
        # No answer of its own is kept: one no decides, and only one of many ends the wait.
        rejected = await self._store.transition(
            update.id,
            origin=_WAITS,
            state=State.CANCELLED,
            events=[NewEvent(said, asker.user, told=False, facts=known)],
        )
        self._wake()
        return rejected or (await self._waiting(update_id)).update

    async def look_after(self) -> None:
        """Remind the approvers of what waits, and end what has waited for too long."""
        for update in await self._answers.waiting(self._now()):
            if update.operation not in _KNOWN:
                continue  # is looked after by a replica of the newer version that asked for it
            try:
                await self._look_after(update)
            except UserError:  # its target is not configured any more: nobody can approve it
                await self._expire(update)

    async def _look_after(self, update: Update) -> None:
        asked = await self._settled(await self._as_it_stands(update))
        if asked.update.state is not State.AWAITING_APPROVAL or asked.standing.complete:
            return
        now, until = self._now(), until_of(asked.events)
        if until is None or now >= until:
            await self._expire(update)
            return
        wait = self._submissions.rules.terms.remind_after * 2 ** min(update.attempt + 1, 32)
        people = people_of(asked.events)
        said = note(Code.EVENT_REMINDED, people=people, until=until.isoformat(timespec="seconds"))
        if await self._answers.remind(update, min(now + wait, until), [NewEvent(said)]):
            self._wake()

    async def _expire(self, update: Update) -> None:
        said = note(Code.EVENT_NOT_APPROVED, who=update.requested_by)
        events = [NewEvent(said, told=False, facts={"digest": update.plan.digest})]
        await self._store.transition(update.id, origin=_WAITS, state=State.EXPIRED, events=events)
        self._wake()

    async def _waiting(self, update_id: str) -> Asked:
        update = await self._submissions.get(update_id)
        if update.state is not State.AWAITING_APPROVAL:
            raise UserError(await self._decided(update))
        return await self._as_it_stands(update)

    async def _decided(self, update: Update) -> Note:
        """Say by whom it was decided before."""
        if update.state is State.PLANNED:
            return note(Code.NOT_WAITING, id=update.id)
        events = await self._store.events(update.id)
        who = next((e.actor for e in reversed(events) if e.note.code in _DECIDED), "")
        return note(Code.DECIDED_ALREADY, id=update.id, state=update.state, who=who)

    async def _check_allowed_now(self, asked: Asked) -> None:
        """Refuse a yes to what the rules forbid by now: it would not be carried out."""
        update = asked.update
        requester = requester_of(update, asked.events)
        now = await self._submissions.ruling(update, requester)
        for decision in (asked.decision, now):
            if decision.ruling is Ruling.REFUSE:
                who, rule = update.requested_by, decision.rule
                raise UserError(note(Code.REQUEST_FORBIDDEN, who=who, rule=rule))

    async def _as_it_stands(self, update: Update) -> Asked:
        return await asked_as_it_stands(update, self._submissions, self._store, self._answers)


def until_of(events: Sequence[Event]) -> datetime | None:
    """Tell until when approval is waited for; None where none was asked for."""
    said = _asked_note(events)
    return datetime.fromisoformat(said.args["until"]) if said else None


def people_of(events: Sequence[Event]) -> str:
    """Give who may approve: ids in a row."""
    said = _asked_note(events)
    return said.args["people"] if said else ""


def _asked_note(events: Sequence[Event]) -> Note | None:
    notes = (event.note for event in events if event.note.code is Code.EVENT_APPROVAL_ASKED)
    return next(notes, None)
