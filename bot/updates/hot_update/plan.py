"""Turn what was asked into a plan: before → after, effects, cost, findings, digest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import CloudError
from bot.flink.cost import estimate_cost
from bot.flink.parameters import Effect, parameter, same_value
from bot.flink.plan import Change, Plan, digest_of, merged
from bot.flink.snapshot import JobGraph, Tuning
from bot.updates.hot_update.rules import Situation, findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flink.snapshot import DeploymentSnapshot
    from bot.updates.ports import HotUpdateCloud

HOT_UPDATE = "hot_update"
RESTORE_SAVED = "restore_saved"
WATCH_HOT_UPDATE = "watch_hot_update"


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at a deployment and all around it."""

    seen: DeploymentSnapshot
    tuning: Tuning
    graph: JobGraph | None = None


async def read_around(cloud: HotUpdateCloud, deployment_id: str) -> Reading:
    """Read what a plan needs. Only the deployment itself must be readable.

    Raises:
        CloudError: the deployment or its job cannot be read.

    """
    seen = await cloud.fetch(deployment_id)
    tuning = await cloud.tuning(deployment_id)
    graph = None
    if seen.job is not None and seen.job.running:
        try:
            graph = await cloud.job_graph(seen.job.job_id)
        except CloudError:
            graph = None  # the plan says so (OPERATORS_UNREADABLE); it can still be applied
    return Reading(seen, tuning, graph)


def make_plan(operation: str, asked: Mapping[str, str | None], reading: Reading) -> Plan:
    """Say what `asked` would change, with every rule's finding.

    Values must be valid already (`bot.flink.parameters.fault`). What equals the running and the
    saved value is left out, where saved settings are restored what equals the saved one.
    """
    seen = reading.seen
    restoring = operation == RESTORE_SAVED
    places = (seen.saved,) if restoring else (seen.saved, seen.running_values)
    wanted = {
        name: value
        for name, value in asked.items()
        if any(not same_value(name, place.get(name), value) for place in places)
    }
    changes = _changes(wanted, seen, restoring=restoring)
    edits = () if restoring else _foreign_edits(seen, wanted)
    applied = {change.name: change.after for change in edits if change.effect is Effect.LIVE}
    after = merged(seen.running_values, {**applied, **wanted})
    situation = Situation(
        seen=seen,
        tuning=reading.tuning,
        graph=reading.graph,
        changes=changes,
        edits=edits,
        wanted=after,
        cost_after=estimate_cost(after),
    )
    plan = _shown(situation)
    return replace(plan, digest=digest_of(operation, plan.asked, seen))


def _changes(
    wanted: Mapping[str, str | None], seen: DeploymentSnapshot, *, restoring: bool
) -> tuple[Change, ...]:
    """What acts live moves what runs; the rest, and all when restoring, only what is saved."""
    effects = {
        name: Effect.NEEDS_RESTART if restoring else parameter(name).effect for name in wanted
    }
    return tuple(
        Change(name, _held(seen, effects[name]).get(name), value, effects[name])
        for name, value in wanted.items()
    )


def _held(seen: DeploymentSnapshot, effect: Effect) -> Mapping[str, str]:
    return seen.running_values if effect is Effect.LIVE else seen.saved


def _shown(situation: Situation) -> Plan:
    """Put together all that the person will see."""
    seen, graph = situation.seen, situation.graph or JobGraph()
    return Plan(
        changes=situation.changes,
        edits=situation.edits,
        findings=findings(situation),
        saved=seen.saved,
        running=seen.running_values,
        revision=seen.revision,
        job_id=seen.job.job_id if seen.job else "",
        restarts=seen.job.restarts if seen.job else None,
        cost_before=estimate_cost(seen.running_values),
        cost_after=situation.cost_after,
        last_checkpoint_at=graph.last_checkpoint_at,
        last_checkpoint_ms=graph.last_checkpoint_ms,
        last_checkpoint_bytes=graph.last_checkpoint_bytes,
        modified_by=seen.modified_by,
        engine_version=seen.engine_version,
    )


def _foreign_edits(
    seen: DeploymentSnapshot, wanted: Mapping[str, str | None]
) -> tuple[Change, ...]:
    """Give what somebody saved and the job does not run; what we overwrite is "ignored".

    Only a hot update applies them, so a plan without a live change has none.
    """
    if not any(parameter(name).effect is Effect.LIVE for name in wanted):
        return ()
    edits = []
    for name, (running, saved) in seen.pending_edits().items():
        if name not in wanted:
            edits.append(Change(name, running, saved, parameter(name).effect))
        elif not same_value(name, saved, wanted[name]):
            edits.append(Change(name, running, saved, Effect.IGNORED))
    return tuple(edits)
