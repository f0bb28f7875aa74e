"""Jobs as a list, and as the choices of a select."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import Option, OptionGroup

from bot.flink.phase import Phase, phase_of
from bot.redaction import redact
from bot.slack import text, words
from bot.slack.ids import Action
from bot.slack.sheet import Sheet, button

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from slack_sdk.models.blocks import ButtonElement

    from bot.flink.snapshot import DeploymentSummary
    from bot.flink.update import Update
    from bot.slack.payload import Payload
    from bot.updates.directory import Listing


_MOST_JOBS = 20
_MOST_TARGETS = 20
_MOST_OPTIONS = 100
_LONGEST_OPTION = 75
_LONGEST_OPTION_VALUE = 150
_LONGEST_BUTTON_VALUE = 2_000
_PHASE_ICONS = {
    Phase.STARTING: "🟡",
    Phase.RUNNING: "🟢",
    Phase.STOPPING: "🟡",
    Phase.STOPPED: "⚪",
    Phase.FAILED: "🔴",
    Phase.FINISHED: "⚪",
    Phase.STUCK: "🔴",
    Phase.UNCLEAR: "🔵",
}


def jobs(
    listings: Mapping[str, Listing],
    live: Mapping[tuple[str, str], Update],
    now: datetime,
    searched: str = "",
) -> Payload:
    """List jobs by target, at most 20, each with a button to change it."""
    sheet = Sheet(headline=f"Jobs matching “{redact(searched)}”" if searched else "Jobs")
    shown = list(listings.items())[:_MOST_TARGETS]
    each = max(_MOST_JOBS // max(len(shown), 1), 1)
    for target, listing in shown:
        sheet.add(*_listing_lines(target, listing, min(each, len(listing.found)), now))
        for job in listing.found[:each]:
            update = live.get((job.ref.target, job.ref.deployment_id))
            sheet.add(_job_line(job, update), beside=_change_button(job))
    if not shown:
        sheet.add("No target is configured.")
    if len(listings) > len(shown):
        sheet.add(f"… and {len(listings) - len(shown)} more targets. Narrow it by a name.")
    return sheet.payload()


def _listing_lines(target: str, listing: Listing, shown: int, now: datetime) -> Iterator[str]:
    read = f"read {text.duration(now - listing.read_at)} ago" if listing.read_at else "not read yet"
    found = f"{shown} of {listing.total:,} jobs" if listing.total else "no job"
    yield f"*{text.clean(target)}*: {found}, {read}"
    if shown < listing.total:
        yield "Narrow it: `/flink jobs part-of-a-name`"
    if listing.trouble is not None:
        yield f"⚠️ This list may be out of date. {words.say_mrkdwn(listing.trouble)}"


def _job_line(job: DeploymentSummary, update: Update | None) -> str:
    line = f"{text.clean(plain_status(job.status))}: *{text.clean(job.name, 300)}*"
    if update is None:
        return line
    label = words.status_label(update)
    return f"{line}\n{label}: update {text.code(update.id)} by {text.mention(update.requested_by)}"


def _change_button(job: DeploymentSummary) -> ButtonElement | None:
    value = f"{job.ref.target}/{job.ref.deployment_id}"
    if len(value) > _LONGEST_BUTTON_VALUE:
        return None
    return button("Change", Action.OPEN_UPDATE_FORM, value, f"Change {job.name}")


def plain_status(status: str) -> str:
    """Give a job's status as icon and word, in plain text."""
    return f"{_PHASE_ICONS[phase_of(status)]} {status}" if status else "⚪ no job"


def job_options(listing: Listing) -> dict[str, list[dict[str, Any]]]:
    """Answer an external select: `options`, or one group labelled with the trouble."""
    options = [
        job_option(job)
        for job in listing.found[:_MOST_OPTIONS]
        if len(job.ref.deployment_id) <= _LONGEST_OPTION_VALUE
    ]
    if listing.trouble is None or not options:
        return {"options": [option.to_dict() for option in options]}
    label = f"May be out of date: {words.words(listing.trouble).what}"
    group = OptionGroup(label=text.cut(label, _LONGEST_OPTION), options=options)
    return {"option_groups": [group.to_dict()]}


def job_option(job: DeploymentSummary) -> Option:
    """Give one job as an option, as it was offered: Slack compares them whole."""
    return Option(
        text=text.cut(text.one_line(job.name) or job.ref.deployment_id, _LONGEST_OPTION),
        value=job.ref.deployment_id,
        description=text.cut(job.status, _LONGEST_OPTION) or "no job",
    )
