"""The history: a page of what was done, by whom, with whose yes and by which rule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.update import State
from bot.notes import Code, note
from bot.sandbox.gallery import samples
from bot.slack import replies
from bot.updates.approvals import subject_of
from bot.updates.history import Edge, Page, Past, Wanted
from bot.updates.ports import Event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.slack.payload import Payload

_STATES = (
    State.RUNNING,
    State.SUCCEEDED,
    State.CANCELLED,
    State.FAILED,
    State.SUCCEEDED_WITH_DIFFERENCES,
    State.UNKNOWN,
    State.STALE,
    State.EXPIRED,
)
_YES = {1: (Code.EVENT_APPROVED, "U0LIN"), 2: (Code.EVENT_REJECTED, "U0LIN")}


def rendered(at: datetime) -> Iterator[tuple[str, str, Payload]]:
    """Give name, caption and message of every page."""
    first = Page([_past(place, state, at) for place, state in enumerate(_STATES)])
    edge = Edge(at, samples.UPDATE)
    both = Page(first.entries[:3], newer=edge, older=edge)
    frozen = _freeze(at - timedelta(hours=9))
    newest = Page(first.entries, older=edge, freezes=[frozen])
    yield "history", "The history", replies.history(newest, Wanted())
    wanted = Wanted(job=samples.JOB, user="U0LIN")
    yield "history-page", "A page of a job's history", replies.history(both, wanted)
    yield "history-none", "Nothing was found", replies.history(Page(()), Wanted(job="nope"))


def _freeze(at: datetime) -> Event:
    until = (at + timedelta(hours=2)).isoformat()
    said = note(
        Code.EVENT_FROZEN, target="production", who="U0LIN", until=until, reason="release day"
    )
    return Event(subject_of("production"), 1, at, said, "U0LIN")


def _past(place: int, state: State, at: datetime) -> Past:
    its_id = f"{samples.UPDATE[:-1]}{place}"
    update = samples.update_in(state, at - timedelta(hours=7 * place), id=its_id)
    rule = {"rule": "restarts need a second pair of eyes" if place in _YES else "small steps"}
    queued = note(Code.EVENT_QUEUED, who=update.requested_by)
    events = [Event(its_id, 1, at, queued, update.requested_by, rule)]
    if place in _YES:
        did, who = _YES[place]
        events.append(Event(its_id, 2, at, note(did, who=who), who))
    return Past(update, events)
