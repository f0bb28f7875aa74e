"""Composition objects: texts, options, confirm dialogs.

https://docs.slack.dev/reference/block-kit/composition-objects
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blockkit.rules import (
    Rule,
    Shape,
    Walk,
    anything,
    flag,
    items,
    kind_of,
    one_of,
    string,
    url,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.slack.blockkit.rules import Json

LONGEST_TEXT = 3000
LONGEST_ID = 255
MOST_OPTIONS = 100
PLAIN, MRKDWN = "plain_text", "mrkdwn"

ident = string(LONGEST_ID)


def text(most: int = LONGEST_TEXT, *kinds: str) -> Rule:
    """Accept a text object of these kinds, both if none is named."""
    shapes = {
        PLAIN: Shape({"type": anything, "text": string(most), "emoji": flag}, ("text",)),
        MRKDWN: Shape({"type": anything, "text": string(most), "verbatim": flag}, ("text",)),
    }
    allowed = kinds or (PLAIN, MRKDWN)

    def rule(walk: Walk, value: Any, pointer: str) -> None:
        kind = kind_of(walk, value, pointer, allowed)
        if kind:
            shapes[kind](walk, value, pointer)

    return rule


def plain(most: int) -> Rule:
    """Accept a plain_text object."""
    return text(most, PLAIN)


_OPTION: dict[str, Rule] = {"text": plain(75), "value": string(150), "description": plain(75)}
option = Shape(_OPTION, ("text", "value"))
linked_option = Shape({**_OPTION, "url": url()}, ("text", "value"))
rich_option = Shape({**_OPTION, "text": text(75), "description": text(75)}, ("text", "value"))
option_group = Shape(
    {"label": plain(75), "options": items(option, MOST_OPTIONS)}, ("label", "options")
)

style = one_of("primary", "danger")
confirm = Shape(
    {
        "title": plain(100),
        "text": text(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": style,
    },
    ("title", "text", "confirm", "deny"),
)
dispatch_action_config = Shape(
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
)


def _some_filter(value: Json) -> Iterator[tuple[str, str]]:
    if not value:
        yield "", "must provide at least one filter"


conversation_filter = Shape(
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    agreements=(_some_filter,),
)


def _id_or_url(value: Json) -> Iterator[tuple[str, str]]:
    if len(value) != 1:
        yield "", "must have exactly one of id, url"


slack_file = Shape({"id": ident, "url": url()}, agreements=(_id_or_url,))


def one_picture(value: Json) -> Iterator[tuple[str, str]]:
    """Hold an image to exactly one source."""
    given = [key for key in ("image_url", "slack_file") if key in value]
    if len(given) != 1:
        yield "", "must have exactly one of image_url, slack_file"


image = Shape(
    {
        "type": one_of("image"),
        "alt_text": string(2000),
        "image_url": url(),
        "slack_file": slack_file,
    },
    ("type", "alt_text"),
    (one_picture,),
)
