"""Advance updates step by step, so that a crash at any line loses nothing and repeats no write.

The engine knows no operation: it runs the present step of a claimed row, records the result, and
decides what an error means for the row. What is due lives in the store; the crew claims it.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from bot.errors import (
    CloudError,
    CloudNotSentError,
    CloudOutcomeUnknownError,
    CloudThrottledError,
    CloudUnavailableError,
    LostLeaseError,
    StoreUnavailableError,
)
from bot.flink.update import Outlook, State, Update, Verdict
from bot.notes import Code, note
from bot.updates import facts
from bot.updates.gate import OpenGate
from bot.updates.lease import Leases
from bot.updates.operation import Finish, Proceed, Result, Wait
from bot.updates.ports import NewEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.updates.gate import Gate
    from bot.updates.operation import Operation, Step
    from bot.updates.ports import UpdateStore

    Following = Update | datetime | None
    """The update for its next step at once, else when it is due again, None when it has ended."""

_log = logging.getLogger(__name__)
_FIRST_WRITE = "first_write"
"""In an update's progress: when it was about to write for the first time, by its intent."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to ask, and when to say that it takes too long. Seconds."""

    poll_first: float = 2.0
    poll_factor: float = 1.5
    poll_max: float = 15.0
    slow_after: float = 120.0
    overdue_after: float = 600.0
    give_up_after: float = 1800.0
    start_within: float = 300.0
    """An update that could not write anything for so long ends, instead of surprising later."""
    step_budget: float = 45.0
    """A step that takes longer is stopped."""

    def times(self, slower: float) -> Patience:
        """Give the patience for what takes so many times longer."""
        return replace(
            self,
            slow_after=self.slow_after * slower,
            overdue_after=self.overdue_after * slower,
            give_up_after=self.give_up_after * slower,
        )


