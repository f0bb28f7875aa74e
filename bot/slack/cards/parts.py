"""Pieces that the card, the verdict and the private answers share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from bot.flink.dli.options import Mode, options_of
from bot.flink.effect import Effect
from bot.flink.update import State
from bot.notes import Code
from bot.slack import diffs, text, words
from bot.slack.cards import approval
from bot.slack.ids import Action
from bot.slack.operate import operate_button
from bot.slack.sheet import button, confirmation
from bot.updates import rollback
from bot.updates.dli.route import DLI_OPERATIONS, DliOperation
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import timedelta

    from slack_sdk.models.blocks import ButtonElement

    from bot.flink.plan import Change
    from bot.flink.update import Observation, Update
    from bot.updates.ports import Event

T = TypeVar("T")
MOST_ROWS = 12
_RETRYABLE = frozenset({State.FAILED, State.UNKNOWN, State.STALE, State.CANCELLED, State.EXPIRED})
_CANCELLABLE = frozenset({State.AWAITING_APPROVAL, State.QUEUED})


@dataclass(frozen=True, slots=True)
class Look:
    """How a message is to be told: when, of which environment, and whether without lists."""

    now: datetime
    environment: str = ""
    compact: bool = False


def headline(update: Update) -> str:
    """Give icon, word and job: the one line that a phone shows."""
    return f"{words.status_label(update)}: {update.name}"


def elapsed(update: Update, now: datetime) -> timedelta:
    """Give how long it took, or takes so far."""
    return (update.finished_at or now) - (update.queued_at or update.created_at)


def what(update: Update) -> str:
    """Name what was asked for, and the update that it takes back."""
    label = words.operation_label(update.operation)
    reverts = update.plan.reverts
    return f"{label}, rolls back {text.code(reverts, 80)}" if reverts else label


def facts(update: Update, now: datetime, environment: str = "") -> list[str]:
    """Give what, where, who and how long."""
    target = f"target {text.code(update.ref.target, 80)}"
    named = environment not in {"", update.ref.target}
    word = "took" if update.state.final else "for"
    return [
        what(update),
        f"{target} ({text.clean(environment, 80)})" if named else target,
        f"by {text.mention(update.requested_by)}",
        f"{word} {text.duration(elapsed(update, now))}",
    ]


def footnotes(update: Update) -> list[str]:
    """Give the reason on one line, and on another the ids that a support ticket needs."""
    ids = [f"update {text.code(update.id, 80)}"]
    if hot_update_id := str(update.progress.get("hot_update_id", "")):
        ids.append(f"hot update {text.code(hot_update_id, 80)}")
    requests = request_ids(update)
    if requests and update.state is not State.SUCCEEDED:  # View has them always
        ids.append(f"request ids {', '.join(text.code(one, 80) for one in requests[:4])}")
    told = update.reason and not update.plan.reverts  # a way back says so in its facts
    reason = [f"reason: {text.clean(update.reason)}"] if told else []
    return [*reason, " · ".join(ids)]


def request_ids(update: Update) -> Sequence[str]:
    """Give the cloud's request ids, as far as they are known."""
    if update.verdict is not None and update.verdict.request_ids:
        return update.verdict.request_ids
    return [str(one) for one in update.progress.get("request_ids", ())]


def limited(
    rows: Sequence[T],
    line: Callable[[T], str],
    most: int = MOST_ROWS,
    room: int = 2_600,
    hint: str = ", see View",
) -> Iterator[str]:
    """Give the first rows as lines, and how many more there are. `room` is in characters."""
    for number, row in enumerate(rows):
        shown = line(row)
        room -= len(shown) + 1
        if number == most or room < 0:
            yield f"… and {len(rows) - number} more{hint}"
            return
        yield shown


