"""What a review says of DLI jobs: when each setting acts, what becomes of the state, the CUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.flink.dli.options import Mode, options_of
from bot.flink.effect import Effect
from bot.slack import diffs, text, words
from bot.slack.modals import parts
from bot.slack.modals.face import Face
from bot.slack.operate import operate_button
from bot.updates.dli.route import DliOperation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.models.blocks import Block, ButtonElement

    from bot.flink.dli.options import Options
    from bot.flink.plan import Change, Plan
    from bot.flink.update import Update

_MOST_CHANGES = 40
_LONGEST_DIFF = 2_400
_TITLES = {
    DliOperation.UPDATE: "Review the change",
    DliOperation.IMPORT_SAVEPOINT: "Import a savepoint",
    DliOperation.TAKE_SAVEPOINT: "Write a savepoint",
    DliOperation.START: "Start the job",
    DliOperation.STOP: "Stop the job",
}
_SUBMITS = {
    DliOperation.IMPORT_SAVEPOINT: "Import",
    DliOperation.TAKE_SAVEPOINT: "Write it",
    DliOperation.START: "Start",
    DliOperation.STOP: "Stop",
}
_UNTOUCHED = "none, the job keeps running as it is"


def face(update: Update) -> Face:
    """Give what a review of a DLI job shows."""
    operation, back = DliOperation(update.operation), bool(update.plan.reverts)
    return Face(
        title="Roll back" if back else _TITLES[operation],
        submit="Roll back" if back else _SUBMITS.get(operation, "Apply"),
        changes=tuple(_changes(update.plan)),
        consequences=tuple(_consequences(operation, update.plan)),
        accept_label="Needs your yes",
        accept="I have read it; go on",
        instead=tuple(_other_way(operation, update)),
        editable=operation is DliOperation.UPDATE and not back,
    )


def _other_way(operation: DliOperation, update: Update) -> Iterator[ButtonElement]:
    """With or without state is asked here, where what speaks for each can be read."""
    if operation not in {DliOperation.START, DliOperation.STOP}:
        return
    keep = not options_of(update.plan.options).keep_state
    label = "With a savepoint instead" if keep else "Without a savepoint instead"
    yield operate_button(operation, update.ref, update.name, label, keep=keep)


def _changes(plan: Plan) -> Iterator[Block]:
    """Give what moves, and of long values the lines that do."""
    if not plan.changes:
        return
    options = options_of(plan.options)
    lines = parts.listed(plan.changes, _MOST_CHANGES, lambda one: _moved(one, options))
    yield from parts.sections(["*Changes*", *lines])
    for change in plan.changes:
        if change.long and change.after is not None:
            yield from _diff(change)


def _moved(change: Change, options: Options) -> str:
    name, when = parts.name_of(change.name), _acts(change, options)
    if change.long:
        return f"• {name}: {diffs.summary(change)}  {when}"
    before, after = parts.value(change.before), parts.value(change.after, "removed")
    return f"• {name}: {before} → {after}  {when}"


def _acts(change: Change, options: Options) -> str:
    if change.effect is Effect.LIVE or options.mode is not Mode.RESTART:
        return str(words.effect_label(change.effect))
    return "🔄 with the restart"


def _diff(change: Change) -> Iterator[Block]:
    """Cut at a line's end; the thread has all of it."""
    lines, room = [], _LONGEST_DIFF
    for line in diffs.unified(change):
        shown = text.escape(line).replace("```", "'''")
        room -= len(shown) + 1
        if room < 0:
            lines.append("…")
            break
        lines.append(shown)
    body = "\n".join(lines)
    yield parts.section(f"*{parts.name_of(change.name)}*\n```\n{body}\n```")


def _consequences(operation: DliOperation, plan: Plan) -> Iterator[tuple[str, str]]:
    options = options_of(plan.options)
    match operation:
        case DliOperation.UPDATE:
            yield from _of_update(plan, options)
        case DliOperation.IMPORT_SAVEPOINT:
            yield "Savepoint", text.code(options.savepoint_path, parts.LONGEST_NAME)
            yield "Effect", "nothing is restored yet: the next start resumes from it"
        case DliOperation.TAKE_SAVEPOINT:
            yield "Savepoint", text.code(options.savepoint_path, parts.LONGEST_NAME)
            yield "Interruption", _UNTOUCHED
        case DliOperation.START:
            yield "State", _resumed(plan) if options.keep_state else "none, it begins empty"
            yield "Duration", "a few minutes; a large job up to 30"
        case DliOperation.STOP:
            kept = "kept in a savepoint" if options.keep_state else "dropped, no savepoint"
            yield "State", kept
            yield "Interruption", "until it is started again"
    if plan.restarts is not None:
        yield "Restarts so far", str(plan.restarts)


def _resumed(plan: Plan) -> str:
    path = plan.options.get("savepoint", "")
    return (
        f"from its savepoint {text.code(path, parts.LONGEST_NAME)}"
        if path
        else "from its savepoint"
    )


def _of_update(plan: Plan, options: Options) -> Iterator[tuple[str, str]]:
    restart, running = options.mode is Mode.RESTART, bool(plan.job_id)
    yield "Interruption", _interruption(restart=restart, running=running)
    yield "State", _state(options) if restart else "kept, nothing is restarted"
    yield "CUs", _cus(plan)
    if restart:
        yield "If it does not start", "the old definition is put back and started"


def _interruption(*, restart: bool, running: bool) -> str:
    if not restart:
        return "none, the job is not stopped"
    if not running:
        return "none, it does not run; it is started"
    return "stop, save, start: some minutes, a large job up to 30"


def _state(options: Options) -> str:
    if not options.keep_state:
        return "dropped, it begins empty"
    own = text.code(options.savepoint_path, parts.LONGEST_NAME)
    first = f"a savepoint to {own} first, then " if options.savepoint_path else ""
    return f"{first}stopped with a savepoint, started from it"


def _cus(plan: Plan) -> str:
    before, after = plan.cost_before, plan.cost_after
    if before is None or after is None:
        return "not known"
    return f"stays at {before.cus:g}" if before == after else f"{before.cus:g} → {after.cus:g}"
