"""Where the fields of one element must agree with each other."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bot.sandbox.slack.inputs import options_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.slack.blockkit.rules import Json

    Disagreements = Iterator[tuple[str, str]]


def options_or_groups(element: Json) -> Disagreements:
    """Hold a static menu to either options or groups."""
    if len(element.keys() & {"options", "option_groups"}) != 1:
        yield "", "must have exactly one of options, option_groups"


def initial_among_options(element: Json) -> Disagreements:
    """Hold initial options to those that can be chosen; each must equal one exactly."""
    options = options_of(element)
    if "initial_option" in element and element["initial_option"] not in options:
        yield "/initial_option", "must match one of the options"
    for place, chosen in enumerate(element.get("initial_options", ())):
        if chosen not in options:
            yield f"/initial_options/{place}", "must match one of the options"


def initial_within_selection(element: Json) -> Disagreements:
    """Hold the number of initial choices to what may be selected."""
    most = element.get("max_selected_items")
    for key, value in element.items():
        if key.startswith("initial_") and most is not None and len(value) > most:
            yield f"/{key}", f"no more than {most} items allowed"


def distinct_values(element: Json) -> Disagreements:
    """Hold the options of one menu to different values."""
    values = [option["value"] for option in options_of(element)]
    if len(set(values)) != len(values):
        yield "", "option values must be unique"


def text_length(element: Json) -> Disagreements:
    """Hold a text input's bounds and its initial value to each other."""
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if least > most:
        yield "/min_length", "must not be greater than max_length"
    length = len(element.get("initial_value", ""))
    if length > most or 0 < length < least:
        yield "/initial_value", f"must have between {least} and {most} characters"


def number_bounds(element: Json) -> Disagreements:
    """Hold a number input's bounds and its initial value to each other."""
    numbers: dict[str, Decimal] = {
        key: Decimal(element[key])
        for key in ("min_value", "max_value", "initial_value")
        if key in element
    }
    yield from _whole_numbers(element, numbers)
    least = numbers.get("min_value", Decimal("-Infinity"))
    most = numbers.get("max_value", Decimal("Infinity"))
    if least > most:
        yield "/min_value", "must not be greater than max_value"
    elif not least <= numbers.get("initial_value", max(least, min(most, Decimal(0)))) <= most:
        yield "/initial_value", "must be between min_value and max_value"


def _whole_numbers(element: Json, numbers: dict[str, Decimal]) -> Disagreements:
    for key, number in numbers.items():
        if not element["is_decimal_allowed"] and number != number.to_integral_value():
            yield f"/{key}", "must be an integer, for is_decimal_allowed is false"


def text_or_fields(block: Json) -> Disagreements:
    """Hold a section to having content."""
    if not block.keys() & {"text", "fields"}:
        yield "", "must have at least one of text, fields"


def no_dispatch_of_files(block: Json) -> Disagreements:
    """Hold an input block with a file input to not dispatching."""
    if block.get("dispatch_action") and block["element"]["type"] == "file_input":
        yield "/dispatch_action", "file_input does not support dispatch_action"


def response_url_in_input_only(block: Json) -> Disagreements:
    """Hold `response_url_enabled` to menus in input blocks."""
    elements = [*block.get("elements", ()), block.get("accessory") or {}]
    if any(element.get("response_url_enabled") for element in elements):
        yield "", "response_url_enabled is only supported in input blocks"


def number_of_lines(element: Json) -> Disagreements:
    """Hold a rich text input's height to itself."""
    if element.get("min_lines", 1) > element.get("max_lines", 100):
        yield "/min_lines", "must not be greater than max_lines"
