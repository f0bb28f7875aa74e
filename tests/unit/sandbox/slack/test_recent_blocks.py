"""The recent blocks: each limit is broken once, by changing one thing of a block that is right.

The ids of the cases read as the list of rules: block, what was changed.
"""

import pytest

from bot.sandbox.slack.inputs import slots
from bot.sandbox.slack.mint import Mint
from bot.sandbox.slack.validate import Fault
from bot.sandbox.slack.views import name_blocks
from tests.unit.sandbox.slack.cards import button, option, plain
from tests.unit.sandbox.slack.recent_pieces import (
    FEEDBACK,
    RICH,
    RIGHT,
    SURFACES,
    TRASH,
    URL,
    WORKFLOW,
    card,
    cell,
    chart,
    check,
    pie,
    series,
    task,
)


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize("kind", RIGHT)
def test_a_block_is_shown_where_slack_shows_it_and_refused_elsewhere(kind, surface):
    found = check(surface, RIGHT[kind])
    if surface in SURFACES[kind].split():
        assert found == []
    else:
        assert len(found) == 1
        assert "unsupported type" in found[0].message


MISSING = None
BROKEN = [
    ("card", {"title": plain("x" * 151)}, "/title/text", "less than 151"),
    ("card", {"subtitle": plain("x" * 151)}, "/subtitle/text", "less than 151"),
    ("card", {"body": plain("x" * 201)}, "/body/text", "less than 201"),
    ("card", {"subtext": plain("x" * 201)}, "/subtext/text", "less than 201"),
    ("card", {"actions": [button(str(n)) for n in range(4)]}, "/actions", "no more than 3"),
    ("card", {"actions": [{"type": "datepicker"}]}, "/actions/0/type", "unsupported type"),
    ("card", {"title": "x"}, "/title", "must provide an object"),
    ("card", {"icon": {"type": "image"}}, "/icon", "missing required field: alt_text"),
    ("card", {"footer": "x"}, "", "invalid additional property: footer"),
    (
        "card",
        {"title": MISSING, "actions": MISSING, "hero_image": MISSING, "body": MISSING},
        "",
        "at least one of hero_image, title, actions, body",
    ),
    ("carousel", {"elements": []}, "/elements", "no fewer than 1"),
    ("carousel", {"elements": [card()] * 11}, "/elements", "no more than 10"),
    ("carousel", {"elements": [{"type": "divider"}]}, "/elements/0/type", "valid enum value: card"),
    ("carousel", {"elements": [{"title": plain("x")}]}, "/elements/0", "required field: type"),
    ("carousel", {"elements": MISSING}, "", "missing required field: elements"),
    (
        "carousel",
        {"elements": [card(block_id="1"), card(block_id="1")]},
        "/elements/1/block_id",
        "already exists",
    ),
    ("container", {"child_blocks": []}, "/child_blocks", "no fewer than 1"),
    ("container", {"child_blocks": [{"type": "divider"}] * 11}, "/child_blocks", "no more than 10"),
    (
        "container",
        {"child_blocks": [{"type": "carousel"}]},
        "/child_blocks/0/type",
        "unsupported type: carousel",
    ),
    (
        "container",
        {"child_blocks": [{"type": "alert", "text": plain("x")}]},
        "/child_blocks/0/type",
        "unsupported type: alert",
    ),
    (
        "container",
        {"child_blocks": [{"type": "divider", "block_id": "a"}], "block_id": "a"},
        "/child_blocks/0/block_id",
        "already exists",
    ),
    ("container", {"title": plain("x" * 151)}, "/title/text", "less than 151"),
    ("container", {"subtitle": plain("x" * 151)}, "/subtitle/text", "less than 151"),
    ("container", {"title": MISSING}, "", "at least one of title, rich_text_title"),
    ("container", {"width": "huge"}, "/width", "valid enum value"),
    ("container", {"is_collapsible": False}, "/default_collapsed", "requires is_collapsible"),
    ("container", {"has_header_divider": True}, "/has_header_divider", "cannot be true when"),
    ("alert", {"text": plain("x" * 201)}, "/text/text", "less than 201"),
    ("alert", {"text": MISSING}, "", "missing required field: text"),
    ("alert", {"level": "fatal"}, "/level", "valid enum value"),
    ("plan", {"title": MISSING}, "", "missing required field: title"),
    ("plan", {"title": plain("x")}, "/title", "must be a string"),
    ("plan", {"tasks": [task()] * 51}, "/tasks", "no more than 50"),
    ("plan", {"tasks": [task(status="done")]}, "/tasks/0/status", "valid enum value"),
    ("plan", {"tasks": [{"type": "divider"}]}, "/tasks/0", "missing required field: task_id"),
    ("task_card", {"status": "pending"}, "/status", "valid enum value"),
    ("task_card", {"status": MISSING}, "", "missing required field: status"),
    ("task_card", {"task_id": MISSING}, "", "missing required field: task_id"),
    ("task_card", {"title": plain("x")}, "/title", "must be a string"),
    ("task_card", {"details": "x"}, "/details", "must provide an object"),
    ("task_card", {"sources": [{"type": "url"}]}, "/sources/0", "missing required field: url"),
    ("table", {"rows": [[cell()]] * 101}, "/rows", "no more than 100"),
    ("table", {"rows": [[cell()] * 21]}, "/rows/0", "no more than 20"),
    ("table", {"rows": []}, "/rows", "no fewer than 1"),
    ("table", {"rows": [[{"type": "text"}]]}, "/rows/0/0/type", "unsupported type: text"),
    (
        "table",
        {"rows": [[{"type": "raw_number", "value": "1"}]]},
        "/rows/0/0/value",
        "must be a number",
    ),
    ("table", {"column_settings": [{}] * 21}, "/column_settings", "no more than 20"),
    ("table", {"column_settings": [{"align": "top"}]}, "/column_settings/0/align", "enum value"),
    ("table", {"column_settings": [{"is_wrapped": 1}]}, "/column_settings/0/is_wrapped", "boolean"),
    ("data_table", {"caption": MISSING}, "", "missing required field: caption"),
    ("data_table", {"caption": plain("x")}, "/caption", "must be a string"),
    ("data_table", {"rows": [[cell(), cell()]]}, "/rows", "no fewer than 2"),
    ("data_table", {"rows": [[cell(), cell()]] * 202}, "/rows", "no more than 201"),
    ("data_table", {"rows": [[cell()] * 21] * 2}, "/rows/0", "no more than 20"),
    ("data_table", {"rows": [[cell(), cell()], [cell()]]}, "/rows/1", "must have 2 cells"),
    ("data_table", {"rows": [[cell(), RICH]] * 2}, "/rows/0/1/type", "unsupported type: rich_text"),
    ("data_table", {"rows": [[cell("x" * 2501)] * 4] * 2}, "/rows", "less than 20001"),
    ("data_table", {"page_size": 0}, "/page_size", "greater than 0"),
    ("data_table", {"page_size": 101}, "/page_size", "less than 101"),
    ("data_table", {"row_header_column_index": 2}, "/row_header_column_index", "index of a column"),
    ("data_table", {"row_header_column_index": -1}, "/row_header_column_index", "greater than -1"),
    ("data_visualization", {"title": "x" * 51}, "/title", "less than 51"),
    ("data_visualization", {"title": MISSING}, "", "missing required field: title"),
    ("data_visualization", {"chart": MISSING}, "", "missing required field: chart"),
    ("data_visualization", {"chart": {"type": "radar"}}, "/chart/type", "unsupported type: radar"),
    ("data_visualization", {"chart": pie(*[1] * 13)}, "/chart/segments", "no more than 12"),
    ("data_visualization", {"chart": pie()}, "/chart/segments", "no fewer than 1"),
    ("data_visualization", {"chart": pie(0)}, "/chart/segments/0/value", "greater than 0"),
    ("data_visualization", {"chart": pie("1")}, "/chart/segments/0/value", "must be a number"),
    (
        "data_visualization",
        {"chart": {"type": "pie", "segments": [{"label": "x" * 21, "value": 1}]}},
        "/chart/segments/0/label",
        "less than 21",
    ),
    (
        "data_visualization",
        {"chart": chart("bar", *[series(str(n)) for n in range(13)])},
        "/chart/series",
        "no more than 12",
    ),
    (
        "data_visualization",
        {"chart": chart("area", series("x" * 21))},
        "/chart/series/0/name",
        "less than 21",
    ),
    (
        "data_visualization",
        {"chart": chart("line", series("x", *map(str, range(21))))},
        "/chart/series/0/data",
        "no more than 20",
    ),
    (
        "data_visualization",
        {"chart": chart("line", series("x", "a", "c"))},
        "/chart/series/0/data",
        "one point for each",
    ),
    ("data_visualization", {"chart": chart("line", series(), series())}, "/chart/series", "unique"),
    (
        "data_visualization",
        {"chart": chart(axis_config={"categories": ["x" * 21]})},
        "/chart/axis_config/categories/0",
        "less than 21",
    ),
    (
        "data_visualization",
        {"chart": chart(axis_config={"categories": ["a", "b"], "x_label": "x" * 51})},
        "/chart/axis_config/x_label",
        "less than 51",
    ),
    ("context_actions", {"elements": [TRASH] * 6}, "/elements", "no more than 5"),
    ("context_actions", {"elements": []}, "/elements", "no fewer than 1"),
    ("context_actions", {"elements": [button()]}, "/elements/0/type", "unsupported type: button"),
    ("context_actions", {"elements": [TRASH | {"icon": "star"}]}, "/elements/0/icon", "enum value"),
    (
        "context_actions",
        {"elements": [TRASH | {"visible_to_user_ids": ["U1"] * 11}]},
        "/elements/0/visible_to_user_ids",
        "no more than 10",
    ),
    (
        "context_actions",
        {"elements": [FEEDBACK | {"negative_button": {"text": plain("x" * 76), "value": "n"}}]},
        "/elements/0/negative_button/text/text",
        "less than 76",
    ),
    (
        "context_actions",
        {"elements": [FEEDBACK | {"negative_button": {"text": plain("x"), "value": "n" * 2001}}]},
        "/elements/0/negative_button/value",
        "less than 2001",
    ),
    (
        "context_actions",
        {"elements": [{"type": "feedback_buttons"}]},
        "/elements/0",
        "missing required field: positive_button",
    ),
    ("actions", {"elements": [FEEDBACK]}, "/elements/0/type", "unsupported type: feedback_buttons"),
    (
        "actions",
        {"elements": [WORKFLOW | {"workflow": {}}]},
        "/elements/0/workflow",
        "missing required field: trigger",
    ),
    (
        "actions",
        {"elements": [WORKFLOW | {"workflow": {"trigger": {}}}]},
        "/elements/0/workflow/trigger",
        "missing required field: url",
    ),
    (
        "actions",
        {"elements": [WORKFLOW | {"text": plain("x" * 76)}]},
        "/elements/0/text/text",
        "less than 76",
    ),
    ("markdown", {"text": "x" * 12_001}, "/text", "less than 12001"),
    ("markdown", {"text": ""}, "/text", "more than 0"),
    ("video", {"title": plain("x" * 201)}, "/title/text", "less than 201"),
    ("video", {"alt_text": "x" * 201}, "/alt_text", "less than 201"),
    ("video", {"video_url": "http://example.com"}, "/video_url", "must match the pattern"),
    ("video", {"title_url": "http://example.com"}, "/title_url", "must match the pattern"),
    ("video", {"thumbnail_url": MISSING}, "", "missing required field: thumbnail_url"),
    ("video", {"title": MISSING}, "", "missing required field: title"),
    ("video", {"alt_text": MISSING}, "", "missing required field: alt_text"),
    ("video", {"author_name": "x" * 51}, "/author_name", "less than 51"),
]


