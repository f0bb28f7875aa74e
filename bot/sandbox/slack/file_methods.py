"""files.*: the calls by which an app uploads a file into a channel, and looks at one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.nouns import Message
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.workspace import BOT_ID, BOT_USER

if TYPE_CHECKING:
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.workspace import Workspace


def upload_url(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/files.getUploadURLExternal."""
    name = given.required("filename")
    if given.number("length", 0) < 1:
        raise RefusedError("invalid_arguments", ("[ERROR] length must be greater than 0",))
    file = workspace.files.announce(name, BOT_USER)
    return {"upload_url": f"{given.base_url}/upload/{file.id}", "file_id": file.id}


def complete(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/files.completeUploadExternal."""
    wanted = given.structure("files") or []
    if not wanted:
        raise RefusedError("invalid_arguments", ("[ERROR] missing required field: files",))
    channel_id = given.text("channel_id") or given.text("channels")
    channel = workspace.channel_to_write(channel_id) if channel_id else None
    files = workspace.files
    titled = [files.entitle(str(one.get("id", "")), one.get("title") or "") for one in wanted]
    documents = [files.document(file) for file in titled]
    if channel:
        workspace.post(
            Message(
                channel.id,
                "",
                BOT_USER,
                given.text("initial_comment"),
                thread_ts=given.text("thread_ts"),
                files=tuple(documents),
                bot_id=BOT_ID,
            )
        )
    return {"files": documents}


def info(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/files.info."""
    files = workspace.files
    return {"file": files.document(files.get(given.required("file")))}
