"""Everything there is to do, two taps away."""

from __future__ import annotations

from bot.slack.ids import Action
from bot.slack.modals import parts
from bot.slack.sheet import button


def build() -> parts.View:
    """Offer the ways in."""
    change = button("Change a job", Action.OPEN_UPDATE_FORM, "", "Change a job's settings")
    change.style = "primary"
    return parts.modal(
        "Flinkbot",
        [
            parts.section(
                "*Change running Flink jobs, safely.*",
                "You see what would change and what it costs before anything is sent.",
            ),
            parts.buttons(
                change,
                button("Jobs", Action.OPEN_JOBS, "", "List the jobs"),
                button("Status", Action.OPEN_STATUS, "", "See how updates stand"),
                button("Help", Action.OPEN_HELP, "", "Show the commands"),
            ),
            parts.context("Or type it: `/flink rescale orders 16`"),
        ],
    )
