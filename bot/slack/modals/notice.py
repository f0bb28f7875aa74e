"""Modals that only say something: a refusal, something broken, an answer, or done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.notes import Note
from bot.slack import text as mrkdwn
from bot.slack.modals import parts

if TYPE_CHECKING:
    from bot.slack.payload import Payload


def problem(trouble: Note | str) -> parts.View:
    """Say a refusal; of an unexpected error only its incident id is known."""
    if isinstance(trouble, Note):
        return parts.modal("That did not work", [parts.trouble(trouble)])
    lines = (
        "⚠️ *Something went wrong on our side.*",
        f"Tell your operator: incident {mrkdwn.code(trouble)}.",
        "Before Apply nothing is sent. After Apply, look at `/flink status` before you try again.",
    )
    return parts.modal("Something went wrong", [parts.section(*lines)])


def answer(payload: Payload) -> parts.View:
    """Show what is a private message elsewhere to somebody who is in no channel."""
    return {**parts.modal("Flinkbot", [parts.divider()]), "blocks": payload.blocks}


def done(title: str, text: str) -> parts.View:
    """Say that it is done, and where it goes on. `text` may mention channels."""
    return parts.modal(title, [parts.section(f"✅ {text}")])
