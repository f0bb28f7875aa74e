import pytest

from bot.notes import Code, note
from bot.slack import replies
from bot.slack.ids import Action
from bot.slack.modals import launcher, loading, notice, parts
from tests.unit.slack.modals.filling import LONG, NASTY, accepted_by_slack, mentions_in, words_of


@pytest.mark.parametrize("text", ["Reading the job…", "", NASTY, LONG])
def test_a_loading_view_can_always_be_shown(text):
    assert mentions_in(accepted_by_slack(loading.build(text))) == []


@pytest.mark.parametrize("code", list(Code))
def test_every_refusal_can_be_shown(code):
    names = ("job", "target", "names", "detail", "id", "who", "field", "given", "what", "key")
    view = accepted_by_slack(notice.problem(note(code, **dict.fromkeys(names, LONG))))
    assert mentions_in(view) == []


def test_a_refusal_says_what_why_and_what_to_do():
    said = note(Code.NOT_ALLOWED, target="prod", missing="user", user="U0ANNA", channel="C0JOBS")
    assert "allow_users" in words_of(accepted_by_slack(notice.problem(said)))


def test_an_unexpected_error_names_its_incident_and_promises_nothing_false():
    said = words_of(accepted_by_slack(notice.problem("inc-7")))
    assert "`inc-7`" in said
    assert "Before Apply nothing is sent" in said


def test_a_done_view_may_mention_a_channel_and_cuts_a_long_title():
    view = accepted_by_slack(notice.done("A title that is far too long for Slack", "See <#C0JOBS>"))
    assert "<#C0JOBS>" in words_of(view)


def test_an_answer_is_shown_as_it_would_be_said():
    payload = replies.help_text()
    assert accepted_by_slack(notice.answer(payload))["blocks"] == payload.blocks


def test_the_launcher_leads_to_everything():
    view = accepted_by_slack(launcher.build())
    row = next(block for block in view["blocks"] if block["type"] == "actions")
    assert [element["action_id"] for element in row["elements"]] == [
        Action.OPEN_UPDATE_FORM,
        Action.OPEN_JOBS,
        Action.OPEN_STATUS,
        Action.OPEN_HELP,
    ]


def test_too_many_texts_are_left_out_and_that_is_said():
    sections = [parts.section(f"line {number}") for number in range(150)]
    view = accepted_by_slack(parts.modal("Much", [*sections, parts.divider()]))
    assert len(view["blocks"]) == 100
    assert view["blocks"][-2]["type"] == "divider"
    assert "more than Slack can show" in words_of(view)


def test_texts_too_large_for_a_view_are_left_out():
    sections = [parts.section("\u4e2d" * 2900) for _ in range(40)]
    assert "more than Slack can show" in words_of(accepted_by_slack(parts.modal("Much", sections)))
