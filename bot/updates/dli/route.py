"""Which steps a change of a DLI job goes through, in order."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.flink.dli.options import Mode, Options, options_of

if TYPE_CHECKING:
    from bot.flink.update import Update


class DliOperation(StrEnum):
    """What can be done to a DLI job; the value is an update's `operation`."""

    UPDATE = "dli_update"
    IMPORT_SAVEPOINT = "dli_import_savepoint"
    TAKE_SAVEPOINT = "dli_take_savepoint"
    START = "dli_start"
    STOP = "dli_stop"


DLI_OPERATIONS = frozenset(operation.value for operation in DliOperation)
_TAKE = ("take_savepoint", "await_savepoint")
_STOP = ("stop", "await_stop")
_SAVE = ("save", "read_back")
_START = ("start", "await_start", "observe")
ROLLBACK = ("put_back", "start_old", "await_old")
"""Taken when a start failed after the stop: the job must not stay down with a broken definition."""


def route(update: Update) -> tuple[str, ...]:
    """Give the steps of an update; `check` has recorded whether the job runs."""
    options = options_of(update.plan.options)
    match DliOperation(update.operation):
        case DliOperation.IMPORT_SAVEPOINT:
            return ("check", "import_savepoint", "read_import")
        case DliOperation.TAKE_SAVEPOINT:
            return ("check", *_TAKE)
        case DliOperation.START:
            return ("check", *_START)
        case DliOperation.STOP:
            return ("check", *_stopping(options))
        case DliOperation.UPDATE:
            return ("check", *_updating(options, running=bool(update.progress.get("running"))))


def _updating(options: Options, *, running: bool) -> tuple[str, ...]:
    match options.mode:
        case Mode.RESTART if running:
            return (*_stopping(options), *_SAVE, *_START)
        case Mode.RESTART:
            return (*_SAVE, *_START)
        case Mode.LIVE | Mode.NEXT_START:
            return _SAVE


def _stopping(options: Options) -> tuple[str, ...]:
    """An own savepoint comes first: DLI deletes the one of a stop at the next start."""
    own = options.keep_state and options.savepoint_path
    return (*(_TAKE if own else ()), *_STOP)


def following(update: Update) -> str:
    """Give the step after the present one, empty after the last."""
    steps = ROLLBACK if update.step in ROLLBACK else route(update)
    return dict(pairwise(steps)).get(update.step, "")
