"""chat.*: posting, editing and deleting messages, as strict as Slack."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blockkit.blocks import LONGEST_MARKDOWN
from bot.sandbox.slack.documents import message_document
from bot.sandbox.slack.nouns import Message
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.validate import faults
from bot.sandbox.slack.views import name_blocks
from bot.sandbox.slack.workspace import BOT_ID, BOT_USER

if TYPE_CHECKING:
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.workspace import Workspace

LONGEST_POST = 40_000
LONGEST_EDIT = 4_000
MOST_ATTACHMENTS = 100
LARGEST_METADATA = 16_000  # Slack names the error, not the number


def post_message(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/chat.postMessage."""
    from_outside = "chat:write.public" in given.scopes
    channel = workspace.channel_to_write(given.required("channel"), from_outside=from_outside)
    new = replace(
        draft(workspace, given, channel.id),
        thread_ts=given.text("thread_ts"),
        broadcast=given.flag("reply_broadcast"),
        metadata=_metadata(given),
    )
    message = workspace.post(new)
    return {"channel": channel.id, "ts": message.ts, "message": message_document(message)}


def post_ephemeral(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/chat.postEphemeral."""
    channel = workspace.channel_to_write(given.required("channel"))
    user = given.required("user")
    if user not in channel.members:
        raise RefusedError("user_not_in_channel")
    new = draft(workspace, given, channel.id)
    message = workspace.post(replace(new, only_for=user, thread_ts=given.text("thread_ts")))
    return {"message_ts": message.ts}


def update(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/chat.update."""
    message = _own_message(workspace, given, "cant_update_message")
    if len(given.text("text")) > LONGEST_EDIT:
        raise RefusedError("msg_too_long")
    if workspace.mint.now() > float(message.ts) + workspace.rules.edit_seconds:
        raise RefusedError("edit_window_closed")
    edited = edit(workspace, message, given)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": edited.text,
        "message": message_document(edited),
    }


def edit(workspace: Workspace, message: Message, given: Arguments) -> Message:
    """Put new content into a message: text without blocks removes the blocks."""
    new = draft(workspace, given, message.channel)
    metadata = message.metadata
    if given.values.get("metadata") is not None:
        metadata = _metadata(given)
    marked = message.edited or (not new.blocks and new.text != message.text)
    return workspace.save(
        replace(message, text=new.text, blocks=new.blocks, metadata=metadata, edited=marked)
    )


def delete(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/chat.delete."""
    message = _own_message(workspace, given, "cant_delete_message")
    workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def _own_message(workspace: Workspace, given: Arguments, error: str) -> Message:
    channel_id = given.required("channel")
    # Edits need the channel's id; Slack resolves no names and no users here.
    if channel_id not in workspace.channels:
        raise RefusedError("channel_not_found")
    channel = workspace.channel_to_write(channel_id)
    message = workspace.message(channel.id, given.required("ts"))
    if message.only_for:
        raise RefusedError("message_not_found")
    if message.user != BOT_USER:
        raise RefusedError(error)
    return message


def draft(workspace: Workspace, given: Arguments, channel_id: str) -> Message:
    """Give the message an app describes, not posted yet, or refuse it."""
    text, markdown = given.text("text"), given.text("markdown_text")
    blocks = given.structure("blocks", "invalid_blocks_format")
    attachments = given.structure("attachments")
    if not (text or blocks or markdown or attachments):
        raise RefusedError("no_text")
    if markdown and (text or blocks):
        raise RefusedError("markdown_text_conflict")
    if len(markdown) > LONGEST_MARKDOWN:
        raise RefusedError("msg_too_long")
    return Message(
        channel_id,
        "",
        BOT_USER,
        (text or markdown)[:LONGEST_POST],
        blocks=tuple(name_blocks(_accepted(blocks), workspace.mint)) if blocks else (),
        attachments=_attachments(attachments),
        bot_id=BOT_ID,
    )


def _attachments(given: Any) -> tuple[Json, ...]:
    if not given:
        return ()
    if not isinstance(given, list):
        raise RefusedError("invalid_arguments", ("[ERROR] attachments must be an array",))
    if len(given) > MOST_ATTACHMENTS:
        raise RefusedError("too_many_attachments")
    return tuple(given)


def _accepted(blocks: Any) -> list[Json]:
    if not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format")
    found = faults({"blocks": blocks}, "message")
    if found:
        raise RefusedError("invalid_blocks", tuple(fault.as_message() for fault in found))
    return blocks


def _metadata(given: Arguments) -> Json | None:
    metadata = given.structure("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict):
        raise RefusedError("invalid_metadata_format")
    well_formed = isinstance(metadata.get("event_type"), str) and isinstance(
        metadata.get("event_payload"), dict
    )
    if not well_formed or metadata.keys() - {"event_type", "event_payload"}:
        raise RefusedError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > LARGEST_METADATA:
        raise RefusedError("metadata_too_large")
    return metadata
