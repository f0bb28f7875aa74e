import pytest

from bot.notes import Code
from bot.policy.access import Access, refusal


def ask(users, channels, user="U1", channel="C1"):
    access = Access(frozenset(users), frozenset(channels))
    return refusal(access, target="prod", user=user, channel=channel)


@pytest.mark.parametrize(
    ("users", "channels"), [(["U1"], ["C1"]), (["*"], ["C1"]), (["U1"], ["*"]), (["*"], ["*"])]
)
def test_both_lists_must_allow(users, channels):
    assert ask(users, channels) is None


@pytest.mark.parametrize(
    ("users", "channels", "missing"),
    [([], [], "both"), (["U1"], [], "channel"), ([], ["C1"], "user"), (["U2"], ["*"], "user")],
)
def test_a_refusal_names_the_ids_to_add(users, channels, missing):
    found = ask(users, channels)

    assert found is not None
    assert found.code is Code.NOT_ALLOWED
    assert found.args == {"target": "prod", "missing": missing, "user": "U1", "channel": "C1"}


def ask_outside(users, channels, told_in="C1"):
    access = Access(frozenset(users), frozenset(channels))
    return refusal(access, target="prod", user="U1", channel="", told_in=told_in)


@pytest.mark.parametrize(
    ("users", "channels"),
    [(["U1"], ["C1"]), (["U1", "*"], ["C1", "C2"]), (["U1"], ["*"]), (["*"], ["*"])],
)
def test_outside_of_channels_the_cards_channel_stands_in_for_who_is_named(users, channels):
    assert ask_outside(users, channels) is None


@pytest.mark.parametrize(
    ("users", "channels", "told_in", "listed"),
    [
        (["*"], ["C2", "C1"], "C1", "C1 C2"),
        (["U1"], ["C2"], "C1", "C2"),
        (["U1"], [], "C1", ""),
        (["U1"], ["*"], "", ""),
    ],
)
def test_outside_of_channels_being_in_one_is_not_taken_for_granted(
    users, channels, told_in, listed
):
    found = ask_outside(users, channels, told_in)

    assert found is not None
    assert found.code is Code.CHANNEL_NEEDED
    assert found.args == {"target": "prod", "channels": listed}


def test_who_may_not_at_all_is_told_that_outside_of_channels_too():
    found = ask_outside(["U2"], ["*"])

    assert found is not None
    assert (found.code, found.args["missing"]) == (Code.NOT_ALLOWED, "user")


@pytest.mark.parametrize(
    ("channels", "only"), [(["C1"], "C1"), (["*"], ""), (["C1", "C2"], ""), ([], "")]
)
def test_one_allowed_channel_is_the_only_one(channels, only):
    assert Access(channels=frozenset(channels)).only_channel == only
