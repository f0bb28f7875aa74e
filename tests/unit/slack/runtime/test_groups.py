"""Who is in a user group: Slack's word, for a minute; where it is silent, nobody knows."""

import asyncio
from dataclasses import replace

import pytest

from bot.sandbox.slack.troubles import Trouble, TroubleKind
from bot.slack.groups import Groups

ONCALL, NONE = "S0ONCALL", frozenset()
METHOD = "usergroups.users.list"


class Steady:
    """A clock that moves when told to."""

    seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
def groups(client, steady):
    return Groups(client, {ONCALL}, steady)


def put(slack, *users):
    """Let the group have other members."""
    workspace = slack.workspace
    workspace.usergroups[ONCALL] = replace(workspace.usergroups[ONCALL], users=users)


async def test_a_member_is_in_the_group_and_nobody_else_is(groups):
    assert await groups.of("U0ADA") == {ONCALL}
    assert await groups.of("U0LIN") == NONE


async def test_where_no_rule_names_a_group_slack_is_not_asked(slack, client):
    assert await Groups(client, ()).of("U0ADA") == NONE
    assert slack.calls(METHOD) == []


async def test_who_is_taken_out_has_a_minute_left(slack, groups, steady):
    assert await groups.of("U0ADA") == {ONCALL}
    put(slack, "U0LIN")

    steady.seconds += 59
    assert await groups.of("U0ADA") == {ONCALL}

    steady.seconds += 1
    assert (await groups.of("U0ADA"), await groups.of("U0LIN")) == (NONE, {ONCALL})
    assert len(slack.calls(METHOD)) == 2


async def test_many_who_ask_at_once_are_answered_by_one_call(slack, groups):
    assert await asyncio.gather(*(groups.of("U0ADA") for _ in range(20))) == [{ONCALL}] * 20
    assert len(slack.calls(METHOD)) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(TroubleKind.SERVER_ERROR),
        Trouble(TroubleKind.RATE_LIMITED),
        Trouble(TroubleKind.REFUSE, "missing_scope"),
    ],
)
async def test_a_group_that_cannot_be_read_is_unknown_also_after_it_was_known(
    slack, groups, steady, trouble
):
    assert await groups.of("U0ADA") == {ONCALL}
    steady.seconds += 60
    slack.fail_next(METHOD, trouble)

    assert await groups.of("U0ADA") is None
    assert await groups.of("U0ADA") == {ONCALL}


async def test_one_group_that_is_gone_leaves_everybodys_groups_unknown(client):
    assert await Groups(client, {ONCALL, "S0GONE"}).of("U0ADA") is None