class Engine:
    """Runs whatever is due. `changed` is called whenever there is something new to tell."""

    def __init__(
        self,
        store: UpdateStore,
        operations: Mapping[str, Operation],
        now: Callable[[], datetime],
        patience: Patience,
        *,
        changed: Callable[[], None] = lambda: None,
        gate: Gate | None = None,
    ) -> None:
        self._store = store
        self._operations = operations
        self._now = now
        self._patience = patience
        self._patience_for = {
            name: patience.times(operation.slower) for name, operation in operations.items()
        }
        self._changed = changed
        self._gate = gate or OpenGate()
        self._leases = Leases(store, now)
        self._handing_over = False

    def hand_over(self) -> None:
        """Begin no further step: what is between two of them is given back, for a successor."""
        self._handing_over = True

    def knows(self, update: Update) -> bool:
        """Tell whether it can be worked on: another version's may name what this one lacks."""
        operation = self._operations.get(update.operation)
        return operation is not None and (update.step or operation.first) in operation.steps

    async def work(self, update: Update) -> datetime | None:
        """Advance a claimed update; its trouble stays with it: the engine's outermost guard.

        Gives when it is due again: None when it ended, or when its lease has to end first.
        """
        try:
            return await self.advance(update)
        except LostLeaseError:
            _log.info("update %s moved meanwhile; what this step learnt is dropped", update.id)
        except StoreUnavailableError:
            # Nothing was sent without a word in the record. Once the lease has ended, the row is
            # claimed again; if the word was written after all, the cloud is read first.
            _log.debug("update %s: step %r could not be recorded", update.id, update.step)
        except Exception as error:  # noqa: BLE001 - a bug in a step must not stop the others
            # The row stays claimed until its lease ends; then it is tried again.
            _log.exception("update %s: step %r failed unexpectedly", update.id, update.step)
            await self._end_if_hopeless(update.id, update.fence, error)
        return None

    async def _end_if_hopeless(self, update_id: str, fence: int, error: Exception) -> None:
        """End an update that breaks again and again: it must not hold its job for ever."""
        try:
            present = await self._store.get(update_id)
            if present is not None and present.fence == fence and self._is_hopeless(present):
                operation = self._operations[present.operation]
                await self._finish(present, _broken(present, operation, error))
                self._changed()
        except (LostLeaseError, StoreUnavailableError):
            _log.info("update %s could not be looked at now", update_id)
        except Exception:  # noqa: BLE001 - an operation that cannot even give up; asked again later
            _log.exception("update %s could not be ended", update_id)

    def _is_hopeless(self, update: Update) -> bool:
        if not self.knows(update):
            return False  # for this version only
        since = update.watched_since or update.queued_at or update.created_at
        return self._now() >= since + timedelta(seconds=self._patience_of(update).give_up_after)

    async def advance(self, update: Update) -> datetime | None:
        """Run steps until the update waits or ends; tell until when it waits."""
        operation = self._operations[update.operation]
        present: Following = update
        while isinstance(present, Update):
            name = present.step or operation.first
            present = replace(present, step=name, state=State.RUNNING)
            present = await self._one_step(operation, present)
        return present

    async def _one_step(self, operation: Operation, update: Update) -> Following:
        step = operation.steps[update.step]
        recovering = update.intent_at is not None
        if recovering:
            update = self._taken(update)  # else a write cut off by a crash was watched for ever
        elif step.recover is not None:
            if (instead := await self._stopped(update)) is not None:
                following = await self._record(operation, update, instead)
                self._changed()
                return following
            # Once, and not for as long as it takes: an intent must not be older than its write.
            update = await self._store.save(_about_to_write(update, self._now()), release=False)
        try:
            result = await self._perform(step, update, recovering=recovering)
        except CloudError as error:
            update, result = self._react(operation, update, error, recovering=recovering)
        else:
            update = replace(update, error_streak=0)
        following = await self._record(operation, update, result)
        self._changed()
        return following

    async def _stopped(self, update: Update) -> Wait | Finish | None:
        """Ask the gate before the first write; once one arrived, the update is seen through."""
        if update.watched_since:
            return None
        instead = await self._gate.stop(update)
        return _too_late(update) if instead is None and self._never_started(update) else instead

    async def _perform(self, step: Step, update: Update, *, recovering: bool) -> Result:
        work = step.recover if recovering and step.recover is not None else step.run
        writes = step.recover is not None and not recovering
        began = asyncio.get_running_loop().time()
        try:
            return await self._leases.while_held(update, work, self._patience.step_budget)
        except TimeoutError as error:
            kind = CloudOutcomeUnknownError if writes else CloudUnavailableError
            message = f"no answer within {asyncio.get_running_loop().time() - began:.0f} s"
            raise kind(message, cloud=update.ref.target, operation=update.step) from error

    def _react(
        self, operation: Operation, update: Update, error: CloudError, *, recovering: bool
    ) -> tuple[Update, Result]:
        """Decide what an error means: wait, look, or accept the "no"."""
        _log.info("update %s: step %s: %s", update.id, update.step, error)
        match error:
            case CloudOutcomeUnknownError():
                lost = note(Code.EVENT_ANSWER_LOST, operation=error.operation, detail=error)
                return self._taken(update), Wait(events=(NewEvent(lost),))
            case CloudNotSentError() | CloudThrottledError() | CloudUnavailableError():
                if not recovering:  # nothing was done, so the intent is void
                    update = replace(update, intent_at=None)
                return self._put_off(update, error)
            case _ if recovering:  # a read was refused: that says nothing about the write's fate
                return self._put_off(update, error)
            case _:
                result = operation.refused(update, error)
                return self._put_off(update, error) if result == Wait() else (update, result)

    def _put_off(self, update: Update, error: CloudError) -> tuple[Update, Result]:
        """Try again later, and say so once; end what could not even begin in time."""
        retrying = note(Code.EVENT_RETRYING, operation=error.operation, detail=error)
        events = (NewEvent(retrying),) if update.error_streak == 0 else ()
        update = replace(update, error_streak=update.error_streak + 1)
        if self._never_started(update):
            return update, _not_sent(error)
        return update, Wait(seconds=self._backoff(update, error), events=events)

    def _taken(self, update: Update) -> Update:
        """A write has left: from here on the cloud may be changing the job."""
        return replace(update, watched_since=update.watched_since or self._now())

    def _never_started(self, update: Update) -> bool:
        if update.watched_since is not None or update.intent_at is not None:
            return False
        start = update.queued_at or update.created_at
        return self._now() > start + timedelta(seconds=self._patience.start_within)

    def _backoff(self, update: Update, error: CloudError) -> float:
        asked = error.retry_after if isinstance(error, CloudThrottledError) else None
        return max(asked or 0.0, self._delay(update.error_streak))

    def _delay(self, attempt: int) -> float:
        grown: float = self._patience.poll_first * self._patience.poll_factor ** min(attempt, 32)
        return min(grown, self._patience.poll_max)

    async def _record(self, operation: Operation, update: Update, result: Result) -> Following:
        match result:
            case Proceed():
                return await self._proceed(operation, update, result)
            case Wait():
                return await self._wait(operation, update, result)
            case Finish():
                await self._finish(update, result)
                return None
            case _:
                assert_never(result)

    async def _proceed(self, operation: Operation, update: Update, result: Proceed) -> Following:
        moved = replace(
            update,
            step=result.step,
            watched_since=self._watched_from(operation, update, result),
            intent_at=None,
            progress={**update.progress, **result.progress},
            attempt=0,
            next_at=self._now() + timedelta(seconds=result.after),
        )
        waits = result.after > 0 or self._handing_over
        moved = await self._leases.save(moved, result.events, release=waits)
        return moved.next_at if waits else moved

    def _watched_from(
        self, operation: Operation, update: Update, result: Proceed
    ) -> datetime | None:
        """Begin the watch anew with every write: a bot that was down must not give up at once.

        Where the first one never arrived, there is nothing to watch, and the gate is asked again.
        """
        if operation.steps[update.step].recover is None:
            return update.watched_since
        return None if result.never_arrived and _is_first_write(update) else self._now()

    async def _wait(self, operation: Operation, update: Update, result: Wait) -> datetime | None:
        waited = self._watched_for(update)
        if waited is not None and waited >= self._patience_of(update).give_up_after:
            await self._finish(update, operation.give_up(update))
            return None
        outlook, events, alert = self._outlook(update, waited)
        delay = result.seconds if result.seconds is not None else self._delay(update.attempt)
        waiting = replace(
            update,
            progress={**update.progress, **result.progress},
            outlook=outlook,
            attempt=update.attempt + 1,
            next_at=self._now() + timedelta(seconds=delay),
        )
        await self._leases.save(waiting, (*result.events, *events), alert=alert)
        return waiting.next_at

    def _patience_of(self, update: Update) -> Patience:
        return self._patience_for[update.operation]

    def _watched_for(self, update: Update) -> float | None:
        if update.watched_since is None:
            return None
        return (self._now() - update.watched_since).total_seconds()

    def _outlook(
        self, update: Update, waited: float | None
    ) -> tuple[Outlook, tuple[NewEvent, ...], bool]:
        """Say once that it is slow, and once, loudly, that the outcome is unknown."""
        if waited is None:
            return update.outlook, (), False
        patience = self._patience_of(update)
        if waited >= patience.overdue_after and update.outlook is not Outlook.OVERDUE:
            overdue = note(
                Code.EVENT_OVERDUE,
                minutes=round(waited / 60),
                until=round(patience.give_up_after / 60),
            )
            return Outlook.OVERDUE, (NewEvent(overdue),), True
        if waited >= patience.slow_after and update.outlook is Outlook.NORMAL:
            slow = note(Code.EVENT_SLOW, minutes=round(waited / 60))
            return Outlook.SLOW, (NewEvent(slow),), False
        return update.outlook, (), False

    async def _finish(self, update: Update, result: Finish) -> None:
        ended = replace(
            update,
            state=result.state,
            verdict=result.verdict,
            intent_at=None,
            progress={**update.progress, **result.progress},
            next_at=None,
            finished_at=self._now(),
        )
        said = note(Code.EVENT_FINISHED, state=result.state)
        known = facts.outcome(result.state, result.verdict)
        finished = NewEvent(said, told=False, facts=known)
        await self._leases.save(ended, (*result.events, finished))
        _log.info("update %s ended: %s", update.id, result.state)


