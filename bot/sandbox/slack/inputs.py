"""What an element of a view holds: its state as Slack reports it, and what a person may enter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.sandbox.slack.nouns import Json, ViewState


@dataclass(frozen=True, slots=True)
class Holding:
    """How an element type holds its value: in which state key, from which initial key."""

    key: str
    initial: str
    many: bool = False
    options: bool = False


HOLDINGS: dict[str, Holding] = {
    "plain_text_input": Holding("value", "initial_value"),
    "email_text_input": Holding("value", "initial_value"),
    "url_text_input": Holding("value", "initial_value"),
    "number_input": Holding("value", "initial_value"),
    "rich_text_input": Holding("rich_text_value", "initial_value"),
    "file_input": Holding("files", "", many=True),
    "static_select": Holding("selected_option", "initial_option", options=True),
    "external_select": Holding("selected_option", "initial_option", options=True),
    "radio_buttons": Holding("selected_option", "initial_option", options=True),
    "checkboxes": Holding("selected_options", "initial_options", many=True, options=True),
    "multi_static_select": Holding("selected_options", "initial_options", many=True, options=True),
    "multi_external_select": Holding(
        "selected_options", "initial_options", many=True, options=True
    ),
    "users_select": Holding("selected_user", "initial_user"),
    "channels_select": Holding("selected_channel", "initial_channel"),
    "conversations_select": Holding("selected_conversation", "initial_conversation"),
    "multi_users_select": Holding("selected_users", "initial_users", many=True),
    "multi_channels_select": Holding("selected_channels", "initial_channels", many=True),
    "multi_conversations_select": Holding(
        "selected_conversations", "initial_conversations", many=True
    ),
    "datepicker": Holding("selected_date", "initial_date"),
    "timepicker": Holding("selected_time", "initial_time"),
    "datetimepicker": Holding("selected_date_time", "initial_date_time"),
}
"""https://docs.slack.dev/reference/block-kit/block-elements/"""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")

REQUIRED = "Please complete this required field."


@dataclass(frozen=True, slots=True)
class Slot:
    """One element in its block."""

    block: Json
    element: Json

    @property
    def ids(self) -> tuple[str, str]:
        """Give block_id and action_id."""
        return self.block.get("block_id", ""), self.element.get("action_id", "")

    @property
    def dispatches(self) -> bool:
        """Say whether using it sends block_actions at once."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))


def slots(blocks: Iterable[Json]) -> Iterator[Slot]:
    """Give every interactive element of the blocks, in order."""
    for block in blocks:
        for element in elements_of(block):
            if isinstance(element, dict) and "action_id" in element:
                yield Slot(block, element)
        yield from slots(nested_in(block))


NESTING = {"container": ("child_blocks",), "carousel": ("elements",)}
"""Where blocks hold further blocks."""


def nested_in(block: Json) -> list[Json]:
    """Give the blocks inside a block."""
    return [inner for key in NESTING.get(block["type"], ()) for inner in block[key]]


def elements_of(block: Json) -> list[Any]:
    """Give what a person can use of a block itself."""
    match block.get("type"):
        case "section":
            return [block.get("accessory")]
        case "input":
            return [block.get("element")]
        case "actions" | "context_actions":
            return list(block.get("elements", ()))
        case "card":
            return list(block.get("actions", ()))
    return []


def options_of(element: Json) -> list[Json]:
    """Give a static element's options, those of its groups too."""
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(o for group in groups for o in group["options"])]


def initial_state(element: Json, channel: str = "") -> Json:
    """Give the state of an untouched element; `channel`: the current conversation."""
    holding = HOLDINGS[element["type"]]
    empty: Any = [] if holding.many else None
    if element.get("default_to_current_conversation") and channel:
        empty = [channel] if holding.many else channel
    return {"type": element["type"], holding.key: element.get(holding.initial, empty)}


def initial_values(
    blocks: Iterable[Json], typed: ViewState | None = None, channel: str = ""
) -> ViewState:
    """Give a view's state. `typed` survives where block_id, action_id and type are unchanged."""
    values: ViewState = {}
    for slot in slots(blocks):
        if slot.element["type"] not in HOLDINGS:
            continue
        block_id, action_id = slot.ids
        kept = (typed or {}).get(block_id, {}).get(action_id)
        if kept is None or kept["type"] != slot.element["type"]:
            kept = initial_state(slot.element, channel)
        values.setdefault(block_id, {})[action_id] = kept
    return values


def entered_state(element: Json, entered: Any, offered: list[Json]) -> Json:
    """Give the state after a person entered something.

    For options `entered` is an option's value or the option itself (a list of them where many may
    be chosen), looked up in `offered`; elsewhere it is the value itself. None or "" clears.
    """
    holding = HOLDINGS[element["type"]]
    if holding.many:
        chosen: Any = [_pick(one, offered) if holding.options else one for one in entered or ()]
    elif entered in (None, ""):
        chosen = None
    elif holding.options:
        chosen = _pick(entered, offered)
    else:
        chosen = _as_typed(element["type"], entered)
    state = {"type": element["type"], holding.key: chosen}
    if element["type"] == "timepicker" and "timezone" in element:
        state["timezone"] = element["timezone"]
    return state


def _as_typed(kind: str, entered: Any) -> Any:
    match kind:
        case "rich_text_input":
            return entered if isinstance(entered, dict) else rich_text_of(str(entered))
        case "datetimepicker":
            return _fitting(kind, entered, lambda: int(entered))
        case "datepicker":
            return _fitting(kind, entered, lambda: date.fromisoformat(entered).isoformat())
        case "timepicker":
            return _fitting(kind, entered, lambda: time.fromisoformat(entered).strftime("%H:%M"))
    return str(entered)


def _fitting(kind: str, entered: Any, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (TypeError, ValueError):
        raise LookupError(f"a {kind} cannot hold {entered!r}") from None


def rich_text_of(text: str) -> Json:
    """Give what a rich text input makes of plain typing."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _pick(entered: Any, offered: list[Json]) -> Json:
    for option in offered:
        if entered == option or entered == option.get("value"):
            return option
    values = [option.get("value") for option in offered]
    raise LookupError(f"{entered!r} is not offered; there is {values}")


def complaint(slot: Slot, state: Json) -> str:
    """Give what Slack's own client would object to before it sends anything; empty if nothing."""
    value = state[HOLDINGS[slot.element["type"]].key]
    if value in (None, "", []):
        return "" if slot.block.get("optional") else REQUIRED
    if isinstance(value, list):
        return _check_count(slot.element, value)
    check = _CHECKS.get(slot.element["type"])
    return check(slot.element, str(value)) if check else ""


def _check_count(element: Json, chosen: list[Any]) -> str:
    most = element.get("max_files", 10) if element["type"] == "file_input" else None
    most = element.get("max_selected_items", most)
    return f"Choose at most {most}." if most and len(chosen) > most else ""


def _check_text(element: Json, value: str) -> str:
    if len(value) < element.get("min_length", 0):
        return f"Enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Enter at most {element.get('max_length', 3000)} characters."
    return ""


def _check_number(element: Json, value: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Enter a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Enter a number of {element['min_value']} or more."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Enter a number of {element['max_value']} or less."
    return ""


def _check_email(_element: Json, value: str) -> str:
    return "" if _EMAIL.fullmatch(value) else "Enter an e-mail address."


def _check_url(_element: Json, value: str) -> str:
    return "" if _URL.fullmatch(value) else "Enter a URL."


_CHECKS = {
    "plain_text_input": _check_text,
    "number_input": _check_number,
    "email_text_input": _check_email,
    "url_text_input": _check_url,
}
