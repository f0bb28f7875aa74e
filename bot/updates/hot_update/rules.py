"""What must hold before a hot update, and what a person should know first.

The limits are the vendor's:
https://www.alibabacloud.com/help/en/flink/realtime-flink/user-guide/dynamically-update-deployment-parameters
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.flink.durations import parse_duration
from bot.flink.engine_version import HOT_UPDATE_MINIMUM, parse_engine_version
from bot.flink.memory import gibibytes
from bot.flink.parameters import (
    CHECKPOINT_INTERVAL,
    CHECKPOINT_MIN_PAUSE,
    CHECKPOINT_TIMEOUT,
    MAX_PARALLELISM,
    PARALLELISM,
    RESOURCE_MODE,
    TASKMANAGER_CPU,
    TASKMANAGER_MEMORY,
    UNALIGNED,
    Effect,
)
from bot.flink.plan import Change, Finding, Level
from bot.notes import Code, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from fractions import Fraction

    from bot.flink.cost import Cost
    from bot.flink.snapshot import DeploymentSnapshot, JobGraph, Tuning

_UUID_LIKE = re.compile(r"[0-9a-fA-F-]{32,36}")
_LARGE_FACTOR = 2
_SMALLEST_TASKMANAGER = (0.25, 1)  # cores, GiB: the vendor's documented minimum


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything the rules look at."""

    seen: DeploymentSnapshot
    tuning: Tuning
    graph: JobGraph | None
    changes: tuple[Change, ...]
    edits: tuple[Change, ...]
    wanted: Mapping[str, str]
    """What the running job would have afterwards."""
    cost_after: Cost | None

    @property
    def live(self) -> bool:
        """Whether the running job would be touched."""
        return any(change.effect is Effect.LIVE for change in self.changes)

    def new_parallelism(self) -> int | None:
        """Give the parallelism the job would move to, None when it stays."""
        moves = (c for c in (*self.changes, *self.edits) if c.name == PARALLELISM.name)
        for change in moves:
            if change.effect is Effect.LIVE and change.after is not None:
                return int(change.after)
        return None


def findings(situation: Situation) -> tuple[Finding, ...]:
    """Apply every rule; blocking findings first."""
    fired = [finding for rule in _RULES for finding in rule(situation)]
    order = list(Level)
    return tuple(sorted(fired, key=lambda finding: order.index(finding.level)))


def _block(code: Code, **args: object) -> Finding:
    return Finding(Level.BLOCK, note(code, **args))


def _warn(code: Code, **args: object) -> Finding:
    return Finding(Level.WARN, note(code, **args))


def _something_changes(s: Situation) -> Iterator[Finding]:
    if not s.changes:
        yield _block(Code.NO_CHANGE)


def _job_runs(s: Situation) -> Iterator[Finding]:
    if not s.live:
        return
    job = s.seen.job
    if job is None or not job.running:
        status = job.status if job else ""
        yield _block(Code.JOB_NOT_RUNNING, status=status, failure=job.failure if job else "")
    elif job.session_cluster:
        yield _block(Code.SESSION_CLUSTER, cluster=job.session_cluster)
    if job is not None and not _UUID_LIKE.fullmatch(job.job_id):
        yield _warn(Code.JOB_ID_UNUSUAL, job_id=job.job_id)


def _is_streaming(s: Situation) -> Iterator[Finding]:
    if s.live and s.seen.execution_mode not in {"STREAMING", "STREAM"}:
        yield _block(Code.NOT_STREAMING, mode=s.seen.execution_mode)


def _engine_is_new_enough(s: Situation) -> Iterator[Finding]:
    if not s.live:
        return
    version = parse_engine_version(s.seen.engine_version)
    if version is None:
        yield _warn(Code.ENGINE_UNKNOWN, engine=s.seen.engine_version)
    elif version < HOT_UPDATE_MINIMUM:
        minimum = ".".join(map(str, HOT_UPDATE_MINIMUM))
        yield _block(Code.ENGINE_TOO_OLD, engine=s.seen.engine_version, minimum=minimum)


def _can_rescale(s: Situation) -> Iterator[Finding]:
    if s.new_parallelism() is None:
        return
    modes = (s.seen.resource_mode, s.seen.running_values.get(RESOURCE_MODE.name, "BASIC"))
    unfit = next((mode for mode in modes if mode != "BASIC"), None)
    if unfit is not None:
        yield _block(Code.EXPERT_MODE, mode=unfit)
    for key in UNALIGNED:
        if s.wanted.get(key, "").strip().lower() == "true":
            yield _block(Code.UNALIGNED_CHECKPOINTS, key=key)


def _below_max_parallelism(s: Situation) -> Iterator[Finding]:
    new, old = s.new_parallelism(), _parallelism(s.seen.running_values)
    if new is None:
        return
    limits = {
        operator.name: operator.max_parallelism
        for operator in (s.graph.operators if s.graph else ())
        if operator.max_parallelism and operator.parallelism == old
    }
    configured = s.wanted.get(MAX_PARALLELISM, "")
    if configured.isdigit() and int(configured) > 0:
        limits[MAX_PARALLELISM] = int(configured)
    exceeded = [(limit, name) for name, limit in limits.items() if new > limit]
    if exceeded:
        limit, name = min(exceeded)
        yield _block(Code.ABOVE_MAX_PARALLELISM, given=new, maximum=limit, operator=name)
    elif not limits and old and new > (default := _default_max_parallelism(old)):
        yield _warn(Code.ABOVE_DEFAULT_MAX_PARALLELISM, given=new, maximum=default)


