from dataclasses import replace

import pytest

from bot.sandbox.slack import troubles
from bot.slack.members import Members, Standing
from tests.unit.slack.runtime.test_tally import Steady


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
def members(client, steady):
    return Members(client, steady)


def made_a_guest(slack, user="U0LIN"):
    workspace = slack.workspace
    workspace.put_user(replace(workspace.users[user], is_guest=True))


async def test_a_member_is_one(members):
    assert await members.standing("U0ADA") is Standing.MEMBER


async def test_a_guest_is_told_from_a_member(members, slack):
    made_a_guest(slack)

    assert await members.standing("U0LIN") is Standing.GUEST


async def test_slack_is_asked_once_in_ten_minutes(members, slack, steady):
    for _ in range(3):
        await members.standing("U0LIN")
    assert len(slack.calls("users.info")) == 1

    made_a_guest(slack)
    steady.at = 600.0

    assert await members.standing("U0LIN") is Standing.GUEST


async def test_slack_may_stumble_once(members, slack):
    slack.fail_next("users.info", troubles.server_error())

    assert await members.standing("U0ADA") is Standing.MEMBER


@pytest.mark.parametrize(
    ("trouble", "times"),
    [
        (troubles.server_error(), 2),
        (troubles.refuse("missing_scope"), 1),
        (troubles.rate_limited(30), 1),
    ],
)
async def test_nobody_is_known_while_slack_does_not_say(members, slack, trouble, times):
    slack.fail_next("users.info", trouble, times=times)

    assert await members.standing("U0ADA") is Standing.UNKNOWN
    assert await members.standing("U0ADA") is Standing.MEMBER


async def test_a_member_is_believed_for_an_hour_while_slack_does_not_say(members, slack, steady):
    await members.standing("U0ADA")
    slack.fail_next("users.info", troubles.refuse("internal_error"), times=4)

    steady.at = 3599.0
    assert await members.standing("U0ADA") is Standing.MEMBER
    steady.at = 3600.0
    assert await members.standing("U0ADA") is Standing.UNKNOWN
