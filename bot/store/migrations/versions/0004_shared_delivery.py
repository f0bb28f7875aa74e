"""What the delivery knows of a message, and its pace, for every replica."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; replicas of the version before go on writing rows without these columns."""
    op.add_column("outbox", sa.Column("sent_at", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("thread_ts", sa.Text(), nullable=True))
    for name in ("refusals", "detail"):
        number = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("outbox", number)
    for name in ("refused_in", "refusal"):
        op.add_column("outbox", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "turns",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("turns")
    for name in ("refusal", "refused_in", "detail", "refusals", "thread_ts", "sent_at"):
        op.drop_column("outbox", name)
