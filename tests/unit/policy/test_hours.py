from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.hours import WHOLE_DAY, Day, Hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(SHANGHAI, frozenset({Day.MON, Day.TUE}), 9 * 60, 18 * 60)
NIGHT = Hours(ZoneInfo("UTC"), frozenset({Day.FRI}), 22 * 60, 6 * 60)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02T00:59", False),  # Monday 08:59 in Shanghai
        ("2026-03-02T01:00", True),
        ("2026-03-02T09:59", True),
        ("2026-03-02T10:00", False),
        ("2026-03-04T02:00", False),  # Wednesday
    ],
)
def test_the_clocks_of_the_place_count(moment, is_open):
    assert OFFICE.open_at(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-06T21:59", False),  # Friday
        ("2026-03-06T22:00", True),
        ("2026-03-07T05:59", True),  # the night from Friday
        ("2026-03-07T06:00", False),
        ("2026-03-07T22:00", False),
        ("2026-03-06T05:00", False),  # the night from Thursday
    ],
)
def test_a_night_belongs_to_the_day_it_begins_on(moment, is_open):
    assert NIGHT.open_at(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "is_open"), [("2026-03-27T07:30", False), ("2026-03-30T07:30", True)]
)
def test_summer_time_moves_them(moment, is_open):
    assert Hours(BERLIN, start=9 * 60, end=17 * 60).open_at(at(moment)) is is_open


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_day_all_day_is_always(moment):
    assert Hours(ZoneInfo("UTC")).open_at(moment)


def test_they_are_told_shortly():
    assert str(OFFICE) == "mon tue 09:00-18:00 Asia/Shanghai"
    assert str(Hours(BERLIN, end=WHOLE_DAY)) == "every day 00:00-24:00 Europe/Berlin"
    assert OFFICE.clock(at("2026-03-02T23:05")) == "tue 07:05"
