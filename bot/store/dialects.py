"""What both databases have, but SQLAlchemy only as a word of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection


def insert_or(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Give an INSERT that can be told what to do when the row is there: both have the same ways."""
    speaks_postgresql = connection.dialect.name == "postgresql"
    return postgresql.insert(table) if speaks_postgresql else sqlite.insert(table)
