"""Replicas of the version before go on while a database is upgraded: migrations only add.

One that takes something away says so by `contract`, and is for a release in which no replica of
the version before needs it any more.
"""

import pytest
import sqlalchemy as sa
from alembic import op

from bot.store.schema import REVISIONS
from tests.unit.store.migrations import FOLDER, scripts, takes_away


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_a_migration_only_adds_unless_it_says_what_it_takes_away(revision):
    [module] = [script.module for script in scripts() if script.revision == revision]
    taken = takes_away(module.upgrade)

    if not taken:
        assert not hasattr(module, "contract"), "it takes nothing away, and says it does"
    else:
        assert getattr(module, "contract", ""), f"running replicas may need: {taken}"


def test_every_migration_is_looked_at():
    assert [script.revision for script in scripts()] == list(REVISIONS)


def test_whoever_writes_a_migration_is_told_the_rule():
    assert "contract" in (FOLDER / "script.py.mako").read_text()


def _add(**options):
    op.add_column("updates", sa.Column("c", sa.Text(), **options))


@pytest.mark.parametrize(
    "change",
    [
        lambda: _add(nullable=False),
        lambda: op.drop_column("updates", "reason"),
        lambda: op.drop_table("drafts"),
        lambda: op.drop_index("updates_due"),
        lambda: op.alter_column("updates", "reason", nullable=False),
        lambda: op.alter_column("updates", "reason", new_column_name="why"),
        lambda: op.rename_table("updates", "changes"),
        lambda: op.create_index("i", "updates", ["name"], unique=True),
        lambda: op.create_unique_constraint("u", "updates", ["name"]),
        lambda: op.create_check_constraint("c", "updates", "fence > 0"),
        lambda: op.create_foreign_key("f", "drafts", "updates", ["update_id"], ["id"]),
        lambda: op.execute("DELETE FROM drafts"),
        lambda: op.drop_constraint("u", "updates", type_="unique"),
        lambda: op.alter_column("updates", "reason", server_default=None),
        lambda: (
            op.add_column("updates", sa.Column("c", sa.Text(), server_default="x")),
            op.alter_column("updates", "c", server_default=None, nullable=False),
        ),
        lambda: (
            _add(nullable=False, server_default="x"),
            op.alter_column("updates", "c", server_default=None),
        ),
    ],
)
def test_what_an_older_replica_would_stumble_over_is_found(change):
    assert len(takes_away(change)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda: _add(nullable=True),
        lambda: _add(nullable=False, server_default="x"),
        lambda: op.create_index("i", "updates", ["name"]),
        lambda: op.drop_constraint("outbox_update_id_fkey", "outbox", type_="foreignkey"),
        lambda: (
            _add(nullable=True, server_default="x"),
            op.alter_column("updates", "c", server_default=None),
        ),
        lambda: (
            op.create_table("t", sa.Column("c", sa.Text())),
            op.create_index("i", "t", ["c"], unique=True),
        ),
    ],
)
def test_what_it_does_not_even_notice_is_let_through(change):
    assert takes_away(change) == []


def test_a_table_that_is_made_anew_is_no_addition():
    def change():
        with op.batch_alter_table("updates"):
            pass

    with pytest.raises(NotImplementedError, match="updates is made anew"):
        takes_away(change)
