"""The command line's options, so that a command's signature is a list of names and defaults."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import ConfigurationError

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration (TOML). Default: $FLINKBOT_CONFIG, else ./flinkbot.toml.",
    ),
]

# flinkbot sandbox
Port = Annotated[
    int,
    typer.Option(
        min=1,
        max=65532,
        help="Page and Slack listen here; the clouds and the bot on the next three.",
    ),
]
Browser = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Play every operation without a page, then exit.")
]
JsonLines = Annotated[bool, typer.Option("--json", help="With --check: one JSON object per line.")]
Database = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Keep the bot's state in this SQLite file. Default: temporary."
    ),
]
Gallery = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Take a picture of every screen and card, then exit."),
]

# flinkbot audit


class AuditFormat(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    CSV = "csv"


Anchor = Annotated[
    str,
    typer.Option(
        metavar="POSITION:HASH",
        help="What an earlier run gave as the anchor: up to there, nothing may be rewritten.",
    ),
]
ExportFormat = Annotated[
    AuditFormat, typer.Option("--format", help="JSON lines, or CSV for a spreadsheet.")
]
Since = Annotated[
    str,
    typer.Option(metavar="WHEN", help="Not before: ISO 8601 (UTC without a zone), or 7d, 12h."),
]
Until = Annotated[str, typer.Option(metavar="WHEN", help="Before; written like --since.")]
_AGO = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def micros(when: str, option: str, now: datetime) -> int | None:
    """Give a moment in microseconds since 1970, None where nothing was typed.

    Raises:
        ConfigurationError: it is neither a time nor so long ago.

    """
    if not when:
        return None
    try:
        if ago := _AGO.fullmatch(when.strip()):
            moment = now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        else:
            moment = datetime.fromisoformat(when.strip())
        in_utc = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (in_utc - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        wanted = "a time such as 2026-03-02T23:30+01:00 or 2026-03-02, or how long ago: 7d, 12h"
        raise ConfigurationError(f'{option} "{when}" must be {wanted}') from None


# flinkbot rules explain
User = Annotated[str, typer.Option(metavar="ID", help="Who asks.")]
Target = Annotated[str, typer.Option(metavar="NAME", help="Where the job is.")]
Job = Annotated[str, typer.Option(metavar="NAME", help="The job's name.")]
Operation = Annotated[str, typer.Option(metavar="NAME", help="Such as hot_update.")]
Channel = Annotated[
    str, typer.Option(metavar="ID", help="Where. Default: a click on Home, in no channel.")
]
Groups = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="A user group the user is in; repeat.")
]
GroupsUnknown = Annotated[
    bool, typer.Option("--groups-unknown", help="As if Slack did not tell the groups.")
]
Team = Annotated[str, typer.Option(metavar="ID", help="The user's Slack workspace.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=BEFORE:AFTER", help="What would change; repeat."),
]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="The reason that is given.")]
Restart = Annotated[bool, typer.Option("--restart", help="The job would be restarted for it.")]
At = Annotated[
    str, typer.Option(metavar="TIME", help="ISO 8601, UTC without a zone. Default: now.")
]
