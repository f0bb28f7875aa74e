"""The simulator on a loopback socket.

Serves the Flink part of Data Lake Insight to signed requests and to those with a token of the
identity service, which is simulated beside it on the same address, and the unsigned control API
under /sandbox/ that is described in `bot.sandbox.dli.control`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.dli.control import control_routes
from bot.sandbox.dli.gateway import Gateway
from bot.sandbox.dli.iam import Project
from bot.sandbox.dli.verify import Account
from bot.sandbox.loopback import LoopbackSite, dropped
from bot.sandbox.received import received

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.dli.cloud import Cloud
    from bot.sandbox.dli.faults import Fault

_LARGEST_BODY = 12 * 1024**2


def _utc_now() -> datetime:
    return datetime.now(UTC)


class DliSimulator:
    """One project of one account. `cloud` is its state, for tests to read and bend.

    `speed` shortens every duration of the simulated cloud: at 10, what takes 4 s takes 0.4 s.
    """

    def __init__(
        self,
        *,
        project_id: str,
        region: str,
        account: Account,
        now: Callable[[], datetime] = _utc_now,
        speed: float = 1.0,
    ) -> None:
        self.account = account
        self.gateway = Gateway(Project(project_id, region), account, now, speed)
        self._site = LoopbackSite()

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
        return await self._site.start(self.app(), port)

    async def stop(self) -> None:
        """Stop listening; calls held back by a fault end at once."""
        self.gateway.close()
        await self._site.stop()

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
        answer = await self.gateway.answer(await received(request))
        if answer is None:
            return dropped(request)
        return web.Response(
            status=answer.status,
            body=answer.body,
            headers={"Content-Type": answer.content_type, **answer.headers},
        )
