"""Messages on Slack's side: post, edit, find again. Each call once, within seconds."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.slack import attachments
from bot.slack.calls import CALL_SECONDS, SlackFailedError, called
from bot.slack.reactions import diagnose

if TYPE_CHECKING:
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.payload import Payload

EVENT_TYPE = "flinkbot_message"
_LOOK_SECONDS = 5.0  # both together stay below the time after which a quiet tick looks dead
_PAGE = 200
# Clocks differ a little; a post leaves within seconds, and what is far from that only costs pages.
_BEFORE, _AFTER = timedelta(minutes=5), timedelta(minutes=5)


def longest(payload: Payload) -> float:
    """Give the seconds after which a post of a content, or an edit, has ended."""
    return CALL_SECONDS if payload.file is None else attachments.LONGEST_SECONDS + CALL_SECONDS


class SlackMessages:
    """Posts, edits and finds messages. Every method raises `SlackFailedError`."""

    def __init__(self, client: AsyncWebClient, look_seconds: float = _LOOK_SECONDS) -> None:
        self._client = client
        self._look_seconds = look_seconds

    async def post(
        self,
        channel: str,
        payload: Payload,
        *,
        key: str,
        thread_ts: str = "",
        broadcast: bool = False,
    ) -> str:
        """Post once; give the message's timestamp, of a file its id.

        The key travels in its metadata, of a file in its name.
        """
        if payload.file is not None:
            try:
                return await attachments.share(
                    self._client,
                    payload.file,
                    attachments.name_of(key),
                    channel=channel,
                    thread_ts=thread_ts,
                    comment=payload.text,
                )
            except SlackFailedError as error:
                if not attachments.refused(error):
                    raise
        call = self._client.chat_postMessage(
            channel=channel,
            text=payload.text,
            blocks=payload.blocks or None,
            thread_ts=thread_ts or None,
            reply_broadcast=True if thread_ts and broadcast else None,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        answer = await called(call, posting=True)
        return str(answer["ts"])

    async def edit(self, channel: str, ts: str, payload: Payload) -> None:
        """Replace what a message says; repeating it does no harm."""
        # An empty list says plainly that there are no blocks any more.
        await called(
            self._client.chat_update(
                channel=channel, ts=ts, text=payload.text, blocks=list(payload.blocks)
            )
        )

    async def open_direct_message(self, user: str) -> str:
        """Give the id of the direct message with a user: edits and look-ups need the id."""
        answer = await called(self._client.conversations_open(users=user))
        return str(answer["channel"]["id"])

    async def find(
        self, channel: str, key: str, *, thread_ts: str, sent_at: datetime
    ) -> str | None:
        """Find our newest message with a key, in its thread, or in the channel around a time."""
        try:
            async with asyncio.timeout(self._look_seconds):
                return await self._search(channel, key, thread_ts, sent_at)
        except TimeoutError as error:
            raise SlackFailedError(diagnose(error)) from error

    async def _search(
        self, channel: str, key: str, thread_ts: str, sent_at: datetime
    ) -> str | None:
        cursor = ""
        found: list[str] = []
        while True:  # to the end, or to the end of our time: half a look proves nothing
            page = await self._page(channel, thread_ts, sent_at, cursor)
            found += [m["ts"] for m in page.get("messages", ()) if _is(m, key)]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            newest_first = not thread_ts
            if not cursor or (found and newest_first):
                break
        return max(found, key=_order) if found else None

    async def _page(self, channel: str, thread_ts: str, sent_at: datetime, cursor: str) -> Any:
        if thread_ts:
            call = self._client.conversations_replies(
                channel=channel,
                ts=thread_ts,
                include_all_metadata=True,
                limit=_PAGE,
                cursor=cursor or None,
            )
        else:
            call = self._client.conversations_history(
                channel=channel,
                oldest=f"{(sent_at - _BEFORE).timestamp():.6f}",
                latest=f"{(sent_at + _AFTER).timestamp():.6f}",
                include_all_metadata=True,
                limit=_PAGE,
                cursor=cursor or None,
            )
        return await called(call)


def _is(message: dict[str, Any], key: str) -> bool:
    names = {file.get("name") for file in message.get("files") or ()}
    return _key_of(message) == key or attachments.name_of(key) in names


def _key_of(message: dict[str, Any]) -> str:
    match message.get("metadata"):
        case {"event_type": str(kind), "event_payload": {"key": str(key)}} if kind == EVENT_TYPE:
            return key
        case _:
            return ""


def _order(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds), int(micros or 0)
