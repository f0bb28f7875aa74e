import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flink.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("3min", 180_000),
        ("180s", 180_000),
        ("180000", 180_000),
        (" 180 000 ".replace(" 000", "000"), 180_000),
        ("2 H", 7_200_000),
        ("1 day", 86_400_000),
        ("250 ms", 250),
    ],
)
def test_flink_durations_are_read_by_value(text, milliseconds):
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "min", "3 fortnights", "1.5 s", "PT3M", "3min 2s", "--1s"])
def test_what_flink_cannot_read_is_refused(text):
    with pytest.raises(ValueError, match="not a Flink duration"):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=10**12))
def test_a_written_duration_reads_back_as_the_same_value(milliseconds):
    assert parse_duration(format_duration(milliseconds)) == milliseconds


def test_microseconds_are_exact():
    assert parse_duration("1500 micros") * 2 == 3
