"""The simulator on a loopback socket.

Serves the API of Realtime Compute for Apache Flink (ververica 2022-07-18) to signed requests, and
the unsigned control API under /sandbox/ that is described in `bot.sandbox.alibaba.control`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.alibaba.control import control_routes
from bot.sandbox.alibaba.documents import Place
from bot.sandbox.alibaba.gateway import Gateway
from bot.sandbox.alibaba.verify import Account, Received

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.alibaba.cloud import Cloud
    from bot.sandbox.alibaba.faults import Fault

LOOPBACK = "127.0.0.1"
_LARGEST_BODY = 8 * 1024**2
_SHUTDOWN_S = 1.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AlibabaSimulator:
    """One workspace with one namespace. `cloud` is its state, for tests to read and bend.

    `speed` shortens every duration of the simulated cloud: at 10, what takes 3 s takes 0.3 s.
    """

    def __init__(
        self,
        *,
        workspace: str,
        namespace: str,
        access_key_id: str,
        access_key_secret: str,
        security_token: str | None = None,
        now: Callable[[], datetime] = _utc_now,
        speed: float = 1.0,
    ) -> None:
        account = Account(access_key_id, access_key_secret, security_token)
        self.gateway = Gateway(Place(workspace, namespace), account, now, speed)
        self._runner: web.AppRunner | None = None

    @property
    def cloud(self) -> Cloud:
        """Give the state; `reset` replaces it."""
        return self.gateway.cloud

    def app(self) -> web.Application:
        """Make the web application."""
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.add_routes(control_routes(self.gateway))
        app.router.add_route("*", "/{tail:.*}", self._serve)
        return app

    async def start(self, port: int = 0) -> str:
        """Listen on loopback and give the address; port 0 takes any free one."""
        self.gateway.open()
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, LOOPBACK, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        return f"http://{LOOPBACK}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening; calls held back by a fault end at once."""
        self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def calls(self, operation: str) -> int:
        """Tell how many calls of an operation arrived since the start or the last reset."""
        return self.gateway.log.count(operation)

    async def called(self, operation: str, times: int = 1) -> None:
        """Wait until that many calls of an operation have arrived; they may not be served yet."""
        await self.gateway.log.reached(operation, times)

    def inject(self, fault: Fault) -> None:
        """Order misbehaviour."""
        self.gateway.faults.inject(fault)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        answer = await self.gateway.answer(await _received(request))
        if answer is None:
            return _dropped(request)
        return web.Response(
            status=answer.status,
            body=answer.body,
            headers={"Content-Type": answer.content_type, **answer.headers},
        )


async def _received(request: web.Request) -> Received:
    """Take a request as it came: the raw target, repeated headers joined in order."""
    names = {name.lower() for name in request.headers}
    return Received(
        method=request.method,
        target=request.raw_path,
        headers={name: ",".join(request.headers.getall(name)) for name in names},
        body=await request.read(),
    )


def _dropped(request: web.Request) -> web.StreamResponse:
    """Cut the connection; the response is never written."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
