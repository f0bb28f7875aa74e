import pytest

from bot.slack.pacing import Pace, Pacing


@pytest.fixture
def pacing(clock):
    return Pacing(Pace(), clock)


def seconds(clock, moment):
    return None if moment is None else (moment - clock()).total_seconds()


def test_those_who_wait_for_a_channel_are_spread(pacing, clock):
    free_at = clock()

    assert [seconds(clock, pacing.spread("C1", free_at)) for _ in range(3)] == [0, 1, 2]
    assert pacing.spread("C2", free_at) == free_at


def test_those_who_wait_are_counted_anew_after_each_turn(pacing, clock):
    for _ in range(3):
        pacing.spread("C1", clock())
    pacing.had_turn("C1")

    assert [seconds(clock, pacing.spread("C1", clock())) for _ in range(2)] == [0, 1]


def test_some_edits_of_a_minute_are_kept_for_endings(clock):
    pacing = Pacing(Pace(edits_per_minute=3, edits_kept_for_endings=1), clock)

    assert [pacing.take_edit(ending=False) for _ in range(2)] == [None, None]
    assert seconds(clock, pacing.take_edit(ending=False)) == 60
    assert pacing.take_edit(ending=True) is None
    assert seconds(clock, pacing.take_edit(ending=True)) == 60
    clock.tick(60)
    assert pacing.take_edit(ending=False) is None
