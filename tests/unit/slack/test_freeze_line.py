from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.command import Mistake, parse
from bot.slack.freeze_line import Freeze, Unfreeze

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("line", "words", "lasts"),
    [
        ("", (), None),
        ("prod", ("prod",), None),
        ("prod release day", ("prod", "release", "day"), None),
        ("prod release day for 2h", ("prod", "release", "day"), 2 * HOUR),
        ("prod for 2h release day", ("prod", "release", "day"), 2 * HOUR),
        ("for 2h release day", ("release", "day"), 2 * HOUR),
        ("for 30m", (), HOUR / 2),
        ("prod FOR 1D", ("prod",), DAY),
        ("prod for 2 hours", ("prod",), 2 * HOUR),
        ("prod for 1 week", ("prod",), 7 * DAY),
        ("prod for 90 min", ("prod",), 1.5 * HOUR),
        ("prod for good", ("prod", "for", "good"), None),
        ("prod waiting for the release", ("prod", "waiting", "for", "the", "release"), None),
        ("prod wait for Ada for 2h", ("prod", "wait", "for", "Ada"), 2 * HOUR),
        ("everywhere", ("everywhere",), None),
        ("prod for", ("prod", "for"), None),
        ("prod “release day” for 2h", ("prod", "release day"), 2 * HOUR),
    ],
)
def test_a_freeze_is_read(line, words, lasts):
    assert parse(f"freeze {line}") == Freeze(words, lasts)


@pytest.mark.parametrize(
    "line",
    [
        "prod for 0h",
        "prod for 2",
        "prod for 2 parsecs",
        "for 2x",
        "prod for 12345d",
        "prod no rush for 2h please",
    ],
)
def test_a_time_that_is_none_is_a_mistake_and_no_reason(line):
    said = parse(f"freeze {line}")
    assert isinstance(said, Mistake)
    assert said.nearest == "freeze [target] [reason] [for 2h]"


def test_lifting_is_read():
    assert parse("unfreeze") == Unfreeze()
    assert parse("UNFREEZE prod") == Unfreeze("prod")
    assert isinstance(parse("unfreeze prod now"), Mistake)


@given(st.integers(1, 9999), st.sampled_from("mhdw"), st.booleans())
def test_every_span_is_read_whatever_stands_before_it(number, unit, reason):
    line = f"freeze prod {'because ' if reason else ''}for {number}{unit}"
    seconds = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}[unit]
    assert parse(line).lasts == timedelta(seconds=number * seconds)
