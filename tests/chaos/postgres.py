"""The database of a chaos run: a real server that is stopped as by a power cut, and started."""

import asyncio
from contextlib import asynccontextmanager, suppress
from math import inf
from time import monotonic

import psycopg

from tests import postgres

_LOOK_SECONDS = 0.2


class Server:
    """A server with one database, and what a look into it from outside finds."""

    def __init__(self, running):
        self._running = running
        self.url = running.fresh()
        self.restarts = 0

    async def stop(self):
        """Stop at once: nothing is finished, nothing is said good-bye to."""
        await asyncio.to_thread(self._running.stop, "immediate")

    async def start(self):
        await asyncio.to_thread(self._running.start)
        self.restarts += 1

    async def rows(self, statement, *given):
        """Read; while the server is down, wait for it."""
        while True:
            with suppress(psycopg.OperationalError):
                return await self.run(statement, *given)
            await asyncio.sleep(_LOOK_SECONDS)  # looked at from outside: nothing tells us

    async def run(self, statement, *given):
        """Carry out a statement; give its rows, if it has any."""
        async with await psycopg.AsyncConnection.connect(self.url) as opened:
            answer = await opened.execute(statement, given)
            return await answer.fetchall() if answer.description else []

    async def until(self, statement, *given, seconds):
        """Wait until there are rows."""
        async with asyncio.timeout(seconds):
            while not (found := await self.rows(statement, *given)):  # noqa: ASYNC110 - as above
                await asyncio.sleep(_LOOK_SECONDS)
            return found

    async def down_to(self, most, statement, *, seconds=None):
        """Wait until something counted is so few, so long at most; give how many it is then."""
        ends_at = monotonic() + (seconds or inf)
        while True:
            [(count,)] = await self.rows(statement)
            if count <= most or monotonic() >= ends_at:
                return count
            await asyncio.sleep(_LOOK_SECONDS)  # as above


@asynccontextmanager
async def server(folder):
    """Start a server of our own; it is gone afterwards."""
    with postgres.running(folder) as running:
        yield Server(running)
