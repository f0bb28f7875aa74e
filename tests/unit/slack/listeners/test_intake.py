"""What cannot be kept is refused at its field, or left out where nothing can be refused."""

import pytest

from bot.errors import InvalidFormError
from bot.notes import Code
from bot.slack.listeners.intake import LONGEST, check_typed, tidied


def view(**fields):
    return {"state": {"values": {block: {"typed": held} for block, held in fields.items()}}}


def test_each_field_is_told_its_first_wrong_line():
    with pytest.raises(InvalidFormError) as refused:
        check_typed(
            view(
                reason={"type": "plain_text_input", "value": "a\nb\x00"},
                sql={"value": "\ud800"},
                job={"selected_option": {"text": {"text": "or\x00ders"}, "value": "d-1"}},
            )
        )

    found = {block: (said.code, said.args["line"]) for block, said in refused.value.fields.items()}
    assert found == {"reason": (Code.TEXT_ILLEGIBLE, "2"), "sql": (Code.TEXT_ILLEGIBLE, "1")}


def test_a_field_takes_no_more_than_the_form_says_and_no_field_more_than_slack_does():
    blocks = [{"block_id": "reason", "element": {"max_length": 5}}, {"type": "divider"}]
    typed = view(reason={"value": "abcdef"}, sql={"value": "x" * (LONGEST + 1)})
    check_typed({**view(reason={"value": "abcde"}, sql={"value": "x" * LONGEST}), "blocks": blocks})

    with pytest.raises(InvalidFormError) as refused:
        check_typed({**typed, "blocks": blocks})

    found = {block: (said.code, said.args) for block, said in refused.value.fields.items()}
    assert found == {
        "reason": (Code.TEXT_TOO_LONG, {"count": "6", "longest": "5"}),
        "sql": (Code.TEXT_TOO_LONG, {"count": "3001", "longest": "3000"}),
    }


def test_what_slack_says_of_an_uploaded_file_was_not_typed():
    file = {"id": "F0SQL", "name": "orders.sql", "preview_highlight": "<pre>" * LONGEST}

    check_typed(view(file={"type": "file_input", "files": [file]}))


@pytest.mark.parametrize("legible", [view(reason={"value": "ok"}), view(), {}, {"state": None}])
def test_what_is_legible_is_left_as_it_is(legible):
    check_typed(legible)
    assert tidied(legible) is legible


def test_where_nothing_can_be_refused_it_is_left_out():
    left = tidied(view(reason={"value": "a\x00b"}, some={"texts": ["x\x07"], "on": True}))

    assert left == view(reason={"value": "ab"}, some={"texts": ["x"], "on": True})
