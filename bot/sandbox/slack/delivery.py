"""How a request reaches the app and what came back over signed HTTP; sockets do the same."""

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
MOST_REDIRECTS = 2


class RequestKind(StrEnum):
    """What Slack sends to an app."""

    COMMAND = "slash_commands"
    INTERACTION = "interactive"
    EVENT = "events_api"


class Failure(StrEnum):
    """Why the app did not acknowledge; the values are Slack's own words for slash commands."""

    TIMEOUT = "operation_timeout"
    NOT_DELIVERED = "dispatch_failed"


@dataclass(frozen=True, slots=True)
class Retry:
    """Which repetition of an event this is, 1 to 3, and what was wrong before."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ack:
    """What the app answered: decoded JSON, text, or "" for an empty body.

    `reason` says in Slack's words for a repeated event why this delivery failed; `no_retry`:
    the app asked not to be told again.
    """

    body: Any = ""
    failure: Failure | None = None
    status: int | None = None
    reason: str = ""
    no_retry: bool = False


class Courier(Protocol):
    """Brings one payload to the app."""

    async def deliver(self, kind: RequestKind, payload: Json, retry: Retry | None = None) -> Ack:
        """Give the app's answer, or how it failed, within Slack's deadline."""
        ...


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpCourier:
    """Posts signed requests to one URL, over one session that `close` ends."""

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

    async def deliver(self, kind: RequestKind, payload: Json, retry: Retry | None = None) -> Ack:
        """Post one payload; anything but 200 (for an event: 2xx) is a failure."""
        body, headers = _encoded(kind, payload)
        try:
            async with self._session.post(
                self._url,
                data=body,
                headers=headers | self._signed(body) | _repeated(retry),
                max_redirects=MOST_REDIRECTS,
            ) as answer:
                return _ack(kind, answer, await answer.text(errors="replace"))
        except TimeoutError:
            return Ack(failure=Failure.TIMEOUT, reason="http_timeout")
        except aiohttp.ClientError as error:
            return Ack(failure=Failure.NOT_DELIVERED, reason=_reason(error))

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._now()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()


class NoCourier:
    """Stands in while no app is connected."""

    async def deliver(self, _kind: RequestKind, _payload: Json, _retry: Retry | None = None) -> Ack:
        """Fail at once."""
        await asyncio.sleep(0)
        return Ack(failure=Failure.NOT_DELIVERED, reason="connection_failed")


def _encoded(kind: RequestKind, payload: Json) -> tuple[bytes, dict[str, str]]:
    if kind is RequestKind.EVENT:
        return json.dumps(payload).encode(), {"Content-Type": "application/json"}
    form = payload if kind is RequestKind.COMMAND else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}


def _repeated(retry: Retry | None) -> dict[str, str]:
    if retry is None:
        return {}
    return {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}


def _ack(kind: RequestKind, answer: aiohttp.ClientResponse, text: str) -> Ack:
    good = answer.status == 200 or (kind is RequestKind.EVENT and answer.status // 100 == 2)
    if good:
        return Ack(_decoded(text), status=answer.status)
    no_retry = answer.headers.get("x-slack-no-retry") == "1"
    return Ack(text, Failure.NOT_DELIVERED, answer.status, "http_error", no_retry)


def _reason(error: aiohttp.ClientError) -> str:
    """Give Slack's word for why an event could not be delivered."""
    match error:
        case aiohttp.TooManyRedirects():
            return "too_many_redirects"
        case aiohttp.ClientSSLError():
            return "ssl_error"
        case aiohttp.ClientConnectionError():
            return "connection_failed"
    return "unknown_error"


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
