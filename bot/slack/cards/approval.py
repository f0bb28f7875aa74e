"""What a card says while it waits for approval: who asks, why, who may answer, until when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.notes import Code, Note
from bot.slack import text, words
from bot.slack.ids import Action
from bot.slack.sheet import button

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slack_sdk.models.blocks import ButtonElement

    from bot.flink.update import Update
    from bot.updates.ports import Event

_MOST_REASONS = 4
_CODES = frozenset(Code)


def lines(events: Sequence[Event]) -> Iterator[str]:
    """Say what is asked, of whom, and how far it is. Nothing is sent meanwhile."""
    asked = next((e for e in events if e.note.code is Code.EVENT_APPROVAL_ASKED), None)
    if asked is None:
        yield "Nothing is sent yet."
        return
    said = asked.note.args
    rule = text.code(said.get("rule", ""), 120)
    who = text.mention(said.get("who", ""))
    yield f"{who} asks for approval (rule {rule}). Nothing is sent yet."
    yield from (f"• {why}" for why in _reasons(asked.facts.get("reasons")))
    needed = text.count(int(said.get("approvals") or 1), "approval")
    yield f"*Needs {needed}* of {text.people(said.get('people', ''))}{_so_far(events)}"
    if until := said.get("until"):
        yield f"Expires {text.date(datetime.fromisoformat(until))}."


def frozen_lines(
    events: Sequence[Event], now: datetime, then: str = "Until then nobody can approve it."
) -> Iterator[str]:
    """Say what is frozen; a freeze that is over by its time needs no event to be so."""
    held: dict[str, Note] = {}
    for event in events:
        target = event.note.args.get("target", "")
        if event.note.code is Code.EVENT_FROZEN:
            held[target] = event.note
        elif event.note.code is Code.EVENT_UNFROZEN:
            held.pop(target, None)
    for said in held.values():
        until = said.args.get("until")
        if not until or datetime.fromisoformat(until) > now:
            three = words.mrkdwn_words(said)
            yield f"🧊 *{three.what}* {three.why} {then}"


def _so_far(events: Sequence[Event]) -> str:
    given = [event.actor for event in events if event.note.code is Code.EVENT_APPROVED]
    if not given:
        return "; none so far."
    return f"; so far: {', '.join(map(text.mention, given))}."


def _reasons(kept: Any) -> Iterator[str]:
    """Word the reasons that the record keeps; those of another version are left out."""
    for code, args in list(kept or ())[:_MOST_REASONS]:
        if code in _CODES:
            yield words.mrkdwn_words(Note(Code(code), args)).what


def buttons(update: Update) -> list[ButtonElement]:
    """Give the two answers. A button carries the update's id and no authority."""
    about = f"update {update.id} of {update.name}"
    yes = button("Approve", Action.APPROVE_UPDATE, update.id, f"Approve {about}")
    yes.style = "primary"
    no = button("Reject", Action.REJECT_UPDATE, update.id, f"Reject {about}, with a reason")
    no.style = "danger"
    return [yes, no]
