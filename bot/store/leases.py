"""Leases: whose a row is for now. The fence that comes with one makes late writers fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from bot.store.schema import IS_LEASED, outbox, updates

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.database import Database

FREE = {"lease_until": None, "lease_owner": None}
"""The columns of a row that nobody has claimed."""


async def release(connection: AsyncConnection, table: Table, owner: str | None = None) -> None:
    """Give back what an owner has claimed, or all that anybody has; a late writer is refused."""
    given_back = update(table).where(IS_LEASED).values(**FREE, fence=table.c.fence + 1)
    if owner is not None:
        given_back = given_back.where(table.c.lease_owner == owner)
    await connection.execute(given_back)


async def take_over(database: Database) -> None:
    """Give back what a process that is dead had claimed; to be called where there is one alone."""
    async with database.write() as connection:
        for table in (updates, outbox):
            await release(connection, table)
