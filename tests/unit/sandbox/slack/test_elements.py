"""Every element of a form: what a person may choose in it, and what the app hears on submit."""

from dataclasses import dataclass

import pytest

from bot.sandbox.slack import Channel
from bot.sandbox.slack.inputs import HOLDINGS
from bot.sandbox.slack.workspace import BOT_USER, LIN
from tests.unit.sandbox.slack.cards import entry, option, plain

OPTIONS = [option("a"), option("b")]
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}


@dataclass(frozen=True)
class Kind:
    """`more`: what the element carries; `entered`: what is chosen in it; `heard`: its state."""

    type: str
    entered: object
    heard: dict
    more: dict

    def __str__(self):
        return self.type


def kind(type_, entered, key, heard, **more):
    return Kind(type_, entered, {"type": type_, key: heard}, more)


KINDS = [
    kind("plain_text_input", "x", "value", "x"),
    kind("email_text_input", "a@b.example", "value", "a@b.example"),
    kind("url_text_input", "https://b.example", "value", "https://b.example"),
    kind("number_input", 4, "value", "4", is_decimal_allowed=False),
    kind("rich_text_input", "x", "rich_text_value", RICH),
    kind("rich_text_input", RICH, "rich_text_value", RICH),
    kind("static_select", "b", "selected_option", option("b"), options=OPTIONS),
    kind(
        "static_select",
        "b",
        "selected_option",
        option("b"),
        option_groups=[{"label": plain("g"), "options": OPTIONS}],
    ),
    kind("radio_buttons", "b", "selected_option", option("b"), options=OPTIONS),
    kind("checkboxes", ["b"], "selected_options", [option("b")], options=OPTIONS),
    kind("multi_static_select", ["a", "b"], "selected_options", OPTIONS, options=OPTIONS),
    kind("external_select", "orders", "selected_option", option("orders")),
    kind("multi_external_select", ["a"], "selected_options", OPTIONS[:1], initial_options=OPTIONS),
    kind("users_select", "U0LIN", "selected_user", "U0LIN"),
    kind("multi_users_select", ["U0LIN", "U0ADA"], "selected_users", ["U0LIN", "U0ADA"]),
    kind("channels_select", "C0RANDOM", "selected_channel", "C0RANDOM"),
    kind("multi_channels_select", ["C0RANDOM"], "selected_channels", ["C0RANDOM"]),
    kind("conversations_select", "G0PLATFORM", "selected_conversation", "G0PLATFORM"),
    kind("multi_conversations_select", ["D0ADA"], "selected_conversations", ["D0ADA"]),
    kind("datepicker", "2026-02-28", "selected_date", "2026-02-28"),
    kind("timepicker", "9:05".zfill(5), "selected_time", "09:05"),
    kind("datetimepicker", "1700000000", "selected_date_time", 1_700_000_000),
]


@pytest.fixture
def ada(slack, http_app):
    slack.workspace.direct_message("U0ADA")
    return slack.person("ada")


@pytest.fixture
def shown(slack):
    """Show an element in a form; channel: where the form was opened."""

    def show(type_, channel="", **more):
        block = entry("b", {"type": type_, "action_id": "job"} | more, "Label")
        view = {
            "type": "modal",
            "callback_id": "update_modal",
            "title": plain("T"),
            "submit": plain("Go"),
            "blocks": [block],
        }
        return slack.workspace.views.open("U0ADA", view, channel)

    return show


@pytest.mark.parametrize("one", KINDS, ids=str)
async def test_what_is_chosen_is_heard_under_the_elements_own_key(ada, http_app, shown, one):
    assert (await ada.submit(shown(one.type, **one.more), {"b": one.entered})).closed
    assert http_app.seen[-1]["view"]["state"]["values"]["b"]["job"] == one.heard


def test_every_kind_of_element_is_among_these():
    assert {one.type for one in KINDS} | {"file_input"} == HOLDINGS.keys()


