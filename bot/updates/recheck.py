"""Find out later what became of an update that ended unknown: by reading, never by writing.

It goes on where the update ended, with the steps that only read; a step that writes is asked what
became of its write, as after a crash, and never run. What it finds is a correction: the update goes
from unknown to what was found, if nobody has corrected it meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import CloudError, CloudNotFoundError
from bot.flink.update import State
from bot.notes import Code, Note, note
from bot.updates import facts
from bot.updates.faults import as_user_error
from bot.updates.hot_update.plan import WATCH_HOT_UPDATE
from bot.updates.operation import Finish, Proceed, Wait
from bot.updates.ports import NewEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.flink.update import Update
    from bot.updates.operation import Operation, Result
    from bot.updates.ports import UpdateStore
    from bot.updates.submit import Asker, Submissions

_MOST_STEPS = 12
"""No route is longer; a step that leads back to one before it must not read for ever."""
_LATER = 20
"""So many of a job's newest updates are looked through for one that began later."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the cloud brought: `why` it is still not known, None when it is."""

    update: Update
    at: datetime
    why: Note | None = None


class Recheck:
    """Looks again, for anyone who may read. Two looks at once make one correction."""

    def __init__(
        self,
        submissions: Submissions,
        store: UpdateStore,
        operations: Mapping[str, Operation],
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        self._submissions = submissions
        self._store = store
        self._operations = operations
        self._now = now
        self._told = told

    async def look(self, update_id: str, asker: Asker) -> Look:
        """Read the cloud again for an update that ended unknown.

        Raises:
            UserError: UNKNOWN_UPDATE, UNKNOWN_TARGET, or the cloud could not be read.

        """
        update = await self._submissions.get(update_id)
        at = self._now()
        if update.state is not State.UNKNOWN:
            return Look(update, at)
        self._submissions.target(update.ref.target)  # it may have been configured once
        found = await self._read(update)
        later = await self._later(update)  # asked after the reading: its writes were not read
        if later is not None:
            why = note(Code.OVERTAKEN_SINCE, id=later.id, who=later.requested_by)
            return Look(update, at, why)
        if isinstance(found, Finish):
            return Look(await self._correct(update, found, asker), at)
        if found != update:  # a part of it is known now; the next look goes on from there
            await self._store.correct(found, [])
        return Look(update, at, note(Code.STILL_UNKNOWN, id=update.id, since=_said(at)))

    async def _read(self, update: Update) -> Finish | Update:
        operation = self._operations.get(update.operation)
        if operation is None:  # one of another version of this bot
            return update
        try:
            return await read_on(operation, update)
        except CloudError as error:
            raise as_user_error(update.ref.target, error) from error

    async def _later(self, update: Update) -> Update | None:
        """Give an update that changed the same job since: what the job shows may be its doing."""
        began = update.queued_at or update.created_at
        return next(
            (
                other
                for other in await self._store.recent(_LATER, update.ref)
                if other.id != update.id
                and other.operation != WATCH_HOT_UPDATE
                and other.state is not State.CANCELLED
                and (other.queued_at or other.created_at) > began
            ),
            None,
        )

    async def _correct(self, update: Update, found: Finish, asker: Asker) -> Update:
        known = replace(
            update,
            state=found.state,
            verdict=found.verdict,
            progress={**update.progress, **found.progress},
        )
        found_out = note(Code.EVENT_FOUND_OUT, who=asker.user, state=found.state)
        known_now = {**facts.by(asker), **facts.outcome(found.state, found.verdict)}
        events = (*found.events, NewEvent(found_out, asker.user, facts=known_now))
        corrected = await self._store.correct(known, events)
        self._told()
        return corrected or await self._submissions.get(update.id)


async def read_on(operation: Operation, ended: Update) -> Finish | Update:
    """Carry on from where an update ended, reading only.

    Gives the end, or the update as far as it is known while nothing certain is to be seen.

    Raises:
        CloudError: the cloud could not be read.

    """
    update = ended
    for _ in range(_MOST_STEPS):
        match await _result(operation, update):
            case Proceed() as onward:
                progress = {**update.progress, **onward.progress}
                update = replace(update, step=onward.step, progress=progress)
                if operation.steps[onward.step].recover is not None:
                    return _with_progress(update, await operation.left_undone(update))
            case Finish() as finish if finish.state is not State.UNKNOWN:
                return _with_progress(update, finish)
            case Finish() | Wait():
                break
    return update


def _with_progress(update: Update, finish: Finish) -> Finish:
    return replace(finish, progress={**update.progress, **finish.progress})


async def _result(operation: Operation, update: Update) -> Result:
    step = operation.steps.get(update.step)
    if step is None:
        return Wait()
    if step.recover is not None:
        return await step.recover(replace(update, intent_at=update.finished_at))
    try:
        return await step.run(update)
    except CloudNotFoundError as error:
        result = operation.refused(update, error)
        if result == Wait():
            raise
        return result


def _said(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
