"""The way back from an update: what would be written again, and why it may not be.

It is computed from what the update recorded before it wrote anything. Going back is an update like
any other: with a plan, a digest, the rules' decision and a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.flink.dli.catalogue import in_force
from bot.flink.dli.options import Mode, options_of
from bot.flink.parameters import Effect, same_value
from bot.flink.plan import Finding, Level
from bot.flink.update import State
from bot.notes import Code, note
from bot.updates.dli.route import DliOperation
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime, timedelta

    from bot.flink.plan import Change, Plan
    from bot.flink.snapshot import DeploymentSnapshot
    from bot.flink.update import Update
    from bot.notes import Note

    Values = Mapping[str, str | None]

_WRITES = frozenset({HOT_UPDATE, RESTORE_SAVED, DliOperation.UPDATE.value})
_DONE = frozenset({State.SUCCEEDED, State.SUCCEEDED_WITH_DIFFERENCES})


@dataclass(frozen=True, slots=True)
class _Move:
    """One setting that an update moved: what it found there when it had ended, what it stored."""

    name: str
    before: str | None
    left: str | None
    stored: str | None
    live: bool


def kept(update: Update) -> bool:
    """Tell whether the cloud still stores values that did not take effect."""
    notes = update.verdict.notes if update.verdict else ()
    return any(note.code is Code.VERDICT_SAVED_KEPT for note in notes)


def hindrance(update: Update) -> Note | None:
    """Say why nothing of an update can be taken back, whatever the job holds now."""
    if update.operation not in _WRITES:
        return note(Code.ROLLBACK_NO_WAY, id=update.id)
    if not update.state.final:
        return note(Code.ROLLBACK_NOT_ENDED, id=update.id, state=update.state)
    if update.state is State.UNKNOWN:
        return note(Code.ROLLBACK_OUTCOME_UNKNOWN, id=update.id)
    if update.plan.changes and _left_something(update):
        return None
    return note(Code.NOTHING_TO_RESTORE, id=update.id, state=update.state)


def _left_something(update: Update) -> bool:
    """Tell whether it changed the job or what is saved; a job that restarts takes what is saved."""
    taken = update.state is State.SUPERSEDED and bool(update.progress.get("saved"))
    return taken or update.state in _DONE or kept(update)


def too_old(update: Update, now: datetime, within: timedelta) -> Note | None:
    """Say that an update ended too long ago for its values to be a way back."""
    ended = update.finished_at or update.created_at
    if now - ended <= within:
        return None
    return note(Code.ROLLBACK_TOO_OLD, id=update.id, days=within.days)


def saves_only(update: Update, seen: DeploymentSnapshot) -> bool:
    """Tell whether the way back only saves: no job runs, or it has no new values."""
    runs = seen.job is not None and seen.job.running
    if not runs or update.operation != HOT_UPDATE or kept(update):
        return True
    live = [move for move in _moves(update, saved=False) if move.live]
    return bool(live) and all(same_value(one.name, _present(one, seen), one.before) for one in live)


def inverse(update: Update, seen: DeploymentSnapshot) -> dict[str, str | None]:
    """Give what is to be asked for: name → text as the job showed it before, None to remove it.

    Raises:
        UserError: ROLLBACK_DONE, where all is as before it already; ROLLBACK_MOVED, where it would
            write over what came after the update.

    """
    moves = list(_moves(update, saved=saves_only(update, seen)))
    if all(_is_back(move, seen) for move in moves):
        raise UserError(note(Code.ROLLBACK_DONE, id=update.id))
    moved = [one.name for one in moves if _moved_since(one, seen)]
    if moved:
        raise UserError(
            note(
                Code.ROLLBACK_MOVED,
                id=update.id,
                job=update.name,
                fields=", ".join(moved),
                who=seen.modified_by,
            )
        )
    return {move.name: move.before for move in moves}


def reason(update: Update) -> str:
    """Give the reason that stands in the record of the way back."""
    return f"Roll back {update.id}"


def marked(plan: Plan, update: Update, values: Collection[str]) -> Plan:
    """Say in a plan what it takes back, and what it does not. `values` names what it writes."""
    lost = tuple(_lost(plan, update, values))
    return replace(plan, reverts=update.id, findings=(*plan.findings, *lost))


def _lost(plan: Plan, update: Update, values: Collection[str]) -> Iterator[Finding]:
    lacking = [change.name for change in update.plan.changes if change.name not in values]
    if lacking:
        yield _warn(note(Code.ROLLBACK_LACKS, fields=", ".join(lacking)))
    removed = [one.name for one in plan.changes if one.after is None and one.effect is Effect.LIVE]
    if removed:
        yield _warn(note(Code.ROLLBACK_UNSETS, fields=", ".join(removed)))
    if options_of(plan.options).mode is Mode.RESTART:
        yield _warn(note(Code.ROLLBACK_KEEPS_STATE, id=update.id))


def _warn(said: Note) -> Finding:
    return Finding(Level.WARN, said)


def _moves(update: Update, *, saved: bool) -> Iterator[_Move]:
    """Give what moved: of the running job what it ran, else (or if `saved`) what was saved."""
    verdict, plan = update.verdict, update.plan
    rows = verdict.observations if verdict else ()
    found = {row.name: row.observed for row in rows} if not (saved and _hot(update)) else {}
    for change in (*plan.changes, *(() if saved else _taken_along(update))):
        live = _hot(update) and not saved and change.effect is Effect.LIVE
        before = (plan.running if live else plan.saved).get(change.name)
        left = found.get(change.name, change.after)
        yield _Move(change.name, before, left, change.after, live)


def _hot(update: Update) -> bool:
    """Tell whether what it observed ran. DLI shows what is stored only."""
    return update.operation in {HOT_UPDATE, RESTORE_SAVED}


def _taken_along(update: Update) -> tuple[Change, ...]:
    """Give somebody else's saved settings that the same hot update applied."""
    return tuple(edit for edit in update.plan.edits if edit.effect is Effect.LIVE)


def _moved_since(move: _Move, seen: DeploymentSnapshot) -> bool:
    """Tell whether somebody's value would be lost. Of what acts live, what is saved counts too."""
    places = [(_present(move, seen), move.left)]
    if move.live:
        places.append((seen.saved.get(move.name), move.stored))
    return any(
        not same_value(move.name, present, left) and not same_value(move.name, present, move.before)
        for present, left in places
    )


def _is_back(move: _Move, seen: DeploymentSnapshot) -> bool:
    """Tell whether it is as before; DLI may keep what was removed and is not in force."""
    idle = move.before is None and not in_force(move.name, seen.saved)
    return idle or same_value(move.name, _present(move, seen), move.before)


def _present(move: _Move, seen: DeploymentSnapshot) -> str | None:
    return (seen.running_values if move.live else seen.saved).get(move.name)
