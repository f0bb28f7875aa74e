"""Whose clock decides: this host's, or that of the server which all replicas share."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

_MICROSECOND = timedelta(microseconds=1)
_SLOWEST = 1.0
"""Seconds: an answer that took longer is too vague to be believed."""
_ASK = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def host_clock() -> datetime:
    """Tell this host's time, in UTC."""
    return datetime.now(UTC)


class ServerClock:
    """The database server's time, in UTC, so that leases mean the same to every replica.

    It is asked for now and then (`set`) and carried on by a clock that nobody turns: what happens
    to the time of this host meanwhile does not matter. Between two questions it is wrong by what
    an answer takes, milliseconds.
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._told = host_clock()
        self._told_at = steady()
        self._is_set = False

    def __call__(self) -> datetime:
        """Tell the time."""
        return self._told + timedelta(seconds=self._steady() - self._told_at)

    async def set(self, connection: AsyncConnection) -> None:
        """Ask the server; its answer is taken as of the middle of the wait.

        Two replicas are then wrong by half a second each at most: leases leave room for that. The
        first time it is asked until an answer comes soon: to be called within a time limit.
        """
        while not await self._ask(connection) and not self._is_set:
            pass  # once set, this host's steady clock is the better one for another minute

    async def _ask(self, connection: AsyncConnection) -> bool:
        """Ask once; tell whether the answer came soon enough to be believed."""
        asked_at = self._steady()
        micros = (await connection.execute(_ASK)).scalar_one()
        answered_at = self._steady()
        if answered_at - asked_at > _SLOWEST:
            return False
        self._is_set, self._told_at = True, (asked_at + answered_at) / 2
        self._told = _EPOCH + micros * _MICROSECOND
        return True
