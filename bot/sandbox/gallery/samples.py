"""Updates in every state, made up but whole: what would take minutes or an accident to play."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from bot.flink.cost import Cost
from bot.flink.parameters import (
    CHECKPOINT_INTERVAL,
    CHECKPOINT_MIN_PAUSE,
    CHECKPOINT_TIMEOUT,
    PARALLELISM,
    Effect,
)
from bot.flink.plan import Change, Plan
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import Observation, State, Update, Verdict
from bot.notes import Code, Note, note
from bot.sandbox.stage import CHANNEL, TARGET
from bot.updates.ports import Event

JOB = "orders-enrichment"
UPDATE = "k7m2q9xa"
_JOB_ID = "5af678c0-7db0-4650-94c2-d2604f0a3b11"
_HOT_UPDATE = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
_RAN = {
    PARALLELISM.name: "4",
    CHECKPOINT_INTERVAL.name: "180s",
    CHECKPOINT_TIMEOUT.name: "10min",
    CHECKPOINT_MIN_PAUSE.name: "60s",
}
_CHANGES = (
    Change(PARALLELISM.name, "4", "8", Effect.LIVE),
    Change(CHECKPOINT_INTERVAL.name, "180s", "5 min", Effect.LIVE),
)
_CLOUD = {
    "severity": "LOW",
    "reason": "NotEnoughResources",
    "message": "exceeded quota: resourcequota",
    "status": "FAILED",
    "operation": "UpdateDeployment",
    "detail": "Deployment is frozen for the season (code 990301)",
    "minutes": 30,
    "hours": 26,
    "hot_update_id": _HOT_UPDATE,
    "fields": "parallelism",
    "step": "verify",
    "error": "ValueError",
    "count": 1,
    "operators": "GlobalAggregate[7]",
    "before": 0,
    "after": 1,
    "job_id": _JOB_ID,
    "now": "8d1f6c52-0b7e-4f6e-9a42-0f6c2f1f7a10",
}
_DETAILS = {
    Code.VERDICT_NOT_ALLOWED: {"who": "U0ADA", "rule": "large-steps"},
    Code.VERDICT_APPROVAL_GONE: {"who": "U0ADA", "rule": "large-steps", "missing": "1"},
    Code.VERDICT_NOT_SENT: {"detail": "no connection within 10 s"},
    Code.VERDICT_SAVE_LOST: {"detail": ""},
}

ENDINGS = MappingProxyType(
    {
        Code.VERDICT_APPLIED: State.SUCCEEDED,
        Code.VERDICT_RECOVERED: State.SUCCEEDED,
        Code.VERDICT_SAVED_ONLY: State.SUCCEEDED,
        Code.VERDICT_DIFFERS: State.SUCCEEDED_WITH_DIFFERENCES,
        Code.VERDICT_PINNED: State.SUCCEEDED_WITH_DIFFERENCES,
        Code.VERDICT_UNVERIFIED: State.SUCCEEDED_WITH_DIFFERENCES,
        Code.VERDICT_FAILED_OLD_RUNNING: State.FAILED,
        Code.VERDICT_FAILED_JOB_DOWN: State.FAILED,
        Code.VERDICT_FAILED_UNCLEAR: State.FAILED,
        Code.VERDICT_REFUSED: State.FAILED,
        Code.VERDICT_NOT_SENT: State.FAILED,
        Code.VERDICT_SAVE_LOST: State.FAILED,
        Code.VERDICT_SAVE_DIFFERS: State.FAILED,
        Code.VERDICT_NOT_FINISHED: State.FAILED,
        Code.VERDICT_LEFT_UNDONE: State.FAILED,
        Code.VERDICT_NO_EFFECT: State.FAILED,
        Code.VERDICT_OUTCOME_UNKNOWN: State.UNKNOWN,
        Code.VERDICT_RESULT_GONE: State.UNKNOWN,
        Code.VERDICT_BROKEN: State.UNKNOWN,
        Code.VERDICT_OVERTAKEN: State.STALE,
        Code.VERDICT_STALE: State.STALE,
        Code.VERDICT_NOT_ALLOWED: State.STALE,
        Code.VERDICT_APPROVAL_GONE: State.STALE,
        Code.VERDICT_SUPERSEDED: State.SUPERSEDED,
    }
)
"""How an update ends with a note that leads its verdict."""
_BESIDE = {
    Code.VERDICT_FAILED_OLD_RUNNING: (Code.VERDICT_SAVED_KEPT,),
    Code.VERDICT_FAILED_JOB_DOWN: (Code.VERDICT_SAVED_KEPT,),
    Code.VERDICT_PINNED: (Code.VERDICT_RESTARTED,),
    Code.VERDICT_NO_EFFECT: (Code.VERDICT_SAVED_KEPT,),
}
_OBSERVED = frozenset(
    {
        Code.VERDICT_APPLIED,
        Code.VERDICT_RECOVERED,
        Code.VERDICT_DIFFERS,
        Code.VERDICT_PINNED,
        Code.VERDICT_FAILED_OLD_RUNNING,
        Code.VERDICT_FAILED_UNCLEAR,
    }
)
_HAPPENED = (
    (0, note(Code.EVENT_QUEUED, who="U0ADA")),
    (1, note(Code.EVENT_CHECKED)),
    (1, note(Code.EVENT_SAVING, count=2)),
    (2, note(Code.EVENT_SAVED, revision="1767225600")),
    (3, note(Code.EVENT_TRIGGERING, job_id=_JOB_ID)),
    (4, note(Code.EVENT_TRIGGERED, hot_update_id=_HOT_UPDATE, request_id="F1-9A2B-7C")),
    (6, note(Code.EVENT_PROGRESS, status="HOT_UPDATING")),
    (48, note(Code.EVENT_VERIFYING)),
)


def now() -> datetime:
    """Give the moment at which everything is looked at."""
    return datetime.now(UTC)


def plan_of(at: datetime) -> Plan:
    """Give a plan that moves two settings."""
    return Plan(
        changes=_CHANGES,
        saved=_RAN,
        running=_RAN,
        revision="1767225600",
        job_id=_JOB_ID,
        restarts=0,
        cost_before=Cost(cus=9, task_managers=4, ip_addresses=5),
        cost_after=Cost(cus=17, task_managers=8, ip_addresses=9),
        last_checkpoint_at=int((at - timedelta(seconds=42)).timestamp()),
        last_checkpoint_ms=4_200,
        last_checkpoint_bytes=512 * 1024**2,
        engine_version="vvr-8.0.11-jdk11-flink-1.17",
        digest="9f2c61d04be7" + "0" * 52,
    )


def update_in(state: State, at: datetime, **given: object) -> Update:
    """Give an update in a state; `given` are more of its fields."""
    queued = None if state is State.PLANNED else at - timedelta(seconds=64)
    update = Update(
        id=UPDATE,
        operation="hot_update",
        ref=DeploymentRef(TARGET, "b8f8e8f2-4b7e-5c57-8a2b-3f0a8b0f6c11"),
        name=JOB,
        state=state,
        plan=plan_of(at),
        requested_by="U0ADA",
        channel=CHANNEL,
        asked_in=CHANNEL,
        reason="More orders than usual this week",
        created_at=at - timedelta(seconds=90),
        queued_at=queued,
        watched_since=queued,
        finished_at=at if state.final else None,
        progress={"hot_update_id": _HOT_UPDATE} if queued else {},
    )
    return replace(update, **given)  # type: ignore[arg-type]  # the fields of a dataclass


def ended_with(code: Code, at: datetime) -> Update:
    """Give an update whose verdict is led by a note."""
    notes = tuple(_said(one) for one in (code, *_BESIDE.get(code, ())))
    down = code is Code.VERDICT_FAILED_JOB_DOWN
    verdict = Verdict(
        notes=notes,
        observations=_observations(code) if code in _OBSERVED else (),
        restarts_before=0,
        restarts_after=1 if Code.VERDICT_RESTARTED in {one.code for one in notes} else 0,
        job_status="FAILED" if down else "RUNNING",
        request_ids=("F1-9A2B-7C", "F1-9A2B-7D"),
    )
    return update_in(ENDINGS[code], at, verdict=verdict, step="verify")


def _said(code: Code) -> Note:
    critical = {"severity": "CRITICAL", "reason": "RestoreFailed"}
    critical["message"] = "the job could not be restored from its state after rescaling"
    said = critical if code is Code.VERDICT_FAILED_JOB_DOWN else _DETAILS.get(code, {})
    return note(code, **{**_CLOUD, **said})


def _observations(code: Code) -> tuple[Observation, ...]:
    failed = ENDINGS[code] is State.FAILED
    got = {Code.VERDICT_DIFFERS: "5", Code.VERDICT_FAILED_OLD_RUNNING: "4"}.get(code, "8")
    interval = "180s" if failed else "5 min"
    return (
        Observation(PARALLELISM.name, "8", None if failed else "8", got, got == "8"),
        Observation(
            CHECKPOINT_INTERVAL.name, "5 min", None if failed else "5 min", interval, not failed
        ),
    )


def events_of(update: Update, *more: Note) -> list[Event]:
    """Give what happened to it, with more at its end."""
    began = update.queued_at or update.created_at
    told = [*_HAPPENED, *((60, said) for said in more)]
    return [
        Event(update.id, number, began + timedelta(seconds=second), said, "")
        for number, (second, said) in enumerate(told, start=1)
    ]
