"""Every element with every field it may carry passes; with a field it may not, it is refused."""

import pytest

from bot.sandbox.slack.blockkit.elements import ELEMENTS
from tests.unit.sandbox.slack.cards import button, option, plain
from tests.unit.sandbox.slack.pieces import (
    OPTIONS,
    URL,
    actions,
    confirm,
    in_home,
    in_message,
    in_modal,
    put,
    rich,
)

ASKED = {"confirm": confirm(style="danger")}
FOCUSED = {"focus_on_load": True}
HINTED = {"placeholder": plain("x" * 150)}
MENU = ASKED | FOCUSED | HINTED
TYPED = (
    FOCUSED
    | HINTED
    | {
        "dispatch_action_config": {
            "trigger_actions_on": ["on_enter_pressed", "on_character_entered"]
        }
    }
)
MANY = {"max_selected_items": 1}
TALKS = {"default_to_current_conversation": True, "filter": {"include": ["im"]}}
LABEL = {"accessibility_label": "x" * 75}
FEEDBACK = {"text": plain("x" * 75), "value": "x" * 2000} | LABEL
FULL = {
    "button": button(value="x" * 2000, url=URL, style="primary", text=plain("x" * 75))
    | ASKED
    | LABEL,
    "static_select": MENU | {"options": OPTIONS, "initial_option": OPTIONS[0]},
    "multi_static_select": MENU | MANY | {"options": OPTIONS, "initial_options": OPTIONS[:1]},
    "external_select": MENU | {"min_query_length": 0, "initial_option": option("a")},
    "multi_external_select": MENU
    | MANY
    | {"min_query_length": 3, "initial_options": [option("a")]},
    "users_select": MENU | {"initial_user": "U1"},
    "multi_users_select": MENU | MANY | {"initial_users": ["U1"]},
    "channels_select": MENU | {"initial_channel": "C1", "response_url_enabled": True},
    "multi_channels_select": MENU | MANY | {"initial_channels": ["C1"]},
    "conversations_select": MENU
    | TALKS
    | {"initial_conversation": "C1", "response_url_enabled": True},
    "multi_conversations_select": MENU | MANY | TALKS | {"initial_conversations": ["C1"]},
    "overflow": ASKED | {"options": [option(str(n)) for n in range(5)]},
    "checkboxes": FOCUSED | ASKED | {"options": OPTIONS, "initial_options": OPTIONS},
    "radio_buttons": FOCUSED | ASKED | {"options": OPTIONS, "initial_option": OPTIONS[1]},
    "datepicker": MENU | {"initial_date": "2026-12-31"},
    "timepicker": MENU | {"initial_time": "00:00", "timezone": "UTC"},
    "datetimepicker": FOCUSED | ASKED | {"initial_date_time": 9_999_999_999},
    "plain_text_input": TYPED
    | {"multiline": True, "min_length": 0, "max_length": 3000, "initial_value": "x" * 3000},
    "number_input": TYPED
    | {"is_decimal_allowed": True, "min_value": "0.5", "max_value": "9", "initial_value": "1"},
    "email_text_input": TYPED | {"initial_value": "a@b.example"},
    "url_text_input": TYPED | {"initial_value": URL},
    "rich_text_input": TYPED | {"initial_value": rich(), "min_lines": 1, "max_lines": 100},
    "file_input": {"filetypes": ["csv"], "max_files": 10},
    "workflow_button": {
        "text": plain("x" * 75),
        "workflow": {"trigger": {"url": URL}},
        "style": "danger",
    }
    | LABEL,
    "image": {"alt_text": "x", "image_url": URL},
    "feedback_buttons": {"positive_button": FEEDBACK, "negative_button": FEEDBACK},
    "icon_button": {
        "icon": "trash",
        "text": plain("x" * 75),
        "value": "x" * 2000,
        "visible_to_user_ids": ["U1"],
    }
    | ASKED
    | LABEL,
}
IN_ACTIONS = {"button", "overflow", "workflow_button"}
IN_CONTEXT_ACTIONS = {"feedback_buttons", "icon_button"}


