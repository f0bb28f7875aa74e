"""Read a file that a person put into a form."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from bot.errors import UserError
from bot.flink.legible import illegible_line
from bot.notes import Code, note
from bot.slack.calls import SlackFailedError, called

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

LARGEST_SQL = 1_048_576
"""Bytes; what DLI takes as a statement."""
_SLACK_FILES = "files.slack.com"


class Uploads:
    """Downloads with the bot's token, from Slack only.

    https://docs.slack.dev/reference/objects/file-object
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def read_sql(self, file_id: str) -> str:
        """Give an uploaded statement: UTF-8, up to 1 MiB, a byte order mark taken off.

        Raises:
            UserError: FILE_UNREADABLE, FILE_TOO_LARGE, FILE_NOT_TEXT or FILE_EMPTY.

        """
        try:
            answer = await called(self._client.files_info(file=file_id))
            content = await self._download(str(answer["file"]["url_private"]))
        except SlackFailedError as error:
            raise UserError(note(Code.FILE_UNREADABLE, detail=error.failure.code)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            detail = type(error).__name__
            raise UserError(note(Code.FILE_UNREADABLE, detail=detail)) from error
        return _text(content)

    async def _download(self, url: str) -> bytes:
        """Follow no redirect: the token goes with the request."""
        if not self._of_slack(url):
            raise UserError(note(Code.FILE_UNREADABLE, detail="not kept at Slack"))
        assert self._client.session is not None  # noqa: S101 - `open_slack_client` was given one
        headers = {"Authorization": f"Bearer {self._client.token}"}
        async with self._client.session.get(url, headers=headers, allow_redirects=False) as got:
            if got.status != 200 or got.content_type == "text/html":  # its sign-in page
                raise UserError(note(Code.FILE_UNREADABLE, detail=f"HTTP {got.status}"))
            return await _up_to(got.content, LARGEST_SQL + 1)

    def _of_slack(self, url: str) -> bool:
        ours, there = urlsplit(self._client.base_url), urlsplit(url)
        own = (there.scheme, there.netloc) == (ours.scheme, ours.netloc)
        return own or (there.scheme, there.hostname) == ("https", _SLACK_FILES)


async def _up_to(stream: aiohttp.StreamReader, most: int) -> bytes:
    content = bytearray()
    while len(content) < most and (part := await stream.read(most - len(content))):
        content += part
    return bytes(content)


def _text(content: bytes) -> str:
    if len(content) > LARGEST_SQL:
        raise UserError(note(Code.FILE_TOO_LARGE, longest="1 MiB"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            note(Code.FILE_NOT_TEXT, line=content[: error.start].count(b"\n") + 1)
        ) from error
    if (line := illegible_line(text)) is not None:
        raise UserError(note(Code.FILE_NOT_TEXT, line=line))
    if not text.strip():
        raise UserError(note(Code.FILE_EMPTY))
    return text
