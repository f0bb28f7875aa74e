"""auth.test, users.* and conversations.*: what an app can look up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.slack.documents import channel_document, message_document, user_document
from bot.sandbox.slack.list_methods import may_see_email
from bot.sandbox.slack.paging import page
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
    email = may_see_email(given)
    return {"user": user_document(user, locale=given.flag("include_locale"), email=email)}


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
    oldest = _moment(given.text("oldest") or "0", "invalid_ts_oldest")
    latest = _moment(given.text("latest") or "inf", "invalid_ts_latest")
    inclusive = given.flag("inclusive")
    within = [
        message
        for message in messages
        if not message.only_for
        and (oldest < (ts := float(message.ts)) < latest or (inclusive and ts in {oldest, latest}))
    ]
    shown, cursor = page(within, given, MOST_MESSAGES)
    metadata = given.flag("include_all_metadata")
    return {
        "messages": [message_document(message, metadata=metadata) for message in shown],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _moment(ts: str, error: str) -> float:
    try:
        return float(ts)
    except ValueError:
        raise RefusedError(error) from None