def _default_max_parallelism(parallelism: int) -> int:
    """Flink's own default, fixed at a job's first start: the power of two above 1.5 times it."""
    wanted = parallelism + parallelism // 2
    return min(max(1 << (wanted - 1).bit_length(), 128), 32768)


def _step_is_small(s: Situation) -> Iterator[Finding]:
    new, old = s.new_parallelism(), _parallelism(s.seen.running_values)
    if new and old and (new > old * _LARGE_FACTOR or new * _LARGE_FACTOR < old):
        yield _warn(Code.LARGE_STEP, before=old, after=new)


def _operators_follow(s: Situation) -> Iterator[Finding]:
    new, old = s.new_parallelism(), _parallelism(s.seen.running_values)
    if new is None or old is None:
        return
    if s.graph is None:
        yield _warn(Code.OPERATORS_UNREADABLE)
        return
    pinned = [o for o in s.graph.operators if o.parallelism != old]
    if pinned:
        names = ", ".join(operator.name for operator in pinned)
        yield _warn(Code.PINNED_OPERATORS, operators=names, count=len(pinned))
    for operator in pinned:
        if operator.is_source and operator.parallelism < new:
            yield _warn(
                Code.SOURCE_LIMITED, operator=operator.name, parallelism=operator.parallelism
            )


def _checkpoints_fit(s: Situation) -> Iterator[Finding]:
    names = {CHECKPOINT_INTERVAL.name, CHECKPOINT_TIMEOUT.name, CHECKPOINT_MIN_PAUSE.name}
    if not names & {change.name for change in s.changes}:
        return
    interval = _milliseconds(s.wanted, CHECKPOINT_INTERVAL.name)
    timeout = _milliseconds(s.wanted, CHECKPOINT_TIMEOUT.name)
    pause = _milliseconds(s.wanted, CHECKPOINT_MIN_PAUSE.name)
    last = s.graph.last_checkpoint_ms if s.graph else None
    if pause and interval and pause > interval:
        yield _warn(
            Code.PAUSE_ABOVE_INTERVAL,
            pause=s.wanted[CHECKPOINT_MIN_PAUSE.name],
            interval=s.wanted[CHECKPOINT_INTERVAL.name],
        )
    if timeout and last and timeout < last:
        yield _warn(
            Code.TIMEOUT_BELOW_LAST_CHECKPOINT,
            timeout=s.wanted[CHECKPOINT_TIMEOUT.name],
            last=f"{last} ms",
        )


def _cost_is_known(s: Situation) -> Iterator[Finding]:
    if s.new_parallelism() is None:
        return
    if s.cost_after is None:
        yield _warn(Code.COST_UNKNOWN)
        return
    cpu, memory = s.wanted[TASKMANAGER_CPU.name], s.wanted[TASKMANAGER_MEMORY.name]
    if float(cpu) < _SMALLEST_TASKMANAGER[0] or gibibytes(memory) < _SMALLEST_TASKMANAGER[1]:
        yield _warn(Code.TASKMANAGER_TOO_SMALL, cpu=cpu, memory=memory)


def _nobody_else_tunes(s: Situation) -> Iterator[Finding]:
    if not s.live:
        return
    if s.tuning.autopilot:
        yield _warn(Code.AUTOPILOT_ON)
    if s.tuning.scheduled_plan:
        yield _warn(Code.SCHEDULED_PLAN_APPLIED, plan=s.tuning.scheduled_plan)
    unreadable = [
        name
        for name, value in (
            ("Autopilot", s.tuning.autopilot),
            ("scheduled plans", s.tuning.scheduled_plan),
        )
        if value is None
    ]
    if unreadable:
        yield _warn(Code.TUNING_UNREADABLE, what=" and ".join(unreadable))


def _edits_are_known(s: Situation) -> Iterator[Finding]:
    """A hot update applies whatever is saved, also what somebody else saved."""
    unexplained = s.live and s.seen.changed_since_start and not s.seen.pending_edits()
    if s.edits or unexplained:
        found = note(Code.FOREIGN_EDITS, who=s.seen.modified_by, count=len(s.edits))
        yield Finding(Level.CONFIRM, found)


def _restart_is_said(s: Situation) -> Iterator[Finding]:
    waiting = [change for change in s.changes if change.effect is Effect.NEEDS_RESTART]
    if waiting:
        yield _warn(Code.RESTART_FIELDS, count=len(waiting))


_RULES: tuple[Callable[[Situation], Iterable[Finding]], ...] = (
    _something_changes,
    _job_runs,
    _is_streaming,
    _engine_is_new_enough,
    _can_rescale,
    _below_max_parallelism,
    _edits_are_known,
    _nobody_else_tunes,
    _step_is_small,
    _operators_follow,
    _checkpoints_fit,
    _cost_is_known,
    _restart_is_said,
)


def _parallelism(values: Mapping[str, str]) -> int | None:
    text = values.get(PARALLELISM.name, "")
    return int(text) if text.isdigit() else None


def _milliseconds(values: Mapping[str, str], name: str) -> Fraction | None:
    try:
        return parse_duration(values[name])
    except (KeyError, ValueError):
        return None
