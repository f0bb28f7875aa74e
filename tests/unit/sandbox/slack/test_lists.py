"""Lists of people, groups and conversations come in pages."""

import pytest

from bot.sandbox.slack import Channel
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.paging import page
from bot.sandbox.slack.workspace import BOT_USER

ALL = "public_channel,private_channel,mpim,im"


async def test_conversations_are_those_that_the_bot_can_see(client):
    await client.conversations_open(users="U0ADA")
    listed = (await client.conversations_list(types=ALL))["channels"]
    assert [channel["id"] for channel in listed] == [
        "C0DATAJOBS",
        "C0APPROVALS",
        "C0RANDOM",
        "C0OLDJOBS",
        "D0ADA",
    ]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"exclude_archived": True}, ["C0DATAJOBS", "C0APPROVALS", "C0RANDOM"]),
        ({}, ["C0DATAJOBS", "C0APPROVALS", "C0RANDOM", "C0OLDJOBS"]),
        ({"types": "im"}, ["D0ADA"]),
        ({"types": "private_channel"}, ["G0TEAM"]),
    ],
)
async def test_conversations_are_chosen_by_kind(slack, client, asked, ids):
    await client.conversations_open(users="U0ADA")
    slack.workspace.put_channel(Channel("G0TEAM", "team", frozenset({BOT_USER}), is_private=True))
    listed = (await client.conversations_list(**asked))["channels"]
    assert [channel["id"] for channel in listed] == ids


async def test_a_list_goes_on_where_its_cursor_says(client):
    first = await client.users_list(limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.users_list(limit=2, cursor=cursor)
    names = [user["name"] for page in (first, second) for user in page["members"]]
    assert names == ["ada", "lin", "flinkbot"]
    assert second["response_metadata"]["next_cursor"] == ""


async def test_members_are_listed_in_pages(client):
    first = await client.conversations_members(channel="C0DATAJOBS", limit=2)
    assert first["members"] == ["U0ADA", "U0FLINKBOT"]
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_members(channel="C0DATAJOBS", limit=2, cursor=cursor)
    assert rest["members"] == ["U0LIN"]


async def test_people_are_listed_with_their_language_if_asked(client):
    assert "locale" not in (await client.users_list())["members"][1]
    assert (await client.users_list(include_locale=True))["members"][1]["locale"] == "zh-CN"


async def test_a_person_is_found_by_address(client):
    assert (await client.users_lookupByEmail(email="Lin@sandbox.example"))["user"]["id"] == "U0LIN"


async def test_groups_are_listed_with_their_people_if_asked(client):
    group = (await client.usergroups_list())["usergroups"][0]
    assert (group["handle"], group["user_count"]) == ("data-oncall", 1)
    assert "users" not in group
    with_users = (await client.usergroups_list(include_users=True))["usergroups"][0]
    assert with_users["users"] == ["U0ADA"]
    people = await client.usergroups_users_list(usergroup=group["id"])
    assert people["users"] == ["U0ADA"]


@pytest.mark.parametrize(("asked", "length"), [("5000", 999), ("7", 7), ("", 100)])
def test_a_page_is_as_long_as_asked_and_never_longer_than_slacks_longest(asked, length):
    items, cursor = page(range(2000), Arguments({"limit": asked}), most=999)
    assert len(items) == length
    following, _ = page(range(2000), Arguments({"limit": "1", "cursor": cursor}))
    assert following == [length]
