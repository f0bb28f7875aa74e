"""The tables. Change them together with a migration; a test compares both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator

from bot.flink.update import LIVE, State

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
HEAD = REVISIONS[-1]
"""The newest migration; a database already there needs no migration tool at start."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Give a time as whole microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """A UTC time as whole microseconds: exact, sortable and the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Write microseconds since 1970."""
        return None if value is None else micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read microseconds since 1970."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData()
_LIVE_STATES = ", ".join(f"'{state.value}'" for state in sorted(LIVE))
# SQLite uses a partial index only for a query that repeats its condition, literally.
IS_LIVE = text(f"state IN ({_LIVE_STATES})")
IS_PLANNED = text(f"state = '{State.PLANNED.value}'")
IS_LEASED = text("lease_until IS NOT NULL")
IS_OWED = text("settled < version AND buried IS NULL")

updates = Table(
    "updates",
    metadata,
    Column("id", Text, primary_key=True),
    Column("operation", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("deployment_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("holds", Text),  # the job it changes; NULL for an update that only watches
    Column("plan", JSON, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("asked_in", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("intent_at", Moment),
    Column("progress", JSON, nullable=False),
    Column("hot_update_id", Text),  # a copy of progress["hot_update_id"], to be found by
    Column("outlook", Text, nullable=False),
    Column("verdict", JSON),
    Column("created_at", Moment, nullable=False),
    Column("queued_at", Moment),
    Column("watched_since", Moment),
    Column("finished_at", Moment),
    Column("updated_at", Moment),
    Column("next_at", Moment),
    Column("attempt", Integer, nullable=False),
    Column("error_streak", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until", Moment),
    Column("card_ts", Text, nullable=False),
    Column("lease_owner", Text),
)
# At most one live update per job: the database says so, not a lookup.
Index(
    "updates_one_live_per_job",
    updates.c.holds,
    unique=True,
    sqlite_where=IS_LIVE,
    postgresql_where=IS_LIVE,
)
# What is due is found without looking at what has ended.
Index("updates_due", updates.c.next_at, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE)
Index("updates_leased", updates.c.lease_until, sqlite_where=IS_LEASED, postgresql_where=IS_LEASED)
Index("updates_planned", updates.c.created_at, sqlite_where=IS_PLANNED, postgresql_where=IS_PLANNED)
Index("updates_by_deployment", updates.c.target, updates.c.deployment_id, updates.c.created_at)
Index("updates_by_creation", updates.c.created_at)
Index("updates_by_hot_update", updates.c.target, updates.c.hot_update_id)

events = Table(
    "events",
    metadata,
    Column("update_id", Text, primary_key=True),  # or what else it is about: not only updates
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("args", JSON, nullable=False),
    Column("position", BigInteger),  # 0: from before there was a chain; NULL: not chained yet
    Column("hash", Text),
    Column("facts", JSON),
)
"""The audit: rows are only added, by `bot.store.chain`."""
Index("events_by_position", events.c.position)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("before", BigInteger, nullable=False),  # how many events were never chained
)
"""The one row that tells where the chain ends. Whoever appends locks it, last of all."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("update_id", Text, ForeignKey("updates.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("event", Integer),
    Column("version", Integer, nullable=False),
    Column("settled", Integer, nullable=False),  # owed while it is below `version`
    Column("buried", Text),  # why it was given up
    Column("ts", Text, nullable=False),
    Column("sending", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until", Moment),
    Column("lease_owner", Text),
    Column("sent_at", Moment),  # when the post left whose fate is unknown (`sending`)
    Column("thread_ts", Text),  # where it went or has to go; NULL: where its kind goes
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("detail", Integer, nullable=False, server_default="0"),
    Column("refused_in", Text, nullable=False, server_default=""),
    Column("refusal", Text, nullable=False, server_default=""),
)
Index("outbox_owed", outbox.c.due_at, sqlite_where=IS_OWED, postgresql_where=IS_OWED)
Index("outbox_leased", outbox.c.lease_until, sqlite_where=IS_LEASED, postgresql_where=IS_LEASED)
Index("outbox_by_update", outbox.c.update_id, outbox.c.kind)

inbox = Table(
    "inbox",
    metadata,
    Column("key", Text, primary_key=True),
    Column("seen_at", Moment, nullable=False, index=True),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("deployment_id", Text, nullable=False),
    Column("shown", JSON),
    Column("typed", JSON),
    Column("update_id", Text, nullable=False),
    Column("saved_at", Moment, nullable=False, index=True),
)

sealed = Table(
    "sealed",
    metadata,
    Column("update_id", Text, ForeignKey("updates.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("kept_at", Moment, nullable=False, index=True),
)
"""Values that an update needs as they are: sealed, or free of secrets."""

duties = Table(
    "duties",
    metadata,
    Column("name", Text, primary_key=True),
    Column("done_at", Moment, nullable=False),
)
"""What one replica does for all, and when one did it last."""

turns = Table(
    "turns",
    metadata,
    Column("name", Text, primary_key=True),
    Column("free_at", Moment, nullable=False),
)
"""When the next post may go to a channel; when Slack takes posts, or edits, at all."""

approvals = Table(
    "approvals",
    metadata,
    Column("update_id", Text, ForeignKey("updates.id"), primary_key=True),
    Column("user", Text, primary_key=True),
    Column("approves", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

freezes = Table(
    "freezes",
    metadata,
    Column("target", Text, primary_key=True),
    Column("who", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("reason", Text, nullable=False),
)
