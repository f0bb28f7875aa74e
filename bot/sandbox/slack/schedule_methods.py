"""chat.scheduleMessage and what belongs to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.slack.chat_methods import draft
from bot.sandbox.slack.paging import page
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.schedule import Scheduled

if TYPE_CHECKING:
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.workspace import Workspace


def schedule_message(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/chat.scheduleMessage."""
    channel = workspace.channel_to_write(given.required("channel"))
    if not given.required("post_at").isdecimal():
        raise RefusedError("invalid_time")
    message = replace(draft(workspace, given, channel.id), thread_ts=given.text("thread_ts"))
    new = Scheduled(
        workspace.mint.id("Q"),
        message,
        post_at=given.number("post_at", 0),
        created_at=int(workspace.mint.now()),
        lost=bool(given.structure("metadata")),
    )
    workspace.schedule.add(new)
    return {"channel": channel.id, "scheduled_message_id": new.id, "post_at": new.post_at}


def delete_scheduled_message(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/chat.deleteScheduledMessage."""
    workspace.schedule.delete(given.required("channel"), given.required("scheduled_message_id"))
    return {}


def scheduled_messages_list(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/chat.scheduledMessages.list."""
    shown, cursor = page(workspace.schedule.of(given.text("channel")), given)
    documents = [
        {
            "id": one.id,
            "channel_id": one.message.channel,
            "post_at": one.post_at,
            "date_created": one.created_at,
            "text": one.message.text,
        }
        for one in shown
    ]
    return {"scheduled_messages": documents, "response_metadata": {"next_cursor": cursor}}
