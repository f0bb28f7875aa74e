"""The record: what was asked, what happened, what Slack is still owed."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store.database import Database, open_database
from bot.store.outbox import SqlOutbox
from bot.store.sealing import Sealer
from bot.store.updates import SqlStore
from bot.store.vault import SqlVault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

__all__ = ["SqlOutbox", "SqlStore", "SqlVault", "Store", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """All parts of the record, on one database."""

    database: Database
    updates: SqlStore
    outbox: SqlOutbox
    vault: SqlVault

    async def ping(self) -> None:
        """Prove that the database answers."""
        await self.database.ping()


@asynccontextmanager
async def open_store(
    url: str,
    *,
    now: Callable[[], datetime],
    lease_seconds: float = 60.0,
    keys: Sequence[str] = (),
) -> AsyncIterator[Store]:
    """Open the store. The file is ours alone, so claims that a dead process left are void.

    `keys` seal what may hold secrets (see `Sealer`).

    Raises:
        ConfigurationError: the database cannot be used; the text says what to do.

    """
    async with open_database(url) as database:
        store = Store(
            database,
            SqlStore(database, now, lease_seconds),
            SqlOutbox(database, now, lease_seconds),
            SqlVault(database, Sealer(keys), now),
        )
        await store.updates.release_leases()
        await store.outbox.release_leases()
        yield store
