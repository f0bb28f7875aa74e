"""Every limit of input blocks is broken once; what is right passes."""

import pytest

from bot.sandbox.slack.validate import Fault
from tests.unit.sandbox.slack.cards import button, entry, option, plain
from tests.unit.sandbox.slack.pieces import (
    B0,
    IMAGE,
    OPTIONS,
    in_home,
    in_message,
    in_modal,
    menu,
    number,
    put,
    rich,
    text_input,
)

GOOD_INPUTS = [
    number(min_value="-1", max_value="5.0", initial_value="0"),
    number(is_decimal_allowed=True, min_value="0.5"),
    text_input(min_length=1, max_length=3, initial_value="ab", multiline=True),
    text_input(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]}),
    text_input(min_length=2, initial_value=""),
    {"type": "email_text_input", "initial_value": "a@b.example"},
    {"type": "url_text_input", "placeholder": plain("x")},
    {"type": "external_select", "min_query_length": 0, "initial_option": option("a")},
    {"type": "multi_external_select", "initial_options": [option("a")], "max_selected_items": 1},
    menu("multi_static_select", initial_options=[option("a")], max_selected_items=2),
    {"type": "multi_users_select", "initial_users": ["U1"]},
    {"type": "users_select", "initial_user": "U1"},
    {"type": "channels_select", "initial_channel": "C1", "response_url_enabled": True},
    {"type": "datetimepicker", "initial_date_time": 1_700_000_000},
    {"type": "rich_text_input", "action_id": "r", "initial_value": rich(), "max_lines": 3},
    {"type": "rich_text_input", "action_id": "r", "min_lines": 100},
    {"type": "rich_text_input", "action_id": "r", "max_lines": 1},
    number(min_value="4", max_value="4"),
    number(max_value="-1"),
    {"type": "file_input", "filetypes": ["csv"], "max_files": 1},
]


@pytest.mark.parametrize("element", GOOD_INPUTS, ids=lambda element: element["type"])
def test_every_input_of_a_modal_is_accepted(element):
    assert in_modal(put(element)) == []


E0 = f"{B0}/element"
BROKEN_INPUTS = [
    ({"type": "number_input"}, E0, "missing required field: is_decimal_allowed"),
    (number(min_value=1), f"{E0}/min_value", "must be a string"),
    (number(initial_value="four"), f"{E0}/initial_value", "must match the pattern"),
    (number(min_value="5", max_value="4"), f"{E0}/min_value", "not be greater than max_value"),
    (number(max_value="4", initial_value="5"), f"{E0}/initial_value", "between min_value and"),
    (number(min_value="4", initial_value="3"), f"{E0}/initial_value", "between min_value and"),
    (number(min_value="1.5"), f"{E0}/min_value", "must be an integer"),
    (text_input(min_length=3001), f"{E0}/min_length", "must be less than 3001"),
    (text_input(max_length=0), f"{E0}/max_length", "must be greater than 0"),
    (text_input(min_length=3, max_length=2), f"{E0}/min_length", "not be greater than max_length"),
    (text_input(max_length=2, initial_value="abc"), f"{E0}/initial_value", "between 0 and 2"),
    (text_input(min_length=2, initial_value="a"), f"{E0}/initial_value", "between 2 and 3000"),
    (
        text_input(dispatch_action_config={"trigger_actions_on": ["always"]}),
        f"{E0}/dispatch_action_config/trigger_actions_on/0",
        "valid enum value",
    ),
    (menu("multi_static_select", max_selected_items=0), f"{E0}/max_selected_items", "greater"),
    (
        menu("multi_static_select", max_selected_items=1, initial_options=OPTIONS),
        f"{E0}/initial_options",
        "no more than 1 items allowed",
    ),
    ({"type": "external_select", "options": OPTIONS}, E0, "additional property: options"),
    (
        {"type": "rich_text_input", "action_id": "r", "min_lines": 3, "max_lines": 2},
        f"{E0}/min_lines",
        "must not be greater than max_lines",
    ),
    ({"type": "rich_text_input"}, E0, "missing required field: action_id"),
    ({"type": "file_input", "max_files": 11}, f"{E0}/max_files", "must be less than 11"),
    ({"type": "datetimepicker", "initial_date_time": 99}, f"{E0}/initial_date_time", "greater"),
    (button(), f"{E0}/type", "unsupported type: button"),
    (menu("overflow"), f"{E0}/type", "unsupported type: overflow"),
    (IMAGE, f"{E0}/type", "unsupported type: image"),
    ("x", E0, "must provide an object"),
]


@pytest.mark.parametrize(("element", "pointer", "message"), BROKEN_INPUTS)
def test_a_broken_input_is_refused_where_it_is_broken(element, pointer, message):
    found = in_modal(put(element))
    assert [fault.pointer for fault in found] == [pointer]
    assert message in found[0].message


@pytest.mark.parametrize("kind", ["number_input", "email_text_input", "url_text_input"])
@pytest.mark.parametrize("check", [in_message, in_home])
def test_inputs_for_modals_only_are_refused_elsewhere(check, kind):
    element = {"type": kind} | ({"is_decimal_allowed": True} if kind == "number_input" else {})
    assert in_modal(put(element)) == []
    assert check(put(element)) == [Fault(f"{E0}/type", f"unsupported type: {kind}")]


@pytest.mark.parametrize(
    ("block", "pointer", "message"),
    [
        (entry("b", text_input(), "x" * 2001), f"{B0}/label/text", "less than 2001"),
        (put(text_input()) | {"hint": plain("x" * 2001)}, f"{B0}/hint/text", "less than 2001"),
        ({"type": "input", "element": text_input()}, B0, "missing required field: label"),
        ({"type": "input", "label": plain("x")}, B0, "missing required field: element"),
        (
            put({"type": "file_input"}) | {"dispatch_action": True},
            f"{B0}/dispatch_action",
            "file_input does not support",
        ),
    ],
)
def test_a_broken_input_block_is_refused(block, pointer, message):
    found = in_modal(block)
    assert [fault.pointer for fault in found] == [pointer]
    assert message in found[0].message
