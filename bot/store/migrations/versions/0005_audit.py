"""Events become an audit: each is chained to the one before it, over all updates."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TO_UPDATES = "events_update_id_fkey"
_NAMES = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}


def upgrade() -> None:
    """Apply; what replicas of the version before go on writing has no position until it is chained.

    What is there already gets position 0: it was never chained and never will be.
    """
    if op.get_context().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        # Rows that are there keep this default without being written, new ones have none.
        op.add_column("events", sa.Column("position", sa.BigInteger(), server_default="0"))
        op.alter_column("events", "position", server_default=None)
        op.drop_constraint(_TO_UPDATES, "events", type_="foreignkey")
        op.add_column("events", sa.Column("hash", sa.Text(), nullable=True))
        op.add_column("events", sa.Column("facts", sa.JSON(), nullable=True))
    op.create_index("events_by_position", "events", ["position"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _upgrade_sqlite() -> None:
    with op.batch_alter_table("events", naming_convention=_NAMES) as events:
        events.add_column(sa.Column("position", sa.BigInteger(), nullable=True))
        events.add_column(sa.Column("hash", sa.Text(), nullable=True))
        events.add_column(sa.Column("facts", sa.JSON(), nullable=True))
        events.drop_constraint(_TO_UPDATES, type_="foreignkey")
    op.execute("UPDATE events SET position = 0")


def downgrade() -> None:
    """Undo, but for the reference to updates: there may be events of other things by now."""
    op.drop_table("audit_head")
    op.drop_index("events_by_position", "events")
    for name in ("facts", "hash", "position"):
        op.drop_column("events", name)
