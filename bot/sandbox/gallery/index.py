"""The page that shows all pictures of a gallery, by group."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.sandbox.gallery.studio import Picture

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Flinkbot, every screen</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 1rem; }
  section { display: grid; gap: 1.5rem; align-items: start; }
  section { grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); }
  figure { margin: 0; }
  img { max-width: 100%; border: 1px solid #8884; border-radius: 6px; }
  figcaption { color: GrayText; }
</style>
"""


def write(folder: Path, pictures: Sequence[Picture]) -> None:
    """Write the page beside the pictures."""
    text = "\n".join([_HEAD, "<h1>Flinkbot, every screen</h1>", *_groups(pictures)])
    (folder / "index.html").write_text(f"{text}\n", encoding="utf-8")


def _groups(pictures: Sequence[Picture]) -> Iterator[str]:
    for group, found in groupby(pictures, key=lambda picture: picture.group):
        yield f"<h2>{escape(group)}</h2>\n<section>"
        for picture in found:
            caption, file = escape(picture.caption), escape(picture.file)
            yield (
                f'<figure><a href="{file}"><img src="{file}" alt="{caption}" loading="lazy"></a>'
                f"<figcaption>{caption}</figcaption></figure>"
            )
        yield "</section>"
