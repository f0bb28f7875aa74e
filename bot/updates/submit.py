"""What is the same for every kind of update: who may, recorded plans, apply, cancel, expiry."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import CloudError, StoreUnavailableError, UserError
from bot.flink.legible import legible
from bot.flink.update import State, Update
from bot.notes import Code, note
from bot.policy.access import Access
from bot.policy.rules import Ruling, rule_of_lists
from bot.redaction import redact
from bot.updates import facts
from bot.updates.faults import as_user_error
from bot.updates.ports import NewEvent
from bot.updates.rulebook import Rulebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.flink.plan import Plan
    from bot.flink.snapshot import DeploymentRef, DeploymentSnapshot
    from bot.notes import Note
    from bot.policy.decide import Decision
    from bot.updates.ports import Event, JobCloud, UpdateStore

_PLANNED = frozenset({State.PLANNED})
_CANCELLABLE = frozenset({State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED})
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing to mistake when read aloud
_ID_LENGTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One configured place where deployments live, and who may change them."""

    name: str
    cloud: JobCloud
    access: Access
    environment: str = ""
    channel: str = ""
    """Where cards go; empty: where the command was typed."""

    def told_in(self, asker: Asker) -> str:
        """Give the channel where a change is told; empty when the asker has to choose one."""
        return self.channel or asker.channel or asker.chosen or self.access.only_channel


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for something, and where (Slack ids)."""

    user: str
    channel: str
    """Empty for a click that was made in no channel."""
    chosen: str = ""
    """The channel chosen for the card by somebody who clicked in none."""
    delivery: str = ""
    """Names what Slack delivered; delivered once more, it makes no second plan."""
    team: str = ""
    """The Slack workspace they act from; empty where Slack did not say."""


def id_for(delivery: str) -> str:
    """Give the id of the plan that a delivery leads to: the same at every replica, every time."""
    number = int.from_bytes(hashlib.sha256(delivery.encode()).digest())
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(_ID_LENGTH))


class Submissions:
    """What becomes of plans; they are made by the requests of each kind of cloud."""

    def __init__(
        self,
        store: UpdateStore,
        targets: Mapping[str, Target],
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        wake: Callable[[], None],
        rules: Rulebook | None = None,
    ) -> None:
        self._store = store
        self.targets = targets
        self._now = now
        self._new_id = new_id
        self._wake = wake
        lists = tuple(rule_of_lists(one.name, one.access) for one in targets.values())
        self.rules = rules or Rulebook(lists)

    def target(self, name: str) -> Target:
        """Find a target by name.

        Raises:
            UserError: UNKNOWN_TARGET.

        """
        found = self.targets.get(name)
        if found is None:
            names = ", ".join(self.targets)
            raise UserError(note(Code.UNKNOWN_TARGET, target=redact(name), targets=names))
        return found

    async def check_access(
        self, target: str, asker: Asker, operation: str = "", job: str = ""
    ) -> None:
        """Refuse who may not ask for an operation on a job; without one, for anything at a target.

        Raises:
            UserError: NO_RULE_ALLOWS, NOT_ALLOWED, with the ids to add, or another reason.

        """
        refused = await self.rules.admit(self.target(target), asker, operation, job)
        if refused is not None:
            raise UserError(refused)

    async def check_not_frozen(self, target: str) -> None:
        """Refuse what would begin while a target is frozen.

        Raises:
            UserError: FROZEN.

        """
        frozen = await self.rules.frozen(target)
        if frozen is not None:
            raise UserError(frozen)

    async def reach(self, user: str) -> Mapping[str, Note | None]:
        """Say of every target why a user may not change it from outside of channels, if so."""
        asker = Asker(user, "", team=self.rules.team)
        return {
            name: await self.rules.admit(target, asker) for name, target in self.targets.items()
        }

    async def ruling(self, update: Update, asker: Asker | None = None) -> Decision:
        """Say what the rules make of a plan; for who made it, where nobody else asks."""
        events = await self._store.events(update.id) if asker is None else ()
        asker = asker or requester_of(update, events)
        place = self.target(update.ref.target)
        return await self.rules.decide(place, asker, update, self._now())

    async def current(self, ref: DeploymentRef) -> DeploymentSnapshot:
        """Read a deployment as it is now.

        Raises:
            UserError: the cloud could not be read.

        """
        try:
            return await self.target(ref.target).cloud.fetch(ref.deployment_id)
        except CloudError as error:
            raise as_user_error(ref.target, error) from error

    async def record(
        self,
        asker: Asker,
        seen: DeploymentSnapshot,
        plan: Plan,
        operation: str,
        *,
        reason: str = "",
        replaces: str = "",
    ) -> Update:
        """Record what would be done to what was seen. Nothing is sent; `apply` does that.

        What was recorded for the same delivery before is given as it stands now.
        """
        update = self._planned(asker, seen, plan, operation, reason)
        if asker.delivery:
            update = replace(update, id=id_for(asker.delivery))
        planned = NewEvent(
            note(Code.EVENT_PLANNED),
            asker.user,
            told=False,
            facts=facts.planned(update, asker),
        )
        if not await self._store.add(update, [planned]):
            known = await self.get(update.id)
            if (known.requested_by, known.ref) == (update.requested_by, update.ref):
                return known
            update = replace(update, id=self._new_id())  # two deliveries in 10^12 have one id
            await self._store.add(update, [planned])
        if replaces:
            await self._replace(replaces, update, asker)
        return update

    async def follow(
        self,
        asker: Asker,
        seen: DeploymentSnapshot,
        plan: Plan,
        operation: str,
        progress: Mapping[str, str],
        event: NewEvent,
    ) -> Update:
        """Record what somebody else has begun, and follow it from now on.

        Raises:
            UserError: UPDATE_IN_PROGRESS, when it is followed already; RECORD_UNSURE.

        """
        planned = self._planned(asker, seen, plan, operation, "")
        followed = replace(
            planned, state=State.QUEUED, progress=progress, watched_since=self._now()
        )
        event = replace(event, facts={**facts.planned(followed, asker), **event.facts})
        with _unsure(followed.id):
            await self._store.add(followed, [event])
        self._wake()
        return await self.get(followed.id)

    def _planned(
        self, asker: Asker, seen: DeploymentSnapshot, plan: Plan, operation: str, reason: str
    ) -> Update:
        return Update(
            id=self._new_id(),
            operation=operation,
            ref=seen.ref,
            name=legible(seen.name),
            state=State.PLANNED,
            plan=plan,
            requested_by=asker.user,
            channel=self.target(seen.ref.target).told_in(asker),
            asked_in=asker.channel,
            created_at=self._now(),
            reason=legible(reason),
        )

    async def _replace(self, old: str, new: Update, asker: Asker) -> None:
        replaced = note(Code.EVENT_REPLACED, id=new.id)
        event = NewEvent(replaced, asker.user, facts=facts.by(asker))
        before = await self._store.get(old)
        if before is None:
            return
        # Who edits what waits for approval asks anew: what was approved is not what is asked now.
        own = before.requested_by == asker.user
        origin = _PLANNED | ({State.AWAITING_APPROVAL} if own else set())
        await self._store.transition(old, origin=origin, state=State.SUPERSEDED, events=[event])

    async def apply(self, update_id: str, asker: Asker, *, accepted: bool) -> Update:
        """Queue a plan, or ask for its approval where the rules want one.

        A second press finds it queued already, or ended, and changes nothing.

        Raises:
            UserError: why the rules refuse it, FROZEN, PLAN_BLOCKED, EDITS_NOT_ACCEPTED,
                NOT_YOUR_PLAN, NOT_PLANNED_ANY_MORE, UPDATE_IN_PROGRESS, RECORD_UNSURE.

        """
        update = await self.get(update_id)
        decision = await self.ruling(update, asker)
        if decision.ruling is Ruling.REFUSE:
            raise UserError(decision.reason)
        if update.state is State.PLANNED:
            await self.check_not_frozen(update.ref.target)
        if update.plan.blocked:
            raise UserError(note(Code.PLAN_BLOCKED, id=update.id))
        if update.plan.needs_confirmation and not accepted:
            raise UserError(note(Code.EDITS_NOT_ACCEPTED))
        with _unsure(update.id):
            queued = await self._ask_or_queue(update, asker, decision)
        if queued is None:
            present = await self.get(update.id)
            if present.queued_at is not None and present.state is not State.CANCELLED:
                return present
            raise UserError(note(Code.NOT_PLANNED_ANY_MORE, id=update.id, state=present.state))
        self._wake()
        return queued

    async def _ask_or_queue(
        self, update: Update, asker: Asker, decision: Decision
    ) -> Update | None:
        asks = decision.ruling is Ruling.APPROVAL
        if asks and asker.user != update.requested_by:  # nobody could tell whose approval counts
            raise UserError(note(Code.NOT_YOUR_PLAN, id=update.id, who=update.requested_by))
        at, terms = self._now(), self.rules.terms
        said = (
            asked_note(update, decision, at + terms.expires_after)
            if asks
            else note(Code.EVENT_QUEUED, who=asker.user)
        )
        known = facts.ruled(update, asker, decision, at)
        return await self._store.transition(
            update.id,
            origin=_PLANNED,
            state=State.AWAITING_APPROVAL if asks else State.QUEUED,
            events=[NewEvent(said, asker.user, told=asks, facts=known), *_attached(update)],
            next_at=at + min(terms.remind_after, terms.expires_after) if asks else None,
        )

    async def cancel(self, update_id: str, asker: Asker) -> Update:
        """Call off what has not begun. A second press finds it cancelled already.

        Raises:
            UserError: NOT_ALLOWED, NOT_CANCELLABLE, RECORD_UNSURE.

        """
        update = await self.get(update_id)
        await self.check_access(update.ref.target, asker, update.operation, update.name)
        said = note(Code.EVENT_CANCELLED, who=asker.user)
        event = NewEvent(said, asker.user, facts=facts.bound(update, asker))
        with _unsure(update.id):
            cancelled = await self._store.transition(
                update.id, origin=_CANCELLABLE, state=State.CANCELLED, events=[event]
            )
        if cancelled is None:
            present = await self.get(update.id)
            if present.state is State.CANCELLED:
                return present
            raise UserError(note(Code.NOT_CANCELLABLE, id=update.id, state=present.state))
        self._wake()
        return cancelled

    async def who(self, update: Update, did: Code) -> str:
        """Tell who did something to an update (a Slack user id).

        Empty when nobody did, and when it cannot be read: what was done counts more than by whom.
        """
        try:
            events = await self._store.events(update.id)
        except StoreUnavailableError:
            return ""
        return next((event.actor for event in events if event.note.code is did), "")

    async def get(self, update_id: str) -> Update:
        """Read an update.

        Raises:
            UserError: UNKNOWN_UPDATE.

        """
        update = await self._store.get(legible(update_id).strip().lower())
        if update is None:
            raise UserError(note(Code.UNKNOWN_UPDATE, id=redact(update_id)))
        return update

    async def expire_plans(self, after_seconds: float) -> Sequence[Update]:
        """End plans that nobody applied in time."""
        old = await self._store.expired_plans(self._now() - timedelta(seconds=after_seconds))
        expired = NewEvent(note(Code.EVENT_EXPIRED))
        for update in old:
            await self._store.transition(
                update.id, origin=_PLANNED, state=State.EXPIRED, events=[expired]
            )
        return old


def requester_of(update: Update, events: Sequence[Event]) -> Asker:
    """Give who asked for an update, as they were when they did."""
    teams = (e.facts.get("team") for e in events if e.actor == update.requested_by)
    team = next((str(team) for team in teams if team), "")
    return Asker(update.requested_by, update.asked_in, update.channel, team=team)


def asked_note(update: Update, decision: Decision, until: datetime) -> Note:
    """Say who asks whom for approval, until when."""
    return note(
        Code.EVENT_APPROVAL_ASKED,
        who=update.requested_by,
        rule=decision.rule,
        approvals=decision.approvals,
        people=decision.approvers_of(update.requested_by),
        until=until.isoformat(timespec="seconds"),
    )


@contextmanager
def _unsure(update_id: str) -> Iterator[None]:
    """Say that something may have been recorded, where the database went away meanwhile."""
    try:
        yield
    except StoreUnavailableError as error:
        raise UserError(note(Code.RECORD_UNSURE, id=update_id)) from error


def _attached(update: Update) -> list[NewEvent]:
    """Owe the thread in full what a card can only count."""
    long = [change.name for change in update.plan.changes if change.long]
    return [NewEvent(note(Code.EVENT_LONG_CHANGES, fields=", ".join(long)))] if long else []
