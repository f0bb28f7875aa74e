"""Who is a full member of the workspace: asked of Slack, believed for ten minutes, never guessed.

No delivery says whether somebody is a guest: https://docs.slack.dev/reference/objects/user-object.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.slack.calls import SlackFailedError, called
from bot.slack.reactions import Reaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

_log = logging.getLogger(__name__)
_FRESH_SECONDS = 600.0
_BELIEVED_SECONDS = 3600.0
_ANSWER_SECONDS = 1.5
"""Slack waits three seconds for the ack that this may hold up."""
_MOST_KNOWN = 10_000
_MARKS = ("is_restricted", "is_ultra_restricted", "deleted")
"""A guest of several channels, a guest of one, somebody who left."""


class Standing(StrEnum):
    """What somebody is to the workspace."""

    MEMBER = "member"
    GUEST = "guest"
    UNKNOWN = "unknown"
    """Slack could not be asked."""


@dataclass(frozen=True, slots=True)
class _Known:
    standing: Standing
    at: float


class Members:
    """What people are to the workspace. While Slack does not answer, a member stays one an hour."""

    def __init__(
        self, client: AsyncWebClient, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._steady = steady
        self._known: dict[str, _Known] = {}

    async def standing(self, user: str) -> Standing:
        """Give what somebody is."""
        known = self._known.get(user)
        if known is not None and self._steady() - known.at < _FRESH_SECONDS:
            return known.standing
        found = await self._ask(user)
        if found is not Standing.UNKNOWN:
            self._keep(user, found)
            return found
        if known is not None and self._steady() - known.at < _BELIEVED_SECONDS:
            return known.standing
        return Standing.UNKNOWN

    def _keep(self, user: str, standing: Standing) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[user] = _Known(standing, self._steady())

    async def _ask(self, user: str) -> Standing:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                answer = await self._answer(user)
        except (SlackFailedError, TimeoutError) as error:
            _log.warning("what %s is to the workspace cannot be read: %s", user, error)
            return Standing.UNKNOWN
        return _read(answer.data)

    async def _answer(self, user: str) -> AsyncSlackResponse:
        """Ask a second time where Slack only stumbled: somebody waits."""
        try:
            return await called(self._client.users_info(user=user))
        except SlackFailedError as error:
            if error.failure.reaction is not Reaction.RETRY_LATER or error.failure.retry_after:
                raise
        return await called(self._client.users_info(user=user))


def _read(data: object) -> Standing:
    match data:
        case {"user": dict(user)}:
            return Standing.GUEST if any(map(user.get, _MARKS)) else Standing.MEMBER
    return Standing.UNKNOWN
