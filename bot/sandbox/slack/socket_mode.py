"""Socket Mode: connections the app opened, and payloads handed to any one of them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from bot.sandbox.slack.delivery import Ack, Failure, RequestKind
from bot.sandbox.slack.workspace import APP_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.slack.delivery import Retry
    from bot.sandbox.slack.nouns import Json

MOST_CONNECTIONS = 10
CONNECTION_SECONDS = 18_060.0
DEBUG_SECONDS = 360.0
WARNING_SECONDS = 10.0


@dataclass(slots=True, eq=False)
class _Connection:
    """One open socket, and the acknowledgements that are to come over it."""

    socket: web.WebSocketResponse
    awaited: dict[str, asyncio.Future[Ack]] = field(default_factory=dict)

    def acknowledge(self, text: str) -> None:
        """Take a frame of the app's; what acknowledges nothing is nothing."""
        try:
            answer = json.loads(text)
        except ValueError:
            return
        envelope_id = answer.get("envelope_id", "") if isinstance(answer, dict) else ""
        waiter = self.awaited.get(envelope_id)
        if waiter is not None and not waiter.done():
            waiter.set_result(Ack(_acknowledged(answer)))

    async def tell(self, reason: str) -> None:
        """Send a disconnect frame."""
        with contextlib.suppress(ConnectionError):
            await self.socket.send_json({"type": "disconnect", "reason": reason})


class SocketHub:
    """The open connections. `changed` is called when one comes or goes.

    `seconds`: how long a connection lasts; the app is warned `warning` seconds before.
    """

    def __init__(
        self,
        ack_seconds: float,
        changed: Callable[[], None],
        *,
        seconds: float = CONNECTION_SECONDS,
        warning: float = WARNING_SECONDS,
    ) -> None:
        self._ack_seconds = ack_seconds
        self._changed = changed
        self._seconds = seconds
        self._warning = warning
        self._tickets: set[str] = set()
        self._open: list[_Connection] = []

    @property
    def connections(self) -> int:
        """Count the open connections."""
        return len(self._open)

    def ticket(self) -> str:
        """Give the right to open one connection."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="invalid or used ticket")
        self._tickets.remove(ticket)
        connection = _Connection(web.WebSocketResponse())
        await connection.socket.prepare(request)
        if len(self._open) >= MOST_CONNECTIONS:
            await connection.tell("too_many_websockets")
            await connection.socket.close()
            return connection.socket
        seconds = (
            DEBUG_SECONDS if request.query.get("debug_reconnects") == "true" else self._seconds
        )
        self._open.append(connection)
        expiry = asyncio.get_running_loop().create_task(self._expire(connection, seconds))
        try:
            await connection.socket.send_json(self._hello(seconds))
            self._changed()
            await _listen(connection)
        finally:
            expiry.cancel()
            self._forget(connection)
        return connection.socket

    def _hello(self, seconds: float) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": APP_ID},
            "debug_info": {"host": "sandbox", "approximate_connection_time": int(seconds)},
        }

    async def _expire(self, connection: _Connection, seconds: float) -> None:
        await asyncio.sleep(seconds - self._warning)
        await connection.tell("warning")
        await asyncio.sleep(self._warning)
        await self._retire(connection, "refresh_requested")

    async def deliver(self, kind: RequestKind, payload: Json, retry: Retry | None = None) -> Ack:
        """Hand a payload to the connection whose turn it is and wait for its ack there."""
        connection = self._next()
        envelope = _envelope(kind, payload, retry)
        waiter: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        connection.awaited[envelope["envelope_id"]] = waiter
        try:
            await connection.socket.send_json(envelope)
            async with asyncio.timeout(self._ack_seconds):
                return await waiter
        except TimeoutError:
            return Ack(failure=Failure.TIMEOUT, reason="timeout")
        except ConnectionError:
            return Ack(failure=Failure.NOT_DELIVERED, reason="connection_failed")
        finally:
            del connection.awaited[envelope["envelope_id"]]

    def _next(self) -> _Connection:
        # Each payload goes to one connection; taking turns makes "any of them" visible in tests.
        connection = self._open.pop(0)
        self._open.append(connection)
        return connection

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to go, as Slack does every few hours; a warning leaves them be.

        After `link_disabled` (Socket Mode was switched off) they are closed at once.
        """
        for connection in list(self._open):
            if reason == "warning":
                await connection.tell(reason)
            else:
                await self._retire(connection, reason)

    async def _retire(self, connection: _Connection, reason: str) -> None:
        # What was handed over already may still be acknowledged here; nothing new comes.
        self._forget(connection)
        await connection.tell(reason)
        if reason == "link_disabled":
            await connection.socket.close()

    async def close(self) -> None:
        """End every connection."""
        for connection in list(self._open):
            self._forget(connection)
            await connection.socket.close()

    def _forget(self, connection: _Connection) -> None:
        if connection in self._open:
            self._open.remove(connection)
            self._changed()


async def _listen(connection: _Connection) -> None:
    async for frame in connection.socket:
        if frame.type is WSMsgType.TEXT:
            connection.acknowledge(frame.data)


def _envelope(kind: RequestKind, payload: Json, retry: Retry | None) -> Json:
    envelope: Json = {
        "envelope_id": secrets.token_hex(16),
        "type": str(kind),
        "payload": payload,
        "accepts_response_payload": kind is not RequestKind.EVENT,
    }
    if kind is RequestKind.EVENT:
        envelope["retry_attempt"] = retry.number if retry else 0
        envelope["retry_reason"] = retry.reason if retry else ""
    return envelope


def _acknowledged(answer: Json) -> str | Json:
    payload = answer.get("payload") or ""
    # Bolt wraps a plain-text acknowledgement of a command into an object of this one key.
    if isinstance(payload, dict) and payload.keys() == {"text"}:
        return str(payload["text"])
    return payload
