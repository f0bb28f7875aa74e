"""The simulated Slack's HTTP side: Web API, response URLs, uploads and sockets on one port."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.slack.arguments import LARGEST_BODY, Arguments, read_arguments
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.responses import respond

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.slack.api import Reply, WebApi
    from bot.sandbox.slack.socket_mode import SocketHub
    from bot.sandbox.slack.workspace import Workspace

_log = logging.getLogger(__name__)
_GONE = {"expired_url", "used_url"}


class Server:
    """Turns HTTP requests into calls of the simulator and back. `base_url` is set once bound."""

    def __init__(self, workspace: Workspace, api: WebApi, hub: SocketHub) -> None:
        self.base_url = ""
        self._workspace = workspace
        self._api = api
        self._hub = hub

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
        try:
            given = await read_arguments(request, self.base_url)
        except RefusedError as refused:
            return web.json_response({"ok": False, "error": refused.error})
        reply = self._api.answer(method, _token(request, given), given)
        if reply.body.get("ok") is not True:
            _log.info("%s answered %s", method, reply.body)
        if reply.dropped and request.transport is not None:
            request.transport.close()
        return self._response(reply)

    def _response(self, reply: Reply) -> web.Response:
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._api.scopes))}
        if reply.retry_after:
            headers["Retry-After"] = str(reply.retry_after)
        return web.json_response(reply.body, status=reply.status, headers=headers)

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            body = (await read_arguments(request, self.base_url)).values
            respond(self._workspace, request.match_info["token"], body)
        except RefusedError as refused:
            status = 404 if refused.error in _GONE else 400
            return web.Response(status=status, text=refused.error)
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.Response:
        file_id = request.match_info["file_id"]
        if file_id not in self._api.files.names:
            return web.Response(status=404, text="file_not_found")
        content = await request.read()
        self._api.files.contents[file_id] = content
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.Response:
        content = self._api.files.contents.get(request.match_info["file_id"])
        if content is None:
            return web.Response(status=404, text="file_not_found")
        # Always as plain text: what an app uploaded must not run in the page's origin.
        headers = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=content, headers=headers)


def _token(request: web.Request, given: Arguments) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else given.text("token")


def application(routes: Iterable[web.AbstractRouteDef]) -> web.Application:
    """Give the aiohttp application of all routes."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes(routes)
    return app