def rule(case):
    kind, change, _, message = case
    return f"{kind}: {', '.join(change)}: {message}"


@pytest.mark.parametrize("case", BROKEN, ids=rule)
def test_a_broken_block_is_refused_where_it_is_broken(case):
    kind, change, pointer, message = case
    block = {key: value for key, value in (RIGHT[kind] | change).items() if value is not MISSING}
    found = check(SURFACES[kind].split()[0], block)
    assert any(f.pointer == f"/blocks/0{pointer}" and message in f.message for f in found), found


TOTALS = [
    ([RIGHT["table"]] * 2, "only_one_table_allowed"),
    ([{"type": "table", "rows": [[cell("x" * 2501)] * 4]}], "less than 10001 characters in total"),
    ([RIGHT["data_visualization"]] * 3, "no more than 2 data_visualization"),
    ([{"type": "markdown", "text": "x" * 6001}] * 2, "less than 12001 characters in total"),
    ([{"type": "divider"}] * 51, "no more than 50 items"),
    ([{"type": "file", "external_id": "1", "source": "remote"}], "unsupported type: file"),
]


@pytest.mark.parametrize(("blocks", "message"), TOTALS, ids=lambda case: str(case)[:40])
def test_a_message_keeps_to_its_totals(blocks, message):
    assert any(message in fault.message for fault in check("message", *blocks))


