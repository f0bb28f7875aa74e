"""Put a file into a thread: three calls, of which only the last one shows it to anybody.

https://docs.slack.dev/messaging/working-with-files#uploading_files
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp

from bot.slack.calls import CALL_SECONDS, SlackFailedError, called
from bot.slack.reactions import Reaction, diagnose

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.payload import File

_UPLOAD_SECONDS = 20.0
LONGEST_SECONDS = 2 * CALL_SECONDS + _UPLOAD_SECONDS
"""Sharing a file takes no longer."""
_WITHOUT = {Reaction.STOP, Reaction.SHORTEN, Reaction.BURY, Reaction.RETRY_THEN_BURY}


async def share(
    client: AsyncWebClient, file: File, name: str, *, channel: str, thread_ts: str, comment: str
) -> str:
    """Upload and show a file; give its id.

    Raises:
        SlackFailedError: it may be shown only where the failure says so.

    """
    content = file.content.encode()
    ticket = await called(client.files_getUploadURLExternal(filename=name, length=len(content)))
    await _send(client, str(ticket["upload_url"]), content)
    file_id = str(ticket["file_id"])
    await called(
        client.files_completeUploadExternal(
            files=[{"id": file_id, "title": file.title}],
            channel_id=channel,
            thread_ts=thread_ts or None,
            initial_comment=comment,
        ),
        posting=True,
    )
    return file_id


async def _send(client: AsyncWebClient, url: str, content: bytes) -> None:
    assert client.session is not None  # noqa: S101 - `open_slack_client` was given one
    try:
        async with asyncio.timeout(_UPLOAD_SECONDS), client.session.post(url, data=content) as got:
            got.raise_for_status()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SlackFailedError(diagnose(error)) from error


def refused(error: SlackFailedError) -> bool:
    """Tell whether Slack will not take files, so that the same has to be said without one.

    An installation from before the bot asked for `files:write` is such a case.
    """
    return error.failure.answered and error.failure.reaction in _WITHOUT


def name_of(key: str) -> str:
    """Give the name that a message's file is found by."""
    return f"{key.replace(':', '-')}.diff"
