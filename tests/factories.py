"""Values for tests, whole and plausible; every argument can be overridden."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.flink.parameters import parameter
from bot.flink.plan import Change, Plan
from bot.flink.snapshot import DeploymentRef, DeploymentSnapshot, JobSnapshot
from bot.flink.update import State, Update
from bot.updates.messages import Message, MessageKind
from bot.updates.ports import Event

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
JOB_ID = "5af678c0-7db0-4650-94c2-d2604f0a0001"
REF = DeploymentRef("prod", "d-1")
VALUES = {
    "parallelism": "4",
    "execution.checkpointing.interval": "3 min",
    "resources.mode": "BASIC",
    "jobmanager.cpu": "1",
    "jobmanager.memory": "4 GiB",
    "taskmanager.cpu": "1",
    "taskmanager.memory": "4 GiB",
    "taskmanager.numberOfTaskSlots": "1",
}


def make_snapshot(job=None, **overrides):
    """A running deployment, "orders"; `job` overrides fields of its job, False means none."""
    running = JobSnapshot(
        job_id=JOB_ID,
        status="RUNNING",
        values=VALUES,
        restarts=0,
        started_at=int(NOW.timestamp()) - 7200,
    )
    snapshot = DeploymentSnapshot(
        ref=REF,
        name="orders",
        revision="1",
        saved=VALUES,
        job=None if job is False else replace(running, **(job or {})),
        execution_mode="STREAMING",
        engine_version="vvr-8.0.11-jdk11-flink-1.17",
        resource_mode="BASIC",
    )
    return replace(snapshot, **overrides)


def make_change(name="parallelism", before="4", after="8"):
    """One change, with the effect that the setting has."""
    return Change(name, before, after, parameter(name).effect)


def make_plan(**overrides):
    """A plan to change the parallelism from 4 to 8."""
    plan = Plan(
        changes=(make_change(),),
        saved=VALUES,
        running=VALUES,
        revision="1",
        job_id=JOB_ID,
        restarts=0,
        engine_version="vvr-8.0.11-jdk11-flink-1.17",
        digest="0" * 64,
    )
    return replace(plan, **overrides)


def make_update(**overrides):
    """An update of "orders" by Anna, queued 72 s ago; final ones took a minute."""
    state = overrides.get("state", State.QUEUED)
    queued_at = NOW - timedelta(seconds=72)
    update = Update(
        id="k7m2q9xa",
        operation="hot_update",
        ref=REF,
        name="orders",
        state=state,
        plan=overrides.pop("plan", None) or make_plan(),
        requested_by="U0ANNA",
        channel="C0JOBS",
        asked_in="C0JOBS",
        created_at=NOW - timedelta(seconds=90),
        queued_at=queued_at,
        finished_at=queued_at + timedelta(seconds=60) if state.final else None,
    )
    return replace(update, **overrides)


def make_event(said, seq=1, seconds=0, actor=""):
    """An event of that update, some seconds after it was queued."""
    at = NOW - timedelta(seconds=72 - seconds)
    return Event("k7m2q9xa", seq, at, said, actor)


def make_message(kind=MessageKind.CARD, event=None):
    """A message owed for that update."""
    return Message(
        key=f"k7m2q9xa:{kind}", update_id="k7m2q9xa", kind=kind, channel="C0JOBS", event=event
    )
