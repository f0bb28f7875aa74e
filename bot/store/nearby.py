"""A connection to SQLite that hands to its thread only what may take long.

aiosqlite hands everything to a thread and back: making a cursor, executing, fetching, closing it.
One of our transactions made about twenty such journeys, each longer than what it was made for. The
statements of a writing transaction take microseconds, so they run where they are asked for. What
waits for a lock or for the disk (taking the write lock, committing) and what a reading transaction
reads, which may be the whole table, keeps away from the event loop.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import aiosqlite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BEGIN_READ = "BEGIN"
BEGIN_WRITE = "BEGIN IMMEDIATE"
_READS = frozenset({"execute", "executemany", "fetchone", "fetchmany", "fetchall"})
_ROWS_AT_ONCE = 64


class NearbyConnection(aiosqlite.Connection):
    """Used by one task at a time, as every connection of a pool."""

    def __init__(self, path: Path) -> None:
        def connect() -> sqlite3.Connection:
            return sqlite3.connect(path, check_same_thread=False)

        super().__init__(connect, _ROWS_AT_ONCE)
        self._thread.daemon = True  # a connection that nobody closed must not hold up the exit
        self._writes = False
        self._away = False

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Carry out one of sqlite3's functions, here or in the thread."""
        what, statement = fn.__name__, args[0] if args else None
        goes_away = self._takes_long(what, statement)
        if statement == BEGIN_WRITE:
            self._writes = True
        elif what in {"commit", "rollback"}:
            self._writes = False
        if not goes_away:
            return fn(*args, **kwargs)
        self._away = True
        try:
            found = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        except sqlite3.Error:
            self._away = False
            raise
        self._away = False
        return found

    def _takes_long(self, what: str, statement: object) -> bool:
        if self._away:  # its caller was cancelled; what follows has to wait for it, in the thread
            return True
        if self._writes:
            return what == "commit"
        return statement != BEGIN_READ and what in _READS
