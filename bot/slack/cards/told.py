"""Messages that are posted once: a step, the end, and the alarm before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.notes import Code
from bot.slack import diffs, text, words
from bot.slack.cards import parts
from bot.slack.cards.card import lead_lines, overdue_lines
from bot.slack.payload import File, Payload
from bot.slack.sheet import Sheet

_LONGEST_DIFF = 2_400

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.flink.update import Update
    from bot.updates.messages import Message
    from bot.updates.ports import Event


def told(message: Message, update: Update, events: Sequence[Event]) -> Payload:
    """Tell one event in the thread."""
    event = next((event for event in events if event.seq == message.event), None)
    sheet = Sheet()
    if event is None:
        sheet.add(f"{words.status_label(update)}: the step itself is not recorded; see View.")
    else:
        sheet.add(f"{text.clock_time(event.at)} {words.say_mrkdwn(event.note)}")
        if event.note.code is Code.EVENT_LONG_CHANGES:
            return _with_diff(sheet, update)
        if event.note.code is Code.EVENT_FOUND_OUT:  # the end was told already, as unknown
            sheet.add(*lead_lines(update, events, event.at))
    return sheet.payload()


def _with_diff(sheet: Sheet, update: Update) -> Payload:
    """Where Slack takes no file, the first lines have to do."""
    content = diffs.in_full(change for change in update.plan.changes if change.long)
    first = text.cut(text.escape(content).replace("```", "'''"), _LONGEST_DIFF)
    said = sheet.payload().text
    sheet.add(f"```\n{first}\n```")
    file = File(f"Changes of {update.name}, update {update.id}", content)
    return Payload(said, sheet.payload().blocks, file)


def verdict(update: Update, events: Sequence[Event], look: parts.Look) -> Payload:
    """Tell the end. Where a human is needed it stands alone in the channel, with all to act."""
    sheet = Sheet(
        headline=parts.headline(update) if update.state.needs_a_human else "",
        context=parts.facts(update, look.now, look.environment),
        footnotes=parts.footnotes(update),
        buttons=parts.buttons(update) if update.state.needs_a_human else [],
    )
    lines = lead_lines(update, events, look.now)
    if not update.state.needs_a_human:
        lines.insert(0, f"*{words.status_label(update)}: {text.clean(update.name)}*")
    sheet.add(*lines)
    if not look.compact:
        sheet.add(*parts.observation_lines(update), *parts.health_lines(update))
    return sheet.payload()


def alert(update: Update, events: Sequence[Event], look: parts.Look) -> Payload:
    """Tell the channel, before the end, that the outcome is unknown for too long."""
    sheet = Sheet(
        headline=parts.headline(update),
        context=parts.facts(update, look.now, look.environment),
        footnotes=parts.footnotes(update),
        buttons=parts.buttons(update),
    )
    ended = update.state.final  # it may have ended before this could be delivered
    sheet.add(*(lead_lines if ended else overdue_lines)(update, events, look.now))
    return sheet.payload()
