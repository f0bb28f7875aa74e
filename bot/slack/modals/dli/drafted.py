"""What a draft remembers of a DLI form, so that a rebuild shows it as it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.flink.dli.catalogue import SETTINGS
from bot.flink.dli.options import options_of
from bot.flink.dli.setting import Group
from bot.flink.snapshot import DeploymentRef, DeploymentSnapshot, JobSnapshot
from bot.slack.modals.dli import filled
from bot.slack.modals.dli.form import GROUPS_BLOCK, JOB_KIND, DliForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flink.plan import Plan
    from bot.flink.snapshot import DeploymentSummary
    from bot.slack.modals.parts import View
    from bot.updates.ports import Draft


def remembered(view: View) -> dict[str, str]:
    """Give what was chosen, without the values: those may hold secrets."""
    return {
        GROUPS_BLOCK: _joined(filled.groups(view)),
        **filled.options(view).as_map(),
    }


def of_plan(plan: Plan) -> dict[str, str]:
    """Give what a form would have to hold for a plan to come out of it; secrets are marks."""
    groups = {SETTINGS[change.name].group for change in plan.changes}
    asked = {name: value or "" for name, value in plan.asked.items()}
    chosen = options_of(plan.options).as_map()
    return {**asked, GROUPS_BLOCK: _joined([g for g in Group if g in groups]), **chosen}


def form_of(snapshot: DeploymentSnapshot, typed: Mapping[str, str]) -> DliForm:
    """Give the form as it was left."""
    return DliForm(
        snapshot=snapshot,
        groups=groups_of(typed),
        typed={name: text for name, text in typed.items() if name in SETTINGS},
        options=options_of({name: text for name, text in typed.items() if text}),
    )


def seen_before(draft: Draft, known: DeploymentSummary | None) -> DeploymentSnapshot | None:
    """Give a job as its form showed it, as far as a draft and the job list remember it."""
    shown = draft.shown or {}
    if JOB_KIND not in shown:
        return None
    saved = {name: text for name, text in shown.items() if name in SETTINGS}
    status = known.status if known else ""
    return DeploymentSnapshot(
        ref=DeploymentRef(draft.target, draft.deployment_id),
        name=known.name if known else saved.get("name", draft.deployment_id),
        revision="",
        saved=saved,
        job=JobSnapshot(job_id="", status=status, values=saved) if status else None,
        job_type=shown[JOB_KIND],
    )


def groups_of(typed: Mapping[str, str]) -> tuple[Group, ...]:
    """Give the groups whose fields are shown."""
    names = typed.get(GROUPS_BLOCK, "").split(",")
    return tuple(group for group in Group if group.value in names)


def _joined(groups: list[Group] | tuple[Group, ...]) -> str:
    return ",".join(group.value for group in groups)
