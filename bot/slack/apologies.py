"""What a person sees when a click or a command met no listener, or a broken one."""

from __future__ import annotations

from typing import Any

from bot.slack.payload import Payload

OUTDATED = (
    "This belongs to an older version of Flinkbot, or to something that is over. Nothing was done."
    " Run the command again for a current one."
)
STOPPING = "Flinkbot is restarting and took no action. Please try again in a minute."


def broken(incident: str) -> str:
    """Own up to a bug; the incident's id leads the operator to the line in the log."""
    return (
        f"Something went wrong in Flinkbot (incident `{incident}`). Look at the job's status before"
        " you try again, and give the incident to whoever runs this bot."
    )


def unknown_command(command: str) -> str:
    """Answer a command that Slack sends us but that we do not have."""
    return f"This Flinkbot has no command `{command}`. Try `/flink help`."


def payload(text: str) -> Payload:
    """Give the apology as a message."""
    return Payload(text, [_section(text)])


def modal(text: str) -> dict[str, Any]:
    """Give the apology as a modal."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Flinkbot"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [_section(text)],
    }


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
