"""Turn what was asked of a DLI job into a plan: before → after, when it acts, what forbids it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.flink.dli import rules
from bot.flink.dli.catalogue import SETTINGS
from bot.flink.dli.cost import estimate_cost
from bot.flink.dli.options import Mode, Options
from bot.flink.dli.setting import JobType, Restore
from bot.flink.parameters import Effect, same_value
from bot.flink.phase import Phase
from bot.flink.plan import Change, Finding, Level, Plan, digest_of, merged
from bot.notes import Code, Note, note
from bot.updates.dli.route import DliOperation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.flink.cost import Cost
    from bot.flink.snapshot import DeploymentSnapshot

_MOVING = frozenset({Phase.STARTING, Phase.STOPPING, Phase.STUCK, Phase.UNCLEAR})


def make_plan(
    operation: DliOperation,
    asked: Mapping[str, str | None],
    seen: DeploymentSnapshot,
    options: Options,
    free_cus: float | None = None,
) -> Plan:
    """Say what would be done, with every rule's finding.

    `asked`: as the job would show it, secrets as fingerprints. What the stored definition holds
    already is left out. `free_cus`: what is left of the job's queue, None if not known.
    """
    wanted = {
        name: value
        for name, value in asked.items()
        if not same_value(name, seen.saved.get(name), value)
    }
    changes = tuple(
        Change(name, seen.saved.get(name), value, _effect(name, seen))
        for name, value in wanted.items()
    )
    held = {**options.as_map(), "job_type": seen.job_type, "savepoint": seen.savepoint}
    before = estimate_cost(seen.saved)
    after = estimate_cost(merged(seen.saved, wanted))
    given_back = None if "queue_name" in wanted else before  # another queue gets nothing back
    room = _of_room(given_back, after, seen, options, free_cus)
    plan = Plan(
        changes=changes,
        findings=(*_findings(operation, changes, seen, options), *room),
        saved=seen.saved,
        running=seen.running_values,
        revision=seen.revision,
        job_id=seen.job.job_id if seen.job else "",
        restarts=seen.job.restarts if seen.job else None,
        modified_by=seen.modified_by,
        engine_version=seen.engine_version,
        cost_before=before,
        cost_after=after,
        options=held,
    )
    return replace(plan, digest=digest_of(operation, plan.asked, seen, held))


def _effect(name: str, seen: DeploymentSnapshot) -> Effect:
    live = SETTINGS[name].live and seen.job is not None and seen.job.running
    return Effect.LIVE if live else Effect.NEEDS_RESTART


def _findings(
    operation: DliOperation,
    changes: tuple[Change, ...],
    seen: DeploymentSnapshot,
    options: Options,
) -> Iterator[Finding]:
    phase = seen.job.phase if seen.job else Phase.STOPPED
    status = seen.job.status if seen.job else ""
    if phase in _MOVING:
        yield _block(Code.DLI_JOB_MOVES, status=status)
        return
    match operation:
        case DliOperation.UPDATE:
            yield from _of_update(changes, seen, options, phase)
        case DliOperation.IMPORT_SAVEPOINT | DliOperation.START if phase is Phase.RUNNING:
            yield _block(Code.DLI_JOB_RUNS, status=status)
        case DliOperation.TAKE_SAVEPOINT | DliOperation.STOP if phase is not Phase.RUNNING:
            yield _block(Code.DLI_JOB_DOES_NOT_RUN, status=status)
        case DliOperation.START | DliOperation.STOP:
            yield from _of_state(operation, seen, options)


def _of_state(
    operation: DliOperation, seen: DeploymentSnapshot, options: Options
) -> Iterator[Finding]:
    if not options.keep_state:
        yield Finding(Level.CONFIRM, note(Code.DLI_STATE_DROPPED))
    elif operation is DliOperation.START and not seen.savepoint:
        yield _block(Code.DLI_NO_SAVEPOINT)
    elif operation is DliOperation.STOP and not seen.saved.get("obs_bucket"):
        yield _block(Code.DLI_SAVEPOINT_NEEDS_BUCKET)


def _of_update(
    changes: tuple[Change, ...], seen: DeploymentSnapshot, options: Options, phase: Phase
) -> Iterator[Finding]:
    if not changes:
        yield _block(Code.NO_CHANGE)
        return
    job = _as_it_would_be(changes, seen)
    names = [change.name for change in changes]
    for broken in rules.faults(job, names).values():
        yield Finding(Level.BLOCK, broken)
    for doubtful in rules.warnings(job, names):
        yield Finding(Level.WARN, doubtful)
    yield from _of_mode(changes, options, phase)
    if options.mode is Mode.RESTART:
        yield from _of_restart(changes, seen, options, phase)


def _as_it_would_be(changes: tuple[Change, ...], seen: DeploymentSnapshot) -> rules.Job:
    after = merged(seen.saved, {change.name: change.after for change in changes})
    return rules.Job(JobType(seen.job_type), after)


def _of_mode(changes: tuple[Change, ...], options: Options, phase: Phase) -> Iterator[Finding]:
    waiting = [change.name for change in changes if change.effect is not Effect.LIVE]
    match options.mode:
        case Mode.LIVE if phase is not Phase.RUNNING:
            yield _block(Code.DLI_NOTHING_RUNS)
        case Mode.LIVE if waiting:
            yield _block(Code.DLI_NOT_LIVE, fields=", ".join(waiting))
        case Mode.NEXT_START if waiting and phase is Phase.RUNNING:
            yield Finding(Level.WARN, note(Code.RESTART_FIELDS, count=len(waiting)))


def _of_restart(
    changes: tuple[Change, ...], seen: DeploymentSnapshot, options: Options, phase: Phase
) -> Iterator[Finding]:
    """The state is what a restart puts at risk."""
    if not options.keep_state:
        yield Finding(Level.CONFIRM, note(Code.DLI_STATE_DROPPED))
        return
    if phase is Phase.RUNNING and not _bucket_after(changes, seen):
        yield _block(Code.DLI_SAVEPOINT_NEEDS_BUCKET)
    elif phase is not Phase.RUNNING and not seen.savepoint:
        yield _block(Code.DLI_NO_SAVEPOINT)
    if risky := _restoring(changes, Restore.UNSUPPORTED):
        yield Finding(Level.CONFIRM, _listed(Code.DLI_RESTORE_UNSUPPORTED, risky))
    if unclear := _restoring(changes, Restore.UNDOCUMENTED):
        yield Finding(Level.WARN, _listed(Code.DLI_RESTORE_UNDOCUMENTED, unclear))
    if not options.savepoint_path and phase is Phase.RUNNING:
        yield Finding(Level.WARN, note(Code.DLI_SAVEPOINT_NOT_KEPT))


def _of_room(
    before: Cost | None,
    after: Cost | None,
    seen: DeploymentSnapshot,
    options: Options,
    free_cus: float | None,
) -> Iterator[Finding]:
    """A job that does not fit its queue waits there, or does not start."""
    if free_cus is None or after is None or options.mode is not Mode.RESTART:
        return
    running = seen.job is not None and seen.job.running
    given_back = before.cus if running and before else 0.0
    if after.cus > free_cus + given_back:
        free = f"{free_cus + given_back:g}"
        told = note(Code.DLI_QUEUE_TOO_SMALL, needed=f"{after.cus:g}", free=free)
        yield Finding(Level.WARN, told)


def _bucket_after(changes: tuple[Change, ...], seen: DeploymentSnapshot) -> str | None:
    return merged(seen.saved, {c.name: c.after for c in changes}).get("obs_bucket")


def _restoring(changes: tuple[Change, ...], restore: Restore) -> list[str]:
    return [change.name for change in changes if SETTINGS[change.name].restore is restore]


def _listed(code: Code, names: list[str]) -> Note:
    return note(code, fields=", ".join(SETTINGS[name].label for name in names))


def _block(code: Code, **args: object) -> Finding:
    return Finding(Level.BLOCK, note(code, **args))
