"""How a change of a DLI job ended: asked, stored, observed, and whether the job runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.flink.dli.catalogue import in_force
from bot.flink.dli.options import Mode, options_of
from bot.flink.dli.paths import same_path
from bot.flink.parameters import same_value
from bot.flink.snapshot import difference
from bot.flink.update import Observation, State, Verdict
from bot.notes import Code, Note, note
from bot.updates.dli.route import DliOperation
from bot.updates.operation import Finish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.errors import CloudError
    from bot.flink.snapshot import DeploymentSnapshot
    from bot.flink.update import Update
    from bot.updates.ports import NewEvent

_CRASHES = 2
"""So many restarts by itself while it is watched mean that a job does not run."""


def with_progress(update: Update, known: Mapping[str, object]) -> Update:
    """Give the update as it will be once `known` is recorded."""
    return replace(update, progress={**update.progress, **known})


def succeeded(
    update: Update, seen: DeploymentSnapshot | None, events: tuple[NewEvent, ...]
) -> Finish:
    """End an update whose last step is done."""
    said = _success(update)
    observations = _observe(update, seen)
    agrees = all(observation.agrees for observation in observations)
    notes = [said] if agrees else [note(Code.VERDICT_DIFFERS), said]
    return Finish(
        state=State.SUCCEEDED if agrees else State.SUCCEEDED_WITH_DIFFERENCES,
        verdict=_verdict(update, seen, *notes, observations=observations),
        events=events,
    )


def _success(update: Update) -> Note:
    savepoint = update.progress.get("savepoint", "")
    match DliOperation(update.operation):
        case DliOperation.STOP:
            kept = options_of(update.plan.options).keep_state
            return note(Code.VERDICT_STOPPED, savepoint=savepoint if kept else "")
        case DliOperation.TAKE_SAVEPOINT:
            return note(Code.VERDICT_SAVEPOINT_TAKEN, path=savepoint)
        case DliOperation.START | DliOperation.IMPORT_SAVEPOINT:
            return note(Code.VERDICT_STARTED_ANEW)
        case DliOperation.UPDATE:
            return note(_UPDATED[options_of(update.plan.options).mode])


_UPDATED = {
    Mode.LIVE: Code.VERDICT_APPLIED,
    Mode.NEXT_START: Code.VERDICT_SAVED_ONLY,
    Mode.RESTART: Code.VERDICT_STARTED_ANEW,
}


def _observe(update: Update, seen: DeploymentSnapshot | None) -> tuple[Observation, ...]:
    """Make one row per value asked for: what was stored, and what the job says it has."""
    if seen is None or update.operation != DliOperation.UPDATE:
        return ()
    return tuple(
        Observation(
            name, value, _stored(update, name), seen.saved.get(name), _agrees(name, value, seen)
        )
        for name, value in update.plan.asked.items()
    )


def _stored(update: Update, name: str) -> str | None:
    return update.plan.asked[name] if update.progress.get("saved") else None


def _agrees(name: str, value: str | None, seen: DeploymentSnapshot) -> bool:
    idle = value is None and not in_force(name, seen.saved)
    return idle or same_value(name, seen.saved.get(name), value)


def imported(update: Update, seen: DeploymentSnapshot, path: str) -> Finish:
    """End an import: nothing is restored by it, and the verdict says so."""
    if same_path(seen.savepoint, path):
        said = note(Code.VERDICT_IMPORTED, path=path)
        return Finish(state=State.SUCCEEDED, verdict=_verdict(update, seen, said))
    differs = note(Code.VERDICT_IMPORT_DIFFERS, asked=path, path=seen.savepoint)
    return Finish(state=State.SUCCEEDED_WITH_DIFFERENCES, verdict=_verdict(update, seen, differs))


def crashes(update: Update, seen: DeploymentSnapshot) -> bool:
    """Tell whether the job restarted by itself again and again since it was started."""
    before, after = update.progress.get("restarts_at_start"), _restarts(seen)
    return after is not None and after - (before or 0) >= _CRASHES


def crashing(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update whose job runs, dies and runs again."""
    said = note(Code.VERDICT_CRASHING, restarts=_restarts(seen), detail=_failure_of(seen))
    return _ended(update, seen, State.FAILED, said)


def _failure_of(seen: DeploymentSnapshot) -> str:
    return seen.job.failure if seen.job else ""


def start_failure(seen: DeploymentSnapshot) -> Note:
    """Say why a start counts as failed."""
    job = seen.job
    status = job.status if job else ""
    detail = job.failure if job else ""
    return note(Code.EVENT_START_FAILED, status=status, detail=detail)


def failed(update: Update, seen: DeploymentSnapshot, said: Note) -> Finish:
    """End an update that cannot go on, with nothing to put back."""
    return _ended(update, seen, State.FAILED, said)


