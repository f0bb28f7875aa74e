"""Short answers: help, a refusal, a receipt."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bot.notes import Code, Note
from bot.redaction import redact
from bot.slack import text, words
from bot.slack.command import COMMANDS
from bot.slack.ids import Action
from bot.slack.sheet import Sheet, button

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.models.blocks import ButtonElement

    from bot.slack.payload import Payload


_CHANNEL_LINK = re.compile(r"&lt;#([CGD][A-Z0-9]+)&gt;")


@cache  # it is part of the ack, and always the same
def help_text() -> Payload:
    """List the commands."""
    sheet = Sheet(headline="Flinkbot: change running Flink jobs", buttons=[*_shortcuts()])
    sheet.add(
        "• `/flink`: buttons for what is used most",
        *(f"• {text.code(f'/flink {known.usage}')}: {known.summary}" for known in COMMANDS),
    )
    sheet.add("*For example*", *(f"• {text.code(f'/flink {known.example}')}" for known in COMMANDS))
    sheet.add(
        "Nothing is changed by a command: every change is reviewed first, then applied.",
        "A part of a job's name is enough where it can mean only one job.",
    )
    return sheet.payload()


@cache
def launcher() -> Payload:
    """Offer everything as buttons."""
    sheet = Sheet(buttons=[*_shortcuts()])
    sheet.add("*What do you want to do?* Nothing is changed before you have reviewed it.")
    return sheet.payload()


def _shortcuts() -> Iterator[ButtonElement]:
    yield button("Update a job", Action.OPEN_UPDATE_FORM, "", "Open the form to update a job")
    yield button("Jobs", Action.OPEN_JOBS, "", "List the jobs")
    yield button("Status", Action.OPEN_STATUS, "", "Show the newest updates")
    yield button("Help", Action.OPEN_HELP, "", "List the commands")


def problem(trouble: Note | str) -> Payload:
    """Say no, or that something broke: then the text is the incident's id in the log."""
    sheet = Sheet()
    if isinstance(trouble, Note):
        said = words.mrkdwn_words(trouble)
        sheet.add(f"⛔ *{said.what}*", *filter(None, (said.why, said.fix)))
    else:
        sheet.add(
            "❌ *Something broke on my side.*",
            "What you asked for may not have been done; `/flink status` shows what was.",
            f"Tell whoever runs Flinkbot this incident id: {text.code(trouble)}",
        )
    return sheet.payload()


def frozen(said: Note) -> Payload:
    """Tell a whole channel that something was frozen, or that it is not any more."""
    three, sheet = words.mrkdwn_words(said), Sheet()
    sheet.add(f"{freeze_icon(said)} *{three.what}*", *filter(None, (three.why, three.fix)))
    return sheet.payload()


def freeze_icon(said: Note) -> str:
    """Give what marks a freeze, or the end of one."""
    return "🧊" if said.code is Code.EVENT_FROZEN else "🟢"


def mistake(typed: str, nearest: str) -> Payload:
    """Say that a line was not understood, and what was probably meant; secrets are not repeated."""
    sheet = Sheet(buttons=[button("Help", Action.OPEN_HELP, "", "List the commands")])
    lines = [f"⛔ *Not understood:* {text.code(redact(f'/flink {typed}'))}"]
    if nearest:
        lines.append(f"Did you mean {text.code(redact(f'/flink {nearest}'))}?")
    sheet.add(*lines, "`/flink help` lists the commands. Nothing was done.")
    return sheet.payload()


def receipt(said: str, by: str = "") -> Payload:
    """Confirm in one line of plain text; links to channels in it work, nothing else does.

    `by`: who did it already (a Slack user id), if it was somebody else.
    """
    sheet = Sheet()
    done = "✅ " + _CHANNEL_LINK.sub(r"<#\1>", text.clean(said, 1_000))
    sheet.add(f"{done} It was done already, by {text.mention(by)}." if by else done)
    return sheet.payload()
