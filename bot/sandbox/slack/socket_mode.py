"""Socket Mode: connections the app opened, and payloads handed to any one of them."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from bot.sandbox.slack.delivery import Ack, Failure, RequestKind
from bot.sandbox.slack.workspace import APP_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.slack.delivery import Retry
    from bot.sandbox.slack.nouns import Json

MOST_CONNECTIONS = 10
CONNECTION_SECONDS = 18_060


class SocketHub:
    """The open connections. `changed` is called when one comes or goes."""

    def __init__(self, ack_seconds: float, changed: Callable[[], None]) -> None:
        self._ack_seconds = ack_seconds
        self._changed = changed
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._awaited: dict[str, asyncio.Future[Ack]] = {}

    @property
    def connections(self) -> int:
        """Count the open connections."""
        return len(self._sockets)

    def ticket(self) -> str:
        """Give the right to open one connection."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or len(self._sockets) >= MOST_CONNECTIONS:
            raise web.HTTPForbidden(text="invalid or used ticket, or too many connections")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        try:
            await socket.send_json(self._hello())
            self._changed()
            await self._listen(socket)
        finally:
            self._forget(socket)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "connection_info": {"app_id": APP_ID},
            "debug_info": {
                "host": "sandbox",
                "approximate_connection_time": CONNECTION_SECONDS,
            },
        }

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                self._acknowledge(frame.data)

    def _acknowledge(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        envelope_id = answer.get("envelope_id", "") if isinstance(answer, dict) else ""
        waiter = self._awaited.get(envelope_id)
        if waiter is not None and not waiter.done():
            waiter.set_result(Ack(_acknowledged(answer)))

    async def deliver(self, kind: RequestKind, payload: Json, retry: Retry | None = None) -> Ack:
        """Hand a payload to the connection whose turn it is and wait for its ack."""
        socket = self._next_socket()
        envelope_id = secrets.token_hex(16)
        envelope = {
            "envelope_id": envelope_id,
            "type": str(kind),
            "payload": payload,
            "accepts_response_payload": kind is not RequestKind.EVENT,
        }
        if kind is RequestKind.EVENT:
            envelope["retry_attempt"] = retry.number if retry else 0
            envelope["retry_reason"] = retry.reason if retry else ""
        waiter: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._awaited[envelope_id] = waiter
        try:
            await socket.send_json(envelope)
            async with asyncio.timeout(self._ack_seconds):
                return await waiter
        except TimeoutError:
            return Ack(failure=Failure.TIMEOUT, reason="timeout")
        except ConnectionError:
            return Ack(failure=Failure.NOT_DELIVERED, reason="connection_failed")
        finally:
            del self._awaited[envelope_id]

    def _next_socket(self) -> web.WebSocketResponse:
        # Each payload goes to one connection; taking turns makes "any of them" visible in tests.
        socket = self._sockets.pop(0)
        self._sockets.append(socket)
        return socket

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to go away and come back, as Slack does every few hours."""
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": reason})
            self._forget(socket)

    async def close(self) -> None:
        """End every connection."""
        for socket in list(self._sockets):
            self._forget(socket)
            await socket.close()

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._sockets:
            self._sockets.remove(socket)
            self._changed()


def _acknowledged(answer: Json) -> str | Json:
    payload = answer.get("payload") or ""
    # Bolt wraps a plain-text acknowledgement of a command into an object of this one key.
    if isinstance(payload, dict) and payload.keys() == {"text"}:
        return str(payload["text"])
    return payload
