"""The migrations as files: where they are, and what each of them does to the tables."""

from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations import ops as kinds
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql

import bot.store

FOLDER = Path(bot.store.__file__).parent / "migrations"


def configured(connection=None):
    """Give the migration tool's configuration; it works on the connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def scripts():
    """Give all migrations, the first one first."""
    return [*ScriptDirectory.from_config(configured()).walk_revisions()][::-1]


class _Recorder(Operations):
    """Takes down what a migration would do; nothing is done."""

    def __init__(self):
        super().__init__(MigrationContext.configure(dialect=postgresql.dialect()))
        self.seen = []

    def invoke(self, operation):
        """Take an operation down."""
        self.seen.append(operation)

    def batch_alter_table(self, table_name, **options):
        """Take down that a table would be made anew."""
        self.seen.append(f"{table_name} is made anew")
        raise NotImplementedError(self.seen[-1])


# So that `alembic.op`, which migrations use, can speak to it.
_Recorder._setups[_Recorder] = Operations._setups[Operations]


def operations(upgrade):
    """Give what a migration's upgrade does, in order."""
    recorder = _Recorder()
    recorder._install_proxy()
    try:
        upgrade()
    finally:
        recorder._remove_proxy()
    return recorder.seen


def _only_loses_its_default(operation, optional):
    """Tell whether a new column that may be empty is from now on empty where nobody fills it."""
    others = (operation.modify_name, operation.modify_type, operation.modify_nullable)
    column = (operation.table_name, operation.column_name)
    no_default = operation.modify_server_default is None  # False where it stays as it is
    return column in optional and no_default and others == (None, None, None)


def takes_away(upgrade):
    """Say what an older replica that runs meanwhile could not work with, if anything.

    It may find more than it knows: tables, columns that need no value of it, indexes that refuse
    nothing. It does not notice either that something is not refused any more.
    """
    made, optional, found = set(), set(), []
    for operation in operations(upgrade):
        match operation:
            case kinds.CreateTableOp():
                made.add(operation.table_name)
            case kinds.AddColumnOp(column=column) if column.nullable or column.server_default:
                optional |= {(operation.table_name, column.name)} if column.nullable else set()
            case kinds.CreateIndexOp() if not operation.unique or operation.table_name in made:
                pass
            case kinds.DropConstraintOp(constraint_type="foreignkey"):
                pass
            case kinds.AlterColumnOp() if _only_loses_its_default(operation, optional):
                pass
            case _:
                what = getattr(operation, "table_name", "") or getattr(operation, "sqltext", "")
                found.append(f"{type(operation).__name__} {what}")
    return found
