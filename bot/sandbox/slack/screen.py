"""Finding on the screen what a person presses or fills, and what an empty form objects to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.inputs import Slot, complaint, slots
from bot.sandbox.slack.nouns import View

if TYPE_CHECKING:
    from bot.sandbox.slack.nouns import Json, Message


class GoneError(LookupError):
    """What a person acts on is not on the screen any more."""


def find(
    where: Message | View, action_id: str, block_id: str | None = None, value: str | None = None
) -> Slot:
    """Give the one element with these ids; `value` tells buttons apart."""
    everything = list(slots(where.blocks))
    found = [
        slot
        for slot in everything
        if slot.ids[1] == action_id
        and block_id in {None, slot.ids[0]}
        and not _another_button(slot.element, value)
    ]
    if len(found) != 1:
        there = [slot.ids for slot in everything]
        kind = LookupError if found else GoneError
        raise kind(f"{len(found)} elements match {action_id!r}; there is {there}")
    return found[0]


def _another_button(element: Json, value: str | None) -> bool:
    return element["type"] == "button" and value is not None and element.get("value") != value


def find_input(view: View, block_id: str) -> Slot:
    """Give the element of an input block."""
    inputs = {slot.ids[0]: slot for slot in slots(view.blocks) if slot.block["type"] == "input"}
    if block_id not in inputs:
        raise LookupError(f"no input block {block_id!r}; there is {sorted(inputs)}")
    return inputs[block_id]


def complaints(view: View) -> dict[str, str]:
    """Give what Slack's own client objects to before it submits, by block."""
    inputs = (slot for slot in slots(view.blocks) if slot.block["type"] == "input")
    found = {slot.ids[0]: complaint(slot, view.state[slot.ids[0]][slot.ids[1]]) for slot in inputs}
    return {block_id: words for block_id, words in found.items() if words}


def clicked(slot: Slot, value: str | None) -> Json:
    """Give the action of a click: a button's own value, or what was chosen in its menu."""
    element = slot.element
    if element["type"] == "overflow":
        chosen = [option for option in element["options"] if option.get("value") == value]
        if not chosen:
            raise LookupError(f"{value!r} is not in the menu")
        return {"type": "overflow", "selected_option": chosen[0]}
    return {key: element[key] for key in ("type", "text", "value", "style") if key in element}


def key_of(where: Message | View, slot: Slot) -> tuple[str, ...]:
    """Give what tells this element from all others of the workspace."""
    return (where.id if isinstance(where, View) else where.ts, *slot.ids)
