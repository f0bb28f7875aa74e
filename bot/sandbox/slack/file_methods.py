"""files.*: the three calls by which an app uploads a file into a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.nouns import Message
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.workspace import BOT_ID, BOT_USER

if TYPE_CHECKING:
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.workspace import Workspace


class Files:
    """Uploaded files by id: name, announced length and content."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}

    def upload_url(self, workspace: Workspace, given: Arguments) -> Json:
        """https://docs.slack.dev/reference/methods/files.getUploadURLExternal."""
        name = given.required("filename")
        if given.number("length", 0) < 1:
            raise RefusedError("invalid_arguments", ("[ERROR] length must be greater than 0",))
        file_id = workspace.mint.id("F")
        self.names[file_id] = name
        return {"upload_url": f"{given.base_url}/upload/{file_id}", "file_id": file_id}

    def complete(self, workspace: Workspace, given: Arguments) -> Json:
        """https://docs.slack.dev/reference/methods/files.completeUploadExternal."""
        wanted = given.structure("files") or []
        documents = [self._document(file, given.base_url) for file in wanted]
        if not documents:
            raise RefusedError("invalid_arguments", ("[ERROR] missing required field: files",))
        channel_id = given.text("channel_id") or given.text("channels")
        if channel_id:
            channel = workspace.channel_to_write(channel_id)
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

    def _document(self, file: Json, base_url: str) -> Json:
        file_id = str(file.get("id", ""))
        if file_id not in self.contents:
            raise RefusedError("file_not_found")
        name = self.names[file_id]
        return {
            "id": file_id,
            "name": name,
            "title": file.get("title") or name,
            "size": len(self.contents[file_id]),
            "url_private": f"{base_url}/files/{file_id}",
        }
