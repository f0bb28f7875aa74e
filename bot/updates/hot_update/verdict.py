"""Compare what was asked, what the cloud reported and what was read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.flink.parameters import KNOBS, PARALLELISM, Effect, same_value
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
    expected: dict[str, str | None] = expected_live(update) or dict(reported)
    running = seen.job.values if seen.job else {}
    expected |= _strays(update, running, expected)
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


def _strays(
    update: Update, running: Mapping[str, str], expected: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Give what moved though nobody asked: it was saved by others just before the trigger."""
    if not update.plan.changes or not running:
        return {}  # somebody else's hot update: what ran before it is not known
    before = update.plan.running
    return {
        knob.name: before.get(knob.name)
        for knob in KNOBS
        if knob.name not in expected
        and not same_value(knob.name, before.get(knob.name), running.get(knob.name))
    }


def conclude(update: Update, seen: DeploymentSnapshot, graph: JobGraph | None) -> Finish:
    """Give the verdict on a hot update that the cloud calls done (or whose answer was lost)."""
    observations = observe(update, seen)
    notes = [*_differences(observations), *_pinned(observations, graph)]
    if notes:
        state = State.SUCCEEDED_WITH_DIFFERENCES
    else:
        state = State.SUCCEEDED
        lost = update.progress.get("answer_lost", False)
        notes = [note(Code.VERDICT_RECOVERED if lost else Code.VERDICT_APPLIED)]
    if graph is None and any(o.name == PARALLELISM.name for o in observations):
        notes.append(note(Code.OPERATORS_UNREADABLE))
    notes += _restarts(update, seen)
    waiting = [c for c in update.plan.changes if c.effect is Effect.NEEDS_RESTART]
    if waiting:
        notes.append(note(Code.RESTART_FIELDS, count=len(waiting)))
    return Finish(state=state, verdict=verdict_of(update, seen, *notes, observations=observations))


def _differences(observations: tuple[Observation, ...]) -> list[Note]:
    if not observations:
        return [note(Code.VERDICT_UNVERIFIED)]
    agrees = all(observation.agrees for observation in observations)
    return [] if agrees else [note(Code.VERDICT_DIFFERS)]


def _restarts(update: Update, seen: DeploymentSnapshot) -> list[Note]:
    before, after = restarts_before(update), _restarts_after(update, seen)
    if before is None or after is None or after <= before:
        return []
    return [note(Code.VERDICT_RESTARTED, before=before, after=after)]


def restarts_before(update: Update) -> int | None:
    """Give the job's restarts when the update began; those before it are not its doing."""
    known: int | None = update.progress.get("restarts", update.plan.restarts)
    return known


def _restarts_after(update: Update, seen: DeploymentSnapshot | None) -> int | None:
    """Give the restarts of the same run: another run counts anew."""
    job = seen.job if seen else None
    return job.restarts if job is not None and job.job_id == update.plan.job_id else None


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


def no_effect(update: Update, seen: DeploymentSnapshot, hours: int) -> Finish:
    """End an update whose job shows nothing of it so long after that it will not any more."""
    found = note(Code.VERDICT_NO_EFFECT, hours=hours)
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


def moved(update: Update, seen: DeploymentSnapshot, *, sent: bool = False) -> Finish:
    """End an update whose deployment or job moved since it was shown; say what moved.

    `sent`: a save had left whose answer was lost, so part of what moved may be ours.
    """
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
    code = Code.VERDICT_OVERTAKEN if sent else Code.VERDICT_STALE
    notes = [note(code, fields=", ".join(sorted(fields))), *(kept(update, seen) if sent else ())]
    return Finish(state=State.STALE, verdict=verdict_of(update, seen, *notes))


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
        restarts_before=restarts_before(update),
        restarts_after=_restarts_after(update, seen),
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
