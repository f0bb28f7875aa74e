"""An app below Bolt, for what Bolt would not do."""

import asyncio

from aiohttp import web


class RawApp:
    """Answers what it is told, or nothing until let go."""

    def __init__(self):
        self.status, self.body = 200, ""
        self.silent = False
        self.let_go = asyncio.Event()
        self.requests = []

    async def start(self):
        server = web.Application()
        server.router.add_post("/", self._receive)
        self.runner = web.AppRunner(server, shutdown_timeout=1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/"

    async def _receive(self, request):
        self.requests.append((request.headers, await request.read()))
        if self.silent:
            await self.let_go.wait()
        return web.Response(status=self.status, text=self.body)

    async def stop(self):
        self.let_go.set()
        await self.runner.cleanup()
