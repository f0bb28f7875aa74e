"""How people, channels, messages and views look on Slack's wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER, TEAM_ID

if TYPE_CHECKING:
    from bot.sandbox.slack.nouns import Channel, Json, Message, User, UserGroup, View


def user_document(user: User, *, locale: bool = False, email: bool = True) -> Json:
    """Give a user as users.info does. `locale` and `email` only where asked for and granted."""
    document: Json = {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name,
        "real_name": user.real_name,
        "tz": user.tz,
        "is_bot": user.is_bot,
        "deleted": False,
        "is_restricted": user.is_guest,
        "is_app_user": False,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.name,
            **({"email": user.email} if email else {}),
        },
    }
    return {**document, "locale": user.locale} if locale else document


def usergroup_document(group: UserGroup, *, users: bool) -> Json:
    """Give a group as usergroups.list does; `users` only when asked for."""
    document: Json = {
        "id": group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "user_count": len(group.users),
    }
    return {**document, "users": list(group.users)} if users else document


def channel_document(channel: Channel) -> Json:
    """Give a conversation as conversations.info does."""
    if channel.is_im:
        other = next(iter(channel.members - {BOT_USER}), "")
        return {"id": channel.id, "is_im": True, "user": other, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": BOT_USER in channel.members,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
    }


def message_document(message: Message, *, metadata: bool = True) -> Json:
    """Give a message as Slack does. `metadata`: whether its metadata was asked for."""
    document: Json = {
        "type": "message",
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "team": TEAM_ID,
    }
    if message.bot_id:
        document |= {"bot_id": message.bot_id, "app_id": APP_ID}
    for key in ("blocks", "files", "attachments"):
        if items := getattr(message, key):
            document[key] = list(items)
    if message.thread_ts:
        document["thread_ts"] = message.thread_ts
    if message.broadcast:
        document["subtype"] = "thread_broadcast"
    if message.edited:
        document["edited"] = {"user": message.user, "ts": message.ts}
    if metadata and message.metadata:
        document["metadata"] = message.metadata
    return document


_VIEW_DEFAULTS: Json = {
    "callback_id": "",
    "private_metadata": "",
    "external_id": "",
    "title": None,
    "submit": None,
    "close": None,
    "clear_on_close": False,
    "notify_on_close": False,
    "submit_disabled": False,
}


def view_document(view: View) -> Json:
    """Give a view as Slack does in answers and in interactions."""
    return {
        **_VIEW_DEFAULTS,
        **view.payload,
        "id": view.id,
        "team_id": TEAM_ID,
        "app_id": APP_ID,
        "bot_id": BOT_ID,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id or None,
        "state": {"values": view.state},
    }
