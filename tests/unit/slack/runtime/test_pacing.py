from datetime import timedelta

import pytest

from bot.slack.pacing import Pace, Pacing


@pytest.fixture
def pacing(clock):
    return Pacing(Pace(), clock)


def seconds(clock, moment):
    return None if moment is None else (moment - clock()).total_seconds()


def test_those_who_wait_for_a_channel_are_spread(pacing, clock):
    free_at = clock() + timedelta(seconds=3)
    asked = [pacing.turned_away("C1", free_at), pacing.wait("C1"), pacing.wait("C1")]

    assert [seconds(clock, moment) for moment in asked] == [3, 4, 5]
    assert pacing.wait("C2") is None


def test_a_channel_that_was_posted_to_rests_and_those_who_wait_are_counted_anew(pacing, clock):
    pacing.turned_away("C1", clock())
    pacing.had_turn("C1")

    assert [seconds(clock, pacing.wait("C1")) for _ in range(2)] == [1, 2]
    clock.tick(1)
    assert pacing.wait("C1") is None


def test_some_edits_of_a_minute_are_kept_for_endings(clock):
    pacing = Pacing(Pace(edits_per_minute=3, edits_kept_for_endings=1), clock)

    assert [pacing.take_edit(ending=False) for _ in range(2)] == [None, None]
    assert seconds(clock, pacing.take_edit(ending=False)) == 60
    assert pacing.take_edit(ending=True) is None
    assert seconds(clock, pacing.take_edit(ending=True)) == 60
    clock.tick(60)
    assert pacing.take_edit(ending=False) is None
