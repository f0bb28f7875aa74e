"""What a person does in the browser."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.nouns import Message, View
from bot.sandbox.slack.outcomes import Outcome, SuggestionsFailedError
from bot.sandbox.slack.page.acting import posting, refused
from bot.sandbox.slack.screen import GoneError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.page.stage import Stage
    from bot.sandbox.slack.person import Person

LARGEST_FILE = 100 * 1024 * 1024
"""https://docs.slack.dev/reference/block-kit/block-elements/file-input-element"""


class Acts:
    """One method for each thing a person can do."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give a route for each."""
        acts: dict[str, Callable[[Person, Json], Awaitable[Json]]] = {
            "say": self._say,
            "command": self._command,
            "shortcut": self._shortcut,
            "home": self._home,
            "click": self._click,
            "choose": self._choose,
            "suggest": self._suggest,
            "submit": self._submit,
            "close": self._close,
            "locale": self._locale,
        }
        routes = [
            web.post(f"/sandbox/{name}", posting(self._of(act))) for name, act in acts.items()
        ]
        return [*routes, web.post("/sandbox/upload", self._upload)]

    def _of(
        self, act: Callable[[Person, Json], Awaitable[Json]]
    ) -> Callable[[Json], Awaitable[Json]]:
        async def acting(body: Json) -> Json:
            return await act(self._stage.person(body["user"]), body)

        return acting

    async def _say(self, person: Person, body: Json) -> Json:
        person.say(body["channel"], body["text"], thread_ts=body.get("thread", ""))
        return {}

    async def _command(self, person: Person, body: Json) -> Json:
        return _told(await person.command(body["channel"], body["text"]))

    async def _shortcut(self, person: Person, body: Json) -> Json:
        message = self._message(person, body) if body.get("ts") else None
        return _told(await person.shortcut(body["callback_id"], message))

    async def _home(self, person: Person, body: Json) -> Json:
        person.open_home(body.get("tab", "home"))
        return {}

    async def _click(self, person: Person, body: Json) -> Json:
        where = self._place(person, body)
        outcome = await person.click(
            where, body["action"], value=body.get("value"), block_id=body["block"]
        )
        return _told(outcome)

    async def _choose(self, person: Person, body: Json) -> Json:
        if not body.get("dispatch", True):
            return await self._keep(person, body)
        where = self._place(person, body)
        ids = body["block"], body["action"]
        return _told(await person.choose(where, *ids, body["value"]))

    async def _keep(self, person: Person, body: Json) -> Json:
        """Hold what is being typed. The app may have taken its field away meanwhile."""
        with suppress(GoneError):
            where = self._place(person, body)
            ids = body["block"], body["action"]
            await person.choose(where, *ids, body["value"], dispatch=False)
        return _told(Outcome())

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

    async def _locale(self, person: Person, body: Json) -> Json:
        person.set_locale(str(body["locale"]))
        return {}

    async def _upload(self, request: web.Request) -> web.Response:
        if request.content_type != "application/octet-stream":
            return refused("send the file's bytes as application/octet-stream", 415)
        name = request.query.get("name", "")
        try:
            person = self._stage.person(request.query.get("user", ""))
        except LookupError as error:
            return refused(str(error))
        content = await _read(request)
        if not name or not content:
            return refused("a file has a name, and between 1 byte and 100 MB")
        document = self._stage.workspace.files.document(person.upload(name, content))
        return web.json_response(document)

    def _place(self, person: Person, body: Json) -> Message | View:
        return _view(person, body["view"]) if body.get("view") else self._message(person, body)

    def _message(self, person: Person, body: Json) -> Message:
        for message in self._stage.workspace.messages(body["channel"]):
            if message.ts == body["ts"] and message.only_for in {"", person.user.id}:
                return message
        raise GoneError("the message is gone")


async def _read(request: web.Request) -> bytes:
    """Give the body, nothing of one that is too large; the server's own limit is for the app."""
    read = bytearray()
    async for chunk in request.content.iter_any():
        read += chunk
        if len(read) > LARGEST_FILE:
            return b""
    return bytes(read)


def _view(person: Person, view_id: str) -> View:
    for view in [*person.views, person.home]:
        if view is not None and view.id == view_id:
            return view
    raise GoneError("the view is not open any more")


def _told(outcome: Outcome) -> dict[str, Any]:
    return {"ok": outcome.ok, "shown": outcome.shown, "reason": outcome.reason}
