"""The command line's options, so that a command's signature is a list of names and defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
