"""How a job, an update or a hot update stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.parameters import KNOBS
from bot.flink.phase import Phase
from bot.flink.update import State
from bot.slack import text, words
from bot.slack.cards import parts
from bot.slack.cards.card import lead_lines
from bot.slack.cards.stepper import stepper
from bot.slack.ids import Action
from bot.slack.operate import operate_button
from bot.slack.replies.listing import plain_status
from bot.slack.sheet import Sheet, button
from bot.updates.dli.route import DliOperation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from slack_sdk.models.blocks import ButtonElement

    from bot.flink.snapshot import DeploymentSnapshot, HotUpdateReport, JobSnapshot
    from bot.flink.update import Update
    from bot.notes import Note
    from bot.slack.payload import Payload
    from bot.updates.ports import Event


_AT_REST = (DliOperation.START, DliOperation.IMPORT_SAVEPOINT)
_OFFERED = {
    Phase.RUNNING: (DliOperation.TAKE_SAVEPOINT, DliOperation.STOP),
    Phase.STOPPED: _AT_REST,
    Phase.FAILED: _AT_REST,
}
_KNOB_NAMES = tuple(knob.name for knob in KNOBS)
_MOST_UPDATES = 20
_MOST_FROZEN = 8
_LONGEST_BUTTON_VALUE = 2_000
_RECENT_EVENTS = 12
_UNUSUAL = timedelta(minutes=2)
"""What is due is begun within seconds."""
_REPORT_ENDS = {"HOT_UPDATED", "FAILED"}


def status(
    updates: Sequence[Update], now: datetime, title: str, frozen: Sequence[Note] = ()
) -> Payload:
    """Say what is frozen; list updates, one line each, newest first as given."""
    sheet = Sheet(headline=title)
    _add_frozen(sheet, frozen)
    for update in updates[:_MOST_UPDATES]:
        sheet.add(_update_line(update, now), beside=parts.view_button(update))
    if not updates:
        sheet.add("No updates yet.")
    return sheet.payload()


def _add_frozen(sheet: Sheet, frozen: Sequence[Note]) -> None:
    for said in frozen[:_MOST_FROZEN]:
        three = words.mrkdwn_words(said)
        sheet.add(f"🧊 *{three.what}*", three.why, three.fix)


def _update_line(update: Update, now: datetime) -> str:
    when = update.finished_at or update.queued_at or update.created_at
    first = f"{words.status_label(update)}: *{text.clean(update.name, 300)}*"
    if left := _unattended_for(update, now):
        first += f" · ⚠️ not looked after for {text.duration(left)}"
    return (
        f"{first}\nupdate {text.code(update.id)} · target {text.code(update.ref.target)}"
        f" · by {text.mention(update.requested_by)} · {text.duration(now - when)} ago"
    )


def _unattended_for(update: Update, now: datetime) -> timedelta | None:
    """Tell for how long an update waits for a replica that takes it; None where that is usual."""
    if update.state not in {State.QUEUED, State.RUNNING} or update.next_at is None:
        return None
    taken = update.lease_until is not None and update.lease_until > now
    waits = now - update.next_at
    return waits if waits > _UNUSUAL and not taken else None


def job_status(
    snapshot: DeploymentSnapshot,
    live: Update | None,
    recent: Sequence[Update],
    now: datetime,
    frozen: Sequence[Note] = (),
) -> Payload:
    """Tell how a job stands: what runs, what is saved but does not run, who changes it."""
    status = snapshot.job.status if snapshot.job else ""
    sheet = Sheet(
        headline=f"{plain_status(status)}: {snapshot.name}",
        context=[f"target {text.code(snapshot.ref.target)}", *_snapshot_facts(snapshot, now)],
        buttons=[_change_this(snapshot), *_operate(snapshot)],
    )
    _add_frozen(sheet, frozen)
    if live is not None:
        sheet.add(f"*An update is in progress.* {_update_line(live, now)}")
    sheet.add(*_values_lines(snapshot))
    sheet.add(*_pending_lines(snapshot))
    if others := [update for update in recent if live is None or update.id != live.id]:
        sheet.add("*Newest updates*", *(_update_line(update, now) for update in others[:5]))
    return sheet.payload()


def _change_this(snapshot: DeploymentSnapshot) -> ButtonElement:
    value = text.cut(f"{snapshot.ref.target}/{snapshot.ref.deployment_id}", _LONGEST_BUTTON_VALUE)
    return button("Change", Action.OPEN_UPDATE_FORM, value, f"Change {snapshot.name}")


def _operate(snapshot: DeploymentSnapshot) -> Iterator[ButtonElement]:
    """Offer what a DLI job can be told to do now."""
    if not snapshot.job_type:
        return
    phase = snapshot.job.phase if snapshot.job else Phase.STOPPED
    for operation in _OFFERED.get(phase, ()):
        yield operate_button(operation, snapshot.ref, snapshot.name)


def _snapshot_facts(snapshot: DeploymentSnapshot, now: datetime) -> Iterator[str]:
    job = snapshot.job
    if snapshot.engine_version:
        yield text.clean(snapshot.engine_version)
    if job is None:
        return
    yield f"job {text.code(job.job_id)}"
    if job.started_at is not None:
        age = text.duration(now.timestamp() - job.started_at)
        yield f"runs for {age}" if job.running else f"started {age} ago"
    if job.restarts is not None:
        yield text.count(job.restarts, "restart")
    if job.health_score is not None:
        yield f"health {job.health_score}"


def _values_lines(snapshot: DeploymentSnapshot) -> Iterator[str]:
    yield _heading(snapshot.job)
    if snapshot.job and snapshot.job.failure:
        yield f"Last failure: {text.clean(snapshot.job.failure, 400)}"
    rows = sorted(snapshot.running_values.items(), key=_knobs_first)
    yield from parts.limited(rows, _value_line, hint="")


def _heading(job: JobSnapshot | None) -> str:
    if job is None:
        return "*Saved; nothing runs*"
    return "*Ran with*" if job.ended else "*Runs now*"


def _value_line(item: tuple[str, str]) -> str:
    return f"• {parts.setting(item[0])}: {parts.value(item[1])}"


def _edit_line(item: tuple[str, tuple[str | None, str | None]]) -> str:
    name, (running, saved) = item
    return f"• {parts.setting(name)}: {parts.value(running)} → {parts.value(saved)}"


def _knobs_first(item: tuple[str, str]) -> tuple[int, bool, str]:
    name = item[0]
    place = _KNOB_NAMES.index(name) if name in _KNOB_NAMES else len(_KNOB_NAMES)
    return (place, words.setting_label(name) == name, name)


def _pending_lines(snapshot: DeploymentSnapshot) -> Iterator[str]:
    edits = snapshot.pending_edits()
    if edits:
        who = text.clean(snapshot.modified_by) or "somebody"
        yield f"*Saved by {who}, not running yet*"
    yield from parts.limited(list(edits.items()), _edit_line)


def update_status(update: Update, events: Sequence[Event], now: datetime) -> Payload:
    """Tell all that fits about one update, with what happened and when."""
    sheet = Sheet(
        headline=parts.headline(update),
        context=parts.facts(update, now),
        footnotes=parts.footnotes(update),
        buttons=parts.buttons(update),
    )
    sheet.add(*lead_lines(update, events, now))
    if left := _unattended_for(update, now):
        sheet.add(
            f"⚠️ *Not looked after for {text.duration(left)}.* No running replica takes it: they are"
            " too busy, or too old to know it. It goes on when one does."
        )
    sheet.add(*parts.observation_lines(update), *parts.health_lines(update))
    sheet.add(*parts.change_lines(update))
    if update.state is State.RUNNING:
        sheet.add(*stepper(update, events, now))
    if events:
        told = [f"{text.date(e.at)} {words.say_mrkdwn(e.note)}" for e in events[-_RECENT_EVENTS:]]
        sheet.add("*What happened*", *told)
    return sheet.payload()


def result(report: HotUpdateReport, target: str, known: Update | None) -> Payload:
    """Tell how a hot update stands, whoever started it; offer to watch it if nobody does."""
    final = report.status.upper() in _REPORT_ENDS
    watchable = known is None and not final
    sheet = Sheet(
        headline=f"{_report_label(report.status)}: hot update",
        context=[
            f"hot update {text.code(report.hot_update_id)}",
            f"target {text.code(target)}",
            f"job {text.code(report.job_id)}",
        ],
        buttons=[_watch(target, report.hot_update_id)] if watchable else [],
    )
    sheet.context.extend(f"request id {text.code(one)}" for one in report.request_ids[:4])
    if report.status == "HOT_UPDATED":
        sheet.add("This is the cloud's report; it is not read back from the job here.")
    sheet.add(*_failure_lines(report))
    sheet.add(*_mapping_lines("Asked for", report.requested))
    sheet.add(*_mapping_lines("Target reported", report.target))
    if known is not None:
        sheet.add(
            f"Followed as update {text.code(known.id)}: {words.status_label(known)}.",
            beside=parts.view_button(known),
        )
    elif not final:
        sheet.add("Nobody follows it here. Watch it to be told of its end in the channel.")
    return sheet.payload()


def _report_label(status: str) -> str:
    match status.upper():
        case "HOT_UPDATED":
            return "✅ HOT_UPDATED"
        case "FAILED":
            return "❌ FAILED"
        case _:
            return f"⏳ {status or 'no status'}"


def _watch(target: str, hot_update_id: str) -> ButtonElement:
    value = f"{target}/{hot_update_id}"
    return button("Watch", Action.WATCH_HOT_UPDATE, value, f"Watch hot update {hot_update_id}")


def _failure_lines(report: HotUpdateReport) -> Iterator[str]:
    if report.failure is None:
        return
    failure = report.failure
    yield f"*Reason:* {text.clean(failure.reason, 400) or 'none given'}"
    if failure.message:
        yield text.clean(failure.message, 800)
    if failure.severity:
        severity = f"Severity: {text.clean(failure.severity)}. Its meaning is not documented"
        yield f"{severity}; look at the job itself: `/flink status`."


def _mapping_lines(title: str, values: Mapping[str, str]) -> Iterator[str]:
    if values:
        yield f"*{title}*"
    yield from parts.limited(list(values.items()), _value_line)
