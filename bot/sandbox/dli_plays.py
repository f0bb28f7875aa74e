"""The check's plays on Data Lake Insight: every operation, and both ends of a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.playing import block_of, ended, submitted, typed, verdicts, view_of
from bot.slack.ids import Action

if TYPE_CHECKING:
    from bot.flink.update import Update
    from bot.sandbox.slack import View
    from bot.sandbox.slack.person import Person
    from bot.sandbox.stage import Stage

SQL_JOB, JAR_JOB = "dwd_orders", "clickstream_sessions"
STOPPED_JOB, BRITTLE_JOB = "dws_import_demo", "invoice_sync"
SAVEPOINT = "obs://flink-state/exports/dws/_metadata"


async def play_update_sql(stage: Stage, person: Person) -> Update:
    """Give a SQL job more CUs: savepoint, stop, save, start from the savepoint, watch."""
    return await _update(stage, person, SQL_JOB, "resources_v1", mode="restart", cu_number="6")


async def play_update_jar(stage: Stage, person: Person) -> Update:
    """Change a Jar job's recovery while it runs."""
    return await _update(stage, person, JAR_JOB, "recovery", mode="live", resume_max_num="5")


async def play_import_savepoint(stage: Stage, person: Person) -> Update:
    """Tell a stopped job what its next start resumes from."""
    told = verdicts(stage)
    await typed(person, f"/flink import-savepoint {STOPPED_JOB}")
    await submitted(person, await view_of(stage, person, "savepoint_form"), {"path": SAVEPOINT})
    await submitted(person, await view_of(stage, person, "review"))
    return await ended(stage, told)


async def play_start(stage: Stage, person: Person) -> Update:
    """Start that job from what was imported."""
    told = verdicts(stage)
    await typed(person, f"/flink start {STOPPED_JOB}")
    await submitted(person, await view_of(stage, person, "review"))
    return await ended(stage, told)


async def play_failed_start(stage: Stage, person: Person) -> Update:
    """Change a job so that it does not start any more: the old definition runs again."""
    return await _update(stage, person, BRITTLE_JOB, "resources_v1", mode="restart", cu_number="8")


async def _update(stage: Stage, person: Person, job: str, group: str, **values: str) -> Update:
    told = verdicts(stage)
    await typed(person, f"/flink update {job}")
    form = await view_of(stage, person, "update_form", fits=_has_groups)
    await person.choose(form, block_of(form, "groups"), Action.CHOOSE_GROUPS, [group])
    form = await view_of(stage, person, "update_form", fits=_has_fields)
    await submitted(person, form, values)
    await submitted(person, await view_of(stage, person, "review"))
    return await ended(stage, told)


def _has_groups(view: View) -> bool:
    return _has(view, "groups")


def _has_fields(view: View) -> bool:
    """The way to apply is asked once there is something to change."""
    return _has(view, "mode")


def _has(view: View, name: str) -> bool:
    return any(str(block.get("block_id", "")).startswith(f"{name}:") for block in view.blocks)
