from bot.slack.replays import Replays
from tests.unit.slack.runtime.test_tally import Steady


def test_a_request_that_comes_again_at_once_is_a_repetition_and_later_a_replay():
    steady = Steady()
    replays = Replays(steady)

    assert not replays.is_one("v0=a")
    steady.at = 30.0
    assert not replays.is_one("v0=a")
    steady.at = 30.1
    assert replays.is_one("v0=a")
    assert not replays.is_one("v0=b")


def test_what_came_first_counts_not_what_came_last():
    steady = Steady()
    replays = Replays(steady)
    for steady.at in (0.0, 20.0):
        assert not replays.is_one("v0=a")
    steady.at = 40.0

    assert replays.is_one("v0=a")


def test_a_signature_is_remembered_for_as_long_as_it_is_good_and_not_for_ever():
    steady = Steady()
    replays = Replays(steady)
    replays.is_one("v0=a")
    steady.at = 600.0
    assert replays.is_one("v0=a")
    steady.at = 661.0

    assert not replays.is_one("v0=a")
