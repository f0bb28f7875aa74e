"""blocks.validate tells what Slack would refuse."""

import pytest

from tests.unit.sandbox.slack.cards import card, form, home, option, plain
from tests.unit.sandbox.slack.test_chat_methods import refused


def menu(options):
    return [
        {"type": "actions", "elements": [{"type": "static_select", "options": options}]},
    ]


def header(**more):
    return [{"type": "header", "text": plain("x")} | more]


@pytest.mark.parametrize(
    "given",
    [
        {"blocks": card()},
        {"message": {"text": "x", "blocks": card()}},
        {"view": form()},
        {"view": home()},
    ],
)
async def test_what_slack_takes_is_valid(client, given):
    assert (await client.api_call("blocks.validate", json=given))["ok"]


CONSTRAINED = [
    (header(text=plain("x" * 151)), "/0/text/text", "max_length", 150),
    (header(text=plain("")), "/0/text/text", "min_length", 1),
    (menu([option(str(n)) for n in range(101)]), "/0/elements/0/options", "max_items", 100),
    (menu([]), "/0/elements/0/options", "min_items", 1),
    (header(level=5), "/0/level", "maximum", 4),
    (header(level=0), "/0/level", "minimum", 1),
]


@pytest.mark.parametrize(("blocks", "pointer", "kind", "expected"), CONSTRAINED)
async def test_a_limit_is_told_with_its_number(client, blocks, pointer, kind, expected):
    answer = await refused(client.api_call("blocks.validate", json={"blocks": blocks}))
    assert answer["error"] == "invalid_blocks"
    error = answer["errors"][0]
    assert error["pointer"] == pointer
    assert error["constraint"] == {"type": kind, "expected": expected}


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({"view": form() | {"title": plain("x" * 25)}}, "invalid_view", "/title/text"),
        ({"view": home() | {"title": plain("x")}}, "invalid_view", ""),
        ({"view": form() | {"type": "message"}}, "invalid_view", "/type"),
        ({"message": {"blocks": [{"type": "sparkle"}]}}, "invalid_message", "/blocks/0/type"),
    ],
)
async def test_a_fault_is_told_where_it_is(client, given, error, pointer):
    answer = await refused(client.api_call("blocks.validate", json=given))
    assert answer["error"] == error
    assert answer["errors"][0]["pointer"] == pointer
    assert "constraint" not in answer["errors"][0] or pointer == "/title/text"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "exactly one of blocks, message, view"),
        ({"blocks": card(), "view": form()}, "exactly one of blocks, message, view"),
        ({"blocks": form()}, "blocks has the wrong type"),
        ({"view": card()}, "view has the wrong type"),
    ],
)
async def test_exactly_one_thing_is_looked_at(client, given, words):
    answer = await refused(client.api_call("blocks.validate", json=given))
    assert answer["error"] == "invalid_arguments"
    assert words in answer["response_metadata"]["messages"][0]
