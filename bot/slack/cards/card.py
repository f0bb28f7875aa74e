"""The one message per update that is edited in place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.update import Outlook, State
from bot.notes import Code
from bot.slack import text, words
from bot.slack.cards import approval, parts
from bot.slack.cards.stepper import present_step, stepper, steps_of
from bot.slack.sheet import Sheet
from bot.updates.hot_update.plan import WATCH_HOT_UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.flink.update import Update
    from bot.slack.payload import Payload
    from bot.updates.ports import Event


def card(update: Update, events: Sequence[Event], look: parts.Look) -> Payload:
    """Give the card of an update as it stands."""
    sheet = Sheet(
        headline=parts.headline(update),
        context=parts.facts(update, look.now, look.environment),
        footnotes=parts.footnotes(update),
        buttons=parts.buttons(update),
    )
    sheet.add(*lead_lines(update, events, look.now))
    if not look.compact:
        _add_lists(sheet, update, events, look.now)
    return sheet.payload()


def _add_lists(sheet: Sheet, update: Update, events: Sequence[Event], now: datetime) -> None:
    if update.state.final:
        sheet.add(*parts.observation_lines(update), *parts.health_lines(update))
    if not (update.verdict and update.verdict.observations):
        sheet.add(*parts.change_lines(update))
    if update.state is State.RUNNING:
        sheet.add(*stepper(update, events, now))


def lead_lines(update: Update, events: Sequence[Event], now: datetime) -> list[str]:
    """Say how it stands and what to do."""
    if update.state.final:
        return [*parts.ending_lines(update, events), *_where_it_ended(update)]
    if update.state is State.RUNNING:
        seen_through = approval.frozen_lines(events, now, "What it has begun is seen through.")
        return [*seen_through, *_running_lines(update, events, now)]
    if update.state is State.QUEUED:
        return _queued_lines(update, events, now)
    if update.state is State.AWAITING_APPROVAL:
        return [*approval.frozen_lines(events, now), *approval.lines(events)]
    return ["Nothing is sent yet."]


def _queued_lines(update: Update, events: Sequence[Event], now: datetime) -> list[str]:
    if update.operation == WATCH_HOT_UPDATE:
        return ["Watching starts within seconds."]
    frozen = approval.frozen_lines(events, now, "It ends, and nothing of it is sent.")
    return list(frozen) or ["Starts within seconds. Nothing is sent yet."]


def _where_it_ended(update: Update) -> Iterator[str]:
    present = present_step(update)
    if update.state.needs_a_human and present in steps_of(update):
        yield f"It ended at step “{words.step_label(present)}”."
    if update.state is State.UNKNOWN:
        yield from _what_is_known(update)
        yield "Check again reads the cloud once more and sends nothing."


def _what_is_known(update: Update) -> Iterator[str]:
    if update.progress.get("answer_lost"):
        yield "Known so far: it was sent, and the cloud's answer was lost."
    elif status := str(update.progress.get("status", "")):
        yield f"Known so far: the cloud last reported {text.code(status, 80)}."


def _running_lines(update: Update, events: Sequence[Event], now: datetime) -> Iterator[str]:
    if update.outlook is Outlook.OVERDUE:
        yield from overdue_lines(update, events, now)
    elif update.outlook is Outlook.SLOW:
        yield f"Slower than usual: {_watched(update, now)} so far, usually less than 1 min."
        yield "I keep watching. Nothing to do."
    else:
        steps = steps_of(update)
        present = present_step(update) or steps[0]
        place = steps.index(present) + 1 if present in steps else 1
        yield f"Step {place} of {len(steps)}: {words.step_label(present)}."
    if status := str(update.progress.get("status", "")):
        yield f"The cloud last reported {text.code(status, 80)}; not verified yet."
    if update.progress.get("answer_lost"):
        yield "The cloud's answer was lost; I read the job itself to see what happened."
    if update.error_streak:
        tried = text.count(update.error_streak, "time")
        yield f"The cloud did not answer {tried} in a row; I keep asking."


def overdue_lines(update: Update, events: Sequence[Event], now: datetime) -> Iterator[str]:
    """Say that the outcome is unknown, until when it is watched, and what not to do."""
    until = _watched_until(update, events)
    span = f", still watching until {text.date(until)}" if until else ", still watching"
    yield f"*Outcome unknown after {_watched(update, now)}{span}.*"
    yield "Do not submit it again: the change may still be applied."


def _watched(update: Update, now: datetime) -> str:
    return text.duration(now - (update.watched_since or update.queued_at or update.created_at))


def _watched_until(update: Update, events: Sequence[Event]) -> datetime | None:
    said = [e.note.args.get("until", "") for e in events if e.note.code is Code.EVENT_OVERDUE]
    if not said or not said[-1].isdigit() or update.watched_since is None:
        return None
    return update.watched_since + timedelta(minutes=int(said[-1]))
