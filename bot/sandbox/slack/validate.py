"""Slack's limits on what an app may send, checked before Slack would.

The tables are in `blockkit`; here is what concerns a payload as a whole.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from bot.sandbox.slack.blockkit import agreements as agree
from bot.sandbox.slack.blockkit.blocks import LONGEST_MARKDOWN, block
from bot.sandbox.slack.blockkit.objects import LONGEST_ID, MOST_OPTIONS, option, option_group, plain
from bot.sandbox.slack.blockkit.rules import Fault, Shape, Walk, anything, flag, items, string
from bot.sandbox.slack.blockkit.tables import length
from bot.sandbox.slack.inputs import NESTING, slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.slack.blockkit.rules import Json, Rule

__all__ = ["Fault", "faults", "option_faults"]

LONGEST_MESSAGE = 40_000
LARGEST_VIEW = 250_000
LONGEST_TABLES = 10_000

_VIEW: dict[str, Rule] = {
    "type": anything,
    "private_metadata": string(3000, least=0),
    "callback_id": string(LONGEST_ID, least=0),
    "external_id": string(LONGEST_ID, least=0),
    "blocks": items(block, 100, least=0),
}


def _submit_where_input(view: Json) -> Iterator[tuple[str, str]]:
    if "submit" not in view and any(b["type"] == "input" for b in view["blocks"]):
        yield "", "missing required field: submit"


_SURFACES = {
    "message": Shape(
        {
            "text": string(LONGEST_MESSAGE, least=0),
            "markdown_text": string(LONGEST_MARKDOWN),
            "blocks": items(block, 50, least=0),
        },
        open=True,
    ),
    "modal": Shape(
        {
            **_VIEW,
            "title": plain(24),
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
        },
        ("type", "title", "blocks"),
        (_submit_where_input,),
    ),
    "home": Shape(_VIEW, ("type", "blocks")),
}
_OPTIONS = Shape(
    {
        "options": items(option, MOST_OPTIONS, least=0),
        "option_groups": items(option_group, MOST_OPTIONS, least=0),
    },
    agreements=(agree.options_or_groups,),
)


def faults(payload: Json, surface: str) -> list[Fault]:
    """Give everything Slack would refuse in a payload for a surface: message, modal or home.

    `payload` is a view, or a message's arguments (`text`, `blocks`; others are not looked at).
    https://docs.slack.dev/reference/block-kit
    """
    walk = Walk(surface)
    _SURFACES[surface](walk, payload, "")
    if surface != "message" and payload.get("type") != surface:
        walk.fault("/type", f"must be a valid enum value: {surface}")
    if not walk.faults:
        walk.faults += _faults_of_the_whole(payload, surface)
    return walk.faults


def option_faults(answer: Json) -> list[Fault]:
    """Give what Slack would refuse in an answer to a block_suggestion."""
    walk = Walk("modal")
    _OPTIONS(walk, answer, "")
    return walk.faults


def _faults_of_the_whole(payload: Json, surface: str) -> Iterator[Fault]:
    blocks = payload.get("blocks", [])
    yield from _repeated_block_ids(blocks)
    yield from _repeated_action_ids(blocks)
    focused = sum(bool(slot.element.get("focus_on_load")) for slot in slots(blocks))
    if focused > 1:
        yield Fault("/blocks", "only one element may have focus_on_load set to true")
    if surface != "message" and len(json.dumps(payload).encode()) > LARGEST_VIEW:
        yield Fault("", f"must be less than {LARGEST_VIEW + 1} bytes")
    yield from _sums(blocks)


def _repeated_block_ids(blocks: list[Json]) -> Iterator[Fault]:
    seen: set[str] = set()
    for pointer, one in _with_nested(blocks, "/blocks"):
        block_id = one.get("block_id")
        if block_id in seen:
            message = f'block_id "{block_id}" already exists for another block'
            yield Fault(f"{pointer}/block_id", message)
        seen |= {block_id} if block_id else set()


def _with_nested(blocks: list[Json], pointer: str) -> Iterator[tuple[str, Json]]:
    for place, one in enumerate(blocks):
        here = f"{pointer}/{place}"
        yield here, one
        for key in NESTING.get(one["type"], ()):
            yield from _with_nested(one[key], f"{here}/{key}")


def _repeated_action_ids(blocks: list[Json]) -> Iterator[Fault]:
    for pointer, one in _with_nested(blocks, "/blocks"):
        counted = Counter(slot.ids[1] for slot in slots([one]) if slot.block is one)
        for action_id, times in counted.items():
            if times > 1:
                message = f'action_id "{action_id}" already exists for another element'
                yield Fault(pointer, message)


def _sums(blocks: list[Json]) -> Iterator[Fault]:
    markdown = sum(len(b["text"]) for b in blocks if b["type"] == "markdown")
    if markdown > LONGEST_MARKDOWN:
        message = f"markdown blocks must have less than {LONGEST_MARKDOWN + 1} characters in total"
        yield Fault("/blocks", message)
    tables = [b for b in blocks if b["type"] == "table"]
    if len(tables) > 1:
        yield Fault("/blocks", "only_one_table_allowed")
    if sum(length(b["rows"]) for b in tables) > LONGEST_TABLES:
        message = f"tables must have less than {LONGEST_TABLES + 1} characters in total"
        yield Fault("/blocks", message)
    if sum(b["type"] == "data_visualization" for b in blocks) > 2:
        yield Fault("/blocks", "no more than 2 data_visualization blocks allowed")
