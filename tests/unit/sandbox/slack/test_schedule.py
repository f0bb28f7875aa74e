"""Messages to be posted later."""

from dataclasses import replace

import pytest

from tests.unit.sandbox.slack.test_chat_methods import CHANNEL, METADATA, refused

DAY = 24 * 3600


@pytest.fixture
def later(client, clock):
    """Schedule a message so many seconds from now."""

    async def schedule(seconds, **more):
        at = int(clock()) + seconds
        return await client.chat_scheduleMessage(
            **{"channel": CHANNEL, "text": "later", "post_at": at} | more
        )

    return schedule


async def test_a_message_is_posted_when_its_time_has_come(slack, later, clock):
    await later(60)
    assert slack.messages("data-jobs") == []
    clock.pass_seconds(61)
    assert [m.text for m in slack.messages("data-jobs")] == ["later"]
    assert len(slack.messages("data-jobs")) == 1


async def test_a_message_with_metadata_is_never_posted(slack, later, clock):
    await later(60, metadata=METADATA)
    clock.pass_seconds(61)
    assert slack.messages("data-jobs") == []


@pytest.mark.parametrize(
    ("seconds", "more", "error"),
    [
        (-1, {}, "time_in_past"),
        (120 * DAY + 60, {}, "time_too_far"),
        (60, {"post_at": "tomorrow"}, "invalid_time"),
        (60, {"blocks": [{"type": "sparkle"}]}, "invalid_blocks"),
    ],
)
async def test_what_cannot_be_scheduled_is_refused(later, seconds, more, error):
    assert (await refused(later(seconds, **more)))["error"] == error


async def test_a_channel_takes_thirty_messages_in_five_minutes(client, clock):
    window = (int(clock()) // 300 + 2) * 300
    given = {"channel": CHANNEL, "text": "x"}
    for second in range(30):
        await client.chat_scheduleMessage(**given, post_at=window + second)
    more = await refused(client.chat_scheduleMessage(**given, post_at=window + 299))
    assert more["error"] == "restricted_too_many"
    await client.chat_scheduleMessage(**given, post_at=window + 300)
    elsewhere = given | {"channel": "C0APPROVALS"}
    assert (await client.chat_scheduleMessage(**elsewhere, post_at=window))["ok"]


async def test_what_is_scheduled_is_listed_and_taken_back(slack, client, later, clock):
    second = await later(120, text="second")
    first = await later(60, text="first")
    listed = (await client.chat_scheduledMessages_list(channel=CHANNEL))["scheduled_messages"]
    assert [one["text"] for one in listed] == ["first", "second"]
    assert listed[0]["post_at"] == first["post_at"]
    assert (await client.chat_scheduledMessages_list(channel="C0RANDOM"))[
        "scheduled_messages"
    ] == []
    its_id = second["scheduled_message_id"]
    await client.chat_deleteScheduledMessage(channel=CHANNEL, scheduled_message_id=its_id)
    clock.pass_seconds(121)
    assert [m.text for m in slack.messages("data-jobs")] == ["first"]


@pytest.mark.parametrize("where", ["C0APPROVALS", CHANNEL])
async def test_only_what_is_scheduled_there_can_be_taken_back(client, later, where):
    scheduled = (await later(60))["scheduled_message_id"]
    its_id = scheduled if where != CHANNEL else "Q0X"
    answer = await refused(
        client.chat_deleteScheduledMessage(channel=where, scheduled_message_id=its_id)
    )
    assert answer["error"] == "invalid_scheduled_message_id"


async def test_a_channel_archived_meanwhile_gets_nothing(slack, client, later, clock):
    await later(60)
    channel = slack.workspace.channels[CHANNEL]
    slack.workspace.put_channel(replace(channel, is_archived=True))
    clock.pass_seconds(61)
    assert slack.messages("data-jobs") == []
