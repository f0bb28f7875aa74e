"""Sends requests to the app the way that is open now, repeats events, and notes it all."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from bot.sandbox.slack.delivery import Ack, HttpCourier, NoCourier, RequestKind, Retry
from bot.sandbox.slack.traffic import Direction, Exchange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.slack.delivery import Courier
    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.socket_mode import SocketHub
    from bot.sandbox.slack.traffic import Traffic

RETRY_SECONDS = (0.0, 60.0, 300.0)
"""https://docs.slack.dev/apis/events-api#retries: almost at once, after a minute, after five."""


class Dispatch:
    """The app's sockets if it opened any, else its URL. `retry_seconds`: pauses before repeats."""

    def __init__(
        self, sockets: SocketHub, traffic: Traffic, retry_seconds: Sequence[float]
    ) -> None:
        self._sockets = sockets
        self._traffic = traffic
        self._retry_seconds = retry_seconds
        self._http: HttpCourier | None = None
        self._events: set[asyncio.Task[None]] = set()

    @property
    def mode(self) -> str:
        """Say how the app is reached: socket, http or none."""
        if self._sockets.connections:
            return "socket"
        return "http" if self._http else "none"

    async def use(self, http: HttpCourier | None) -> None:
        """Reach the app by HTTP from now on, while no socket is open."""
        previous, self._http = self._http, http
        if previous:
            await previous.close()

    async def deliver(self, kind: RequestKind, payload: Json, retry: Retry | None = None) -> Ack:
        """Bring one payload to the app."""
        started = self._traffic.now()
        ack = await self._courier().deliver(kind, payload, retry)
        self._traffic.note(
            Exchange(
                direction=Direction.TO_APP,
                kind=kind,
                started=started,
                request=payload,
                response=ack.body,
                status=ack.status,
                error=str(ack.failure or ""),
            )
        )
        return ack

    def send_event(self, body: Json) -> None:
        """Tell of an event without waiting; three more times if the app does not take it."""
        task = asyncio.get_running_loop().create_task(self._deliver_event(body))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def _deliver_event(self, body: Json) -> None:
        ack = await self.deliver(RequestKind.EVENT, body)
        for number, pause in enumerate(self._retry_seconds, 1):
            if ack.failure is None or ack.no_retry:
                return
            await asyncio.sleep(pause)
            ack = await self.deliver(RequestKind.EVENT, body, Retry(number, ack.reason))

    async def verify_url(self) -> bool:
        """Ask the app's URL to prove itself, as Slack does when the URL is entered."""
        challenge = secrets.token_urlsafe(24)
        request = {"token": "deprecated", "challenge": challenge, "type": "url_verification"}
        ack = await self.deliver(RequestKind.EVENT, request)
        said = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        return ack.status == 200 and said == challenge

    async def check_ssl(self) -> bool:
        """Ask as Slack does now and then whether the URL's certificate is good."""
        request = {"ssl_check": "1", "token": "deprecated"}
        return (await self.deliver(RequestKind.COMMAND, request)).status == 200

    async def close(self) -> None:
        """Give up on events not delivered yet and close the way to the app."""
        for task in self._events:
            task.cancel()
        await asyncio.gather(*self._events, return_exceptions=True)
        await self.use(None)

    def _courier(self) -> Courier:
        if self._sockets.connections:
            return self._sockets
        return self._http or NoCourier()
