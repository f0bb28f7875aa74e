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

    def __call__(self) -> datetime:
        """Tell the time."""
        return self._told + timedelta(seconds=self._steady() - self._told_at)

    async def set(self, connection: AsyncConnection) -> None:
        """Ask the server; its answer is taken as of the middle of the wait."""
        asked_at = self._steady()
        micros = (await connection.execute(_ASK)).scalar_one()
        self._told_at = (asked_at + self._steady()) / 2
        self._told = _EPOCH + micros * _MICROSECOND
