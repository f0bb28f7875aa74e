"""Any simulated cloud on a loopback socket: its API, and the control API under /sandbox/."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from aiohttp import web

from bot.sandbox.loopback import LoopbackSite, dropped
from bot.sandbox.orders import Order
from bot.sandbox.received import received

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.cloud_gateway import CloudGateway

_LARGEST_BODY = 12 * 1024**2
"""More than a definition of either cloud can be; a bot that sends more has gone wrong."""

F = TypeVar("F", bound=Order)


class CloudServer(Generic[F]):
    """Serves one gateway. `F` is the misbehaviour that can be ordered of its cloud."""

    gateway: CloudGateway[F]

    def __init__(self, gateway: CloudGateway[F], control: Iterable[web.RouteDef]) -> None:
        self.gateway = gateway
        self._control = tuple(control)
        self._site = LoopbackSite()

    def app(self) -> web.Application:
        """Make the web application."""
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.add_routes(self._control)
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

    def inject(self, fault: F) -> None:
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


def utc_now() -> datetime:
    """Give the time that a simulated cloud goes by unless it is told another."""
    return datetime.now(UTC)
