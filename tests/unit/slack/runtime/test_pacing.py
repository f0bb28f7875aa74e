from datetime import timedelta

import pytest

from bot.slack.pacing import EDIT, POST, Pace, Pacing


@pytest.fixture
def pacing(clock):
    return Pacing(Pace(), clock)


def seconds(clock, moment):
    return None if moment is None else (moment - clock()).total_seconds()


def test_those_who_wait_for_a_channel_are_spread(pacing, clock):
    asked = [seconds(clock, pacing.take_post("C1")) for _ in range(4)]

    assert asked == [None, 1, 2, 3]
    assert pacing.take_post("C2") is None


def test_those_who_wait_are_counted_anew_after_each_turn(pacing, clock):
    for _ in range(4):
        pacing.take_post("C1")
    clock.tick(1)

    assert [seconds(clock, pacing.take_post("C1")) for _ in range(2)] == [None, 1]


def test_an_edit_keeps_its_distance_from_the_post(pacing, clock):
    pacing.posted("u1:card")

    assert seconds(clock, pacing.take_edit("u1:card", ending=False)) == 1.5
    assert pacing.take_edit("u2:card", ending=False) is None


def test_the_edit_that_shows_the_end_does_not_wait(pacing):
    pacing.take_edit("u1:card", ending=False)

    assert pacing.take_edit("u1:card", ending=True) is None


def test_some_edits_of_a_minute_are_kept_for_endings(clock):
    pacing = Pacing(Pace(edits_per_minute=3, edits_kept_for_endings=1), clock)

    assert [pacing.take_edit(f"m{n}", ending=False) for n in range(2)] == [None, None]
    assert seconds(clock, pacing.take_edit("m3", ending=False)) == 60
    assert pacing.take_edit("m4", ending=True) is None
    assert seconds(clock, pacing.take_edit("m5", ending=True)) == 60
    clock.tick(60)
    assert pacing.take_edit("m5", ending=False) is None


def test_a_method_is_blocked_until_the_longest_retry_after_is_over(pacing, clock):
    pacing.block(POST, 10)
    assert seconds(clock, pacing.block(POST, 3)) == 10
    assert seconds(clock, pacing.take_post("C1")) == 10
    assert pacing.take_edit("m1", ending=False) is None
    pacing.block(EDIT, 2)
    assert seconds(clock, pacing.take_edit("m2", ending=True)) == 2


def test_what_is_over_is_forgotten(pacing, clock):
    pacing.take_post("C1")
    pacing.posted("m1")
    pacing.block(EDIT, 1)
    clock.time += timedelta(minutes=1)
    pacing.forget()

    assert pacing._posts == pacing._edits == pacing._blocked == {}
