"""Tables and charts.

https://docs.slack.dev/reference/block-kit/blocks/table-block and its neighbours
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blockkit.objects import LONGEST_TEXT, ident
from bot.sandbox.slack.blockkit.rich_text import rich_text
from bot.sandbox.slack.blockkit.rules import (
    Shape,
    Walk,
    anything,
    flag,
    items,
    kind_of,
    one_of,
    string,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.slack.blockkit.agreements import Disagreements
    from bot.sandbox.slack.blockkit.rules import Json, Rule

LONGEST_DATA_TABLE = 20_000
MOST_SERIES = 12
MOST_POINTS = 20
_LABEL = string(20)
_NAMED: dict[str, Rule] = {"type": anything, "block_id": ident}


def number(walk: Walk, value: Any, pointer: str) -> None:
    """Accept any finite number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        walk.fault(pointer, "must be a number")


def _positive(walk: Walk, value: Any, pointer: str) -> None:
    before = len(walk.faults)
    number(walk, value, pointer)
    if len(walk.faults) == before and value <= 0:
        walk.fault(pointer, "must be greater than 0")


_CELLS = {
    "raw_text": Shape({"type": anything, "text": string(LONGEST_TEXT)}, ("text",)),
    "raw_number": Shape(
        {"type": anything, "value": number, "text": string(LONGEST_TEXT)}, ("value",)
    ),
    "rich_text": rich_text,
}


def _cell(walk: Walk, value: Any, pointer: str) -> None:
    kind = kind_of(walk, value, pointer, _CELLS)
    if kind:
        _CELLS[kind](walk, value, pointer)


def length(node: Any) -> int:
    """Count the characters that the cells of a table show."""
    if isinstance(node, list):
        return sum(map(length, node))
    if not isinstance(node, dict):
        return len(node) if isinstance(node, str) else 0
    if node.get("type") == "raw_number" and "text" not in node:
        return len(str(node["value"]))
    return sum(length(value) for key, value in node.items() if key in {"text", "elements"})


def _rectangular(block: Json) -> Disagreements:
    widths = [len(row) for row in block["rows"]]
    for place, width in enumerate(widths):
        if width != widths[0]:
            yield f"/rows/{place}", f"must have {widths[0]} cells like the first row"


def _plain_header(block: Json) -> Disagreements:
    for place, cell in enumerate(block["rows"][0]):
        if cell["type"] == "rich_text":
            yield f"/rows/0/{place}/type", "unsupported type: rich_text"


def _row_header_is_a_column(block: Json) -> Disagreements:
    if block.get("row_header_column_index", 0) >= len(block["rows"][0]):
        yield "/row_header_column_index", "must be the index of a column"


def _short_enough(block: Json) -> Disagreements:
    if length(block["rows"]) > LONGEST_DATA_TABLE:
        yield "/rows", f"must have less than {LONGEST_DATA_TABLE + 1} characters in total"


table = Shape(
    {
        **_NAMED,
        "rows": items(items(_cell, 20), 100),
        "column_settings": items(
            Shape({"align": one_of("left", "center", "right"), "is_wrapped": flag}), 20
        ),
    },
    ("rows",),
)
data_table = Shape(
    {
        **_NAMED,
        "caption": string(LONGEST_TEXT),
        "rows": items(items(_cell, 20), 201, least=2),
        "page_size": whole(1, 100),
        "row_header_column_index": whole(0, 19),
    },
    ("caption", "rows"),
    (_rectangular, _plain_header, _row_header_is_a_column, _short_enough),
)

_SEGMENT = Shape({"label": _LABEL, "value": _positive}, ("label", "value"))
_POINT = Shape({"label": _LABEL, "value": number}, ("label", "value"))
_SERIES = Shape({"name": _LABEL, "data": items(_POINT, MOST_POINTS)}, ("name", "data"))
_AXES = Shape(
    {"categories": items(_LABEL, MOST_POINTS), "x_label": string(50), "y_label": string(50)},
    ("categories",),
)


def _distinct_names(chart: Json) -> Disagreements:
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) != len(names):
        yield "/series", "series names must be unique"


def _a_point_per_category(chart: Json) -> Iterator[tuple[str, str]]:
    categories = chart["axis_config"]["categories"]
    for place, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            yield f"/series/{place}/data", "must have one point for each of the categories"


_XY = Shape(
    {"type": anything, "series": items(_SERIES, MOST_SERIES), "axis_config": _AXES},
    ("series", "axis_config"),
    (_distinct_names, _a_point_per_category),
)
_CHARTS = {
    "pie": Shape({"type": anything, "segments": items(_SEGMENT, MOST_SERIES)}, ("segments",)),
    "bar": _XY,
    "area": _XY,
    "line": _XY,
}


def _chart(walk: Walk, value: Any, pointer: str) -> None:
    kind = kind_of(walk, value, pointer, _CHARTS)
    if kind:
        _CHARTS[kind](walk, value, pointer)


data_visualization = Shape({**_NAMED, "title": string(50), "chart": _chart}, ("title", "chart"))
