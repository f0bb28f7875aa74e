"""Transactions on the one database, whichever it is."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from bot.store import chain
from bot.store.clock import ServerClock, host_clock
from bot.store.together import Together
from bot.store.trouble import translated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_TO_CANCEL_SECONDS = 1.0


class Database:
    """Transactions; all of its methods raise `StoreUnavailableError` when the database is away.

    `reading` and `writing`: SQLAlchemy's options for transactions that only read, or also write.
    `alone`: only this process uses it (SQLite). Then writers wait for each other here, where that
    is cheaper than at the file. Otherwise (PostgreSQL) they wait for rows, at the server, and the
    server's clock is the one that counts. `slowest`: seconds after which a transaction is given up
    on, None where it always answers in the end.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        alone: bool,
        slowest: float | None = None,
        reading: Mapping[str, Any] | None = None,
        writing: Mapping[str, Any] | None = None,
    ) -> None:
        self.engine = engine
        self._reading = engine.execution_options(**reading or {})
        self._writing = engine.execution_options(**writing or {})
        self.alone = alone
        self._slowest = slowest
        self._one_writer = asyncio.Lock()
        self._server_clock = None if alone else ServerClock()
        self.together = Together(self.write)
        """Writes with others in one transaction, for what many do at once."""
        self.unreadable: Counter[str] = Counter()
        """What this process could not read, and how often it met that."""

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock that decides what is due and whose lease has ended."""
        return self._server_clock or host_clock

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Run one writing transaction."""
        async with AsyncExitStack() as stack:
            if self.alone:
                await stack.enter_async_context(self._one_writer)
            connection = await stack.enter_async_context(self._within(self._writing.begin()))
            chain.begin(connection)
            yield connection
            await chain.append_pending(connection)  # last: it locks what all who write wait for

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Run one reading transaction."""
        async with self._within(self._reading.begin()) as open_one:
            yield open_one

    @asynccontextmanager
    async def _within(
        self, transaction: AbstractAsyncContextManager[AsyncConnection]
    ) -> AsyncIterator[AsyncConnection]:
        """Give up on a server that does not answer.

        The driver first asks the server to end the statement, which may free what others wait for.
        A server that hangs does not answer that either: the second limit drops the connection.
        """
        limit = self._slowest
        at_the_latest = None if limit is None else limit + _TO_CANCEL_SECONDS
        with translated():
            async with (
                asyncio.timeout(at_the_latest),
                asyncio.timeout(limit),
                transaction as open_one,
            ):
                yield open_one

    async def ping(self) -> None:
        """Prove that the database answers."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def set_clock(self) -> None:
        """Ask the server for the time; to be repeated every minute or so."""
        if self._server_clock is not None:
            async with self.read() as connection:
                await self._server_clock.set(connection)
