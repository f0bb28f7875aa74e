"""The Web API: which methods there are, who may call them, and how they answer."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.sandbox.slack import (
    chat_methods,
    check_methods,
    file_methods,
    list_methods,
    read_methods,
    schedule_methods,
    view_methods,
)
from bot.sandbox.slack.rate_limits import RateLimits
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.scopes import require_scopes
from bot.sandbox.slack.troubles import TroubleKind, Troubles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.troubles import Trouble
    from bot.sandbox.slack.workspace import Workspace

    Method = Callable[[Workspace, Arguments], Json]

METHODS: Mapping[str, Method] = {
    "auth.test": read_methods.auth_test,
    "blocks.validate": check_methods.blocks_validate,
    "chat.delete": chat_methods.delete,
    "chat.deleteScheduledMessage": schedule_methods.delete_scheduled_message,
    "chat.postEphemeral": chat_methods.post_ephemeral,
    "chat.postMessage": chat_methods.post_message,
    "chat.scheduleMessage": schedule_methods.schedule_message,
    "chat.scheduledMessages.list": schedule_methods.scheduled_messages_list,
    "chat.update": chat_methods.update,
    "conversations.history": read_methods.conversations_history,
    "conversations.info": read_methods.conversations_info,
    "conversations.join": read_methods.conversations_join,
    "conversations.list": list_methods.conversations_list,
    "conversations.members": list_methods.conversations_members,
    "conversations.open": read_methods.conversations_open,
    "conversations.replies": read_methods.conversations_replies,
    "files.completeUploadExternal": file_methods.complete,
    "files.getUploadURLExternal": file_methods.upload_url,
    "files.info": file_methods.info,
    "usergroups.list": list_methods.usergroups_list,
    "usergroups.users.list": list_methods.usergroups_users_list,
    "users.info": read_methods.users_info,
    "users.list": list_methods.users_list,
    "users.lookupByEmail": list_methods.users_lookup_by_email,
    "views.open": view_methods.open_view,
    "views.publish": view_methods.publish_view,
    "views.push": view_methods.push_view,
    "views.update": view_methods.update_view,
}
MOST_CALLS = 10_000
CONNECT = "apps.connections.open"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server sends back. `retry_after` > 0 means 429; `dropped`: no answer at all."""

    body: Json
    status: int = 200
    retry_after: int = 0
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the simulator remembers it, for tests to look at."""

    method: str
    arguments: Json
    reply: Reply


class WebApi:
    """Answers calls. `connect` gives the URL of a Socket Mode connection."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        bot_token: str,
        app_token: str,
        connect: Callable[[Arguments], str],
        scopes: frozenset[str],
        limits: RateLimits | None,
    ) -> None:
        self.troubles = Troubles()
        self.calls: deque[Call] = deque(maxlen=MOST_CALLS)
        self.scopes = scopes
        self.token_error = ""
        """Why the bot's token opens nothing any more: token_revoked, account_inactive."""
        self._workspace = workspace
        self._tokens = {"bot": bot_token, "app": app_token}
        self._limits = limits
        self._methods: dict[str, Method] = {
            **METHODS,
            CONNECT: lambda _workspace, given: {"url": connect(given)},
        }

    def knows(self, method: str) -> bool:
        """Say whether there is such a method."""
        return method in self._methods

    def may_download(self, token: str) -> bool:
        """Say whether a token opens the files that people uploaded."""
        good = token == self._tokens["bot"] and not self.token_error
        return good and "files:read" in self.scopes

    def answer(self, method: str, token: str, given: Arguments) -> Reply:
        """Carry out one call and remember it."""
        reply = self._answer(method, token, given)
        values = {name: value for name, value in given.values.items() if name != "token"}
        self.calls.append(Call(method, values, reply))
        return reply

    def _answer(self, method: str, token: str, given: Arguments) -> Reply:
        trouble = self.troubles.take(method)
        if trouble is None:
            return self._served(method, token, given)
        if trouble.kind is TroubleKind.DROP_ANSWER:
            return replace(self._served(method, token, given), dropped=True)
        return _troubled(trouble)

    def _served(self, method: str, token: str, given: Arguments) -> Reply:
        try:
            return Reply({"ok": True, **self._carry_out(method, token, given)})
        except _LimitedError as limited:
            return _limited(limited.seconds)
        except RefusedError as refused:
            return Reply(_refusal(refused))

    def _carry_out(self, method: str, token: str, given: Arguments) -> Json:
        self._authorise(method, token)
        if method not in self._methods:
            raise RefusedError("unknown_method")
        given = replace(given, scopes=self.scopes)
        require_scopes(self._workspace, method, given)
        channel = self._workspace.id_of(given.text("channel"))
        if self._limits and (seconds := self._limits.wait_needed(method, channel)):
            raise _LimitedError(seconds)
        return self._methods[method](self._workspace, given)

    def _authorise(self, method: str, token: str) -> None:
        if not token:
            raise RefusedError("not_authed")
        if token not in self._tokens.values():
            raise RefusedError("invalid_auth")
        if token != self._tokens["app" if method == CONNECT else "bot"]:
            raise RefusedError("not_allowed_token_type")
        if self.token_error and token == self._tokens["bot"]:
            raise RefusedError(self.token_error)


class _LimitedError(Exception):
    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _troubled(trouble: Trouble) -> Reply:
    match trouble.kind:
        case TroubleKind.RATE_LIMITED:
            return _limited(trouble.retry_after)
        case TroubleKind.REFUSE:
            return Reply(_refusal(RefusedError(trouble.error)))
        case TroubleKind.SERVER_ERROR:
            return Reply({"ok": False, "error": "internal_error"}, status=500)
    return Reply({}, dropped=True)


def _limited(seconds: int) -> Reply:
    return Reply({"ok": False, "error": "ratelimited"}, status=429, retry_after=seconds)


def _refusal(refused: RefusedError) -> Json:
    body: Json = {"ok": False, "error": refused.error, **refused.details}
    if refused.messages:
        body["response_metadata"] = {"messages": list(refused.messages)}
    return body
