"""One commit for everybody who waits to write: the disk is slow, and asked once for all of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


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

    When one of them fails, all are undone and each is done again in a transaction of its own: so
    work must have no effect but through its connection. It is done whether or not its caller still
    waits: a cancelled caller cannot undo what others share.
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

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._in_one(batch)
            except Exception as error:  # noqa: BLE001 - handed to whoever it concerns
                if len(batch) == 1:
                    batch[0].fail(error)
                else:
                    await self._one_by_one(batch)

    async def _in_one(self, batch: list[_Work[Any]]) -> None:
        async with self._write() as connection:
            for work in batch:
                work.found = await work.do(connection)
        for work in batch:
            work.settle()

    async def _one_by_one(self, batch: list[_Work[Any]]) -> None:
        for work in batch:
            try:
                await self._in_one([work])
            except Exception as error:  # noqa: BLE001 - handed to whoever it concerns
                work.fail(error)
