"""Every limit of blocks and of elements in them is broken once; what is right passes."""

import copy

import pytest

from tests.unit.sandbox.slack.cards import button, option, plain
from tests.unit.sandbox.slack.pieces import (
    B0,
    IMAGE,
    OPTIONS,
    URL,
    actions,
    confirm,
    in_home,
    in_message,
    in_modal,
    menu,
    number,
    part,
    put,
    rich,
    section,
    text_input,
)

LONGEST_URL = f"https://{'x' * 2992}"
VIDEO = {
    "type": "video",
    "alt_text": "x",
    "title": plain("x"),
    "video_url": URL,
    "thumbnail_url": URL,
}
VIDEO_TEXTS = [("alt_text", 200), ("author_name", 50), ("provider_name", 50)]
VIDEO_URLS = ["title_url", "video_url", "thumbnail_url", "provider_icon_url"]

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
    {"type": "card", "title": plain("x"), "actions": [button()]},
    VIDEO,
    VIDEO | {key: "x" * most for key, most in VIDEO_TEXTS},
    VIDEO | {"title_url": LONGEST_URL, "video_url": LONGEST_URL, "thumbnail_url": LONGEST_URL},
    VIDEO | {"title": plain("x" * 200), "description": plain("x" * 200)},
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
@pytest.mark.parametrize("check", [in_modal, in_message, in_home])
def test_what_slack_shows_everywhere_is_accepted(check, block):
    assert check(block) == []


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
    *[
        (block, B0, "response_url_enabled is only supported in input blocks")
        for kind in ("channels_select", "conversations_select")
        for element in [{"type": kind, "response_url_enabled": True}]
        for block in (actions(element), section(accessory=element))
    ],
    (rich({"type": "rich_text_poem", "elements": []}), f"{B0}/elements/0/type", "unsupported"),
    (rich(part({"type": "song"})), f"{B0}/elements/0/elements/0/type", "unsupported type: song"),
    (rich(part(kind="rich_text_list")), f"{B0}/elements/0", "missing required field: style"),
    (rich(part({"type": "text"})), f"{B0}/elements/0/elements/0", "missing required field: text"),
    *[
        (
            {key: value for key, value in VIDEO.items() if key != missing},
            B0,
            f"missing required field: {missing}",
        )
        for missing in ("alt_text", "title", "video_url", "thumbnail_url")
    ],
    *[
        (VIDEO | {key: "x" * (most + 1)}, f"{B0}/{key}", f"less than {most + 1} characters")
        for key, most in VIDEO_TEXTS
    ],
    *[(VIDEO | {key: f"{LONGEST_URL}x"}, f"{B0}/{key}", "less than 3001") for key in VIDEO_URLS],
    *[
        (VIDEO | {key: "http://example.com"}, f"{B0}/{key}", "must match the pattern")
        for key in ("title_url", "video_url")
    ],
    *[
        (VIDEO | {key: plain("x" * 201)}, f"{B0}/{key}/text", "less than 201")
        for key in ("title", "description")
    ],
    *[({"type": kind}, B0, "missing required field: elements") for kind in ("actions", "context")],
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