def _about_to_write(update: Update, at: datetime) -> Update:
    """Commit to a write; to the first one by its time, lest a later one be taken for it.

    That `watched_since` is set does not tell them apart: it is also set while a fate is unknown.
    """
    first = {} if update.watched_since else {_FIRST_WRITE: at.isoformat()}
    return replace(update, intent_at=at, progress={**update.progress, **first})


def _is_first_write(update: Update) -> bool:
    """Tell whether nothing was written before the write that is being cleared up."""
    first = update.progress.get(_FIRST_WRITE)
    return update.intent_at is not None and first == update.intent_at.isoformat()


def _not_sent(why: CloudError | str) -> Finish:
    verdict = Verdict(notes=(note(Code.VERDICT_NOT_SENT, detail=why),))
    return Finish(state=State.FAILED, verdict=verdict)


def _too_late(update: Update) -> Finish:
    """End what was applied before the bot, or its database, was away: nobody expects it now."""
    applied = (update.queued_at or update.created_at).isoformat(timespec="seconds")
    return _not_sent(f"Applied at {applied}; the bot could not begin soon after.")


def _broken(update: Update, operation: Operation, error: Exception) -> Finish:
    """Say that it ended by our own mistake. The error's text may hold anything: it is not told.

    Where something was sent, what the operation knows comes first: a job may be down.
    """
    broken = note(Code.VERDICT_BROKEN, error=type(error).__name__, step=update.step)
    untouched = update.watched_since is None and update.intent_at is None
    if untouched:
        return Finish(state=State.FAILED, verdict=Verdict(notes=(broken,)))
    known = operation.give_up(update)
    verdict = replace(known.verdict, notes=(*known.verdict.notes, broken))
    return replace(known, verdict=verdict)
