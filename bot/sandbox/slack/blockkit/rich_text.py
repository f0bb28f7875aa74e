"""Rich text: sections, lists, quotes and code, and what stands inside them.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blockkit.objects import ident
from bot.sandbox.slack.blockkit.rules import (
    Shape,
    Walk,
    anything,
    flag,
    items,
    kind_of,
    one_of,
    string,
    url,
    whole,
)

if TYPE_CHECKING:
    from bot.sandbox.slack.blockkit.rules import Rule

_MANY = 10_000
_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight")
_STYLE = Shape({**dict.fromkeys(_STYLES, flag), "unlink": flag})


def _inline(fields: dict[str, Rule], required: tuple[str, ...]) -> Shape:
    return Shape({"type": anything, "style": _STYLE, **fields}, required)


INLINE = {
    "text": _inline({"text": string(LONGEST := 12_000)}, ("text",)),
    "link": _inline({"url": url(), "text": string(LONGEST), "unsafe": flag}, ("url",)),
    "emoji": _inline({"name": ident, "unicode": string(100), "skin_tone": whole(1, 6)}, ("name",)),
    "user": _inline({"user_id": ident}, ("user_id",)),
    "channel": _inline({"channel_id": ident}, ("channel_id",)),
    "usergroup": _inline({"usergroup_id": ident}, ("usergroup_id",)),
    "broadcast": _inline({"range": one_of("here", "channel", "everyone")}, ("range",)),
    "color": _inline({"value": string(20)}, ("value",)),
    "date": _inline(
        {"timestamp": whole(0, 10**11), "format": string(300), "url": url(), "fallback": ident},
        ("timestamp", "format"),
    ),
}


def _inline_element(walk: Walk, value: Any, pointer: str) -> None:
    kind = kind_of(walk, value, pointer, INLINE)
    if kind:
        INLINE[kind](walk, value, pointer)


_ELEMENTS: dict[str, Rule] = {
    "type": anything,
    "elements": items(_inline_element, _MANY, least=0),
}
_BORDER: dict[str, Rule] = {"border": whole(0, 1)}
_SECTION = Shape({**_ELEMENTS, "type": one_of("rich_text_section")}, ("type", "elements"))
_PARTS = {
    "rich_text_section": _SECTION,
    "rich_text_list": Shape(
        {
            "type": anything,
            "elements": items(_SECTION, _MANY, least=0),
            "style": one_of("bullet", "ordered"),
            "indent": whole(0, 8),
            "offset": whole(0, _MANY),
            **_BORDER,
        },
        ("elements", "style"),
    ),
    "rich_text_preformatted": Shape(
        {**_ELEMENTS, **_BORDER, "language": string(50)}, ("elements",)
    ),
    "rich_text_quote": Shape({**_ELEMENTS, **_BORDER}, ("elements",)),
}


def _part(walk: Walk, value: Any, pointer: str) -> None:
    kind = kind_of(walk, value, pointer, _PARTS)
    if kind:
        _PARTS[kind](walk, value, pointer)


rich_text = Shape(
    {"type": one_of("rich_text"), "block_id": ident, "elements": items(_part, _MANY, least=0)},
    ("type", "elements"),
)
