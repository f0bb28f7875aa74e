"""The bot's HTTP side: signed requests from Slack, and how the bot is, for who looks after it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

Check = Callable[[], Awaitable[str | None]]
"""Gives what is wrong in a few words that may be shown to anybody; None when all is well."""

EVENTS_PATH = "/slack/events"
_log = logging.getLogger(__name__)
_LARGEST_REQUEST = 4 * 1024 * 1024  # a submission carries its whole view, percent-encoded
_CHECK_SECONDS = 2.0
_SHUTDOWN_SECONDS = 5.0


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

    async def take(self, request: web.Request) -> web.Response:
        """Answer one request of Slack's."""
        try:
            body = (await request.read()).decode()
        except UnicodeDecodeError:
            return _refused()
        if not self._is_signed(body, request):
            # Slack checks the certificate without a signature.
            return web.Response() if body.startswith("ssl_check=1") else _refused()
        asked = AsyncBoltRequest(
            body=body,
            query=request.query_string,
            headers=request.headers,  # type: ignore[arg-type] # Bolt's own adapter does the same
        )
        return await to_aiohttp_response(await self._app.async_dispatch(asked))

    def _is_signed(self, body: str, request: web.Request) -> bool:
        """https://docs.slack.dev/authentication/verifying-requests-from-slack."""
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (timestamp.isascii() and timestamp.isdigit()):
            return False  # the SDK raises on it
        return self._verifier.is_valid(body, timestamp, signature)


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


def _refused() -> web.Response:
    return web.json_response({"error": "invalid request"}, status=401)
