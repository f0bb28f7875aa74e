"""Every limit of Slack's is broken once, and what the simulator says is looked at."""

import copy

import pytest

from bot.sandbox.slack.validate import Fault, faults, option_faults
from tests.unit.sandbox.slack.cards import button, card, entry, form, option, plain

URL = "https://example.com/x.png"
IMAGE = {"type": "image", "image_url": URL, "alt_text": "A picture"}
OPTIONS = [option("a"), option("b")]


def section(**more):
    return {"type": "section", "text": plain("x")} | more


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def menu(kind="static_select", **more):
    return {"type": kind, "action_id": "m", "options": OPTIONS} | more


def text_input(**more):
    return {"type": "plain_text_input", "action_id": "t"} | more


def number(**more):
    return {"type": "number_input", "action_id": "n", "is_decimal_allowed": False} | more


def put(element):
    return entry("b", element, "Label")


def confirm(**more):
    return {
        "title": plain("Sure?"),
        "text": plain("x"),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    } | more


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


def part(*elements, kind="rich_text_section", **more):
    return {"type": kind, "elements": list(elements)} | more


def in_modal(*blocks, **more):
    view = {"type": "modal", "title": plain("T"), "submit": plain("Go"), "blocks": list(blocks)}
    return faults(view | more, "modal")


def in_message(*blocks, **more):
    return faults({"text": "x", "blocks": list(blocks)} | more, "message")


def in_home(*blocks, **more):
    return faults({"type": "home", "blocks": list(blocks)} | more, "home")


GOOD = [
    section(fields=[plain("x")] * 10, expand=True),
    section(text={"type": "mrkdwn", "text": "*x*", "verbatim": True}),
    section(accessory=button(style="danger", url=URL, confirm=confirm(style="primary"))),
    section(accessory=IMAGE),
    section(accessory=menu("overflow")),
    section(accessory={"type": "datepicker", "initial_date": "2026-02-28"}),
    section(accessory={"type": "timepicker", "initial_time": "23:59", "timezone": "Asia/Tokyo"}),
    section(
        accessory={
            "type": "conversations_select",
            "filter": {"include": ["public"], "exclude_bot_users": True},
            "default_to_current_conversation": True,
        }
    ),
    {"type": "header", "text": plain("x" * 150), "level": 2},
    {"type": "divider", "block_id": "d"},
    {"type": "context", "elements": [IMAGE, plain("x"), {"type": "mrkdwn", "text": "x"}]},
    {**IMAGE, "title": plain("x"), "block_id": "i"},
    {"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}},
    actions(
        {
            "type": "static_select",
            "option_groups": [{"label": plain("g"), "options": OPTIONS}],
            "initial_option": option("b"),
        }
    ),
    actions(
        menu("checkboxes", initial_options=[option("a")]), menu("radio_buttons", action_id="r")
    ),
    rich(
        part(
            {"type": "text", "text": "x", "style": {"bold": True}}, {"type": "emoji", "name": "x"}
        ),
        part(part({"type": "user", "user_id": "U1"}), kind="rich_text_list", style="bullet"),
        part({"type": "link", "url": URL}, kind="rich_text_preformatted", border=1),
        part({"type": "broadcast", "range": "here"}, kind="rich_text_quote"),
    ),
    {
        "type": "video",
        "alt_text": "x",
        "title": plain("x"),
        "video_url": URL,
        "thumbnail_url": URL,
    },
    {"type": "card", "title": plain("x"), "actions": [button()]},
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
@pytest.mark.parametrize("check", [in_modal, in_message, in_home])
def test_what_slack_shows_everywhere_is_accepted(check, block):
    assert check(block) == []


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
    {"type": "file_input", "filetypes": ["csv"], "max_files": 1},
]


@pytest.mark.parametrize("element", GOOD_INPUTS, ids=lambda element: element["type"])
def test_every_input_of_a_modal_is_accepted(element):
    assert in_modal(put(element)) == []


GOOD_IN_MESSAGES = [
    {"type": "markdown", "text": "x" * 12_000},
    {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "x"}, rich()], [{"type": "raw_number", "value": 1}]],
        "column_settings": [{"align": "right", "is_wrapped": True}],
    },
    {
        "type": "context_actions",
        "elements": [
            {"type": "icon_button", "icon": "trash", "text": plain("x")},
            {
                "type": "feedback_buttons",
                "positive_button": {"text": plain("x"), "value": "y"},
                "negative_button": {"text": plain("x"), "value": "n"},
            },
        ],
    },
    put(text_input()),
]


@pytest.mark.parametrize("block", GOOD_IN_MESSAGES, ids=lambda block: block["type"])
def test_blocks_of_messages_are_accepted(block):
    assert in_message(block) == []