@pytest.mark.parametrize(
    ("type_", "entered", "words"),
    [
        ("users_select", "U0X", "'U0X' is no user"),
        ("multi_users_select", ["U0ADA", "U0X"], "'U0X' is no user"),
        ("channels_select", "C0X", "no public channel"),
        ("channels_select", "G0PLATFORM", "no public channel"),
        ("channels_select", "D0ADA", "no public channel"),
        ("conversations_select", "C0X", "no conversation of this person"),
        ("conversations_select", "G0LINS", "no conversation of this person"),
        ("conversations_select", "D0LIN", "no conversation of this person"),
        ("datepicker", "2026-02-30", "a datepicker cannot hold '2026-02-30'"),
        ("timepicker", "25:00", "a timepicker cannot hold '25:00'"),
        ("datetimepicker", "now", "a datetimepicker cannot hold 'now'"),
    ],
)
async def test_what_is_not_there_cannot_be_chosen(slack, ada, shown, type_, entered, words):
    secret = Channel("G0LINS", "lins", frozenset({LIN.id, BOT_USER}), is_private=True)
    slack.workspace.put_channel(secret)
    slack.workspace.direct_message("U0LIN")
    with pytest.raises(LookupError, match=words):
        await ada.submit(shown(type_), {"b": entered})


@pytest.mark.parametrize(
    ("type_", "more", "entered", "words"),
    [
        ("multi_users_select", {"max_selected_items": 1}, ["U0ADA", "U0LIN"], "at most 1"),
        (
            "multi_static_select",
            {"max_selected_items": 1, "options": OPTIONS},
            ["a", "b"],
            "at most 1",
        ),
        ("number_input", {"is_decimal_allowed": True}, "four", "Enter a number"),
    ],
)
async def test_what_the_element_does_not_take_never_reaches_the_app(
    ada, http_app, shown, type_, more, entered, words
):
    outcome = await ada.submit(shown(type_, **more), {"b": entered})
    assert words in outcome.errors["b"]
    assert not outcome.sent
    assert http_app.seen == []


@pytest.mark.parametrize(("files", "words"), [(3, {"b": "Choose at most 2."}), (2, {})])
async def test_no_more_files_are_taken_than_asked_for(ada, shown, files, words):
    ids = [ada.upload(f"{n}.csv", b"x").id for n in range(files)]
    assert (await ada.submit(shown("file_input", max_files=2), {"b": ids})).errors == words


@pytest.mark.parametrize(
    ("type_", "key", "expected"),
    [
        ("conversations_select", "selected_conversation", "C0RANDOM"),
        ("multi_conversations_select", "selected_conversations", ["C0RANDOM"]),
    ],
)
async def test_the_current_conversation_is_chosen_where_asked_for(shown, type_, key, expected):
    view = shown(type_, "C0RANDOM", default_to_current_conversation=True)
    assert view.state["b"]["job"][key] == expected
    elsewhere = shown(type_, "", default_to_current_conversation=True)
    assert not elsewhere.state["b"]["job"][key]


async def test_a_time_is_told_with_its_zone(ada, http_app, shown):
    await ada.submit(shown("timepicker", timezone="Asia/Tokyo"), {"b": "09:00"})
    state = http_app.seen[-1]["view"]["state"]["values"]["b"]["job"]
    assert (state["selected_time"], state["timezone"]) == ("09:00", "Asia/Tokyo")


async def test_a_chosen_conversation_comes_with_a_response_url_where_asked_for(
    slack, ada, http_app, shown
):
    view = shown("conversations_select", response_url_enabled=True)
    await ada.submit(view, {"b": "C0RANDOM"})
    [url] = http_app.seen[-1]["response_urls"]
    assert (url["block_id"], url["action_id"]) == ("b", "job")
    assert url["channel_id"] == "C0RANDOM"
    answer = await http_app.session.post(
        url["response_url"], json={"text": "done", "response_type": "in_channel"}
    )
    assert answer.status == 200
    assert [message.text for message in slack.messages("random")] == ["done"]


@pytest.mark.parametrize("more", [{}, {"response_url_enabled": True}])
async def test_without_a_choice_or_a_wish_there_is_no_response_url(
    slack, ada, http_app, shown, more
):
    view = shown("conversations_select", **more)
    view.payload["blocks"][0]["optional"] = True
    await ada.submit(view, {"b": None if more else "C0RANDOM"})
    assert http_app.seen[-1]["response_urls"] == []
