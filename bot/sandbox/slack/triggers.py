"""Triggers and response URLs: the short-lived rights that an interaction hands to the app."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.slack.refusals import RefusedError

if TYPE_CHECKING:
    from bot.sandbox.slack.mint import Mint

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(slots=True)
class Trigger:
    """The right to open one view for one user.

    `view_id`: the modal it came from; `channel`: the conversation, if it came from one.
    """

    user: str
    view_id: str
    channel: str
    expires_at: float
    used: bool = False


class Triggers:
    """Every trigger handed out, single use, three seconds."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str = "", channel: str = "") -> str:
        """Give a fresh trigger id."""
        now = self._mint.now()
        trigger_id = f"{int(now * 1000)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user, view_id, channel, now + TRIGGER_SECONDS)
        return trigger_id

    def check(self, trigger_id: str) -> Trigger:
        """Give a trigger that may be used now; it stays unused."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise RefusedError("invalid_trigger_id")
        if trigger.used:
            raise RefusedError("exchanged_trigger_id")
        if self._mint.now() >= trigger.expires_at:
            raise RefusedError("expired_trigger_id")
        return trigger


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer an interaction. `source_ts`: the message it came from, if any."""

    channel: str
    user: str
    source_ts: str
    source_thread: str
    expires_at: float
    uses_left: int = RESPONSE_URL_USES


class ResponseUrls:
    """Every response URL handed out, by its token."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, channel: str, user: str, source_ts: str = "", source_thread: str = "") -> str:
        """Give the token of a fresh URL."""
        token = secrets.token_urlsafe(18)
        expires_at = self._mint.now() + RESPONSE_URL_SECONDS
        self._issued[token] = ResponseUrl(channel, user, source_ts, source_thread, expires_at)
        return token

    def use(self, token: str) -> ResponseUrl:
        """Count one use and give what the URL answers to."""
        url = self._issued.get(token)
        if url is None or self._mint.now() >= url.expires_at:
            raise RefusedError("expired_url")
        if url.uses_left == 0:
            raise RefusedError("used_url")
        url.uses_left -= 1
        return url
