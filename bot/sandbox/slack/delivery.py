"""How an interaction reaches the app and what came back: signed HTTP, or a socket."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.slack.nouns import Json

ACK_SECONDS = 3.0


class RequestKind(StrEnum):
    """What Slack sends to an app."""

    COMMAND = "slash_commands"
    INTERACTION = "interactive"


class Failure(StrEnum):
    """Why the app did not acknowledge; the values are Slack's own words for slash commands."""

    TIMEOUT = "operation_timeout"
    NOT_DELIVERED = "dispatch_failed"


@dataclass(frozen=True, slots=True)
class Ack:
    """What the app answered: decoded JSON, text, or "" for an empty body."""

    body: Any = ""
    failure: Failure | None = None


class Courier(Protocol):
    """Brings one payload to the app."""

    async def deliver(self, kind: RequestKind, payload: Json) -> Ack:
        """Give the app's answer, or how it failed, within Slack's deadline."""
        ...


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpCourier:
    """Posts signed forms to one URL, over one session that `close` ends."""

    def __init__(
        self, url: str, signing_secret: str, now: Callable[[], float], ack_seconds: float
    ) -> None:
        self._url = url
        self._secret = signing_secret
        self._now = now
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ack_seconds),
            headers={"User-Agent": "Slackbot 1.0 (sandbox)"},
        )

    async def deliver(self, kind: RequestKind, payload: Json) -> Ack:
        """Post one payload; anything but 200 is a failure."""
        form = payload if kind is RequestKind.COMMAND else {"payload": json.dumps(payload)}
        body = urlencode(form).encode()
        try:
            async with self._session.post(
                self._url, data=body, headers=self._headers(body)
            ) as answer:
                text = await answer.text()
        except TimeoutError:
            return Ack(failure=Failure.TIMEOUT)
        except aiohttp.ClientError:
            return Ack(failure=Failure.NOT_DELIVERED)
        if answer.status != 200:
            return Ack(text, Failure.NOT_DELIVERED)
        return Ack(_decoded(text))

    def _headers(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._now()))
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()


class NoCourier:
    """Stands in while no app is connected."""

    async def deliver(self, _kind: RequestKind, _payload: Json) -> Ack:
        """Fail at once."""
        await asyncio.sleep(0)
        return Ack(failure=Failure.NOT_DELIVERED)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