def checked(kind, **more):
    element = {"type": kind, "action_id": "a"} | FULL[kind] | more
    if kind == "image":
        del element["action_id"]
        return in_message({"type": "context", "elements": [element]})
    if kind in IN_ACTIONS:
        return in_message(actions(element))
    if kind in IN_CONTEXT_ACTIONS:
        return in_message({"type": "context_actions", "elements": [element]})
    return in_modal(put(element))


def test_every_kind_of_element_is_here():
    assert FULL.keys() == ELEMENTS.keys()


@pytest.mark.parametrize("kind", FULL)
def test_an_element_may_carry_everything_it_has(kind):
    assert checked(kind) == []


@pytest.mark.parametrize("kind", FULL)
def test_an_element_may_carry_nothing_else(kind):
    assert [fault.message for fault in checked(kind, colour="red")] == [
        "invalid additional property: colour"
    ]


def test_rich_text_is_typed_in_the_home_tab_but_not_in_messages():
    block = put({"type": "rich_text_input", "action_id": "r"})
    assert in_home(block) == []
    assert "unsupported type" in in_message(block)[0].message


LIMITS = [
    ("button", {"text": plain("x" * 76)}, "less than 76"),
    ("button", {"value": "x" * 2001}, "less than 2001"),
    ("button", {"accessibility_label": "x" * 76}, "less than 76"),
    ("workflow_button", {"text": plain("x" * 76)}, "less than 76"),
    ("workflow_button", {"workflow": {}}, "missing required field: trigger"),
    ("workflow_button", {"workflow": {"trigger": {}}}, "missing required field: url"),
    (
        "workflow_button",
        {"workflow": {"trigger": {"url": URL, "customizable_input_parameters": [{"name": "x"}]}}},
        "missing required field: value",
    ),
    ("workflow_button", {"style": "default"}, "valid enum value"),
    ("radio_buttons", {"options": [option(str(n)) for n in range(11)]}, "no more than 10"),
    ("feedback_buttons", {"positive_button": FEEDBACK | {"text": plain("x" * 76)}}, "than 76"),
    ("feedback_buttons", {"negative_button": FEEDBACK | {"value": "x" * 2001}}, "than 2001"),
    ("feedback_buttons", {"negative_button": FEEDBACK | {"accessibility_label": "x" * 76}}, "76"),
    ("feedback_buttons", {"negative_button": {"text": plain("x")}}, "required field: value"),
    ("icon_button", {"icon": "star"}, "valid enum value"),
    ("icon_button", {"text": plain("x" * 76)}, "less than 76"),
    ("icon_button", {"value": "x" * 2001}, "less than 2001"),
    ("icon_button", {"visible_to_user_ids": ["U1"] * 11}, "no more than 10"),
    ("overflow", {"options": []}, "no fewer than 1"),
    ("external_select", {"min_query_length": -1}, "greater than -1"),
    ("rich_text_input", {"min_lines": 0}, "greater than 0"),
    ("rich_text_input", {"max_lines": 101}, "less than 101"),
    ("file_input", {"max_files": 0}, "greater than 0"),
    ("file_input", {"filetypes": []}, "no fewer than 1"),
    ("datetimepicker", {"initial_date_time": 10**10}, "less than 10000000000"),
    ("datetimepicker", {"initial_date_time": 10**9 - 1}, "greater than 999999999"),
    ("plain_text_input", {"initial_value": "x" * 3001}, "less than 3001"),
    ("plain_text_input", {"max_length": 3001}, "less than 3001"),
    ("plain_text_input", {"min_length": -1}, "greater than -1"),
    ("datepicker", {"placeholder": plain("x" * 151)}, "less than 151"),
    *[
        (kind, {"max_selected_items": 0}, "greater than 0")
        for kind in FULL
        if kind.startswith("multi_")
    ],
    *[
        (kind, {key: FULL[kind][key] * 2}, "no more than 1 items allowed")
        for kind in FULL
        for key in FULL[kind]
        if kind.startswith("multi_") and key.startswith("initial_")
    ],
]


@pytest.mark.parametrize(("kind", "change", "words"), LIMITS)
def test_an_element_is_refused_beyond_its_limit(kind, change, words):
    found = checked(kind, **change)
    assert len(found) == 1
    assert words in found[0].message
