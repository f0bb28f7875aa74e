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
