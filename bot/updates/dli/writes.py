"""What became of a write whose answer was lost: decided by reading, never by hoping.

DLI runs a job at most once and keeps one definition, so a write that shows no effect after a grace
longer than any request lives did not arrive, and is begun again, once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.dli.catalogue import SETTINGS, in_force
from bot.flink.dli.options import options_of
from bot.flink.dli.paths import same_path
from bot.flink.parameters import same_value
from bot.flink.phase import Phase
from bot.flink.plan import merged
from bot.flink.snapshot import difference
from bot.notes import Code, note
from bot.updates.operation import Proceed, Result, Wait
from bot.updates.ports import NewEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.flink.snapshot import DeploymentSnapshot
    from bot.flink.update import Update


def not_as_asked(update: Update, seen: DeploymentSnapshot) -> list[str]:
    """Name the settings that are stored otherwise than the update wants them."""
    return _unlike(merged(update.plan.saved, update.plan.asked), seen.saved)


def _unlike(wanted: Mapping[str, str], stored: Mapping[str, str]) -> list[str]:
    """Compare, but for what DLI does by itself.

    It fills in what belongs to a saved setting and was never set, and may keep or drop what belongs
    to the resource model that is not in use.
    """
    return [
        name
        for name, (before, after) in difference(wanted, stored).items()
        if in_force(name, wanted) and (before or not same_value(name, after, SETTINGS[name].unset))
    ]


def _saved(update: Update, seen: DeploymentSnapshot) -> bool:
    return not not_as_asked(update, seen)


def _put_back(update: Update, seen: DeploymentSnapshot) -> bool:
    return not _unlike(update.plan.saved, seen.saved)


def _stopped(_update: Update, seen: DeploymentSnapshot) -> bool:
    return seen.job is None or not seen.job.running


def _started(update: Update, seen: DeploymentSnapshot) -> bool:
    if seen.job is None:
        return False
    begun = seen.job.phase in {Phase.STARTING, Phase.RUNNING}
    return begun or seen.job.job_id != update.progress.get("run", update.plan.job_id)


def _savepoint_taken(update: Update, seen: DeploymentSnapshot) -> bool:
    writing = seen.job is not None and seen.job.phase is Phase.STOPPING
    return writing or seen.savepoint != update.progress.get("savepoint", "")


def _imported(update: Update, seen: DeploymentSnapshot) -> bool:
    return same_path(seen.savepoint, options_of(update.plan.options).savepoint_path)


_ARRIVED: Mapping[str, Callable[[Update, DeploymentSnapshot], bool]] = {
    "save": _saved,
    "put_back": _put_back,
    "stop": _stopped,
    "start": _started,
    "start_old": _started,
    "take_savepoint": _savepoint_taken,
    "import_savepoint": _imported,
}
"""By step: whether the job shows that the write arrived."""


def arrived(update: Update, seen: DeploymentSnapshot) -> bool:
    """Tell whether the job shows the effect of the present step's write."""
    return _ARRIVED[update.step](update, seen)


def never_arrived(update: Update, now: datetime, grace: float) -> Result | None:
    """Wait out the grace, then begin the write again; None when it was begun again already."""
    assert update.intent_at is not None  # noqa: S101 - the engine recovers intents only
    if now < update.intent_at + timedelta(seconds=grace):
        return Wait()
    begun_again = f"{update.step}_again"
    if update.progress.get(begun_again):
        return None
    again = NewEvent(note(Code.EVENT_AGAIN, step=update.step))
    return Proceed(
        step=update.step, progress={begun_again: True}, events=(again,), never_arrived=True
    )
