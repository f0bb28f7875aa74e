"""What one turns around the app: trouble at Slack, archived channels, membership, sockets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.slack.page.acting import posting
from bot.sandbox.slack.troubles import EVERY_METHOD, Trouble, TroubleKind
from bot.sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from bot.sandbox.slack.nouns import Channel, Json
    from bot.sandbox.slack.page.stage import Stage

MOST_TIMES = 1000


class Turns:
    """One method for each thing that can be turned."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._workspace = stage.workspace

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give a route for each."""
        turns = {
            "trouble": self._trouble,
            "calm": self._calm,
            "archive": self._archive,
            "invite": self._invite,
            "disconnect": self._disconnect,
        }
        return [web.post(f"/sandbox/{name}", posting(turn)) for name, turn in turns.items()]

    async def _trouble(self, body: Json) -> Json:
        method = str(body["method"])
        if method != EVERY_METHOD and not self._stage.api.knows(method):
            raise LookupError(f"no method {method!r}")
        kind = TroubleKind(body["kind"])
        error = str(body.get("error") or "")
        if kind is TroubleKind.REFUSE and not error:
            raise LookupError("to refuse takes an error")
        trouble = Trouble(kind, error, _count(body, "retry_after", 3600))
        self._stage.api.troubles.order(method, trouble, _count(body, "times", MOST_TIMES))
        return self._turned()

    async def _calm(self, _body: Json) -> Json:
        self._stage.api.troubles.clear()
        return self._turned()

    async def _archive(self, body: Json) -> Json:
        self._workspace.put_channel(
            replace(self._channel(body), is_archived=bool(body["archived"]))
        )
        return {}

    async def _invite(self, body: Json) -> Json:
        channel = self._channel(body)
        others = channel.members - {BOT_USER}
        members = others | {BOT_USER} if body["present"] else others
        self._workspace.put_channel(replace(channel, members=members))
        return {}

    async def _disconnect(self, _body: Json) -> Json:
        if not self._stage.sockets.connections:
            raise LookupError("no socket is open")
        await self._stage.sockets.disconnect()
        return self._turned()

    def _channel(self, body: Json) -> Channel:
        channel = self._workspace.channels.get(body["channel"])
        if channel is None or channel.is_im:
            raise LookupError(f"no channel {body['channel']!r}")
        return channel

    def _turned(self) -> Json:
        self._workspace.changes.announce()
        return {}


def _count(body: Json, key: str, most: int) -> int:
    count = body.get(key)
    if count is None:
        return 1
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= most:
        raise LookupError(f"{key} is a whole number from 1 to {most}")
    return count
