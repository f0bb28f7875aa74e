"""A way to a server, over TCP, that can be blocked: the server is there, and is not heard of."""

import asyncio
from contextlib import asynccontextmanager


class Proxy:
    """Forwards bytes to a server's socket until told otherwise."""

    def __init__(self, path):
        self._path = path
        self._open = asyncio.Event()
        self._open.set()
        self._writers = set()
        self.address = ""

    def stall(self):
        """Swallow whatever comes, in both directions, and say nothing."""
        self._open.clear()

    def go_on(self):
        """Forward again, beginning with what was held back."""
        self._open.set()

    def cut(self):
        """Break every connection."""
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader, writer):
        """Serve one connection."""
        there, back = await asyncio.open_unix_connection(self._path)
        self._writers |= {writer, back}
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._forward(reader, back))
                both.create_task(self._forward(there, writer))
        finally:
            for each in (writer, back):
                each.close()
                self._writers.discard(each)

    async def _forward(self, reader, writer):
        try:
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
        except ConnectionError:
            pass  # one end is gone: so is the other, now
        writer.close()


@asynccontextmanager
async def before(path):
    """Stand before a server that listens on a path; `address` is HOST:PORT."""
    proxy = Proxy(path)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    proxy.address = f"{host}:{port}"
    try:
        yield proxy
    finally:
        proxy.go_on()
        proxy.cut()
        server.close()
