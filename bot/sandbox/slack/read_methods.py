"""auth.test, users.* and conversations.*: what an app can look up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.slack.documents import channel_document, message_document, user_document
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.workspace import BOT_ID, BOT_USER, TEAM_ID, TEAM_NAME

if TYPE_CHECKING:
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Channel, Json, Message
    from bot.sandbox.slack.workspace import Workspace

MOST_MESSAGES = 999


def auth_test(_workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/auth.test."""
    return {
        "url": f"{given.base_url}/",
        "team": TEAM_NAME,
        "team_id": TEAM_ID,
        "user": "flinkbot",
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def users_info(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/users.info."""
    user = workspace.user(given.required("user"))
    return {"user": user_document(user, locale=given.flag("include_locale"))}


def conversations_info(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.info."""
    return {"channel": channel_document(workspace.channel(given.required("channel")))}


def conversations_join(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.join; public channels only."""
    channel = workspace.channel(given.required("channel"))
    if channel.is_archived:
        raise RefusedError("is_archived")
    if channel.is_private or channel.is_im:
        raise RefusedError("method_not_supported_for_channel_type")
    joined = replace(channel, members=channel.members | {BOT_USER})
    workspace.put_channel(joined)
    return {"channel": channel_document(joined)}


def conversations_open(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.open; one user at a time here."""
    channel = workspace.direct_message(given.required("users"))
    return {"channel": {"id": channel.id}}


def conversations_history(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.history; newest first."""
    channel = _readable(workspace, given)
    shown = [m for m in workspace.messages(channel.id) if not m.is_reply or m.broadcast]
    return _page(shown[::-1], given)


def conversations_replies(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.replies; the parent first."""
    channel = _readable(workspace, given)
    thread = workspace.thread(channel.id, given.required("ts"))
    if not thread:
        raise RefusedError("thread_not_found")
    return _page(thread, given)


def _readable(workspace: Workspace, given: Arguments) -> Channel:
    channel = workspace.channel(given.required("channel"))
    if BOT_USER not in channel.members:
        raise RefusedError("not_in_channel")
    return channel


def _page(messages: list[Message], given: Arguments) -> Json:
    within = [m for m in messages if not m.only_for and _within(m, given)]
    start = given.number("cursor", 0)
    limit = min(given.number("limit", 100), MOST_MESSAGES)
    more = start + limit < len(within)
    metadata = given.flag("include_all_metadata")
    page = within[start : start + limit]
    return {
        "messages": [message_document(m, metadata=metadata) for m in page],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def _within(message: Message, given: Arguments) -> bool:
    ts = float(message.ts)
    oldest = float(given.text("oldest") or 0)
    latest = float(given.text("latest") or "inf")
    edges = given.flag("inclusive") and ts in {oldest, latest}
    return oldest < ts < latest or edges
