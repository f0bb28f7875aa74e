"""One commit for everybody who waits to write: the disk is slow, and asked once for all of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bot.errors import StoreUnavailableError
from bot.store.trouble import CollisionError, translated

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


class _WorkFailedError(Exception):
    """A piece of work failed, so nothing of its transaction was written."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


class _Work(Generic[T]):
    """What somebody wants written, and how it went."""

    def __init__(self, do: Callable[[AsyncConnection], Awaitable[T]]) -> None:
        self.do = do
        self.outcome: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.found: T

    def settle(self) -> None:
        """Tell who waits; whoever gave up waiting is not told."""
        if not self.outcome.done():
            self.outcome.set_result(self.found)

    def fail(self, error: Exception) -> None:
        """Tell who waits that it was not written."""
        if not self.outcome.done():
            self.outcome.set_exception(error)


class Together:
    """Runs pieces of work that came together in one transaction.

    Work must have no effect but through its connection: when a piece of it fails, all are undone
    and each is done again in a transaction of its own. When the transaction itself fails, or the
    database goes away under a piece, all are told and nothing is repeated: it may have been
    committed, and who waits must hear of it at once. Only what the server undid in favour of
    another transaction is done again, once. Work is done whether or not its caller still waits: a
    cancelled caller cannot undo what others share.
    """

    def __init__(self, write: Callable[[], AbstractAsyncContextManager[AsyncConnection]]) -> None:
        self._write = write
        self._waiting: list[_Work[Any]] = []
        self._writer: asyncio.Task[None] | None = None

    async def __call__(self, do: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Do the work; give what it gives once that is committed."""
        work = _Work(do)
        self._waiting.append(work)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all(), name="write together")
        return await work.outcome

    async def finish(self) -> None:
        """Wait for work that nobody waits for any more; to be called before the database closes."""
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._carry_out(batch)

    async def _carry_out(self, batch: Sequence[_Work[Any]]) -> None:
        try:
            await self._in_one_or_two(batch)
        except _WorkFailedError as failed:
            if len(batch) == 1:
                batch[0].fail(failed.error)
                return
            for work in batch:
                await self._carry_out([work])
        except Exception as error:  # noqa: BLE001 - handed to whoever it concerns
            for work in batch:
                work.fail(error)
        else:
            for work in batch:
                work.settle()

    async def _in_one_or_two(self, batch: Sequence[_Work[Any]]) -> None:
        try:
            await self._in_one(batch)
        except CollisionError:
            await self._in_one(batch)

    async def _in_one(self, batch: Sequence[_Work[Any]]) -> None:
        async with self._write() as connection:
            for work in batch:
                try:
                    with translated():
                        work.found = await work.do(connection)
                except StoreUnavailableError:
                    raise  # no fault of this piece
                except Exception as error:
                    raise _WorkFailedError(error) from error
