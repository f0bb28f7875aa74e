"""What people may enter into each element, and what the app then hears."""

import pytest

from bot.sandbox.slack.inputs import REQUIRED, Slot, complaint, entered_state, initial_state
from tests.unit.sandbox.slack.cards import button, entry, option, plain

OPTIONS = [option("a"), option("b")]


def complaint_about(kind, value, **more):
    element = {"type": kind, "action_id": "x"} | more
    return complaint(Slot(entry("b", element, "L"), element), entered_state(element, value, []))


@pytest.mark.parametrize(
    ("kind", "value", "more", "words"),
    [
        ("plain_text_input", "", {}, REQUIRED),
        ("plain_text_input", "a", {"min_length": 2}, "Enter at least 2 characters."),
        ("plain_text_input", "abc", {"max_length": 2}, "Enter at most 2 characters."),
        ("plain_text_input", "ab", {"min_length": 2, "max_length": 2}, ""),
        ("number_input", "1.5", {"is_decimal_allowed": False}, "Enter a whole number."),
        ("number_input", "1.5", {"is_decimal_allowed": True}, ""),
        ("number_input", "0", {"min_value": "1"}, "Enter a number of 1 or more."),
        ("number_input", "9", {"max_value": "8"}, "Enter a number of 8 or less."),
        ("number_input", "4", {"min_value": "4", "max_value": "4"}, ""),
        ("email_text_input", "ada", {}, "Enter an e-mail address."),
        ("email_text_input", "ada@example.com", {}, ""),
        ("url_text_input", "example", {}, "Enter a URL."),
        ("url_text_input", "https://example.com", {}, ""),
        ("datepicker", "2026-01-02", {}, ""),
        ("multi_users_select", [], {}, REQUIRED),
    ],
)
def test_slacks_own_client_objects_first(kind, value, more, words):
    assert complaint_about(kind, value, **more) == words


@pytest.mark.parametrize(
    ("kind", "entered", "key", "held"),
    [
        ("checkboxes", ["a"], "selected_options", [option("a")]),
        ("checkboxes", None, "selected_options", []),
        ("radio_buttons", "b", "selected_option", option("b")),
        ("static_select", option("b"), "selected_option", option("b")),
        ("static_select", None, "selected_option", None),
        ("multi_users_select", ["U1"], "selected_users", ["U1"]),
        ("datetimepicker", 1_700_000_000, "selected_date_time", 1_700_000_000),
        ("number_input", "4", "value", "4"),
    ],
)
def test_each_element_reports_under_its_own_key(kind, entered, key, held):
    state = entered_state({"type": kind}, entered, OPTIONS)
    assert state == {"type": kind, key: held}


def test_an_untouched_element_reports_its_initial_value():
    assert initial_state({"type": "checkboxes"}) == {"type": "checkboxes", "selected_options": []}
    chosen = {"type": "static_select", "initial_option": option("a")}
    assert initial_state(chosen)["selected_option"] == option("a")


@pytest.fixture
def ada(slack, http_app):
    return slack.person("ada")


def message_with(*elements):
    return [{"type": "actions", "block_id": "acts", "elements": list(elements)}]


MENU = {"type": "static_select", "action_id": "target", "options": OPTIONS}


async def test_a_menu_in_a_message_sends_what_was_chosen(slack, http_app, client, ada):
    await client.chat_postMessage(channel="C0DATAJOBS", text="x", blocks=message_with(MENU))
    message = slack.messages("data-jobs")[0]
    for act in (
        ada.choose(message, "acts", "target", "b"),
        ada.click(message, "target", value="b"),
    ):
        assert (await act).ok
        body = http_app.seen[-1]
        assert body["actions"][0]["selected_option"] == option("b")
        assert body["state"]["values"]["acts"]["target"]["selected_option"] == option("b")


async def test_an_overflow_menu_is_clicked_by_value(slack, http_app, client, ada):
    overflow = {"type": "overflow", "action_id": "approve", "options": OPTIONS}
    await client.chat_postMessage(channel="C0DATAJOBS", text="x", blocks=message_with(overflow))
    message = slack.messages("data-jobs")[0]
    await ada.click(message, "approve", value="b")
    assert http_app.seen[-1]["actions"][0]["selected_option"] == option("b")
    with pytest.raises(LookupError, match="not in the menu"):
        await ada.click(message, "approve", value="c")


async def test_one_of_many_equal_buttons_is_found_by_value(slack, http_app, client, ada):
    rows = [
        {"type": "section", "text": plain(value), "accessory": button(value=value)}
        for value in ("1", "2")
    ]
    await client.chat_postMessage(channel="C0DATAJOBS", text="x", blocks=rows)
    message = slack.messages("data-jobs")[0]
    with pytest.raises(LookupError, match="2 elements match"):
        await ada.click(message, "approve")
    await ada.click(message, "approve", value="2")
    assert http_app.seen[-1]["actions"][0]["value"] == "2"


async def test_several_options_of_an_external_select_are_remembered(slack, http_app, ada):
    element = {"type": "multi_external_select", "action_id": "job", "min_query_length": 0}
    initial = {**element, "initial_options": [option("old")]}
    payload = {
        "type": "modal",
        "callback_id": "update_modal",
        "title": plain("T"),
        "submit": plain("Go"),
        "blocks": [entry("job", initial, "Job")],
    }
    view = slack.workspace.views.open("U0ADA", payload)
    await ada.suggest(view, "job", "job", "o")
    await ada.choose(view, "job", "job", ["old", "orders"])
    assert (await ada.submit(view)).closed
    chosen = http_app.seen[-1]["view"]["state"]["values"]["job"]["job"]["selected_options"]
    assert [one["value"] for one in chosen] == ["old", "orders"]


async def test_a_block_that_takes_no_input_cannot_be_filled(slack, ada):
    blocks = [{"type": "section", "block_id": "s", "text": plain("x"), "accessory": MENU}]
    view = slack.workspace.views.open(
        "U0ADA", {"type": "modal", "title": plain("T"), "blocks": blocks}
    )
    with pytest.raises(LookupError, match="no input block"):
        await ada.submit(view, {"s": "a"})
    await ada.close(view)


async def test_a_message_deleted_meanwhile_can_still_be_clicked_on_a_stale_screen(
    slack, http_app, client, ada
):
    posted = await client.chat_postMessage(
        channel="C0DATAJOBS", text="x", blocks=message_with(button())
    )
    seen = slack.messages("data-jobs")[0]
    await client.chat_delete(channel="C0DATAJOBS", ts=posted["ts"])
    assert (await ada.click(seen, "approve")).ok
    assert http_app.seen[-1]["message"]["ts"] == posted["ts"]


async def test_the_person_is_known_by_name_or_id(slack):
    assert slack.person("lin") is slack.person("U0LIN")
    with pytest.raises(LookupError):
        slack.person("nobody")
