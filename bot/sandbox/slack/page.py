"""The page's side of the simulator: what the browser reads and what a person does in it.

    GET  /                  the page; its files under /web/
    GET  /sandbox/state     ?user=U…: everything this person sees
    GET  /sandbox/changes   server-sent events: a number, new at every change
    POST /sandbox/say       {user, channel, text, thread}: an ordinary message of a person
    POST /sandbox/command   {user, channel, text}
    POST /sandbox/click     {user, <place>, block, action, value}
    POST /sandbox/choose    {user, <place>, block, action, value, dispatch?}
    POST /sandbox/suggest   {user, <place>, block, action, typed} → {options} or {error}
    POST /sandbox/submit    {user, view} → {errors, closed, shown, reason}
    POST /sandbox/close     {user, view, everything}

`<place>` is `view` (an id) or `channel` and `ts`. Bodies are JSON; what a person cannot do (the
view is closed, the button is gone) is answered 409 with `{"error": words}`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.documents import message_document, user_document, view_document
from bot.sandbox.slack.nouns import Message, View
from bot.sandbox.slack.outcomes import Outcome, SuggestionsFailedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.slack.nouns import Channel, Json
    from bot.sandbox.slack.person import Person
    from bot.sandbox.slack.workspace import Workspace

FILES = Path(__file__).parent / "web"
SECONDS_BETWEEN_PULSES = 15.0
_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'"
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}


class Page:
    """Serves the browser. `person` gives who a user id stands for."""

    def __init__(self, workspace: Workspace, person: Callable[[str], Person]) -> None:
        self._workspace = workspace
        self._person = person
        self._closing = False

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes that a browser uses."""
        actions: dict[str, Callable[[Person, Json], Awaitable[Json]]] = {
            "say": self._say,
            "command": self._command,
            "click": self._click,
            "choose": self._choose,
            "suggest": self._suggest,
            "submit": self._submit,
            "close": self._close,
        }
        return [
            web.get("/", _index),
            web.static("/web", FILES),
            web.get("/sandbox/state", self._state),
            web.get("/sandbox/changes", self._changes),
            *(web.post(f"/sandbox/{name}", self._acting(act)) for name, act in actions.items()),
        ]

    def close(self) -> None:
        """End the streams, so that the server can stop."""
        self._closing = True
        self._workspace.changes.announce()

    def _acting(
        self, act: Callable[[Person, Json], Awaitable[Json]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            # A form of another site cannot send JSON without asking first; that keeps it out.
            if request.content_type != "application/json":
                return web.json_response({"error": "send JSON"}, status=415)
            body = await request.json()
            try:
                return web.json_response(await act(self._person(body["user"]), body))
            except LookupError as error:
                return web.json_response({"error": str(error)}, status=409)

        return answer

    async def _state(self, request: web.Request) -> web.Response:
        person = self._person(request.query["user"]) if "user" in request.query else None
        return web.json_response(self._seen_by(person))

    def _seen_by(self, person: Person | None) -> Json:
        users = [user_document(user, locale=True) for user in self._workspace.users.values()]
        version = self._workspace.changes.version
        if person is None:
            return {"version": version, "users": users}
        channels = self._channels_of(person)
        home = person.home
        return {
            "version": version,
            "users": users,
            "me": person.user.id,
            "channels": [_channel(channel) for channel in channels],
            "messages": {channel.id: self._messages(channel, person) for channel in channels},
            "views": [view_document(view) for view in person.views],
            "home": view_document(home) if home else None,
        }

    def _channels_of(self, person: Person) -> list[Channel]:
        self._workspace.direct_message(person.user.id)
        channels = self._workspace.channels.values()
        return [channel for channel in channels if person.user.id in channel.members]

    def _messages(self, channel: Channel, person: Person) -> list[Json]:
        return [
            {**message_document(message, metadata=False), "only_you": bool(message.only_for)}
            for message in self._workspace.messages(channel.id)
            if message.only_for in {"", person.user.id}
        ]

    async def _changes(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Cache-Control": "no-cache"})
        stream.content_type = "text/event-stream"
        await stream.prepare(request)
        changes = self._workspace.changes
        try:
            while not self._closing:
                sent = changes.version
                await stream.write(f"data: {sent}\n\n".encode())
                if sent == changes.version:
                    await _next_or_pulse(changes.next())
        except ConnectionError:
            pass  # the browser went away
        return stream

    async def _say(self, person: Person, body: Json) -> Json:
        person.say(body["channel"], body["text"], thread_ts=body.get("thread", ""))
        return {}

    async def _command(self, person: Person, body: Json) -> Json:
        return _told(await person.command(body["channel"], body["text"]))

    async def _click(self, person: Person, body: Json) -> Json:
        where = self._place(person, body)
        outcome = await person.click(
            where, body["action"], value=body.get("value"), block_id=body["block"]
        )
        return _told(outcome)

    async def _choose(self, person: Person, body: Json) -> Json:
        where = self._place(person, body)
        ids = body["block"], body["action"]
        dispatch = bool(body.get("dispatch", True))
        return _told(await person.choose(where, *ids, body["value"], dispatch=dispatch))

    async def _suggest(self, person: Person, body: Json) -> Json:
        where = self._place(person, body)
        try:
            options = await person.suggest(where, body["block"], body["action"], body["typed"])
        except SuggestionsFailedError as error:
            return {"error": str(error)}
        return {"options": options}

    async def _submit(self, person: Person, body: Json) -> Json:
        outcome = await person.submit(_view(person, body["view"]))
        return {
            "errors": outcome.errors,
            "closed": outcome.closed,
            "shown": outcome.shown,
            "reason": outcome.reason,
        }

    async def _close(self, person: Person, body: Json) -> Json:
        view = _view(person, body["view"])
        await person.close(view, everything=bool(body.get("everything")))
        return {}

    def _place(self, person: Person, body: Json) -> Message | View:
        if body.get("view"):
            return _view(person, body["view"])
        for message in self._workspace.messages(body["channel"]):
            if message.ts == body["ts"]:
                return message
        raise LookupError("the message is gone")


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(FILES / "index.html", headers=_HEADERS)


async def _next_or_pulse(change: Awaitable[None]) -> None:
    # A pulse now and then is how a browser that went away is noticed.
    try:
        await asyncio.wait_for(change, SECONDS_BETWEEN_PULSES)
    except TimeoutError:
        return


def _view(person: Person, view_id: str) -> View:
    for view in [*person.views, person.home]:
        if view is not None and view.id == view_id:
            return view
    raise LookupError("the view is not open any more")


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": "Flinkbot" if channel.is_im else channel.name,
        "is_im": channel.is_im,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
    }


def _told(outcome: Outcome) -> dict[str, Any]:
    return {"ok": outcome.ok, "shown": outcome.shown, "reason": outcome.reason}
