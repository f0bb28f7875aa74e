"""A page of the past as a message, and the values of its buttons."""

import base64
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flink.effect import Effect
from bot.flink.plan import Change
from bot.flink.update import State
from bot.notes import Code, note
from bot.slack.ids import Action
from bot.slack.replies.history import cursor, history, place_at
from bot.updates.history import Edge, Page, Past, Wanted
from bot.updates.ports import Event
from tests.factories import NOW, make_change, make_plan, make_update
from tests.unit.slack.payloads import check

OLDER, NEWER = Edge(NOW, "k7m2q9xa"), Edge(NOW + timedelta(seconds=1), "zz", newer=True)


def told(*who, code=Code.EVENT_APPROVED, **facts):
    return tuple(
        Event("k7m2q9xa", place, NOW, note(code, who=one), one, facts)
        for place, one in enumerate(who, start=1)
    )


def shown(page, wanted=Wanted()):  # noqa: B008 - frozen
    return history(page, wanted)


def page_of(*events, **overrides):
    return Page((Past(make_update(**overrides), events),))


def buttons(payload):
    return {
        element["action_id"]: element["value"]
        for block in payload.blocks
        for element in block.get("elements", [])
        if element["type"] == "button"
    }


def test_an_update_is_told_by_who_what_when_rule_and_end():
    ended = make_update(state=State.SUCCEEDED, reason="lag since noon")
    page = Page((Past(ended, told("U0BEN", "U0CAT", rule="restarts")),))

    said = shown(page).text

    assert "*orders*" in said
    assert "Parallelism `4` → `8`" in said
    assert "asked by <@U0ANNA> · approved by <@U0BEN>, <@U0CAT>" in said
    assert "took 1 min" in said
    assert "update `k7m2q9xa` · target `prod` · rule `restarts`\nreason: lag since noon" in said


@pytest.mark.parametrize(
    ("code", "word"), [(Code.EVENT_REJECTED, "rejected by"), (Code.EVENT_CANCELLED, "cancelled by")]
)
def test_who_ended_it_is_told(code, word):
    said = shown(page_of(*told("U0BEN", code=code), state=State.CANCELLED)).text

    assert f"{word} <@U0BEN>" in said


def test_an_update_without_approval_or_rule_does_not_mention_them():
    said = shown(page_of()).text

    assert "approved" not in said
    assert "rule" not in said
    assert "took" not in said


def test_of_many_changes_the_first_are_told_and_of_long_ones_the_name():
    long = Change("sql_body", None, "SELECT 1\n" * 99, Effect.NEEDS_RESTART)
    changes = (long, make_change(), make_change("a"), make_change("b"))

    said = shown(page_of(plan=make_plan(changes=changes))).text

    assert "SELECT" not in said
    assert "Parallelism `4` → `8` and 2 more" in said


def test_an_update_without_changes_is_told_by_its_operation():
    said = shown(page_of(plan=make_plan(changes=()), operation="dli_stop")).text

    assert "→" not in said


def test_foreign_text_mentions_nobody():
    evil = "<!channel> <@U0BOB>"
    update = make_update(name=evil, reason=evil, requested_by=evil)
    page = Page((Past(update, told(evil, rule=evil)),))

    payload = check(shown(page, Wanted(job=evil, user=evil)))

    written = [part["text"]["text"] for part in payload.blocks if part["type"] == "section"]
    for text in (payload.text, *written):
        assert "<!channel>" not in text
        assert "<@U0BOB>" not in text


def test_nothing_found_is_said():
    payload = shown(Page(()), Wanted(job="nope"))

    assert "No update was found." in payload.text
    assert "Jobs with `nope` in their name" in payload.text
    assert buttons(payload) == {}


def test_the_buttons_lead_where_the_page_ends():
    wanted = Wanted("orders", "U0ANNA")
    payload = shown(replace(page_of(), newer=NEWER, older=OLDER), wanted)

    found = buttons(payload)
    assert place_at(found[Action.NEWER_HISTORY]) == (wanted, NEWER)
    assert place_at(found[Action.OLDER_HISTORY]) == (wanted, OLDER)


def test_an_end_has_no_button_beyond_it():
    assert Action.NEWER_HISTORY not in buttons(shown(replace(page_of(), older=OLDER)))
    assert Action.OLDER_HISTORY not in buttons(shown(replace(page_of(), newer=NEWER)))


TYPED = st.text(max_size=100).filter(str.isprintable)


@given(TYPED, TYPED, st.datetimes(), st.booleans())
def test_what_a_button_says_is_read_back(job, user, moment, newer):
    edge = Edge(moment.replace(tzinfo=NOW.tzinfo), "k7m2q9xa", newer)
    wanted = Wanted(job, user)

    assert place_at(cursor(wanted, edge)) == (wanted, edge)


def test_the_longest_search_fits_into_a_button():
    assert len(cursor(Wanted("\U0001f40d" * 4_000, "U0ANNA"), OLDER)) <= 2_000


def written(*said):
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode()


@pytest.mark.parametrize(
    "made_up",
    [
        "",
        "orders",
        "ä",
        "a",
        "W10=",
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        written("orders", "U0ANNA", "yesterday", "id", False),
        written("orders", "U0ANNA", 7, "id", False),
        written({"or": 1}, "U0ANNA", NOW.isoformat(), "id", False),
        written("orders", "U0ANNA", NOW.isoformat(), ["id"], False),
        written("or\0ders", "U0ANNA", NOW.isoformat(), "id", False),
        written("orders", "U0ANNA", NOW.isoformat(), "\ud800", False),
        written("orders", "U0ANNA", "0001-01-01T00:00:00+14:00", "id", False),
    ],
)
def test_a_value_that_somebody_made_up_leads_to_the_beginning(made_up):
    assert place_at(made_up) == (Wanted(), None)


@given(st.text())
def test_no_value_breaks_the_listener(made_up):
    place_at(made_up)


def frozen(minutes, code=Code.EVENT_FROZEN):
    said = note(code, target="prod", who="U0ANNA", until="", reason="release & <!here>")
    return Event("freeze:prod", 1, NOW + timedelta(minutes=minutes), said, "U0ANNA")


def test_freezes_stand_at_their_time_among_the_updates():
    entries = tuple(
        Past(make_update(id=its_id, created_at=NOW + timedelta(minutes=minutes)), ())
        for its_id, minutes in (("newer", 20), ("older", 10))
    )
    freezes = (frozen(30), frozen(15, Code.EVENT_UNFROZEN), frozen(5))

    payload = shown(Page(entries, freezes=freezes))
    check(payload)

    order = re.findall("🧊|🟢|newer|older", payload.text)
    assert order == ["🧊", "newer", "🟢", "older", "🧊"]
    assert "*<@U0ANNA> froze prod until somebody lifts it.*" in payload.text
    assert "Reason: release &amp; &lt;!here&gt;." in payload.text
    assert "more freezes" not in payload.text


def test_where_only_freezes_are_found_both_is_told():
    payload = shown(Page((), freezes=(frozen(0),), more_freezes=True))

    assert "froze prod" in payload.text
    assert "No update was found." in payload.text
    assert "There were more freezes" in payload.text
