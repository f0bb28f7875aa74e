"""The files of the workspace: who uploaded what, and how a file looks on Slack's wire."""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.sandbox.slack.nouns import File
from bot.sandbox.slack.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.slack.mint import Mint
    from bot.sandbox.slack.nouns import Json

_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_FILETYPES = {"": "binary", "txt": "text", "py": "python", "md": "markdown", "yml": "yaml"}
"""Slack's names of file types where they are not the ending itself."""


class Files:
    """Every file by id. `address` gives where the content of one can be downloaded."""

    def __init__(self, mint: Mint) -> None:
        self.address: Callable[[str], str] = "/files/{}".format
        self._mint = mint
        self._files: dict[str, File] = {}

    def announce(self, name: str, user: str) -> File:
        """Make room for a file whose content follows."""
        return self._keep(File(self._mint.id("F"), name, user))

    def add(self, name: str, user: str, content: bytes) -> File:
        """Keep a file."""
        return self.fill(self.announce(name, user).id, content)

    def fill(self, file_id: str, content: bytes) -> File:
        """Give an announced file its content."""
        return self._keep(replace(self.announced(file_id), content=content))

    def entitle(self, file_id: str, title: str) -> File:
        """Give a file its title."""
        file = self.get(file_id)
        return self._keep(replace(file, title=title or file.title or file.name))

    def announced(self, file_id: str) -> File:
        """Give a file, with or without content, or refuse."""
        if file_id not in self._files:
            raise RefusedError("file_not_found")
        return self._files[file_id]

    def get(self, file_id: str) -> File:
        """Give a file that has its content, or refuse."""
        file = self.announced(file_id)
        if file.content is None:
            raise RefusedError("file_not_found")
        return file

    def document(self, file: File) -> Json:
        """https://docs.slack.dev/reference/objects/file-object."""
        suffix = PurePosixPath(file.name).suffix.removeprefix(".").lower()
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title or file.name,
            "mimetype": media_type(file),
            "filetype": _FILETYPES.get(suffix, suffix),
            "user": file.user,
            "size": len(file.content or b""),
            "mode": "hosted",
            "is_external": False,
            "url_private": self.address(file.id),
            "url_private_download": self.address(file.id),
        }

    def _keep(self, file: File) -> File:
        self._files[file.id] = file
        return file


def media_type(file: File) -> str:
    """Guess what a file is from its name."""
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def shown_as(file: File) -> str:
    """Give the type a browser may take a file for: nothing that could run in the page's origin."""
    kind = media_type(file)
    return kind if kind in _PICTURES else "text/plain; charset=utf-8"
