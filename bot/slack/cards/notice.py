"""Tell those who look after the bot of an update that was not told where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack import text, words
from bot.slack.cards import parts
from bot.slack.detour import cause, is_direct
from bot.slack.sheet import Sheet

if TYPE_CHECKING:
    from bot.flink.update import Update
    from bot.slack.payload import Payload
    from bot.updates.messages import Message


def notice(message: Message, update: Update, look: parts.Look) -> Payload:
    """Say which update, where and why, where it goes on, and how it ended if it has."""
    sheet = Sheet(
        headline=f"Not told where it belongs: {update.name}",
        context=parts.facts(update, look.now, look.environment),
        footnotes=parts.footnotes(update),
        buttons=parts.buttons(update),
    )
    if message.refusal is not None:
        sheet.add(
            f"I could not post in {_place(message.refusal.channel)}: {cause(message.refusal)}"
        )
    who = text.mention(update.requested_by)
    if is_direct(update.channel):
        sheet.add(f"{who} is told in a direct message.")
    status = words.status_label(update)
    sheet.add(f"How it ended: {status}" if update.state.final else f"It goes on: {status}")
    return sheet.payload()


def _place(channel: str) -> str:
    return "a direct message" if is_direct(channel) else text.channel(channel)
