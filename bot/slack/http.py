"""The bot's HTTP side: signed requests from Slack, and how the bot is, for who looks after it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.slack.replays import Replays
from bot.slack.tally import Abuse, Tally

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

Check = Callable[[], Awaitable[str | None]]
"""Gives what is wrong in a few words that may be shown to anybody; None when all is well."""

EVENTS_PATH = "/slack/events"
_log = logging.getLogger(__name__)
_LARGEST_REQUEST = 4 * 1024 * 1024  # a submission carries its whole view, percent-encoded
_CHECK_SECONDS = 2.0
_SHUTDOWN_SECONDS = 5.0
_FRESH_SECONDS = 300  # as the SDK has it
_LONGEST_TIME = 12  # digits: Python refuses to read very long numbers


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot is. `stale` names the ticks that went quiet; `checks` are asked for readiness."""

    stale: Callable[[], Sequence[str]]
    checks: Mapping[str, Check] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inbound:
    """Where Slack's requests go, and the secret that proves they are Slack's."""

    app: AsyncApp
    signing_secret: str = field(repr=False)
    tally: Tally = field(default_factory=Tally)
    replays: Replays = field(default_factory=Replays)

    def __post_init__(self) -> None:
        """Refuse an empty secret: anybody can sign with it."""
        if not self.signing_secret:
            msg = "a signing secret is needed to take requests over HTTP"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    _runner: web.AppRunner

    async def close(self) -> None:
        """Take no more requests and finish those that are being answered."""
        await self._runner.cleanup()


def build_http_app(health: Health, inbound: Inbound | None = None) -> web.Application:
    """Build the application; without `inbound` (Socket Mode) it only tells how the bot is."""
    app = web.Application(client_max_size=_LARGEST_REQUEST)
    app.add_routes(
        [web.get("/healthz", _Healthz(health).tell), web.get("/readyz", _Readyz(health).tell)]
    )
    if inbound is not None:
        app.router.add_post(EVENTS_PATH, _Events(inbound).take)
    return app


async def serve(app: web.Application, host: str, port: int) -> Server:
    """Listen; port 0 takes any free one."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except BaseException:
        await runner.cleanup()
        raise
    return Server(runner.addresses[0][1], runner)


class _Events:
    """Verifies a request's signature before anything looks into it, then asks Bolt."""

    def __init__(self, inbound: Inbound) -> None:
        self._app = inbound.app
        self._verifier = SignatureVerifier(inbound.signing_secret)
        self._tally, self._replays = inbound.tally, inbound.replays

    async def take(self, request: web.Request) -> web.Response:
        """Answer one request of Slack's."""
        try:
            body = (await request.read()).decode()
        except UnicodeDecodeError:
            return self._refuse(Abuse.UNSIGNED, request)
        if not self._is_signed(body, request):
            if body.startswith("ssl_check=1"):
                return web.Response()  # Slack checks the certificate without a signature
            fresh = self._is_fresh(request)
            return self._refuse(Abuse.UNSIGNED if fresh else Abuse.STALE, request)
        if self._replays.is_one(request.headers["X-Slack-Signature"]):
            return self._refuse(Abuse.REPLAYED, request)
        asked = AsyncBoltRequest(
            body=body,
            query=request.query_string,
            headers=request.headers,  # type: ignore[arg-type] # Bolt's own adapter does the same
        )
        return await to_aiohttp_response(await self._app.async_dispatch(asked))

    def _is_signed(self, body: str, request: web.Request) -> bool:
        """https://docs.slack.dev/authentication/verifying-requests-from-slack."""
        timestamp = _timestamp(request)
        if not timestamp:
            return False  # the SDK raises on it
        signature = request.headers.get("X-Slack-Signature", "")
        return self._verifier.is_valid(body, timestamp, signature)

    def _is_fresh(self, request: web.Request) -> bool:
        """Tell whether it is recent, for the count; without a time it is not said to be old."""
        timestamp = _timestamp(request)
        return not timestamp or abs(time.time() - int(timestamp)) <= _FRESH_SECONDS

    def _refuse(self, kind: Abuse, request: web.Request) -> web.Response:
        self._tally.count(kind, request.remote or "")
        return web.json_response({"error": "invalid request"}, status=401)


def _timestamp(request: web.Request) -> str:
    """Give when it was signed; nothing if that is no number."""
    text = request.headers.get("X-Slack-Request-Timestamp", "")
    return text if text.isascii() and text.isdigit() and len(text) <= _LONGEST_TIME else ""


@dataclass(frozen=True, slots=True)
class _Healthz:
    """503 means: restart me. The database is left out; its outage is not cured by a restart."""

    health: Health

    async def tell(self, _: web.Request) -> web.Response:
        """Answer `/healthz`."""
        stale = sorted(self.health.stale())
        body = {"status": "stale" if stale else "ok", "stale": stale}
        return web.json_response(body, status=503 if stale else 200)


@dataclass(frozen=True, slots=True)
class _Readyz:
    """503 means: send me no traffic, and look at why."""

    health: Health

    async def tell(self, _: web.Request) -> web.Response:
        """Answer `/readyz`."""
        checks = self.health.checks
        found = await asyncio.gather(*(_checked(name, check) for name, check in checks.items()))
        wrong = dict(zip(checks, found, strict=True))
        ready = not any(wrong.values())
        body = {
            "status": "ready" if ready else "not ready",
            "checks": {name: trouble or "ok" for name, trouble in wrong.items()},
        }
        return web.json_response(body, status=200 if ready else 503)


async def _checked(name: str, check: Check) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return f"no answer within {_CHECK_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 - whatever a check raises means "not ready"
        _log.warning("readiness check %s failed: %r", name, error)
        return f"failed ({type(error).__name__})"
