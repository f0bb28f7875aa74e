from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import text
from tests.unit.slack.payloads import NASTY

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@given(st.text(alphabet="<>&!@ab`", max_size=300), st.integers(30, 120))
def test_foreign_text_is_never_longer_than_its_limit_and_never_opens_a_mention(given, limit):
    shown = text.clean(given, limit)
    assert len(shown) <= limit
    assert "<" not in shown
    assert ">" not in shown


def test_cut_text_says_how_much_is_missing():
    assert text.cut("a" * 100, 50) == "a" * 26 + "… (74 more)"
    assert text.cut("short", 50) == "short"
    assert text.clean("b" * 100, 50) == "b" * 26 + "… (74 more)"


def test_a_backtick_does_not_end_a_code_span():
    assert text.code(NASTY).count("`") == 2
    assert text.code("") == "_empty_"


def test_lines_are_left_out_whole():
    assert text.fit(["one", "two"], 100) == "one\ntwo"
    assert text.fit(["x" * 50, "y" * 50, "z" * 50], 120) == "x" * 50 + "\n… and 2 more lines"
    assert text.fit(["x" * 50, "y" * 50], 110, ", see View").endswith("… and 1 more line, see View")


def test_one_long_line_is_cut_through_no_mention_and_no_entity():
    assert text.fit(["a" * 55 + "<@U0ANNA>"], 100) == "a" * 55 + "…"
    assert text.fit(["a" * 58 + "&amp;" + "b" * 60], 100) == "a" * 58 + "…"


@pytest.mark.parametrize("given", ["u1", "<!channel>", "U1>", "", "U0 A", "ROOT"])
def test_only_an_id_becomes_a_mention(given):
    assert "<" not in text.mention(given)


def test_ids_become_links():
    assert text.mention("U0ANNA") == "<@U0ANNA>"
    assert text.channel("C0JOBS") == "<#C0JOBS>"
    assert text.channel("<!here>") == "&lt;!here&gt;"


def test_a_moment_has_a_fallback():
    assert text.date(MOMENT).endswith("{time}|2026-03-04 05:06 UTC>")
    assert text.date(MOMENT).startswith("<!date^1772600767^{date_short_pretty} ")
    assert text.clock_time(MOMENT).endswith("|05:06:07 UTC>")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (-3, "0 s"),
        (59.6, "1 min"),
        (72, "1 min 12 s"),
        (3_600, "1 h"),
        (3_725, "1 h 2 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units(seconds, said):
    assert text.duration(seconds) == said
    assert text.duration(timedelta(seconds=seconds)) == said


def test_small_spans_sizes_and_counts():
    assert text.milliseconds(250) == "250 ms"
    assert text.milliseconds(62_000) == "1 min 2 s"
    assert [text.size(n) for n in (12, 2048, 1_572_864, 5 * 1024**3)] == [
        "12 B",
        "2 KiB",
        "1.5 MiB",
        "5 GiB",
    ]
    assert text.count(1, "job") == "1 job"
    assert text.count(1_200, "entry", "entries") == "1,200 entries"
