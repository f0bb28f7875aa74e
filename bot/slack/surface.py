"""What Slack shows of the bot where nobody has used it yet: what manifest.yml declares, as values.

A test holds the manifest to these; the sandbox offers them to the people in its simulated Slack.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ShortcutType(StrEnum):
    """Where a shortcut is offered; the manifest's own words."""

    GLOBAL = "global"
    """Everywhere; a click on it names no channel."""
    MESSAGE = "message"
    """In the menu of a message, also inside a thread, where no slash command can be typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command, as the manifest declares it."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool
    """Whether `@somebody` that is typed arrives with the person's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A shortcut, as the manifest declares it."""

    name: str
    type: ShortcutType
    callback_id: str
    description: str


FLINK = Command(
    command="/flink",
    description="Change a running Flink job, or look at one",
    usage_hint=(
        "[jobs | update | rescale | import-savepoint | savepoint | stop | start"
        " | status | history | rollback | result | freeze | unfreeze | help]"
    ),
    should_escape=True,
)
CHANGE_JOB = Shortcut(
    name="Change this job",
    type=ShortcutType.MESSAGE,
    callback_id="change_job",
    description="Open the form for the Flink job that this message is about",
)
CHANGE_ANY_JOB = Shortcut(
    name="Change a Flink job",
    type=ShortcutType.GLOBAL,
    callback_id="change_any_job",
    description="Open the form to change a running Flink job",
)
HOME_OPENED = "app_home_opened"

COMMANDS = (FLINK,)
SHORTCUTS = (CHANGE_JOB, CHANGE_ANY_JOB)
BOT_EVENTS = (HOME_OPENED,)
