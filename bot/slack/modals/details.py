"""Everything that is known of an update, for who wants to look closely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.flink.parameters import Effect
from bot.slack import text, words
from bot.slack.cards import parts as told
from bot.slack.modals import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from slack_sdk.models.blocks import Block

    from bot.flink.plan import Change, Finding, Plan
    from bot.flink.update import Observation, Update
    from bot.updates.ports import Event

_MOST_ROWS = 60
_MOST_EVENTS = _MOST_ROWS - 1
_LONGEST_REASON = 2_500


def build(update: Update, events: Sequence[Event], now: datetime) -> parts.View:
    """Show an update; the newest events are kept where there are too many."""
    blocks: list[Block] = [
        parts.header(told.headline(update)),
        parts.context(*_who(update, now)),
    ]
    for title, lines in (
        ("Outcome", list(_outcome(update, events))),
        ("Asked / reported by the cloud / observed in the job", _observations(update)),
        ("Changes", _changes(update)),
        ("Saved by somebody else", parts.listed(update.plan.edits, _MOST_ROWS, _edit)),
        ("Findings of the review", _findings(update.plan)),
        ("What ran and was saved before", _before(update.plan)),
        ("Timeline", _timeline(events)),
    ):
        if lines:
            blocks += parts.sections([f"*{title}*", *lines])
    if update.reason:
        blocks.append(parts.section(f"*Reason*  {text.clean(update.reason, _LONGEST_REASON)}"))
    blocks.append(parts.context(*_ids(update)))
    return parts.modal("Update", blocks)


def _who(update: Update, now: datetime) -> Iterator[str]:
    yield told.what(update)
    yield f"target {text.code(update.ref.target, parts.LONGEST_NAME)}"
    yield f"by {text.mention(update.requested_by)}"
    yield text.date(update.created_at)
    if update.queued_at is not None:
        word = "took" if update.state.final else "for"
        yield f"{word} {text.duration(told.elapsed(update, now))}"


def _outcome(update: Update, events: Sequence[Event]) -> Iterator[str]:
    if update.state.final:
        yield from told.ending_lines(update, events)
        yield from told.health_lines(update)


def _observations(update: Update) -> list[str]:
    rows = update.verdict.observations if update.verdict else ()
    differing_first = sorted(rows, key=lambda row: row.agrees)
    return parts.listed(differing_first, _MOST_ROWS, lambda row: _observation(update, row))


def _observation(update: Update, row: Observation) -> str:
    name = parts.name_of(row.name)
    label = f"✅ *{name}* as expected" if row.agrees else f"⚠️ *{name}* differs"
    asked = parts.value(row.asked, "removed" if row.name in update.plan.asked else "nothing")
    reported, seen = parts.value(row.reported, "nothing"), parts.value(row.observed)
    return f"{label}: {asked} / {reported} / {seen}"


def _changes(update: Update) -> list[str]:
    return parts.listed(
        update.plan.changes, _MOST_ROWS, lambda one: _moved(one, told.acts(update, one))
    )


def _edit(edit: Change) -> str:
    return _moved(edit, "overwritten" if edit.effect is Effect.IGNORED else "")


def _moved(change: Change, effect: str) -> str:
    effect = effect or str(words.effect_label(change.effect))
    before, after = parts.value(change.before), parts.value(change.after, "removed")
    return f"• {parts.name_of(change.name)}: {before} → {after}  {effect}"


def _findings(plan: Plan) -> list[str]:
    return parts.listed(plan.findings, _MOST_ROWS, _finding)


def _finding(found: Finding) -> str:
    return f"• {words.level_label(found.level)}: {words.say_mrkdwn(found.note)}"


def _before(plan: Plan) -> list[str]:
    """Give all values at the time of the plan; a saved one only where another one ran."""

    def line(name: str) -> str:
        runs, saved = plan.running.get(name), plan.saved.get(name)
        ran = f"• {parts.name_of(name)}: {parts.value(runs)}"
        return ran if runs == saved else f"{ran}, saved {parts.value(saved)}"

    return parts.listed(sorted(plan.running.keys() | plan.saved.keys()), _MOST_ROWS, line)


def _timeline(events: Sequence[Event]) -> list[str]:
    left = len(events) - _MOST_EVENTS
    earlier = [f"… {left} earlier"] if left > 0 else []
    return [*earlier, *(_told(event) for event in events[-_MOST_EVENTS:])]


def _told(event: Event) -> str:
    by = f" ({text.mention(event.actor)})" if event.actor else ""
    return f"{text.clock_time(event.at)}  {words.say_mrkdwn(event.note)}{by}"


def _ids(update: Update) -> Iterator[str]:
    known = {
        "update": update.id,
        "deployment": update.ref.deployment_id,
        "job": update.plan.job_id,
        "hot update": str(update.progress.get("hot_update_id", "")),
        "revision": update.plan.revision,
        "engine": update.plan.engine_version,
        "digest": update.plan.digest[:12],
    }
    for label, one in known.items():
        if one:
            yield f"{label} {text.code(one, parts.LONGEST_NAME)}"
    if requests := told.request_ids(update):
        shown = ", ".join(text.code(one, parts.LONGEST_NAME) for one in requests[:8])
        yield f"request ids {shown}"
