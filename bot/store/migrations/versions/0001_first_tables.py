"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _create_drafts()
    _create_inbox()
    _create_updates()
    _index_updates()
    _create_events()
    _create_outbox()


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.Text(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=True),
        sa.Column("typed", sa.JSON(), nullable=True),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_drafts_saved_at", "drafts", ["saved_at"])


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_inbox_seen_at", "inbox", ["seen_at"])


def _create_updates() -> None:
    op.create_table(
        "updates",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holds", sa.Text(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("asked_in", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("intent_at", sa.BigInteger(), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("hot_update_id", sa.Text(), nullable=True),
        sa.Column("outlook", sa.Text(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=True),
        sa.Column("watched_since", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("error_streak", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("card_ts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _index_updates() -> None:
    live = _where("state IN ('awaiting_approval', 'queued', 'running')")
    leased = _where("lease_until IS NOT NULL")
    planned = _where("state = 'planned'")
    op.create_index("updates_one_live_per_job", "updates", ["holds"], unique=True, **live)
    op.create_index("updates_due", "updates", ["next_at"], **live)
    op.create_index("updates_leased", "updates", ["lease_until"], **leased)
    op.create_index("updates_planned", "updates", ["created_at"], **planned)
    op.create_index("updates_by_deployment", "updates", ["target", "deployment_id", "created_at"])
    op.create_index("updates_by_creation", "updates", ["created_at"])
    op.create_index("updates_by_hot_update", "updates", ["target", "hot_update_id"])


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"]),
        sa.PrimaryKeyConstraint("update_id", "seq"),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("buried", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("sending", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    owed = _where("settled < version AND buried IS NULL")
    op.create_index("outbox_owed", "outbox", ["due_at"], **owed)
    op.create_index("outbox_by_update", "outbox", ["update_id", "kind"])


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def downgrade() -> None:
    """Undo; a table takes its indexes with it."""
    for table in ("outbox", "events", "updates", "inbox", "drafts"):
        op.drop_table(table)
