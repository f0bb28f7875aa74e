"""The past as a list: per update who asked, who said yes, what, by which rule, how it ended."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.notes import Code
from bot.redaction import redact
from bot.slack import text, words
from bot.slack.cards import parts
from bot.slack.ids import Action
from bot.slack.replies.short import freeze_icon
from bot.slack.sheet import Sheet, button
from bot.updates.history import Edge, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.models.blocks import ButtonElement

    from bot.slack.payload import Payload
    from bot.updates.history import Page, Past
    from bot.updates.ports import Event

_MOST_CHANGES = 2
_LONGEST_JOB = 100
_SAID = (
    (Code.EVENT_APPROVED, "approved by"),
    (Code.EVENT_REJECTED, "rejected by"),
    (Code.EVENT_CANCELLED, "cancelled by"),
)


def history(page: Page, wanted: Wanted) -> Payload:
    """List a page of the past, with buttons to the pages beside it."""
    sheet = Sheet(headline="History", buttons=[*_ways_on(page, wanted)])
    sheet.add(*_asked_for(wanted))
    frozen = sorted(page.freezes, key=lambda event: event.at)
    for past in page.entries:
        while frozen and frozen[-1].at >= past.update.created_at:
            sheet.add(*_frozen(frozen.pop()))
        sheet.add(*_lines(past), beside=parts.view_button(past.update))
    while frozen:
        sheet.add(*_frozen(frozen.pop()))
    if page.more_freezes:
        sheet.add("There were more freezes in this time; the audit's export has all of them.")
    if not page.entries:
        sheet.add("No update was found.")
    return sheet.payload()


def _asked_for(wanted: Wanted) -> Iterator[str]:
    if wanted.user:
        yield f"What {text.mention(wanted.user)} asked for or had a part in"
    if wanted.job:
        yield f"Jobs with {text.code(redact(wanted.job))} in their name"


def _frozen(event: Event) -> Iterator[str]:
    said = words.mrkdwn_words(event.note)
    yield f"{freeze_icon(event.note)} *{said.what}*"
    yield " · ".join(filter(None, (text.date(event.at), said.why)))


def _lines(past: Past) -> Iterator[str]:
    update = past.update
    yield f"{words.status_label(update)}: *{text.clean(update.name, 300)}*"
    yield f"{words.operation_label(update.operation)}{_changes(past)}"
    began = update.queued_at or update.created_at
    took = f", took {text.duration(update.finished_at - began)}" if update.finished_at else ""
    yield f"{text.date(began)}{took} · asked by {text.mention(update.requested_by)}" + "".join(
        f" · {said} {', '.join(map(text.mention, who))}"
        for code, said in _SAID
        if (who := past.who(code))
    )
    rule = [f"rule {text.code(past.rule, 80)}"] if past.rule else []
    where = [f"update {text.code(update.id, 80)}", f"target {text.code(update.ref.target, 80)}"]
    yield " · ".join([*where, *rule])
    if update.reason:
        yield f"reason: {text.clean(update.reason)}"


def _changes(past: Past) -> str:
    """Give the first changes; a long one only by its name."""
    changes = past.update.plan.changes
    if not changes:
        return ""
    shown = [
        parts.setting(change.name)
        if change.long
        else f"{parts.setting(change.name)} {parts.value(change.before)} → "
        f"{parts.value(change.after)}"
        for change in changes[:_MOST_CHANGES]
    ]
    left = len(changes) - len(shown)
    return ": " + ", ".join(shown) + (f" and {left} more" if left else "")


def _ways_on(page: Page, wanted: Wanted) -> Iterator[ButtonElement]:
    if page.newer is not None:
        value = cursor(wanted, page.newer)
        yield button("Newer", Action.NEWER_HISTORY, value, "Show newer updates")
    if page.older is not None:
        value = cursor(wanted, page.older)
        yield button("Older", Action.OLDER_HISTORY, value, "Show older updates")


def cursor(wanted: Wanted, edge: Edge) -> str:
    """Write where to go on, for a button. It gives nobody anything: reading is open."""
    moment = edge.created_at.isoformat()
    said = [wanted.job[:_LONGEST_JOB], wanted.user, moment, edge.update_id, edge.newer]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode()


def place_at(written: str) -> tuple[Wanted, Edge | None]:
    """Read what `cursor` wrote; of what somebody else made up, the beginning of all is given."""
    try:
        said = json.loads(base64.urlsafe_b64decode(written.encode()))
        job, user, moment, update_id, newer = said
        at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return Wanted(), None
    if not all(isinstance(one, str) and one.isprintable() for one in (job, user, update_id)):
        return Wanted(), None
    return Wanted(job[:_LONGEST_JOB], user), Edge(at, update_id, newer is True)
