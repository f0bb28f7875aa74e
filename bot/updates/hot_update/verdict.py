"""Compare what was asked, what the cloud reported and what was read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.flink.parameters import PARALLELISM, Effect, same_value
from bot.flink.snapshot import difference
from bot.flink.update import Observation, State, Verdict
from bot.notes import Code, Note, note
from bot.updates.operation import Finish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flink.snapshot import DeploymentSnapshot, Failure, JobGraph
    from bot.flink.update import Update


def expected_live(update: Update) -> dict[str, str | None]:
    """Give the values the running job should show once the hot update is done."""
    plan = update.plan
    moves = (*plan.edits, *plan.changes)
    return {change.name: change.after for change in moves if change.effect is Effect.LIVE}


def job_shows(expected: Mapping[str, str | None], seen: DeploymentSnapshot) -> bool:
    """Whether the running job has every expected value."""
    return seen.job is not None and all(
        same_value(name, seen.job.values.get(name), value) for name, value in expected.items()
    )


def observe(update: Update, seen: DeploymentSnapshot) -> tuple[Observation, ...]:
    """Make one row per expected value; of a watched hot update, per value the cloud reported."""
    reported: Mapping[str, str] = update.progress.get("reported", {})
    target: Mapping[str, str] = update.progress.get("target", {})
    expected = expected_live(update) or dict(reported)
    running = seen.job.values if seen.job else {}
    asked = update.plan.asked
    return tuple(
        Observation(
            name,
            asked.get(name),
            reported.get(name, target.get(name)),
            running.get(name),
            same_value(name, running.get(name), value),
        )
        for name, value in expected.items()
    )


def conclude(update: Update, seen: DeploymentSnapshot, graph: JobGraph | None) -> Finish:
    """Give the verdict on a hot update that the cloud calls done (or whose answer was lost)."""
    observations = observe(update, seen)
    differing = not all(observation.agrees for observation in observations)
    notes = [*_differences(differing), *_pinned(observations, graph)]
    if differing or notes:
        state = State.SUCCEEDED_WITH_DIFFERENCES
    else:
        state = State.SUCCEEDED
        lost = update.progress.get("answer_lost", False)
        notes = [note(Code.VERDICT_RECOVERED if lost else Code.VERDICT_APPLIED)]
    if graph is None and any(o.name == PARALLELISM.name for o in observations):
        notes.append(note(Code.OPERATORS_UNREADABLE))
    waiting = [c for c in update.plan.changes if c.effect is Effect.NEEDS_RESTART]
    if waiting:
        notes.append(note(Code.RESTART_FIELDS, count=len(waiting)))
    return Finish(state=state, verdict=verdict_of(update, seen, *notes, observations=observations))


def _differences(differing: bool) -> list[Note]:
    return [note(Code.VERDICT_DIFFERS)] if differing else []


def _pinned(observations: tuple[Observation, ...], graph: JobGraph | None) -> list[Note]:
    """HOT_UPDATED does not mean every operator followed: those with an own parallelism stay."""
    wanted = next((o.observed for o in observations if o.name == PARALLELISM.name), None)
    if graph is None or wanted is None:
        return []
    pinned = [o.name for o in graph.operators if str(o.parallelism) != wanted]
    if not pinned:
        return []
    return [note(Code.VERDICT_PINNED, operators=", ".join(pinned), count=len(pinned))]


def conclude_failure(update: Update, seen: DeploymentSnapshot) -> Finish:
    """Decide from the job, not from the severity label, what still runs."""
    failure = update.progress.get("failure", {})
    said = {key: str(failure.get(key, "")) for key in ("severity", "reason", "message")}
    job = seen.job
    if job is None or not job.running:
        found = note(Code.VERDICT_FAILED_JOB_DOWN, **said, status=job.status if job else "none")
    elif update.plan.changes and not difference(update.plan.running, job.values):
        found = note(Code.VERDICT_FAILED_OLD_RUNNING, **said)
    else:
        found = note(Code.VERDICT_FAILED_UNCLEAR, **said)
    observations = observe(update, seen)
    return Finish(
        state=State.FAILED,
        verdict=verdict_of(update, seen, found, *kept(update, seen), observations=observations),
    )


def kept(update: Update, seen: DeploymentSnapshot) -> list[Note]:
    """Say that the saved deployment still holds our values: the next restart would apply them."""
    asked = update.plan.asked
    ours = [n for n, v in update.plan.unsaved.items() if same_value(n, seen.saved.get(n), v)]
    return [note(Code.VERDICT_SAVED_KEPT, count=len(ours))] if asked and ours else []


def restarted(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update whose job was replaced by another run meanwhile."""
    now = seen.job.job_id if seen.job else ""
    found = note(Code.VERDICT_SUPERSEDED, job_id=update.plan.job_id, now=now)
    return Finish(
        state=State.SUPERSEDED,
        verdict=verdict_of(update, seen, found, observations=observe(update, seen)),
    )


def moved(update: Update, seen: DeploymentSnapshot) -> Finish:
    """End an update whose deployment or job moved since it was shown; say what moved."""
    fields = {
        *difference(update.plan.saved, seen.saved),
        *difference(update.plan.running, seen.running_values),
    }
    if update.plan.job_id != (seen.job.job_id if seen.job else ""):
        fields.add("job")
    if not fields and seen.job is not None and not seen.job.running:
        fields.add("status")
    if not fields and update.plan.revision != seen.revision:
        fields.add("revision")
    found = note(Code.VERDICT_STALE, fields=", ".join(sorted(fields)))
    return Finish(state=State.STALE, verdict=verdict_of(update, seen, found))


def verdict_of(
    update: Update,
    seen: DeploymentSnapshot | None,
    *notes: Note,
    observations: tuple[Observation, ...] = (),
) -> Verdict:
    """Put a verdict together with what is known of restarts, status and request ids."""
    job = seen.job if seen else None
    return Verdict(
        notes=notes,
        observations=observations,
        restarts_before=update.plan.restarts,
        restarts_after=job.restarts if job else None,
        job_status=job.status if job else "",
        request_ids=tuple(update.progress.get("request_ids", ())),
    )


def failure_as_progress(failure: Failure | None) -> dict[str, str]:
    """Keep a failure as JSON."""
    if failure is None:
        return {"severity": "", "reason": "", "message": ""}
    return {
        "severity": failure.severity,
        "reason": failure.reason,
        "message": failure.message,
    }
