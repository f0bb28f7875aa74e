"""The modal that is open within the trigger's 3 seconds, before anything slow is known."""

from __future__ import annotations

from bot.slack import text as mrkdwn
from bot.slack.modals import parts


def build(text: str) -> parts.View:
    """Say what is being waited for."""
    return parts.modal("Flinkbot", [parts.section(f"⏳ {mrkdwn.clean(text) or 'Working…'}")])
