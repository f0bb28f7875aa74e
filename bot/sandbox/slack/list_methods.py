"""Lists of people, groups and conversations, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.documents import channel_document, user_document, usergroup_document
from bot.sandbox.slack.paging import page
from bot.sandbox.slack.refusals import RefusedError

if TYPE_CHECKING:
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Channel, Json
    from bot.sandbox.slack.workspace import Workspace

_KINDS = {"public_channel", "private_channel", "mpim", "im"}


def conversations_list(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.list; those the bot can see."""
    wanted = set((given.text("types") or "public_channel").split(","))
    if wanted - _KINDS:
        raise RefusedError("invalid_types")
    archived = not given.flag("exclude_archived")
    shown = [
        channel
        for channel in workspace.visible_channels()
        if _kind(channel) in wanted and (archived or not channel.is_archived)
    ]
    channels, cursor = page(shown, given)
    return {
        "channels": [channel_document(channel) for channel in channels],
        "response_metadata": {"next_cursor": cursor},
    }


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def conversations_members(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.members."""
    channel = workspace.channel(given.required("channel"))
    members, cursor = page(sorted(channel.members), given)
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def users_list(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/users.list."""
    users, cursor = page(list(workspace.users.values()), given)
    locale, email = given.flag("include_locale"), may_see_email(given)
    return {
        "members": [user_document(user, locale=locale, email=email) for user in users],
        "response_metadata": {"next_cursor": cursor},
    }


def may_see_email(given: Arguments) -> bool:
    """Say whether the app was granted what e-mail addresses take."""
    return "users:read.email" in given.scopes


def users_lookup_by_email(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/users.lookupByEmail."""
    wanted = given.required("email").lower()
    for user in workspace.users.values():
        if user.email.lower() == wanted:
            return {"user": user_document(user)}
    raise RefusedError("users_not_found")


def usergroups_list(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/usergroups.list; it has no pages."""
    users = given.flag("include_users")
    groups = workspace.usergroups.values()
    return {"usergroups": [usergroup_document(group, users=users) for group in groups]}


def usergroups_users_list(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/usergroups.users.list."""
    group = workspace.usergroups.get(given.required("usergroup"))
    if group is None:
        raise RefusedError("no_such_subteam")
    return {"users": list(group.users)}
