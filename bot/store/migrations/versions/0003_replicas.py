"""Whose a lease is, and who did last what only one replica has to do."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for table in ("updates", "outbox"):
        op.add_column(table, sa.Column("lease_owner", sa.Text(), nullable=True))
    leased = sa.text("lease_until IS NOT NULL")
    op.create_index(
        "outbox_leased", "outbox", ["lease_until"], sqlite_where=leased, postgresql_where=leased
    )
    op.create_table(
        "duties",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("duties")
    op.drop_index("outbox_leased")
    for table in ("outbox", "updates"):
        op.drop_column(table, "lease_owner")