def test_two_charts_and_one_table_fit_in_a_message():
    chart = RIGHT["data_visualization"]
    assert check("message", RIGHT["table"], chart, chart) == []


def test_numbers_count_as_they_are_shown():
    number = {"type": "raw_number", "value": 12345}
    assert check("message", {"type": "table", "rows": [[cell("x" * 2498)] * 4, [number]]}) == []
    found = check("message", {"type": "table", "rows": [[cell("x" * 2499)] * 4, [number]]})
    assert [fault.pointer for fault in found] == ["/blocks"]


def test_buttons_inside_other_blocks_get_ids_and_can_be_found():
    named = name_blocks(
        [
            {"type": "container", "child_blocks": [card(actions=[{"type": "button"}])]},
            {"type": "carousel", "elements": [card()]},
        ],
        Mint(lambda: 0.0),
    )
    found = list(slots(named))
    assert [slot.block["type"] for slot in found] == ["card", "card"]
    assert all(all(slot.ids) for slot in found)


def axes(**more):
    chart = RIGHT["data_visualization"]["chart"]
    return {**chart, "axis_config": {**chart["axis_config"], **more}}


@pytest.mark.parametrize("key", ["x_label", "y_label"])
def test_the_label_of_an_axis_has_a_limit(key):
    block = RIGHT["data_visualization"]
    assert check("message", block | {"chart": axes(**{key: "x" * 50})}) == []
    found = check("message", block | {"chart": axes(**{key: "x" * 51})})
    assert "less than 51" in found[0].message


