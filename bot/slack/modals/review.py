"""The review: what would change, what it costs, what speaks against it, and the yes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block, CheckboxesElement, InputBlock, Option

from bot.flink.parameters import Effect
from bot.flink.plan import Level
from bot.slack import text, words
from bot.slack.ids import Action
from bot.slack.modals import parts, ruling
from bot.slack.modals.dli import review as dli_review
from bot.slack.modals.face import Face
from bot.slack.sheet import button
from bot.updates.dli.route import DLI_OPERATIONS
from bot.updates.hot_update.plan import RESTORE_SAVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slack_sdk.models.blocks import ButtonElement

    from bot.flink.cost import Cost
    from bot.flink.plan import Change, Finding, Plan
    from bot.flink.update import Update
    from bot.notes import Note
    from bot.policy.decide import Decision

CALLBACK_ID = "review"
ACCEPT_BLOCK = "accept"
_ACCEPTED = "accepted"
_MOST_CHANGES = 40
_MOST_EDITS = 30
_MOST_FINDINGS = 20
_LONGEST_REASON = 1_000
_HEADINGS = {
    Level.BLOCK: "⛔ *Cannot be applied*",
    Level.CONFIRM: "☑️ *Needs your yes*",
    Level.WARN: "⚠️ *Before you apply*",
}


def build(
    update: Update,
    now: datetime,
    expires_at: datetime,
    environment: str = "",
    problem: Note | None = None,
    decision: Decision | None = None,
    frozen: Note | None = None,
) -> parts.View:
    """Show a plan, and what the rules say of it; only one that nothing forbids can be applied."""
    shown, plan = _face(update, now), update.plan
    blocks: list[Block] = [parts.trouble(problem)] if problem and problem != frozen else []
    blocks += parts.frozen(frozen)
    blocks.append(parts.header(update.name))
    blocks += parts.danger(environment)
    blocks += ruling.said(decision, update.requested_by, frozen=frozen is not None)
    blocks += _said(plan.findings, Level.BLOCK)
    blocks += shown.changes
    if shown.consequences:
        blocks.append(parts.fields(shown.consequences))
    blocks += _said(plan.findings, Level.WARN)
    blocks += _edits(plan)
    blocks += _said(plan.findings, Level.CONFIRM)
    if plan.needs_confirmation and not (plan.blocked or ruling.refuses(decision)):
        blocks.append(_acceptance(shown))
    blocks += _end(update, now, expires_at, _buttons(update, shown))
    stopped = plan.blocked or ruling.refuses(decision)
    return parts.modal(
        shown.title,
        blocks,
        callback_id=CALLBACK_ID,
        private_metadata=update.id,
        submit="" if stopped else ruling.submit(decision, shown.submit),
        close="Close" if stopped else "Cancel",
    )


def _face(update: Update, now: datetime) -> Face:
    if update.operation in DLI_OPERATIONS:
        return dli_review.face(update)
    restoring, plan = update.operation == RESTORE_SAVED, update.plan
    told = _consequences(plan, now, restoring=restoring) if plan.changes else ()
    return Face(
        title="Restore saved settings" if restoring else _title(plan),
        submit="Roll back" if plan.reverts and not restoring else "Apply",
        changes=tuple(_changes(plan, restoring=restoring)),
        consequences=tuple(told),
        accept_label="Somebody else's saved settings",
        accept="Apply these too" if plan.edits else "Apply whatever is saved",
        editable=not (restoring or plan.reverts),  # an edited way back would be none
    )


def _title(plan: Plan) -> str:
    return "Roll back" if plan.reverts else "Review the change"


def accepted(view: parts.View) -> bool:
    """Tell whether the box was ticked."""
    block = ((view.get("state") or {}).get("values") or {}).get(ACCEPT_BLOCK) or {}
    return any(element.get("selected_options") for element in block.values())


def needs_acceptance(view: parts.View) -> bool:
    """Tell whether there is a box to tick."""
    return any(block.get("block_id") == ACCEPT_BLOCK for block in view.get("blocks", ()))


def _changes(plan: Plan, *, restoring: bool) -> Iterator[Block]:
    if not plan.changes:
        return
    heading = "*Saved settings to put back*" if restoring else "*Changes*"
    when = {Effect.NEEDS_RESTART: "saved only"} if restoring else {}
    yield from parts.sections([heading, *_moves(plan.changes, _MOST_CHANGES, when)])


def _edits(plan: Plan) -> Iterator[Block]:
    if not plan.edits:
        return
    who = text.clean(plan.modified_by) or "somebody else"
    heading = f"*Saved by {who}, not applied yet* (what runs → what is saved)"
    when = {Effect.IGNORED: "overwritten by your change"}
    yield from parts.sections([heading, *_moves(plan.edits, _MOST_EDITS, when)])


def _moves(changes: Sequence[Change], most: int, when: dict[Effect, str]) -> list[str]:
    return parts.listed(changes, most, lambda change: _moved(change, when))


def _moved(change: Change, when: dict[Effect, str]) -> str:
    effect = when.get(change.effect) or str(words.effect_label(change.effect))
    before, after = parts.value(change.before), parts.value(change.after, "removed")
    return f"• {parts.name_of(change.name)}: {before} → {after}  {effect}"


def _consequences(plan: Plan, now: datetime, *, restoring: bool) -> Iterator[tuple[str, str]]:
    yield "Interruption", "5 s to 1 min" if plan.live else "none, the job is not touched"
    yield "State", _state_strategy(plan, restoring=restoring)
    if not restoring:
        yield "Cost", _cost(plan.cost_before, plan.cost_after)
    yield "Last checkpoint", _last_checkpoint(plan, now)
    yield "Restarts so far", "not known" if plan.restarts is None else str(plan.restarts)


def _state_strategy(plan: Plan, *, restoring: bool) -> str:
    if restoring:
        return "the saved settings are put back; the running job keeps running as it is"
    waiting = any(change.effect is Effect.NEEDS_RESTART for change in plan.changes)
    saved = "saved settings act at the next start"
    if not plan.live:
        return saved
    kept = "no restart, the job keeps its state"
    return f"{kept}; {saved}" if waiting else kept


def _cost(before: Cost | None, after: Cost | None) -> str:
    if before is None or after is None:
        return "cannot be estimated"
    if before == after:
        return f"stays at {before.cus:g} CUs"
    rows = (
        ("CUs", before.cus, after.cus),
        ("TaskManagers", before.task_managers, after.task_managers),
        ("IP addresses", before.ip_addresses, after.ip_addresses),
    )
    return "\n".join(f"{one:g} → {other:g} {unit}" for unit, one, other in rows)


def _last_checkpoint(plan: Plan, now: datetime) -> str:
    if plan.last_checkpoint_at is None:
        return "not known"
    age = now - datetime.fromtimestamp(plan.last_checkpoint_at, UTC)
    said = [f"{text.duration(age)} ago"]
    if plan.last_checkpoint_bytes is not None:
        said.append(text.size(plan.last_checkpoint_bytes))
    if plan.last_checkpoint_ms is not None:
        said.append(f"took {text.milliseconds(plan.last_checkpoint_ms)}")
    return ", ".join(said)


def _said(findings: Sequence[Finding], level: Level) -> Iterator[Block]:
    fired = [finding.note for finding in findings if finding.level is level]
    if not fired:
        return
    lines = parts.listed(fired, _MOST_FINDINGS, _reasoned)
    yield from parts.sections([_HEADINGS[level], *lines])


def _reasoned(said: Note) -> str:
    return "\n   ".join(parts.note_lines(said, "•"))


def _buttons(update: Update, shown: Face) -> list[ButtonElement]:
    if not shown.editable:
        return [*shown.instead]
    spoken = f"Edit the change of {update.name}"
    return [button("Edit", Action.EDIT_UPDATE, update.id, spoken), *shown.instead]


def _acceptance(shown: Face) -> InputBlock:
    yes = Option(text=shown.accept, value=_ACCEPTED)
    return InputBlock(
        block_id=ACCEPT_BLOCK,
        label=shown.accept_label,
        element=CheckboxesElement(action_id="value", options=[yes]),
    )


def _end(
    update: Update, now: datetime, expires_at: datetime, ways: Sequence[ButtonElement]
) -> Iterator[Block]:
    if update.reason:
        yield parts.section(f"*Reason*  {text.clean(update.reason, _LONGEST_REASON)}")
    if ways:
        yield parts.buttons(*ways)
    left = f"in {text.duration(expires_at - now)}" if expires_at > now else "now"
    yield parts.context(
        f"target {text.code(update.ref.target, parts.LONGEST_NAME)}",
        f"plan {text.code(update.id, parts.LONGEST_NAME)}",
        f"engine {text.clean(update.plan.engine_version)}" if update.plan.engine_version else "",
        f"expires {left} ({text.date(expires_at)})",
    )
