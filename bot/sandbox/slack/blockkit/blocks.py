"""Blocks: what each may and must carry, and which surfaces show it.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blockkit import agreements as agree
from bot.sandbox.slack.blockkit import display, tables
from bot.sandbox.slack.blockkit.elements import EVERYWHERE, MODAL, Place, element
from bot.sandbox.slack.blockkit.objects import (
    ident,
    image,
    one_picture,
    plain,
    slack_file,
    text,
)
from bot.sandbox.slack.blockkit.rich_text import rich_text
from bot.sandbox.slack.blockkit.rules import (
    HTTPS_URL,
    Shape,
    Walk,
    anything,
    flag,
    items,
    kind_of,
    string,
    url,
    whole,
)

if TYPE_CHECKING:
    from bot.sandbox.slack.blockkit.rules import Agreement, Rule

MESSAGE = ("message",)
READ_ONLY = ("message", "home")
LONGEST_MARKDOWN = 12_000


@dataclass(frozen=True, slots=True)
class Block:
    """A block type: its shape and the surfaces that show it."""

    shape: Shape
    surfaces: tuple[str, ...] = EVERYWHERE


def _shape(
    fields: dict[str, Rule], required: tuple[str, ...] = (), *agreements: Agreement
) -> Shape:
    return Shape({"type": anything, "block_id": ident, **fields}, required, agreements)


def _context_element(walk: Walk, value: Any, pointer: str) -> None:
    kind = kind_of(walk, value, pointer, ("image", "plain_text", "mrkdwn"))
    if kind:
        (image if kind == "image" else text())(walk, value, pointer)


def _child(walk: Walk, value: Any, pointer: str) -> None:
    shown = {kind for kind, known in BLOCKS.items() if walk.surface in known.surfaces}
    kind = kind_of(walk, value, pointer, shown - {"container", "carousel"})
    if kind:
        BLOCKS[kind].shape(walk, value, pointer)


_CLASSIC = {
    "section": Block(
        _shape(
            {
                "text": text(),
                "fields": items(text(2000), 10),
                "accessory": element(Place.SECTION),
                "expand": flag,
            },
            (),
            agree.text_or_fields,
            agree.response_url_in_input_only,
        )
    ),
    "header": Block(_shape({"text": plain(150), "level": whole(1, 4)}, ("text",))),
    "divider": Block(_shape({})),
    "context": Block(_shape({"elements": items(_context_element, 10)}, ("elements",))),
    "actions": Block(
        _shape(
            {"elements": items(element(Place.ACTIONS), 25)},
            ("elements",),
            agree.response_url_in_input_only,
        )
    ),
    "input": Block(
        _shape(
            {
                "label": plain(2000),
                "element": element(Place.INPUT),
                "hint": plain(2000),
                "optional": flag,
                "dispatch_action": flag,
            },
            ("label", "element"),
            agree.no_dispatch_of_files,
        )
    ),
    "image": Block(
        _shape(
            {
                "alt_text": string(2000),
                "image_url": url(),
                "slack_file": slack_file,
                "title": plain(2000),
            },
            ("alt_text",),
            one_picture,
        )
    ),
    "rich_text": Block(rich_text),
    "video": Block(
        _shape(
            {
                "alt_text": string(200),
                "title": plain(200),
                "title_url": string(3000, shape=HTTPS_URL),
                "video_url": string(3000, shape=HTTPS_URL),
                "thumbnail_url": url(),
                "description": plain(200),
                "author_name": string(50),
                "provider_name": string(50),
                "provider_icon_url": url(),
            },
            ("alt_text", "title", "video_url", "thumbnail_url"),
        )
    ),
}
_RECENT = {
    "markdown": Block(_shape({"text": string(LONGEST_MARKDOWN)}, ("text",)), MESSAGE),
    "table": Block(tables.table, READ_ONLY),
    "data_table": Block(tables.data_table, READ_ONLY),
    "data_visualization": Block(tables.data_visualization, READ_ONLY),
    "alert": Block(display.alert, MODAL),
    "card": Block(display.card),
    "carousel": Block(display.carousel, READ_ONLY),
    "container": Block(display.container(_child), READ_ONLY),
    "context_actions": Block(
        _shape({"elements": items(element(Place.CONTEXT_ACTIONS), 5)}, ("elements",)), MESSAGE
    ),
    "plan": Block(display.plan, MESSAGE),
    "task_card": Block(display.task_card, MESSAGE),
}
BLOCKS: dict[str, Block] = {**_CLASSIC, **_RECENT}


def block(walk: Walk, value: Any, pointer: str) -> None:
    """Accept any block that the surface shows."""
    shown = (kind for kind, known in BLOCKS.items() if walk.surface in known.surfaces)
    kind = kind_of(walk, value, pointer, shown)
    if kind:
        BLOCKS[kind].shape(walk, value, pointer)
