"""A database whose audit somebody changes behind the bot's back."""

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bot.notes import Code, note
from bot.store.audit import verify
from bot.updates.ports import NewEvent

SAID = NewEvent(
    note(Code.EVENT_QUEUED, who="U0ANNA"), "U0ANNA", facts={"team": "T1", "rule": "größer"}
)

LENGTH = 6
"""How many events there are in a database that is filled."""


def tampered(url, *statements):
    """Change the database by hand."""
    plain = url.replace("+aiosqlite", "").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(plain, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def found(url, *statements, anchor=None):
    """Change the database by hand; give where and what is found."""
    tampered(url, *statements)
    broken = verify(url, anchor).broken
    return broken and (broken.position, broken.fault)
