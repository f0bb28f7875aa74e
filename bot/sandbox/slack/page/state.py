"""What the browser shows: everything one person sees, and what can be turned around it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.slack.documents import message_document, user_document, view_document
from bot.sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from bot.sandbox.slack.nouns import Channel, Json
    from bot.sandbox.slack.page.stage import Stage
    from bot.sandbox.slack.person import Person


class State:
    """Reads; changes nothing but that a person's direct message with the bot comes to be."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def read(self, request: web.Request) -> web.Response:
        """Answer with the state, of a person if one is named."""
        if "user" not in request.query:
            return web.json_response(self._common())
        try:
            person = self._stage.person(request.query["user"])
        except LookupError as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.json_response(self._common() | self._declared() | self._seen_by(person))

    def _common(self) -> Json:
        workspace = self._stage.workspace
        users = [user_document(user, locale=True) for user in workspace.users.values()]
        return {"version": workspace.changes.version, "users": users}

    def _declared(self) -> Json:
        stage = self._stage
        return {
            "commands": [asdict(command) for command in stage.manifest.commands],
            "shortcuts": [asdict(shortcut) for shortcut in stage.manifest.shortcuts],
            "home_enabled": stage.manifest.home_enabled,
            "clouds": sorted(stage.clouds),
            "delivery": {"mode": stage.dispatch.mode, "connections": stage.sockets.connections},
            "troubles": self._troubles(),
        }

    def _troubles(self) -> list[Json]:
        counted = Counter(self._stage.api.troubles.orders)
        return [
            {"method": method, **asdict(trouble), "times": times}
            for (method, trouble), times in counted.items()
        ]

    def _seen_by(self, person: Person) -> Json:
        workspace, user = self._stage.workspace, person.user
        workspace.direct_message(user.id)
        channels = [c for c in workspace.channels.values() if user.id in c.members]
        home = person.home
        return {
            "version": workspace.changes.version,
            "me": user.id,
            "channels": [_channel(channel) for channel in channels],
            "messages": {channel.id: self._messages(channel, user.id) for channel in channels},
            "views": [view_document(view) for view in person.views],
            "home": view_document(home) if home else None,
        }

    def _messages(self, channel: Channel, user_id: str) -> list[Json]:
        return [
            {**message_document(message, metadata=False), "only_you": bool(message.only_for)}
            for message in self._stage.workspace.messages(channel.id)
            if message.only_for in {"", user_id}
        ]


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": "Flinkbot" if channel.is_im else channel.name,
        "is_im": channel.is_im,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "has_bot": BOT_USER in channel.members,
        "topic": channel.topic,
        "num_members": len(channel.members),
    }