def rolled_back(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update whose job runs again with its old definition."""
    said = note(Code.VERDICT_ROLLED_BACK, **_failure(update))
    return Finish(state=State.FAILED, verdict=_verdict(update, seen, said))


def job_down(update: Update, seen: DeploymentSnapshot | None) -> Finish:
    """End an update with the loudest words there are."""
    return Finish(state=State.FAILED, verdict=_verdict(update, seen, _down(update, seen)))


def stuck(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update whose job could not be stopped: a human has to look."""
    job = seen.job
    said = note(
        Code.VERDICT_STOP_STUCK,
        status=job.status if job else "",
        detail=job.failure if job else "",
    )
    return Finish(state=State.FAILED, verdict=_verdict(update, seen, said))


def stopped_without_savepoint(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update that would lose the job's state if it went on."""
    status = seen.job.status if seen.job else ""
    said = note(Code.VERDICT_NO_SAVEPOINT, status=status)
    down = note(Code.VERDICT_JOB_DOWN, status=status, detail="")
    return Finish(state=State.FAILED, verdict=_verdict(update, seen, down, said))


def no_new_savepoint(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update before the stop: the state is not safe."""
    path = options_of(update.plan.options).savepoint_path
    said = note(Code.VERDICT_SAVEPOINT_FAILED, path=path)
    return Finish(state=State.FAILED, verdict=_verdict(update, seen, said))


def moved(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update whose job moved since it was shown; say what moved."""
    fields = set(difference(update.plan.saved, seen.saved))
    if update.plan.job_id != (seen.job.job_id if seen.job else ""):
        fields.add("job")
    if update.plan.options.get("savepoint", "") != seen.savepoint:
        fields.add("savepoint")
    if not fields:
        fields.add("revision" if update.plan.revision != seen.revision else "status")
    stale = note(Code.VERDICT_STALE, fields=", ".join(sorted(fields)))
    return Finish(state=State.STALE, verdict=_verdict(update, seen, stale))


def lost(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update whose write got lost twice."""
    said = note(Code.VERDICT_SAVE_LOST, detail=update.step)
    return _ended(update, seen, State.FAILED, said)


def left_undone(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update of which is known how far it came; `step` and what follows was not done."""
    return _ended(update, seen, State.FAILED, note(Code.VERDICT_LEFT_UNDONE, step=update.step))


def no_effect(update: Update, seen: DeploymentSnapshot, hours: int) -> Finish:
    """End an update whose job shows nothing of it so long after that it will not any more."""
    return _ended(update, seen, State.FAILED, note(Code.VERDICT_NO_EFFECT, hours=hours))


def values_gone(update: Update) -> Finish:
    """End an update whose values cannot be read any more."""
    said = note(Code.VERDICT_VALUES_GONE)
    return _ended(update, None, State.FAILED, said)


def refused(update: Update, error: CloudError) -> Finish:
    """End an update that the cloud refused."""
    said = note(Code.VERDICT_REFUSED, operation=error.operation, detail=error)
    return _ended(update, None, State.FAILED, said)


def unknown(update: Update, minutes: int) -> Finish:
    """End an update whose outcome could not be learnt."""
    said = note(Code.VERDICT_OUTCOME_UNKNOWN, minutes=minutes)
    ended = _ended(update, None, State.UNKNOWN, said)
    if update.step not in {"stop", "await_stop"}:
        return ended
    told = (*ended.verdict.notes, note(Code.EVENT_STOPPING))  # so the job may be down
    return replace(ended, verdict=replace(ended.verdict, notes=told))


def _ended(update: Update, seen: DeploymentSnapshot | None, state: State, said: Note) -> Finish:
    """A job that we stopped, and that may not run, is the first thing to say."""
    runs = seen is not None and seen.job is not None and seen.job.running
    stopped = bool(update.progress.get("stopped")) and not runs
    meant = update.operation == DliOperation.STOP
    notes = [_down(update, seen), said] if stopped and not meant else [said]
    return Finish(state=state, verdict=_verdict(update, seen, *notes, *_kept(update, seen)))


def _kept(update: Update, seen: DeploymentSnapshot | None) -> list[Note]:
    """Say that the stored definition holds our values: the next start would apply them."""
    if not update.progress.get("saved"):
        return []
    asked = update.plan.asked
    ours = [n for n, v in asked.items() if seen is None or same_value(n, seen.saved.get(n), v)]
    return [note(Code.VERDICT_SAVED_KEPT, count=len(ours))] if ours else []


def _down(update: Update, seen: DeploymentSnapshot | None) -> Note:
    failure = _failure(update)
    job = seen.job if seen else None
    if job is not None:
        failure = {"status": job.status, "detail": job.failure or failure["detail"]}
    return note(Code.VERDICT_JOB_DOWN, **failure)


def _failure(update: Update) -> dict[str, str]:
    told = update.progress.get("failure", {})
    return {"status": str(told.get("status", "")), "detail": str(told.get("detail", ""))}


def _restarts(seen: DeploymentSnapshot | None) -> int | None:
    return seen.job.restarts if seen is not None and seen.job is not None else None


def _verdict(
    update: Update,
    seen: DeploymentSnapshot | None,
    *notes: Note,
    observations: tuple[Observation, ...] = (),
) -> Verdict:
    known: int | None = update.progress.get("restarts", update.plan.restarts)
    return Verdict(
        notes=notes,
        observations=observations,
        restarts_before=known,
        restarts_after=_restarts(seen),
        job_status=seen.job.status if seen and seen.job else "",
    )
