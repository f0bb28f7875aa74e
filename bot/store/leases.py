"""Leases: whose a row is for now. The fence that comes with one makes late writers fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.store.schema import IS_LEASED, outbox, updates

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.database import Database

FREE = {"lease_until": None, "lease_owner": None}
"""The columns of a row that nobody has claimed."""


async def release(connection: AsyncConnection, table: Table, owner: str | None = None) -> None:
    """Give back what an owner has claimed, or all that anybody has; a late writer is refused."""
    claimed = select(table.c.id).where(IS_LEASED)
    if owner is not None:
        claimed = claimed.where(table.c.lease_owner == owner)
    # Found by the index of what is leased; then locked by their key, as others do, because two who
    # lock several rows in any order may block each other. Who had to wait for a row looks again.
    found = claimed.cte("found").prefix_with("MATERIALIZED")
    by_key = claimed.where(table.c.id.in_(select(found.c.id))).order_by(table.c.id)
    held = by_key.with_for_update().cte("held").prefix_with("MATERIALIZED")
    given_back = update(table).where(table.c.id.in_(select(held.c.id)))
    await connection.execute(given_back.values(**FREE, fence=table.c.fence + 1))


async def take_over(database: Database) -> None:
    """Give back what a process that is dead had claimed; to be called where there is one alone."""
    async with database.write() as connection:
        for table in (updates, outbox):
            await release(connection, table)
