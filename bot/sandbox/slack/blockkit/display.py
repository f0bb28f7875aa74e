"""Blocks that arrange or report: cards, containers, tasks and alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.blockkit.elements import Place, element
from bot.sandbox.slack.blockkit.objects import LONGEST_TEXT, ident, image, plain, text
from bot.sandbox.slack.blockkit.rich_text import rich_text
from bot.sandbox.slack.blockkit.rules import Rule, Shape, anything, flag, items, one_of, string, url

if TYPE_CHECKING:
    from bot.sandbox.slack.blockkit.agreements import Disagreements
    from bot.sandbox.slack.blockkit.rules import Json

_NAMED: dict[str, Rule] = {"type": anything, "block_id": ident}


def _says_something(card: Json) -> Disagreements:
    if not card.keys() & {"hero_image", "title", "actions", "body"}:
        yield "", "must have at least one of hero_image, title, actions, body"


_CARD: dict[str, Rule] = {
    "block_id": ident,
    "hero_image": image,
    "icon": image,
    "title": text(150),
    "subtitle": text(150),
    "body": text(200),
    "subtext": text(200),
    "actions": items(element(Place.CARD), 3),
}
card = Shape({"type": one_of("card"), **_CARD}, ("type",), (_says_something,))
carousel = Shape({**_NAMED, "elements": items(card, 10)}, ("elements",))


def _titled(block: Json) -> Disagreements:
    if not block.keys() & {"title", "rich_text_title"}:
        yield "", "must have at least one of title, rich_text_title"


def _collapses_consistently(block: Json) -> Disagreements:
    collapsible = block.get("is_collapsible", False)
    if block.get("default_collapsed") and not collapsible:
        yield "/default_collapsed", "requires is_collapsible to be true"
    if block.get("has_header_divider") and collapsible:
        yield "/has_header_divider", "cannot be true when is_collapsible is true"


def container(child: Rule) -> Shape:
    """Give the shape of a container of blocks that pass a rule."""
    return Shape(
        {
            **_NAMED,
            "title": plain(150),
            "rich_text_title": rich_text,
            "subtitle": text(150),
            "child_blocks": items(child, 10),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": image,
            "is_collapsible": flag,
            "default_collapsed": flag,
            "has_header_divider": flag,
        },
        ("child_blocks",),
        (_titled, _collapses_consistently),
    )


alert = Shape(
    {
        **_NAMED,
        "text": text(200),
        "level": one_of("default", "info", "warning", "error", "success"),
    },
    ("text",),
)

_SOURCE = Shape({"type": one_of("url"), "url": url(), "text": ident}, ("type", "url", "text"))
_FINISHED = ("in_progress", "complete", "error")


def _task(*statuses: str) -> Shape:
    return Shape(
        {
            "type": one_of("task_card"),
            "block_id": ident,
            "task_id": ident,
            "title": string(LONGEST_TEXT),
            "details": rich_text,
            "output": rich_text,
            "sources": items(_SOURCE, 50),
            "status": one_of(*statuses),
        },
        ("type", "task_id", "title", "status"),
    )


task_card = _task(*_FINISHED)
plan = Shape(
    {
        **_NAMED,
        "title": string(LONGEST_TEXT),
        "tasks": items(_task("pending", *_FINISHED), 50),
    },
    ("title",),
)
