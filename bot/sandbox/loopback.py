"""Serves a simulator on this machine only, and keeps pages of other sites out of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

LOOPBACK = "127.0.0.1"
_LOCAL_NAMES = frozenset({LOOPBACK, "localhost", "::1"})
_SHUTDOWN_S = 1.0


class LoopbackSite:
    """A web application on a loopback port."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None

    async def start(self, app: web.Application, port: int = 0) -> str:
        """Listen and give the address; port 0 takes any free one."""
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, LOOPBACK, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        return f"http://{LOOPBACK}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


def dropped(request: web.Request) -> web.StreamResponse:
    """Cut the connection; the response is never written."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def is_local(request: web.Request) -> bool:
    """Tell whether neither the page that asks nor the name it asked for is somebody else's."""
    origin = request.headers.get("Origin")
    try:
        asking = [request.url.host, *([urlsplit(origin).hostname] if origin else [])]
    except ValueError:
        return False
    return all(host in _LOCAL_NAMES for host in asking)
