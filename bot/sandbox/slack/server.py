"""The simulated Slack's HTTP side: Web API, response URLs, uploads and sockets on one port."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.loopback import is_local
from bot.sandbox.slack.arguments import LARGEST_BODY, Arguments, read_arguments
from bot.sandbox.slack.files import shown_as
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.responses import respond
from bot.sandbox.slack.traffic import Direction, Exchange

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.sandbox.slack.api import Reply, WebApi
    from bot.sandbox.slack.socket_mode import SocketHub
    from bot.sandbox.slack.traffic import Traffic
    from bot.sandbox.slack.workspace import Workspace

_log = logging.getLogger(__name__)
_GONE = {"expired_url", "used_url"}


class Server:
    """Turns HTTP requests into calls of the simulator and back. `base_url` is set once bound."""

    def __init__(self, workspace: Workspace, api: WebApi, hub: SocketHub, traffic: Traffic) -> None:
        self.base_url = ""
        self._workspace = workspace
        self._api = api
        self._hub = hub
        self._traffic = traffic

    def routes(self) -> list[web.RouteDef]:
        """Give the routes that an app uses."""
        return [
            web.post("/api/{method}", self._call),
            web.get("/api/{method}", self._call),
            web.post("/response/{token}", self._respond),
            web.post("/upload/{file_id}", self._upload),
            web.get("/files/{file_id}", self._download),
            web.get("/socket/", self._hub.connect),
        ]

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        started = self._traffic.now()
        try:
            given = await read_arguments(request, self.base_url)
        except RefusedError as refused:
            return web.json_response({"ok": False, "error": refused.error})
        reply = self._api.answer(method, _token(request, given), given)
        if reply.body.get("ok") is not True:
            _log.info("%s answered %s", method, reply.body)
        if reply.dropped:
            self._note(method, started, given.values, reply.body, None)
            return _hang_up(request)
        self._note(method, started, given.values, reply.body, reply.status)
        return self._response(reply)

    def _response(self, reply: Reply) -> web.Response:
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._api.scopes))}
        if reply.retry_after:
            headers["Retry-After"] = str(reply.retry_after)
        return web.json_response(reply.body, status=reply.status, headers=headers)

    async def _respond(self, request: web.Request) -> web.Response:
        started = self._traffic.now()
        body: dict[str, Any] = {}
        status, text = 200, "ok"
        try:
            body = (await read_arguments(request, self.base_url)).values
            respond(self._workspace, request.match_info["token"], body)
        except RefusedError as refused:
            status, text = (404 if refused.error in _GONE else 400), refused.error
        self._note("response_url", started, body, text, status)
        return web.Response(status=status, text=text)

    async def _upload(self, request: web.Request) -> web.Response:
        started = self._traffic.now()
        content = await request.read()
        try:
            file = self._workspace.files.fill(request.match_info["file_id"], content)
        except RefusedError as refused:
            return web.Response(status=404, text=refused.error)
        answer = f"OK - {len(content)}"
        self._note("upload", started, {"name": file.name, "size": len(content)}, answer, 200)
        return web.Response(text=answer)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            file = self._workspace.files.get(request.match_info["file_id"])
        except RefusedError as refused:
            return web.Response(status=404, text=refused.error)
        if not self._may_download(request):
            # Slack sends whoever is not known to the page where people log in.
            raise web.HTTPFound("/")
        headers = {"Content-Type": shown_as(file), "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, headers=headers)

    def _may_download(self, request: web.Request) -> bool:
        from_the_page = request.headers.get("Sec-Fetch-Site") == "same-origin"
        return from_the_page or self._api.may_download(_bearer(request))

    def _note(
        self, kind: str, started: float, request: Any, response: Any, status: int | None
    ) -> None:
        """Keep an exchange; `status` None says that the app never saw the response."""
        self._traffic.note(
            Exchange(
                direction=Direction.FROM_APP,
                kind=kind,
                started=started,
                request=request,
                response=response,
                status=status,
                error=_error(response, status),
            )
        )


def _error(response: Any, status: int | None) -> str:
    if status is None:
        return "connection closed without an answer"
    refused = response.get("error", "") if isinstance(response, dict) else ""
    return refused or (str(response) if status >= 400 else "")


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def _token(request: web.Request, given: Arguments) -> str:
    # Slack takes a token from a form or the query, but not out of JSON.
    return _bearer(request) or ("" if given.as_json else given.text("token"))


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


@web.middleware
async def _only_local(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if not is_local(request):
        return web.json_response({"error": "only from this machine"}, status=403)
    return await handler(request)


def application(routes: Iterable[web.AbstractRouteDef]) -> web.Application:
    """Give the aiohttp application of all routes; other sites' pages are turned away."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_only_local])
    app.add_routes(routes)
    return app