def change_lines(update: Update) -> Iterator[str]:
    """Give what was asked for: before → after and when it acts."""
    if update.plan.changes:
        yield "*Changes*"
        yield from limited(
            update.plan.changes, lambda change: _change(change, acts(update, change)), room=1_900
        )
    if update.plan.edits:
        who = text.clean(update.plan.modified_by) or "somebody else"
        yield f"*Saved by {who}, applied too*"
        yield from limited(update.plan.edits, _change, MOST_ROWS // 2, room=700)


def acts(update: Update, change: Change) -> str:
    """Say when what was asked for acts."""
    # A restore puts the saved deployment back and leaves the running job alone.
    if update.operation == RESTORE_SAVED:
        return "saved only"
    restarts = options_of(update.plan.options).mode is Mode.RESTART
    if restarts and change.effect is Effect.NEEDS_RESTART:
        return "🔄 with the restart"
    return str(words.effect_label(change.effect))


def _change(change: Change, effect: str = "") -> str:
    effect = effect or str(words.effect_label(change.effect))
    name = setting(change.name)
    if change.long:
        return f"• {name}: {diffs.summary(change)} ({effect})"
    return f"• {name}: {value(change.before)} → {value(change.after)} ({effect})"


def setting(name: str) -> str:
    """Give a setting's label."""
    return text.clean(words.setting_label(name), 160)


def value(shown: str | None, unset: str = "not set") -> str:
    """Give a value as code; a missing one in words."""
    return text.code(shown, 120) if shown is not None else unset


def observation_lines(update: Update) -> Iterator[str]:
    """Give asked / reported / observed per field; those that differ come first."""
    if update.verdict is None or not update.verdict.observations:
        return
    rows = sorted(update.verdict.observations, key=lambda row: row.agrees)
    yield "*Asked, reported by the cloud, observed in the job*"
    yield from limited(rows, lambda row: _observation(update, row))


def _observation(update: Update, row: Observation) -> str:
    name = f"*{setting(row.name).replace('*', '∗')}*"  # noqa: RUF001 - a star would end the bold
    label = f"✅ {name} as expected" if row.agrees else f"⚠️ {name} differs"
    asked = value(row.asked, "removed" if row.name in update.plan.asked else "nothing")
    before = value(update.plan.running.get(row.name))
    said = f"before {before}, asked {asked}, reported {value(row.reported, 'nothing')}"
    return f"{label}: {said}, observed {value(row.observed)}"


def health_lines(update: Update) -> Iterator[str]:
    """Give the job's status and restarts on one line, as far as the verdict knows them."""
    if update.verdict is None:
        return
    status = text.clean(update.verdict.job_status)
    known = [f"Job status: {status}"] if status else []
    before, after = update.verdict.restarts_before, update.verdict.restarts_after
    if after is not None:
        known.append(_restarts(before, after))
    if known:
        yield " · ".join(known)


def _restarts(before: int | None, after: int) -> str:
    if before is None:
        return f"Restarts: {after}"
    return f"Restarts: {after} (unchanged)" if before == after else f"Restarts: {before} → {after}"


def ending_lines(update: Update, events: Iterable[Event]) -> Iterator[str]:
    """Say why it ended as it did; one called off has no verdict, only a last event."""
    if update.verdict is not None and update.verdict.notes:
        first, *others = update.verdict.notes
        said = words.mrkdwn_words(first)
        yield f"*{said.what}*"
        yield from filter(None, (said.fix, said.why))
        if first.code is Code.VERDICT_FAILED_JOB_DOWN:
            yield from _recovery(update)
        yield from limited(others, lambda note: f"• {words.say_mrkdwn(note)}")
        yield from (f"The cloud's diagnosis: {hint}" for hint in _hints(update))
        return
    told = [event for event in events if event.note.code in _CALLED_OFF]
    yield words.say_mrkdwn(told[-1].note) if told else _NO_REASON


def _hints(update: Update) -> list[str]:
    """Give the cloud's own idea of what is wrong."""
    return [text.clean(str(hint), 300) for hint in update.progress.get("hints", ())]


def _recovery(update: Update) -> Iterator[str]:
    """Give the exact choices of somebody whose job is down."""
    start = "start the job in the console from its latest checkpoint or savepoint"
    if rollback.kept(update):
        yield f"1. Old settings: press Restore saved settings, then {start}."
        yield f"2. New settings: {start}; it takes what is saved now."
    else:
        yield f"1. {start.capitalize()}; it takes what is saved on the deployment."
    if update.plan.last_checkpoint_at is not None:
        yield f"Last completed checkpoint before the update: {checkpoint(update)}."


def checkpoint(update: Update) -> str:
    """Give when the last checkpoint known to the plan was completed, its size and its time."""
    plan = update.plan
    known = [text.date(datetime.fromtimestamp(plan.last_checkpoint_at or 0, UTC))]
    if plan.last_checkpoint_bytes is not None:
        known.append(text.size(plan.last_checkpoint_bytes))
    if plan.last_checkpoint_ms is not None:
        known.append(f"took {text.milliseconds(plan.last_checkpoint_ms)}")
    return ", ".join(known)


_CALLED_OFF = {
    Code.EVENT_CANCELLED,
    Code.EVENT_EXPIRED,
    Code.EVENT_REPLACED,
    Code.EVENT_REJECTED,
    Code.EVENT_NOT_APPROVED,
}
_NO_REASON = "Why is not recorded; see View."


def buttons(update: Update) -> list[ButtonElement]:
    """Give what can be done now. A button carries the update's id and no authority."""
    if update.state is State.AWAITING_APPROVAL:
        return [*approval.buttons(update), *_edit(update), _cancel(update)]
    if update.state in _CANCELLABLE:
        return [_cancel(update)]
    return [*_ways_out(update), view_button(update)]


def view_button(update: Update) -> ButtonElement:
    """Give the button that shows everything."""
    return button(
        "View", Action.VIEW_UPDATE, update.id, f"View update {update.id} of {update.name}"
    )


def _edit(update: Update) -> Iterator[ButtonElement]:
    """Give the way back to the form; what is asked anew voids what was approved."""
    editable = update.operation in {HOT_UPDATE, DliOperation.UPDATE}
    if editable and not update.plan.reverts:  # an edited way back would be none
        spoken = f"Edit update {update.id} of {update.name} and ask anew"
        yield button("Edit", Action.EDIT_UPDATE, update.id, spoken)


def _cancel(update: Update) -> ButtonElement:
    question = f"Update {update.id} of {text.cut(update.name, 150)} has not begun. Nothing is sent."
    return button(
        "Cancel",
        Action.CANCEL_UPDATE,
        update.id,
        f"Cancel update {update.id} of {update.name}",
        confirm=confirmation("Cancel this update?", question, "Cancel update", "Keep it"),
    )


def _ways_out(update: Update) -> Iterator[ButtonElement]:
    if update.state is State.UNKNOWN:
        spoken = f"Read the cloud again for update {update.id} of {update.name}"
        yield button("Check again", Action.CHECK_AGAIN, update.id, spoken)
    yield from _next_on_dli(update)
    if rollback.hindrance(update) is None:
        label = "Restore saved settings" if rollback.kept(update) else "Roll back"
        spoken = f"{label}: take back update {update.id} of {update.name}"
        yield button(label, Action.ROLL_BACK, update.id, spoken)
    if update.state in _RETRYABLE and (update.plan.changes or update.operation in DLI_OPERATIONS):
        spoken = f"Retry update {update.id} of {update.name}"
        yield button("Retry", Action.RETRY_UPDATE, update.id, spoken)


def _next_on_dli(update: Update) -> Iterator[ButtonElement]:
    """Give the step that follows."""
    codes = {note.code for note in (update.verdict.notes if update.verdict else ())}
    if Code.VERDICT_IMPORTED in codes:
        label = "Start from this savepoint"
        yield operate_button(DliOperation.START, update.ref, update.name, label)
    elif codes & {Code.VERDICT_STOPPED, Code.VERDICT_JOB_DOWN, Code.VERDICT_NO_SAVEPOINT}:
        yield operate_button(DliOperation.START, update.ref, update.name)
