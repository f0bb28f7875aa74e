"""Changes of DLI jobs in every state, made up but whole, and a job to fill its form with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.flink.dli.cost import estimate_cost
from bot.flink.dli.options import Mode, Options
from bot.flink.parameters import parameter
from bot.flink.plan import Change, Plan
from bot.flink.snapshot import DeploymentRef, DeploymentSnapshot, JobSnapshot
from bot.flink.update import Observation, State, Verdict
from bot.notes import Code, Note, note
from bot.sandbox.gallery import samples
from bot.updates.dli.route import DliOperation, route
from bot.updates.ports import Event

if TYPE_CHECKING:
    from datetime import datetime

    from bot.flink.update import Update

JOB = "orders-enrichment-dli"
TARGET = "huawei"
PATH = "obs://flink-state/savepoints/orders/2026-11-20"
WRITTEN = f"{PATH}/savepoint-3fa85f-1c2d"
_SQL = """\
CREATE TABLE orders (amount DECIMAL(10, 2), at TIMESTAMP(3)) WITH ('connector' = 'kafka');
CREATE TABLE totals (hour TIMESTAMP(3), amount DECIMAL(18, 2)) WITH ('connector' = 'jdbc');
INSERT INTO totals SELECT TUMBLE_START(at, INTERVAL '1' HOUR), SUM(amount)
FROM orders GROUP BY TUMBLE(at, INTERVAL '1' HOUR);"""
DEFINITION = MappingProxyType(
    {
        "name": JOB,
        "desc": "Totals of orders by the hour",
        "sql_body": _SQL,
        "run_mode": "exclusive_cluster",
        "queue_name": "flink_orders",
        "flink_version": "1.15",
        "cu_number": "5",
        "manager_cu_number": "1",
        "parallel_number": "8",
        "tm_cus": "2",
        "tm_slot_num": "4",
        "checkpoint_enabled": "true",
        "checkpoint_mode": "exactly_once",
        "checkpoint_interval": "60",
        "obs_bucket": "flink-state",
        "restart_when_exception": "true",
        "resume_checkpoint": "true",
        "resume_max_num": "-1",
        "log_enabled": "true",
        "smn_topic": "flink-alerts",
        "runtime_config": '[{"key":"table.exec.state.ttl","value":"36 h"}]',
    }
)
_ASKED = {
    DliOperation.UPDATE: {"cu_number": "9", "parallel_number": "16", "checkpoint_interval": "120"}
}
_PROGRESS = {"running": True, "savepoint": WRITTEN, "restarts": 1, "restarts_at_start": 0}
_FAILED = {"status": "job_submit_fail", "detail": "DLI.0999: not enough CUs in queue flink_orders"}
_BESIDE = {Code.VERDICT_NO_SAVEPOINT: Code.VERDICT_JOB_DOWN}
"""What is said before a note, where it never stands alone."""
_ENDED_AT = {
    Code.VERDICT_ROLLED_BACK: "await_old",
    Code.VERDICT_JOB_DOWN: "await_old",
    Code.VERDICT_STOP_STUCK: "await_stop",
    Code.VERDICT_NO_SAVEPOINT: "await_stop",
    Code.VERDICT_VALUES_GONE: "save",
    Code.VERDICT_SAVEPOINT_FAILED: "await_savepoint",
}
_HAPPENED = (
    (0, note(Code.EVENT_QUEUED, who="U0ADA")),
    (1, note(Code.EVENT_CHECKED)),
    (2, note(Code.EVENT_TAKING_SAVEPOINT, path=PATH)),
    (19, note(Code.EVENT_SAVEPOINT_TAKEN, path=WRITTEN)),
    (20, note(Code.EVENT_STOPPING)),
    (34, note(Code.EVENT_STOPPED, savepoint=WRITTEN)),
    (36, note(Code.EVENT_SAVED, revision="1767225600")),
    (37, note(Code.EVENT_STARTING)),
    (58, note(Code.EVENT_STARTED)),
)

ENDINGS = MappingProxyType(
    {
        Code.VERDICT_STARTED_ANEW: (DliOperation.UPDATE, State.SUCCEEDED),
        Code.VERDICT_STOPPED: (DliOperation.STOP, State.SUCCEEDED),
        Code.VERDICT_SAVEPOINT_TAKEN: (DliOperation.TAKE_SAVEPOINT, State.SUCCEEDED),
        Code.VERDICT_SAVEPOINT_FAILED: (DliOperation.TAKE_SAVEPOINT, State.FAILED),
        Code.VERDICT_IMPORTED: (DliOperation.IMPORT_SAVEPOINT, State.SUCCEEDED),
        Code.VERDICT_IMPORT_DIFFERS: (
            DliOperation.IMPORT_SAVEPOINT,
            State.SUCCEEDED_WITH_DIFFERENCES,
        ),
        Code.VERDICT_ROLLED_BACK: (DliOperation.UPDATE, State.FAILED),
        Code.VERDICT_JOB_DOWN: (DliOperation.UPDATE, State.FAILED),
        Code.VERDICT_CRASHING: (DliOperation.UPDATE, State.FAILED),
        Code.VERDICT_STOP_STUCK: (DliOperation.UPDATE, State.FAILED),
        Code.VERDICT_NO_SAVEPOINT: (DliOperation.UPDATE, State.FAILED),
        Code.VERDICT_VALUES_GONE: (DliOperation.UPDATE, State.FAILED),
    }
)
"""What was done and how it ended, by the note that tells it."""


now = samples.now


def snapshot(*, running: bool = True) -> DeploymentSnapshot:
    """Give a job as DLI shows it."""
    status = "job_running" if running else "job_cancel_success"
    return DeploymentSnapshot(
        ref=DeploymentRef(TARGET, "48213"),
        name=JOB,
        revision="1767225600",
        saved=DEFINITION,
        job=JobSnapshot(job_id="1767220000", status=status, values=DEFINITION, restarts=1),
        engine_version=DEFINITION["flink_version"],
        job_type="sql",
        savepoint=WRITTEN,
    )


def plan_of(operation: DliOperation, at: datetime, mode: Mode = Mode.RESTART) -> Plan:
    """Give the plan of an operation: settings for an update, else only how it is done."""
    asked = _ASKED.get(operation, {})
    return Plan(
        changes=tuple(
            Change(name, DEFINITION[name], value, parameter(name).effect)
            for name, value in asked.items()
        ),
        saved=DEFINITION,
        running=DEFINITION,
        revision="1767225600",
        job_id="1767220000",
        restarts=1,
        cost_before=estimate_cost(DEFINITION),
        cost_after=estimate_cost({**DEFINITION, **asked}),
        last_checkpoint_at=int((at - timedelta(seconds=42)).timestamp()),
        engine_version=DEFINITION["flink_version"],
        options=Options(mode=mode, savepoint_path=PATH).as_map(),
        digest="9f2c61d04be7" + "0" * 52,
    )


def update_of(operation: DliOperation, state: State, at: datetime, **given: object) -> Update:
    """Give an update of a DLI job; `given` are more of its fields."""
    more = {
        "operation": operation,
        "plan": plan_of(operation, at),
        "ref": DeploymentRef(TARGET, "48213"),
        "name": JOB,
        "progress": _PROGRESS,
        "reason": "More orders than usual this week",
    }
    return samples.update_in(state, at, **{**more, **given})


def ended_with(code: Code, at: datetime) -> Update:
    """Give an update whose verdict tells a note."""
    operation, state = ENDINGS[code]
    told = [_BESIDE[code], code] if code in _BESIDE else [code]
    verdict = Verdict(
        notes=tuple(map(_said, told)),
        observations=_observations() if code is Code.VERDICT_STARTED_ANEW else (),
        restarts_before=0,
        restarts_after=4 if code is Code.VERDICT_CRASHING else 0,
        job_status=_status(code),
    )
    update = update_of(operation, state, at, verdict=verdict)
    return replace(update, step=_ENDED_AT.get(code) or route(update)[-1])


def _said(code: Code) -> Note:
    known = {**_FAILED, "savepoint": WRITTEN, "path": WRITTEN, "asked": PATH, "restarts": 4}
    return note(code, **known)


def _observations() -> tuple[Observation, ...]:
    return tuple(
        Observation(name, value, value, value, agrees=True)
        for name, value in _ASKED[DliOperation.UPDATE].items()
    )


def _status(code: Code) -> str:
    if code is Code.VERDICT_STOPPED:
        return "job_cancel_success"
    down = {Code.VERDICT_JOB_DOWN, Code.VERDICT_NO_SAVEPOINT, Code.VERDICT_STOP_STUCK}
    return _FAILED["status"] if code in down else "job_running"


def events_of(update: Update) -> list[Event]:
    """Give what happened up to now."""
    began = update.queued_at or update.created_at
    return [
        Event(update.id, number, began + timedelta(seconds=second), said, "")
        for number, (second, said) in enumerate(_HAPPENED, start=1)
    ]


def stopped(update: Update) -> Update:
    """Give the update as it is once the job was stopped for it and did not start."""
    progress = {**update.progress, "stopped": True, "failure": _FAILED}
    return replace(update, progress=progress)
