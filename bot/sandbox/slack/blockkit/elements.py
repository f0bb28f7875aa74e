"""Block elements: what each may and must carry, and where it may stand.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blockkit import agreements as agree
from bot.sandbox.slack.blockkit.objects import (
    LONGEST_TEXT,
    MOST_OPTIONS,
    PLAIN,
    confirm,
    conversation_filter,
    dispatch_action_config,
    ident,
    image,
    linked_option,
    option,
    option_group,
    plain,
    rich_option,
    style,
    text,
)
from bot.sandbox.slack.blockkit.rich_text import rich_text
from bot.sandbox.slack.blockkit.rules import (
    Rule,
    Shape,
    Walk,
    anything,
    calendar_day,
    flag,
    items,
    kind_of,
    one_of,
    string,
    time_zone,
    url,
    whole,
)

if TYPE_CHECKING:
    from bot.sandbox.slack.blockkit.rules import Agreement

EVERYWHERE = ("message", "modal", "home")
MODAL = ("modal",)


class Place(Flag):
    """Where in a block an element may stand."""

    ACTIONS = auto()
    SECTION = auto()
    INPUT = auto()
    CONTEXT = auto()
    CONTEXT_ACTIONS = auto()
    CARD = auto()


A, S, I = Place.ACTIONS, Place.SECTION, Place.INPUT  # noqa: E741 - as short as the docs' tables


@dataclass(frozen=True, slots=True)
class Element:
    """An element type: its shape, its places in a block and the surfaces that show it."""

    shape: Shape
    places: Place
    surfaces: tuple[str, ...] = EVERYWHERE


_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_COMMON: dict[str, Rule] = {"type": anything, "action_id": ident}
_FOCUS: dict[str, Rule] = {"focus_on_load": flag}
_CONFIRM: dict[str, Rule] = {"confirm": confirm}
_PLACEHOLDER: dict[str, Rule] = {"placeholder": plain(150)}
_MENU: dict[str, Rule] = {**_FOCUS, **_CONFIRM, **_PLACEHOLDER}
_TYPED: dict[str, Rule] = {
    **_FOCUS,
    **_PLACEHOLDER,
    "dispatch_action_config": dispatch_action_config,
}
_MOST: dict[str, Rule] = {"max_selected_items": whole(1, 10**9)}
_STATIC: dict[str, Rule] = {
    "options": items(option, MOST_OPTIONS),
    "option_groups": items(option_group, MOST_OPTIONS),
}
_CHOICES = items(rich_option, 10)


def _shape(
    fields: dict[str, Rule], required: tuple[str, ...] = (), *agreements: Agreement
) -> Shape:
    return Shape({**_COMMON, **fields}, required, agreements)


def _many(rule: Rule) -> Rule:
    return items(rule, 10**6, least=0)


_STATIC_CHECKS = (agree.options_or_groups, agree.initial_among_options, agree.distinct_values)
_CHOICE_CHECKS = (agree.initial_among_options, agree.distinct_values)
_CONVERSATIONS: dict[str, Rule] = {
    "default_to_current_conversation": flag,
    "filter": conversation_filter,
}
_LABEL: dict[str, Rule] = {"accessibility_label": string(75)}
_FEEDBACK = Shape(
    {"text": plain(75), "value": string(2000), "accessibility_label": string(75)},
    ("text", "value"),
)

_BUTTON = _shape(
    {"text": plain(75), "value": string(2000), "url": url(), "style": style, **_CONFIRM, **_LABEL},
    ("text",),
)
_MENUS = {
    "static_select": Element(
        _shape({**_MENU, **_STATIC, "initial_option": option}, (), *_STATIC_CHECKS), A | S | I
    ),
    "multi_static_select": Element(
        _shape(
            {**_MENU, **_STATIC, **_MOST, "initial_options": _many(option)},
            (),
            *_STATIC_CHECKS,
            agree.initial_within_selection,
        ),
        S | I | A,
    ),
    "external_select": Element(
        _shape({**_MENU, "min_query_length": whole(0, 10**6), "initial_option": option}),
        A | S | I,
    ),
    "multi_external_select": Element(
        _shape(
            {
                **_MENU,
                **_MOST,
                "min_query_length": whole(0, 10**6),
                "initial_options": _many(option),
            },
            (),
            agree.initial_within_selection,
        ),
        A | S | I,
    ),
    "users_select": Element(_shape({**_MENU, "initial_user": ident}), A | S | I),
    "multi_users_select": Element(
        _shape(
            {**_MENU, **_MOST, "initial_users": _many(ident)}, (), agree.initial_within_selection
        ),
        A | S | I,
    ),
    "channels_select": Element(
        _shape({**_MENU, "initial_channel": ident, "response_url_enabled": flag}), A | S | I
    ),
    "multi_channels_select": Element(
        _shape(
            {**_MENU, **_MOST, "initial_channels": _many(ident)},
            (),
            agree.initial_within_selection,
        ),
        A | S | I,
    ),
    "conversations_select": Element(
        _shape(
            {
                **_MENU,
                **_CONVERSATIONS,
                "initial_conversation": ident,
                "response_url_enabled": flag,
            }
        ),
        A | S | I,
    ),
    "multi_conversations_select": Element(
        _shape(
            {**_MENU, **_MOST, **_CONVERSATIONS, "initial_conversations": _many(ident)},
            (),
            agree.initial_within_selection,
        ),
        A | S | I,
    ),
}
_CHOOSERS = {
    "overflow": Element(
        _shape({"options": items(linked_option, 5), **_CONFIRM}, ("options",)), A | S
    ),
    "checkboxes": Element(
        _shape(
            {**_FOCUS, **_CONFIRM, "options": _CHOICES, "initial_options": _CHOICES},
            ("options",),
            *_CHOICE_CHECKS,
        ),
        A | S | I,
    ),
    "radio_buttons": Element(
        _shape(
            {**_FOCUS, **_CONFIRM, "options": _CHOICES, "initial_option": rich_option},
            ("options",),
            *_CHOICE_CHECKS,
        ),
        A | S | I,
    ),
    "datepicker": Element(_shape({**_MENU, "initial_date": calendar_day}), A | S | I),
    "timepicker": Element(
        _shape({**_MENU, "initial_time": string(5, shape=_TIME), "timezone": time_zone}),
        A | S | I,
    ),
    "datetimepicker": Element(
        _shape({**_FOCUS, **_CONFIRM, "initial_date_time": whole(10**9, 10**10 - 1)}),
        A | I,
        ("message", "modal"),
    ),
}
_INPUTS = {
    "plain_text_input": Element(
        _shape(
            {
                **_TYPED,
                "multiline": flag,
                "min_length": whole(0, LONGEST_TEXT),
                "max_length": whole(1, LONGEST_TEXT),
                "initial_value": string(LONGEST_TEXT, least=0),
            },
            (),
            agree.text_length,
        ),
        I,
    ),
    "number_input": Element(
        _shape(
            {
                **_TYPED,
                "is_decimal_allowed": flag,
                "min_value": string(100, shape=_NUMBER),
                "max_value": string(100, shape=_NUMBER),
                "initial_value": string(100, shape=_NUMBER),
            },
            ("is_decimal_allowed",),
            agree.number_bounds,
        ),
        I,
        MODAL,
    ),
    "email_text_input": Element(
        _shape({**_TYPED, "initial_value": string(LONGEST_TEXT)}), I, MODAL
    ),
    "url_text_input": Element(_shape({**_TYPED, "initial_value": string(LONGEST_TEXT)}), I, MODAL),
    "rich_text_input": Element(
        _shape(
            {
                **_TYPED,
                "initial_value": rich_text,
                "min_lines": whole(1, 100),
                "max_lines": whole(1, 100),
            },
            ("action_id",),
            agree.number_of_lines,
        ),
        I,
        ("modal", "home"),
    ),
    "file_input": Element(
        _shape({"filetypes": items(string(50), 100), "max_files": whole(1, 10)}), I, MODAL
    ),
}
_PARAMETER = Shape({"name": ident, "value": anything}, ("name", "value"))
_TRIGGER = Shape({"url": url(), "customizable_input_parameters": items(_PARAMETER, 100)}, ("url",))
_BUTTONS = {
    "button": Element(_BUTTON, A | S | Place.CARD),
    "workflow_button": Element(
        _shape(
            {
                "text": plain(75),
                "workflow": Shape({"trigger": _TRIGGER}, ("trigger",)),
                "style": style,
                **_LABEL,
            },
            ("text", "workflow"),
        ),
        A | S,
        ("message",),
    ),
    "image": Element(image, S | Place.CONTEXT),
    "feedback_buttons": Element(
        _shape(
            {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
            ("positive_button", "negative_button"),
        ),
        Place.CONTEXT_ACTIONS,
        ("message",),
    ),
    "icon_button": Element(
        _shape(
            {
                "icon": one_of("trash"),
                "text": text(75, PLAIN),
                "value": string(2000),
                "visible_to_user_ids": items(ident, 10),
                **_CONFIRM,
                **_LABEL,
            },
            ("icon", "text"),
        ),
        Place.CONTEXT_ACTIONS,
        ("message",),
    ),
}
ELEMENTS: dict[str, Element] = {**_BUTTONS, **_MENUS, **_CHOOSERS, **_INPUTS}


def element(place: Place) -> Rule:
    """Accept any element that may stand in a place."""

    def rule(walk: Walk, value: Any, pointer: str) -> None:
        kind = kind_of(walk, value, pointer, ELEMENTS)
        if not kind:
            return
        known = ELEMENTS[kind]
        if not known.places & place or walk.surface not in known.surfaces:
            walk.fault(f"{pointer}/type", f"unsupported type: {kind}")
            return
        known.shape(walk, value, pointer)

    return rule
