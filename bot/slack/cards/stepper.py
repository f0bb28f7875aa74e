"""The steps of an update: which are done and when, which is under way, which are to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.notes import Code
from bot.slack import text, words
from bot.updates.dli.route import ROLLBACK, DliOperation, route
from bot.updates.hot_update.plan import RESTORE_SAVED, WATCH_HOT_UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.flink.update import Update
    from bot.updates.ports import Event

_ALL = ("check", "save", "read_back", "trigger", "poll", "verify")
_ALIASES = {"watch_job": "poll", "judge_failure": "verify"}
_DONE_BY = {
    "check": {Code.EVENT_CHECKED},
    "save": {Code.EVENT_SAVED, Code.EVENT_NOTHING_TO_SAVE},
    "read_back": {Code.EVENT_SAVED, Code.EVENT_NOTHING_TO_SAVE},
    "trigger": {Code.EVENT_TRIGGERED},
    "poll": {Code.EVENT_VERIFYING},
    "take_savepoint": {Code.EVENT_TAKING_SAVEPOINT},
    "await_savepoint": {Code.EVENT_SAVEPOINT_TAKEN},
    "stop": {Code.EVENT_STOPPING},
    "await_stop": {Code.EVENT_STOPPED},
    "import_savepoint": {Code.EVENT_IMPORTING},
    "start": {Code.EVENT_STARTING},
    "await_start": {Code.EVENT_STARTED},
    "put_back": {Code.EVENT_PUTTING_BACK},
}
_OF_DLI = frozenset(DliOperation)


def steps_of(update: Update) -> tuple[str, ...]:
    """Give the steps that this update goes through."""
    if update.operation in _OF_DLI:
        return _of_dli(update)
    if update.operation == WATCH_HOT_UPDATE:
        return ("poll", "verify")
    if update.operation == RESTORE_SAVED or not update.plan.live:
        return ("check", "save", "read_back")
    return _ALL


def _of_dli(update: Update) -> tuple[str, ...]:
    """A start that failed leaves the route: the way back follows the start."""
    steps = route(update)
    if update.step not in ROLLBACK:
        return steps
    place = steps.index("start") if "start" in steps else len(steps) - 1
    return (*steps[: place + 1], *ROLLBACK)


def present_step(update: Update) -> str:
    """Give the step that is under way, empty before the first."""
    return _ALIASES.get(update.step, update.step)


def stepper(update: Update, events: Sequence[Event], now: datetime) -> Iterator[str]:
    """Give one line per step, each with an icon and a word."""
    steps = steps_of(update)
    present = present_step(update)
    place = steps.index(present) if present in steps else 0
    began = update.queued_at or update.created_at
    for number, step in enumerate(steps):
        label = words.step_label(step)
        if number > place:
            yield f"▫️ {label}: to come"
            continue
        if number == place:
            yield f"▶️ *{label}*: now, for {text.duration(now - began)}"
            continue
        done = _last(events, _DONE_BY.get(step, set()))
        began = done.at if done else began
        yield f"✅ {label}: {_outcome(step, done)}"


def _outcome(step: str, done: Event | None) -> str:
    if done is None:
        return "done"
    if step in {"save", "read_back"} and done.note.code is Code.EVENT_NOTHING_TO_SAVE:
        return "nothing to do"
    return f"done {text.clock_time(done.at)}"


def _last(events: Sequence[Event], codes: set[Code]) -> Event | None:
    return next((event for event in reversed(events) if event.note.code in codes), None)
