"""Every limit of views and messages as a whole is broken once."""

import pytest

from bot.sandbox.slack.validate import Fault, faults, option_faults
from tests.unit.sandbox.slack.cards import button, card, entry, form, option, plain
from tests.unit.sandbox.slack.pieces import (
    OPTIONS,
    actions,
    in_home,
    in_message,
    in_modal,
    rich,
    section,
    text_input,
)


def test_the_stock_form_and_card_are_accepted():
    assert faults(form(), "modal") == []
    assert faults({"text": "x", "blocks": card()}, "message") == []


@pytest.mark.parametrize("key", ["private_metadata", "callback_id", "external_id"])
def test_a_view_may_leave_its_data_empty(key):
    assert in_modal(**{key: ""}) == []
    assert in_home(**{key: ""}) == []


def test_a_message_may_be_of_text_or_of_nothing_yet():
    assert faults({"text": "", "blocks": []}, "message") == []


BROKEN_VIEWS = [
    ({"title": plain("x" * 25)}, "/title/text", "must be less than 25 characters"),
    ({"submit": plain("x" * 25)}, "/submit/text", "must be less than 25 characters"),
    ({"close": plain("x" * 25)}, "/close/text", "must be less than 25 characters"),
    ({"private_metadata": "x" * 3001}, "/private_metadata", "must be less than 3001 characters"),
    ({"callback_id": "x" * 256}, "/callback_id", "must be less than 256 characters"),
    ({"external_id": "x" * 256}, "/external_id", "must be less than 256 characters"),
    ({"clear_on_close": "yes"}, "/clear_on_close", "must be a boolean"),
    ({"submit_disabled": True}, "", "invalid additional property: submit_disabled"),
    ({"type": "home"}, "/type", "must be a valid enum value: modal"),
    ({"blocks": [{"type": "divider"}] * 101}, "/blocks", "no more than 100 items allowed"),
]


@pytest.mark.parametrize(("change", "pointer", "message"), BROKEN_VIEWS)
def test_a_broken_view_is_refused(change, pointer, message):
    assert in_modal(**change) == [Fault(pointer, message)]


@pytest.mark.parametrize("key", ["title", "blocks", "type"])
def test_a_view_without_what_it_needs_is_refused(key):
    view = {k: v for k, v in form().items() if k != key}
    assert Fault("", f"missing required field: {key}") in faults(view, "modal")


def test_a_view_with_inputs_needs_submit():
    view = {k: v for k, v in form().items() if k != "submit"}
    assert faults(view, "modal") == [Fault("", "missing required field: submit")]


def test_a_home_tab_has_no_title():
    assert in_home(title=plain("x")) == [Fault("", "invalid additional property: title")]


def test_a_view_is_not_larger_than_slack_takes():
    found = in_modal(*[section(text=plain("x" * 3000)) for _ in range(90)])
    assert found == [Fault("", "must be less than 250001 bytes")]


def test_a_repeated_block_id_is_refused():
    found = in_message(section(block_id="a"), section(), section(), section(block_id="a"))
    assert [fault.pointer for fault in found] == ["/blocks/3/block_id"]


def test_a_repeated_action_id_in_a_block_is_refused():
    assert [f.pointer for f in in_message(actions(button("a"), button("a")))] == ["/blocks/0"]
    assert in_message(actions(button("a")), actions(button("a"))) == []


def test_two_elements_cannot_both_have_the_focus():
    found = in_modal(
        entry("1", text_input(focus_on_load=True), "x"),
        entry("2", text_input(focus_on_load=True), "x"),
    )
    assert "focus_on_load" in found[0].message


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([{"type": "divider"}] * 51, "no more than 50 items allowed"),
        ([{"type": "markdown", "text": "x" * 6001}] * 2, "less than 12001 characters in total"),
        ([{"type": "table", "rows": [[rich()]]}] * 2, "only_one_table_allowed"),
        (
            [{"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 2501}] * 4]}],
            "less than 10001 characters in total",
        ),
        ([{"type": "table", "rows": [[{"type": "text"}]]}], "unsupported type: text"),
    ],
)
def test_limits_of_a_whole_message(blocks, message):
    assert any(message in fault.message for fault in in_message(*blocks))


def test_further_arguments_of_a_message_are_not_looked_at():
    assert in_message(thread_ts="1.000001", unfurl_links=False) == []


def test_the_markdown_of_a_message_has_a_limit():
    assert in_message(markdown_text="x" * 12_000) == []
    found = in_message(markdown_text="x" * 12_001)
    assert found == [Fault("/markdown_text", "must be less than 12001 characters")]


def test_the_text_of_a_message_has_a_limit():
    assert in_message(text="x" * 40_000) == []
    assert in_message(text="x" * 40_001) == [Fault("/text", "must be less than 40001 characters")]


def test_options_of_a_menu_are_checked_when_they_arrive():
    assert option_faults({"options": []}) == []
    assert option_faults({"option_groups": [{"label": plain("g"), "options": OPTIONS}]}) == []
    too_many = option_faults({"options": [option(str(n)) for n in range(101)]})
    assert too_many == [Fault("/options", "no more than 100 items allowed")]
    long_label = {"label": plain("x" * 76), "options": OPTIONS}
    assert option_faults({"option_groups": [long_label]})[0].pointer == (
        "/option_groups/0/label/text"
    )


def test_a_fault_reads_as_slack_writes_it():
    written = Fault("/blocks/0/text", "must be a string").as_message("/view")
    assert written == "[ERROR] must be a string [json-pointer:/view/blocks/0/text]"
