"""The small Slack: one object that a test, the headless check or the page drives."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.slack.api import WebApi
from bot.sandbox.slack.changes import Changes, Found
from bot.sandbox.slack.delivery import ACK_SECONDS, HttpCourier
from bot.sandbox.slack.dispatch import RETRY_SECONDS, Dispatch
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.page import Page, Stage
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.rate_limits import RateLimits
from bot.sandbox.slack.scopes import SCOPES
from bot.sandbox.slack.server import Server, application
from bot.sandbox.slack.socket_mode import SocketHub
from bot.sandbox.slack.traffic import Traffic
from bot.sandbox.slack.workspace import (
    CHANNELS,
    USERGROUPS,
    USERS,
    Workspace,
    WorkspaceRules,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.sandbox.slack.api import Call
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Channel, Message, User, UserGroup
    from bot.sandbox.slack.troubles import Trouble

NOTHING_DECLARED = Manifest()


class SlackSimulator:
    """A workspace with one app in it, served on loopback.

    `now`: seconds since the epoch. `ack_seconds`: how long the app may take to acknowledge. An app
    is reached through its sockets if it opened any, else at the URL given to `deliver_to`.
    `scopes`: what the app's installation was granted; `manifest`: what the app declares. `clouds`:
    addresses of the simulated clouds, by name, for the page. `event_retry_seconds`: the pauses
    before an event is told again.
    """

    def __init__(  # noqa: PLR0913 - the composition root; every argument has one plain meaning
        self,
        *,
        bot_token: str,
        app_token: str,
        signing_secret: str,
        now: Callable[[], float] = time.time,
        enforce_rate_limits: bool = False,
        ack_seconds: float = ACK_SECONDS,
        users: Iterable[User] = USERS,
        channels: Iterable[Channel] = CHANNELS,
        usergroups: Iterable[UserGroup] = USERGROUPS,
        scopes: Iterable[str] = SCOPES,
        manifest: Manifest = NOTHING_DECLARED,
        clouds: Mapping[str, str] | None = None,
        event_retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        self._now = now
        self._signing_secret = signing_secret
        self._ack_seconds = ack_seconds
        self.changes = Changes()
        self.workspace = Workspace(now, self.changes, users, channels, usergroups)
        self.workspace.rules = _rules_of(manifest)
        self.sockets = SocketHub(ack_seconds, self.changes.announce)
        self.api = WebApi(
            self.workspace,
            bot_token=bot_token,
            app_token=app_token,
            connect=self._connect_url,
            scopes=frozenset(scopes),
            limits=RateLimits(now) if enforce_rate_limits else None,
        )
        self.traffic = Traffic(now, (bot_token, app_token, signing_secret))
        self.dispatch = Dispatch(self.sockets, self.traffic, event_retry_seconds)
        self._manifest = manifest
        self._server = Server(self.workspace, self.api, self.sockets, self.traffic)
        self._people: dict[str, Person] = {}
        # Not a copy: who gave the clouds may add some.
        self._page = Page(self._stage(clouds if clouds is not None else {}))
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Serve on 127.0.0.1; give the base URL."""
        self._page.open()
        self._runner = web.AppRunner(
            application([*self._server.routes(), *self._page.routes()]), access_log=None
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._server.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.workspace.files.address = f"{self.base_url}/files/{{}}".format
        return self.base_url

    async def stop(self) -> None:
        """Close every connection and stop serving."""
        await self._page.close()
        await self.sockets.close()
        await self.dispatch.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @property
    def base_url(self) -> str:
        """Give where the page and everything else is served."""
        return self._server.base_url

    @property
    def api_url(self) -> str:
        """Give the Web API's address, with the trailing slash that slack_sdk needs."""
        return f"{self.base_url}/api/"

    async def deliver_to(self, url: str) -> None:
        """Send interactions, signed, to this URL while no socket is open."""
        await self.dispatch.use(
            HttpCourier(url, self._signing_secret, self._now, self._ack_seconds)
        )

    def person(self, user_id: str) -> Person:
        """Give a person, by user id or name."""
        users = self.workspace.users.values()
        user = next((u for u in users if user_id in {u.id, u.name}), None)
        if user is None:
            raise LookupError(f"no user {user_id!r}")
        if user.id not in self._people:
            self._people[user.id] = Person(
                self.workspace, user.id, self.dispatch, self._manifest, self._response_url
            )
        return self._people[user.id]

    def messages(self, channel: str) -> list[Message]:
        """Give what everybody sees in a channel (id or name), replies included, oldest first."""
        return [m for m in self._all_messages(channel) if not m.only_for]

    def ephemerals(self, user_id: str) -> list[Message]:
        """Give what only this user sees, in any channel, oldest first."""
        channels = self.workspace.channels
        found = [m for channel in channels for m in self.workspace.messages(channel)]
        return sorted((m for m in found if m.only_for == user_id), key=lambda m: m.ts)

    def fail_next(self, method: str, trouble: Trouble, times: int = 1) -> None:
        """Let the next calls of a Web API method (`"*"`: of any) meet trouble."""
        self.api.troubles.order(method, trouble, times)

    def revoke_bot_token(self, error: str = "token_revoked") -> None:
        """Let the bot's token open nothing any more; or say `account_inactive`."""
        self.api.token_error = error

    def calls(self, method: str) -> list[Call]:
        """Give every call of a method so far."""
        return [call for call in self.api.calls if call.method == method]

    async def wait_for(self, predicate: Callable[[], Found], timeout: float = 5.0) -> Found:  # noqa: ASYNC109 - part of the agreed interface
        """Give the predicate's first true answer; it is asked again at every change."""
        return await self.changes.wait_for(predicate, timeout)

    def _stage(self, clouds: Mapping[str, str]) -> Stage:
        return Stage(
            self.workspace,
            self.person,
            self._manifest,
            self.api,
            self.dispatch,
            self.sockets,
            self.traffic,
            clouds,
        )

    def _all_messages(self, channel: str) -> list[Message]:
        wanted = channel.removeprefix("#")
        for known in self.workspace.channels.values():
            if wanted in {known.id, known.name}:
                return self.workspace.messages(known.id)
        raise LookupError(f"no channel {channel!r}")

    def _response_url(self, token: str) -> str:
        return f"{self.base_url}/response/{token}"

    def _connect_url(self, _given: Arguments) -> str:
        return f"{self.base_url.replace('http', 'ws', 1)}/socket/?ticket={self.sockets.ticket()}"


def _rules_of(manifest: Manifest) -> WorkspaceRules:
    return WorkspaceRules(
        home_enabled=manifest.home_enabled, messages_tab_enabled=manifest.messages_tab_enabled
    )
