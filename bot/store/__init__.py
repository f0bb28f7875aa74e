"""The record: what was asked, what happened, what Slack is still owed."""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store.approvals import SqlApprovals
from bot.store.duties import SqlDuties
from bot.store.freezes import SqlFreezes
from bot.store.leases import take_over
from bot.store.outbox import SqlOutbox
from bot.store.postgres import open_postgres
from bot.store.sealing import Sealer
from bot.store.sqlite import open_sqlite
from bot.store.updates import SqlStore
from bot.store.urls import is_postgres, parsed
from bot.store.vault import SqlVault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from bot.store.database import Database

__all__ = ["SqlDuties", "SqlOutbox", "SqlStore", "SqlVault", "Store", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """All parts of the record, on one database."""

    database: Database
    now: Callable[[], datetime]
    """The clock that decides what is due."""
    updates: SqlStore
    outbox: SqlOutbox
    vault: SqlVault
    duties: SqlDuties
    approvals: SqlApprovals
    freezes: SqlFreezes

    async def ping(self) -> None:
        """Prove that the database answers."""
        await self.database.ping()

    async def keep_time(self) -> None:
        """Set the clock by the server's, where that one counts; to be called every minute."""
        await self.database.set_clock()

    async def release_leases(self) -> None:
        """Give back everything this process has claimed: a successor begins at once."""
        await self.updates.release_leases()
        await self.outbox.release_leases()


@asynccontextmanager
async def open_store(
    url: str,
    *,
    now: Callable[[], datetime] | None = None,
    lease_seconds: float = 60.0,
    keys: Sequence[str] = (),
) -> AsyncIterator[Store]:
    """Open the store.

    `now`: a clock other than the database's own. `keys` seal what may hold secrets (see `Sealer`).

    Raises:
        ConfigurationError: the database cannot be used; the text says what to do.

    """
    async with _opened(url) as database:
        clock, owner = now or database.now, secrets.token_hex(8)
        store = Store(
            database,
            clock,
            SqlStore(database, clock, lease_seconds, owner),
            SqlOutbox(database, clock, lease_seconds, owner),
            SqlVault(database, Sealer(keys), clock),
            SqlDuties(database, clock),
            SqlApprovals(database, clock),
            SqlFreezes(database, clock),
        )
        if database.alone:
            await take_over(database)
        yield store


def _opened(url: str) -> AbstractAsyncContextManager[Database]:
    address = parsed(url)
    return open_postgres(address) if is_postgres(address) else open_sqlite(address)
