"""One call of Slack's Web API: once, within seconds, its failure understood."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.errors import BotError
from bot.slack.reactions import Failure, diagnose

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from slack_sdk.web.async_slack_response import AsyncSlackResponse

CALL_SECONDS = 8.0
"""No call takes longer."""


class SlackFailedError(BotError):
    """A call of Slack's Web API failed; `failure` says how and what to do about it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


async def called(
    call: Awaitable[AsyncSlackResponse], *, posting: bool = False
) -> AsyncSlackResponse:
    """Wait for an answer.

    Raises:
        SlackFailedError: there was none, or it says no.

    """
    try:
        async with asyncio.timeout(CALL_SECONDS):
            return await call
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        raise SlackFailedError(diagnose(error, posting=posting)) from error