def test_the_stock_form_and_card_are_accepted():
    assert faults(form(), "modal") == []
    assert faults({"text": "x", "blocks": card()}, "message") == []


B0 = "/blocks/0"
BROKEN_BLOCKS = [
    # texts
    (section(text=plain("x" * 3001)), f"{B0}/text/text", "must be less than 3001 characters"),
    (section(text=plain("")), f"{B0}/text/text", "must be more than 0 characters"),
    (section(text=plain(7)), f"{B0}/text/text", "must be a string"),
    (section(text="x"), f"{B0}/text", "must provide an object"),
    (section(text={"text": "x"}), f"{B0}/text", "missing required field: type"),
    (section(text={"type": "mrkdwn"}), f"{B0}/text", "missing required field: text"),
    (section(text={"type": "html", "text": "x"}), f"{B0}/text/type", "unsupported type: html"),
    (section(text={"type": [], "text": "x"}), f"{B0}/text/type", "unsupported type: []"),
    (
        section(text={"type": "mrkdwn", "text": "x", "emoji": True}),
        f"{B0}/text",
        "invalid additional property: emoji",
    ),
    (
        section(text={**plain("x"), "verbatim": True}),
        f"{B0}/text",
        "invalid additional property: verbatim",
    ),
    (section(text={**plain("x"), "emoji": 1}), f"{B0}/text/emoji", "must be a boolean"),
    # sections
    (section(fields=[plain("x")] * 11), f"{B0}/fields", "no more than 10 items allowed"),
    (section(fields=[]), f"{B0}/fields", "no fewer than 1 items allowed"),
    (section(fields={}), f"{B0}/fields", "must be an array"),
    (section(fields=[plain("x" * 2001)]), f"{B0}/fields/0/text", "must be less than 2001"),
    ({"type": "section"}, B0, "must have at least one of text, fields"),
    (section(title="x"), B0, "invalid additional property: title"),
    (section(block_id="x" * 256), f"{B0}/block_id", "must be less than 256 characters"),
    (section(accessory=text_input()), f"{B0}/accessory/type", "unsupported type: plain_text_input"),
    # other blocks
    ({"type": "sparkle"}, f"{B0}/type", "unsupported type: sparkle"),
    ({"type": "file", "external_id": "x"}, f"{B0}/type", "unsupported type: file"),
    ("divider", B0, "must provide an object"),
    ({"type": "divider", "text": "x"}, B0, "invalid additional property: text"),
    ({"type": "header", "text": plain("x" * 151)}, f"{B0}/text/text", "less than 151"),
    ({"type": "header", "text": plain("x"), "level": 5}, f"{B0}/level", "must be less than 5"),
    ({"type": "header", "text": plain("x"), "level": 0}, f"{B0}/level", "must be greater than 0"),
    ({"type": "header", "text": plain("x"), "level": True}, f"{B0}/level", "must be an integer"),
    (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        f"{B0}/text/type",
        "unsupported type: mrkdwn",
    ),
    (
        {"type": "context", "elements": [plain("x")] * 11},
        f"{B0}/elements",
        "no more than 10 items allowed",
    ),
    ({"type": "context", "elements": [button()]}, f"{B0}/elements/0/type", "unsupported type"),
    ({"type": "image", "image_url": URL}, B0, "missing required field: alt_text"),
    ({**IMAGE, "alt_text": "x" * 2001}, f"{B0}/alt_text", "must be less than 2001 characters"),
    ({"type": "image", "alt_text": "x"}, B0, "must have exactly one of image_url, slack_file"),
    ({**IMAGE, "image_url": "x.png"}, f"{B0}/image_url", "must match the pattern"),
    ({**IMAGE, "title": plain("x" * 2001)}, f"{B0}/title/text", "must be less than 2001"),
    (actions(*[button(f"b{n}") for n in range(26)]), f"{B0}/elements", "no more than 25 items"),
    (actions(), f"{B0}/elements", "no fewer than 1 items"),
    (actions(number()), f"{B0}/elements/0/type", "unsupported type: number_input"),
    (
        actions({"type": "channels_select", "response_url_enabled": True}),
        B0,
        "response_url_enabled is only supported in input blocks",
    ),
    (rich({"type": "rich_text_poem", "elements": []}), f"{B0}/elements/0/type", "unsupported"),
    (rich(part({"type": "song"})), f"{B0}/elements/0/elements/0/type", "unsupported type: song"),
    (rich(part(kind="rich_text_list")), f"{B0}/elements/0", "missing required field: style"),
    (rich(part({"type": "text"})), f"{B0}/elements/0/elements/0", "missing required field: text"),
    ({"type": "video", "alt_text": "x"}, B0, "missing required field: video_url"),
    # buttons
    (actions(button(text=plain("x" * 76))), f"{B0}/elements/0/text/text", "less than 76"),
    (actions(button(value="x" * 2001)), f"{B0}/elements/0/value", "less than 2001"),
    (actions(button(url=f"https://{'x' * 3000}")), f"{B0}/elements/0/url", "less than 3001"),
    (actions(button(style="default")), f"{B0}/elements/0/style", "must be a valid enum value"),
    (actions(button(accessibility_label="x" * 76)), f"{B0}/elements/0/accessibility_label", "76"),
    (actions({"type": "button"}), f"{B0}/elements/0", "missing required field: text"),
    (actions(button("x" * 256)), f"{B0}/elements/0/action_id", "less than 256"),
    (actions(button(confirm={})), f"{B0}/elements/0/confirm", "missing required field: title"),
    *[
        (
            actions(button(confirm=confirm(**{key: plain("x" * (most + 1))}))),
            f"{B0}/elements/0/confirm/{key}/text",
            f"must be less than {most + 1} characters",
        )
        for key, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30))
    ],
    # menus
    (actions(menu(options=[])), f"{B0}/elements/0/options", "no fewer than 1 items"),
    (
        actions(menu(options=[option(str(n)) for n in range(101)])),
        f"{B0}/elements/0/options",
        "no more than 100 items allowed",
    ),
    (actions({"type": "static_select"}), f"{B0}/elements/0", "exactly one of options"),
    (
        actions(menu(option_groups=[{"label": plain("x"), "options": OPTIONS}])),
        f"{B0}/elements/0",
        "exactly one of options, option_groups",
    ),
    (
        actions(menu(initial_option=option("c"))),
        f"{B0}/elements/0/initial_option",
        "must match one of the options",
    ),
    (
        actions(menu(initial_option={**option("a"), "description": plain("x")})),
        f"{B0}/elements/0/initial_option",
        "must match one of the options",
    ),
    (actions(menu(options=[option("a")] * 2)), f"{B0}/elements/0", "option values must be unique"),
    (actions(menu(placeholder=plain("x" * 151))), f"{B0}/elements/0/placeholder/text", "151"),
    (actions(menu(options=[option("x" * 76)])), f"{B0}/elements/0/options/0/text/text", "76"),
    (
        actions(menu(options=[{"text": plain("x"), "value": "x" * 151}])),
        f"{B0}/elements/0/options/0/value",
        "less than 151",
    ),
    (
        actions(menu(options=[option("a") | {"description": plain("x" * 76)}])),
        f"{B0}/elements/0/options/0/description/text",
        "less than 76",
    ),
    (
        actions(menu(options=[option("a") | {"url": URL}])),
        f"{B0}/elements/0/options/0",
        "invalid additional property: url",
    ),
    (
        actions(menu(options=[{"text": {"type": "mrkdwn", "text": "x"}, "value": "x"}])),
        f"{B0}/elements/0/options/0/text/type",
        "unsupported type: mrkdwn",
    ),
    (actions(menu("overflow", options=OPTIONS * 3)), f"{B0}/elements/0/options", "no more than 5"),
    (
        actions(menu("checkboxes", options=[option(str(n)) for n in range(11)])),
        f"{B0}/elements/0/options",
        "no more than 10",
    ),
    (
        actions(menu("checkboxes", initial_options=[option("c")])),
        f"{B0}/elements/0/initial_options/0",
        "must match one of the options",
    ),
    (
        actions(menu("radio_buttons", initial_option=option("c"))),
        f"{B0}/elements/0/initial_option",
        "must match one of the options",
    ),
    (
        actions({"type": "conversations_select", "filter": {}}),
        f"{B0}/elements/0/filter",
        "at least one filter",
    ),
    (
        actions({"type": "datepicker", "initial_date": "2026-02-30"}),
        f"{B0}/elements/0/initial_date",
        "YYYY-MM-DD",
    ),
    (
        actions({"type": "timepicker", "initial_time": "24:00"}),
        f"{B0}/elements/0/initial_time",
        "must match the pattern",
    ),
    (
        actions({"type": "timepicker", "timezone": "Mars/Olympus"}),
        f"{B0}/elements/0/timezone",
        "must be an IANA time zone",
    ),
    (
        {"type": "image", "alt_text": "x", "slack_file": {"id": "F1", "url": URL}},
        f"{B0}/slack_file",
        "must have exactly one of id, url",
    ),
]


@pytest.mark.parametrize(("block", "pointer", "message"), BROKEN_BLOCKS)
@pytest.mark.parametrize("check", [in_modal, in_message])
def test_a_broken_block_is_refused_where_it_is_broken(check, block, pointer, message):
    found = check(copy.deepcopy(block))
    assert [fault.pointer for fault in found] == [pointer] * len(found)
    assert any(message in fault.message for fault in found)


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
