"""Between rows and values."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter

from bot.errors import UnreadableRecordError
from bot.flink.plan import Plan
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import Outlook, State, Update, Verdict
from bot.notes import Code, Note
from bot.updates.hot_update.plan import WATCH_HOT_UPDATE
from bot.updates.messages import Message, MessageKind, Refusal
from bot.updates.ports import Draft, Event

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator, Mapping

T = TypeVar("T")
_log = logging.getLogger(__name__)
_plans: TypeAdapter[Plan] = TypeAdapter(Plan)
_verdicts: TypeAdapter[Verdict | None] = TypeAdapter(Verdict | None)

Row = Any
_SAME_NAME = (
    "id",
    "operation",
    "name",
    "requested_by",
    "channel",
    "asked_in",
    "reason",
    "step",
    "intent_at",
    "progress",
    "created_at",
    "queued_at",
    "watched_since",
    "finished_at",
    "updated_at",
    "next_at",
    "attempt",
    "error_streak",
    "fence",
    "card_ts",
)


def readable(rows: Iterable[Row], read: Callable[[Row], T], met: Counter[str]) -> list[T]:
    """Read rows; one that cannot be read must not stop the others, nor hide them.

    One that was claimed stays so until its lease ends, when a replica that knows more may take it.
    What was `met` before is counted there, and not said again.
    """
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except UnreadableRecordError as error:
            met[str(error)] += 1
            times = met[str(error)]
            level = logging.ERROR if times == 1 else logging.DEBUG
            said = "%s; it is left to a replica of a newer version"
            _log.log(level, said, error, extra={"times": times})
    return found


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Say which row it is that cannot be read, and nothing of what it holds."""
    try:
        yield
    except ValueError as error:
        raise UnreadableRecordError(f"{what} cannot be read by this version") from error


def update_of(row: Row) -> Update:
    """Read an update.

    Raises:
        UnreadableRecordError: it says what this version does not know.

    """
    same = {name: getattr(row, name) for name in _SAME_NAME}
    with _reading(f"update {row.id}"):
        return Update(
            **same,
            ref=DeploymentRef(row.target, row.deployment_id),
            state=State(row.state),
            plan=_plans.validate_python(row.plan),
            outlook=Outlook(row.outlook),
            lease_until=row.lease_until,
            verdict=_verdicts.validate_python(row.verdict),
        )


def columns_of(update: Update) -> dict[str, Any]:
    """Write an update."""
    progress = dict(update.progress)
    return {
        **{name: getattr(update, name) for name in _SAME_NAME},
        "progress": progress,
        "target": update.ref.target,
        "deployment_id": update.ref.deployment_id,
        "state": update.state.value,
        "holds": _held_by(update),
        "plan": _plans.dump_python(update.plan, mode="json"),
        "outlook": update.outlook.value,
        "verdict": _verdicts.dump_python(update.verdict, mode="json"),
        "hot_update_id": progress.get("hot_update_id"),
    }


def _held_by(update: Update) -> str | None:
    if update.operation == WATCH_HOT_UPDATE:
        return f"{update.ref.target}/watch {update.progress.get('hot_update_id', update.id)}"
    return holds(update.ref)


def holds(ref: DeploymentRef) -> str:
    """Name a job so that two live updates of it collide."""
    return f"{ref.target}/{ref.deployment_id}"


def event_of(row: Row) -> Event:
    """Read an event.

    Raises:
        UnreadableRecordError: it says what this version does not know.

    """
    with _reading(f"event {row.seq} of {row.update_id}"):
        said = Note(Code(row.code), row.args)
    return Event(row.update_id, row.seq, row.at, said, row.actor, row.facts or {})


def message_of(row: Row) -> Message:
    """Read a message.

    Raises:
        UnreadableRecordError: it is of a kind that this version does not know.

    """
    with _reading(f"message {row.key}"):
        kind = MessageKind(row.kind)
    return Message(
        key=row.key,
        update_id=row.update_id,
        kind=kind,
        channel=row.channel,
        event=row.event,
        ts=row.ts,
        thread_ts=row.thread_ts,
        # A replica of the version before did not say when; it was no earlier than this.
        sent_at=(row.sent_at or row.due_at) if row.sending else None,
        digest=row.digest,
        attempts=row.attempts,
        refusals=row.refusals,
        detail=row.detail,
        refusal=Refusal(row.refused_in, row.refusal) if row.refusal else None,
        version=row.version,
        fence=row.fence,
    )


def draft_of(row: Row) -> Draft:
    """Read a draft."""
    shown: Mapping[str, str] | None = row.shown
    return Draft(
        id=row.id,
        user=row.user,
        channel=row.channel,
        target=row.target,
        deployment_id=row.deployment_id,
        shown=shown,
        typed=row.typed,
        update_id=row.update_id,
    )
