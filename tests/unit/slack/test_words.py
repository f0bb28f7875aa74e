import re
from pathlib import Path

import pytest

import bot.notes
from bot.flink.parameters import Effect
from bot.flink.plan import Level
from bot.flink.update import Outlook, State
from bot.notes import Code, Note, note
from bot.slack import words
from bot.slack.english import ENGLISH
from tests.unit.slack.payloads import NASTY

LINES = Path(bot.notes.__file__).read_text("utf-8").splitlines()
DOCUMENTED = {
    match[1]: re.findall(r"\b[a-z_]+\b", re.sub(r"\(.*?\)|noqa.*?;", "", match[2] or ""))
    for line in LINES
    if (match := re.match(r'    [A-Z_]+ = "(\w+)"(?:  # (.*))?$', line))
}
NESTED = re.compile(r"\{(\w+)")


@pytest.mark.parametrize("code", Code)
def test_everything_that_can_be_said_has_words(code):
    assert code in ENGLISH.notes


@pytest.mark.parametrize("code", Code)
def test_documented_arguments_fill_the_sentence(code):
    said = words.say(Note(code, dict.fromkeys(DOCUMENTED[code], "3")))
    assert "not given" not in said or code is Code.EXPERT_MODE
    assert not re.search(r"[{}!]", said)
    assert said.rstrip()[-1] in ".]”"


@pytest.mark.parametrize("code", Code)
def test_missing_and_unknown_arguments_are_tolerated(code):
    for args in ({}, {"more": "1"}, dict.fromkeys(DOCUMENTED[code], "")):
        assert words.say(Note(code, args))
        assert words.say_mrkdwn(Note(code, args))


@pytest.mark.parametrize("code", Code)
def test_no_argument_mentions_anybody_or_breaks_a_template(code):
    names = {*DOCUMENTED[code], *NESTED.findall(str(ENGLISH.notes[code]))}
    said = words.say_mrkdwn(Note(code, dict.fromkeys(names, NASTY + "{x}")))
    assert "<" not in said


def test_a_note_without_words_is_still_said():
    class Bare:
        code = "some_new_thing"
        args = {}  # noqa: RUF012

    assert words.say(Bare()) == "some new thing"


def test_who_was_refused_is_told_exactly_what_to_add():
    told = {
        missing: words.say(
            note(Code.NOT_ALLOWED, target="prod", missing=missing, user="U1", channel="C1")
        )
        for missing in ("user", "channel", "both")
    }
    assert told["user"].endswith('[targets.prod]\nallow_users = ["U1"]')
    assert told["channel"].endswith('[targets.prod]\nallow_channels = ["C1"]')
    assert told["both"].endswith('allow_users = ["U1"]\nallow_channels = ["C1"]')


def test_people_of_slack_are_mentioned_and_users_of_a_cloud_are_not():
    assert "<@U0ANNA>" in words.say_mrkdwn(note(Code.EVENT_QUEUED, who="U0ANNA"))
    assert "<@" not in words.say_mrkdwn(note(Code.FOREIGN_EDITS, who="U0ANNA", count=1))
    assert "<@" not in words.say(note(Code.EVENT_QUEUED, who="U0ANNA"))


def test_channels_to_go_to_are_linked():
    needed = note(Code.CHANNEL_NEEDED, target="prod", channels="C0AB C0CD")
    assert "`/flink update` in <#C0AB> or <#C0CD>." in words.say_mrkdwn(needed)
    nowhere = words.say(note(Code.CHANNEL_NEEDED, target="prod", channels=""))
    assert nowhere.endswith("in a channel that its allow_channels allows.")


@pytest.mark.parametrize("detail", ["HTTP 502", "HTTP 502."])
def test_words_of_a_cloud_end_as_a_sentence_before_the_next_one(detail):
    said = note(Code.EVENT_RETRYING, operation="GetJob", detail=detail)
    assert words.say(said) == "GetJob did not work yet. HTTP 502. I try again."


def test_moments_and_states_are_made_readable():
    busy = note(Code.UPDATE_IN_PROGRESS, id="ab", who="U1", since="2026-03-04T05:06:07+00:00")
    assert "since 2026-03-04 05:06 UTC" in words.say(busy)
    assert "<!date^" in words.say_mrkdwn(busy)
    vague = note(Code.UPDATE_IN_PROGRESS, id="ab", who="U1", since="2026-03-04T05:06:07")
    assert "2026-03-04T05:06:07" in words.say(vague)
    ended = note(Code.NOT_CANCELLABLE, id="ab", state="succeeded_with_differences")
    assert "succeeded with differences" in words.say(ended)


def test_numbers_agree_with_their_nouns():
    assert "1 setting " in words.say(note(Code.RESTART_FIELDS, count=1))
    assert "2 settings " in words.say(note(Code.RESTART_FIELDS, count=2))


@pytest.mark.parametrize(
    ("reason", "message", "severity", "said"),
    [
        ("NO_QUOTA", "no CUs.", "LOW", "NO_QUOTA: no CUs (severity LOW)."),
        ("", "", "", "no reason given."),
        ("", "no CUs.", "", "no CUs."),
    ],
)
def test_what_the_cloud_said_is_quoted(reason, message, severity, said):
    failed = note(
        Code.VERDICT_FAILED_OLD_RUNNING, reason=reason, message=message, severity=severity
    )
    assert f"The cloud said: {said}" in words.say(failed)


@pytest.mark.parametrize("detail", ["Insufficient CUs.", "Insufficient CUs"])
def test_a_quoted_sentence_ends_with_one_full_stop(detail):
    failed = note(Code.EVENT_START_FAILED, status="job_submit_fail", detail=detail)
    assert words.say(failed).endswith("DLI says: Insufficient CUs.")


def test_every_label_has_a_word_beside_its_icon():
    labels = [
        *map(words.state_label, State),
        *map(words.effect_label, Effect),
        *map(words.level_label, Level),
        *(ENGLISH.outlooks[outlook] for outlook in Outlook),
        *ENGLISH.endings.values(),
    ]
    assert all(re.fullmatch(r"\S+ \w.*", str(label)) for label in labels)


def test_names_are_shown_as_people_read_them():
    assert words.setting_label("parallelism") == "Parallelism"
    assert words.setting_label("my.key") == "my.key"
    assert words.step_label("read_back") == "Read back"
    assert words.step_label("new_step") == "New step"
    assert words.operation_label("hot_update") == "Hot update"
    assert words.operation_label("other_thing") == "Other thing"


def test_settings_that_moved_are_named_as_people_read_them():
    moved = note(Code.VERDICT_STALE, fields="parallelism, tm_cus, a.key.nobody.knows")
    assert "Moved: Parallelism, CUs per TaskManager, a.key.nobody.knows." in words.say(moved)
    assert "Moved: Parallelism, CUs per TaskManager" in words.say_mrkdwn(moved)