@pytest.mark.parametrize(
    ("chart", "missing"),
    [
        ({"type": "pie"}, "segments"),
        ({"type": "pie", "segments": [{"value": 1}]}, "label"),
        ({"type": "pie", "segments": [{"label": "x"}]}, "value"),
    ],
)
def test_a_pie_cannot_be_without_what_it_shows(chart, missing):
    found = check("message", RIGHT["data_visualization"] | {"chart": chart})
    assert [fault.message for fault in found] == [f"missing required field: {missing}"]


HELD = {"type": "container", "child_blocks": [{"type": "divider"}]}
TITLED = HELD | {"title": plain("x")}
SOURCE = {"type": "url", "url": URL, "text": "x"}
ALSO_RIGHT = [
    *[{"type": "card", key: RIGHT["card"][key]} for key in ("title", "actions")],
    {"type": "card", "body": plain("x")},
    {"type": "card", "hero_image": RIGHT["card"]["hero_image"]},
    HELD | {"rich_text_title": RICH},
    TITLED | {"has_header_divider": True},
    TITLED | {"is_collapsible": False, "has_header_divider": True},
    TITLED | {"is_collapsible": True, "default_collapsed": True},
    TITLED | {"is_collapsible": True, "default_collapsed": False},
    TITLED | {"default_collapsed": False},
    *[task(status=status) for status in ("in_progress", "complete", "error")],
    task(sources=[SOURCE] * 50),
]


@pytest.mark.parametrize("block", ALSO_RIGHT, ids=", ".join)
def test_a_block_may_be_as_short_or_as_long_as_slack_lets_it(block):
    assert check("message", block) == []


@pytest.mark.parametrize("kind", ["container", "carousel", "alert", "file"])
def test_a_container_holds_plain_blocks_only(kind):
    inner = RIGHT.get(kind, {"type": kind})
    outer = RIGHT["container"] | {"child_blocks": [inner]}
    found = check("message", outer)
    assert found == [Fault("/blocks/0/child_blocks/0/type", f"unsupported type: {kind}")]


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("context_actions", "elements"),
        ("carousel", "elements"),
        ("container", "child_blocks"),
        ("table", "rows"),
        ("alert", "text"),
        ("markdown", "text"),
        ("plan", "title"),
    ],
)
def test_a_block_cannot_be_without_what_it_is_for(kind, key):
    without = {name: value for name, value in RIGHT[kind].items() if name != key}
    surface = "modal" if kind == "alert" else "message"
    assert check(surface, without) == [Fault("/blocks/0", f"missing required field: {key}")]


def test_the_same_action_id_may_stand_in_two_cards():
    two = {"type": "carousel", "elements": [card(), card()]}
    assert check("message", two) == []
    twice = card(actions=[button("a"), button("a")])
    found = check("message", {"type": "carousel", "elements": [card(), twice]})
    assert found == [
        Fault("/blocks/0/elements/1", 'action_id "a" already exists for another element')
    ]


def test_the_block_id_of_markdown_is_not_kept():
    [named] = name_blocks([{"type": "markdown", "text": "x", "block_id": "mine"}], Mint(lambda: 0))
    assert named["block_id"] != "mine"


def test_a_menu_of_options_is_not_among_these():
    # `option` of an overflow may carry a URL; of no other menu.
    overflow = {"type": "overflow", "options": [option("a") | {"url": URL}]}
    assert check("message", {"type": "actions", "elements": [overflow]}) == []
