import logging

import pytest

from bot.slack.tally import Abuse, Tally


class Steady:
    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
def tally(steady, caplog):
    caplog.set_level(logging.INFO, logger="bot.slack.tally")
    return Tally(steady)


def test_the_first_of_a_kind_is_told_at_once_the_others_by_the_minute(tally, steady, caplog):
    for _ in range(50):
        tally.count(Abuse.FLOOD, "U0ADA")
    assert [record.refused for record in caplog.records] == [1]

    steady.at = 61.0
    tally.count(Abuse.FLOOD, "U0LIN")

    assert [record.refused for record in caplog.records] == [1, 50]
    assert caplog.records[-1].refused_in_all == tally.total(Abuse.FLOOD) == 51
    assert "U0LIN" in caplog.text


def test_kinds_are_told_apart(tally, caplog):
    tally.count(Abuse.FLOOD)
    tally.count(Abuse.GUEST)

    assert [record.abuse for record in caplog.records] == ["flood", "guest"]


async def test_what_was_not_told_is_told_when_a_minute_has_gone_by(tally, steady, caplog):
    tally.count(Abuse.STALE, "203.0.113.7")
    tally.count(Abuse.STALE, "203.0.113.7")
    await tally.tell()
    assert len(caplog.records) == 1

    steady.at = 60.0
    await tally.tell()
    await tally.tell()

    assert [record.refused for record in caplog.records] == [1, 1]


def test_what_may_be_an_honest_mistake_is_no_warning(tally, caplog):
    tally.count(Abuse.UNKNOWN_ID)
    tally.count(Abuse.UNSIGNED)

    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]


def test_what_never_came_was_counted_never(tally):
    assert tally.total(Abuse.GUEST) == 0
