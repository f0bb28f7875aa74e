"""Posting, editing and deleting, as a slack_sdk client sees it."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import troubles
from tests.unit.sandbox.slack.cards import card, plain

CHANNEL = "C0DATAJOBS"
METADATA = {"event_type": "update_moved", "event_payload": {"key": "42"}}


async def refused(call):
    with pytest.raises(SlackApiError) as raised:
        await call
    return raised.value.response


async def test_a_message_is_posted_by_id_or_name(slack, client):
    posted = await client.chat_postMessage(channel=CHANNEL, text="hello", blocks=card())
    await client.chat_postMessage(channel="#data-jobs", text="again")
    first, second = slack.messages("data-jobs")
    assert (first.ts, first.text, first.channel) == (posted["ts"], "hello", CHANNEL)
    assert float(second.ts) > float(first.ts)
    assert "Rescale orders" in first.words()
    assert second.words() == "again"


async def test_a_message_to_a_user_opens_a_direct_message(slack, client):
    posted = await client.chat_postMessage(channel="U0ADA", text="psst")
    opened = await client.conversations_open(users="U0ADA")
    assert posted["channel"] == opened["channel"]["id"]
    assert slack.messages(posted["channel"])[0].text == "psst"
    info = await client.conversations_info(channel=posted["channel"])
    assert info["channel"]["user"] == "U0ADA"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0RANDOM", "not_in_channel"),
        ("C0OLDJOBS", "is_archived"),
        ("G0PLATFORM", "channel_not_found"),
        ("C0NOWHERE", "channel_not_found"),
    ],
)
async def test_a_channel_the_bot_cannot_write_to_refuses(client, channel, error):
    answer = await refused(client.chat_postMessage(channel=channel, text="x"))
    assert answer["error"] == error


async def test_broken_blocks_are_refused_with_their_pointer(slack, client):
    broken = [{"type": "header", "text": plain("x" * 151)}]
    answer = await refused(client.chat_postMessage(channel=CHANNEL, text="x", blocks=broken))
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert slack.messages("data-jobs") == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": {}}, None),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "attachments": "{"}, "invalid_arguments"),
        ({"text": "x", "attachments": {}}, None),
        ({"text": "x", "attachments": {"text": "y"}}, "invalid_arguments"),
        ({"attachments": [{"text": "x"}] * 100}, None),
        ({"attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"markdown_text": "y" * 12_000}, None),
        ({"markdown_text": "y" * 12_001}, "msg_too_long"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"markdown_text": "y"}, None),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "x", "metadata": "[1]"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": {**METADATA, "more": 1}}, "invalid_metadata_schema"),
        (
            {"text": "x", "metadata": {"event_type": "x", "event_payload": {"a": "x" * 16_000}}},
            "metadata_too_large",
        ),
    ],
)
async def test_content_slack_does_not_take_is_refused(client, arguments, error):
    call = client.api_call("chat.postMessage", json={"channel": CHANNEL, **arguments})
    if error is None:
        assert (await call)["ok"]
    else:
        assert (await refused(call))["error"] == error


async def test_a_post_without_a_channel_is_refused(client):
    answer = await refused(client.api_call("chat.postMessage", json={"text": "x"}))
    assert answer["error"] == "invalid_arguments"


async def test_too_long_a_post_is_cut(slack, client):
    await client.chat_postMessage(channel=CHANNEL, text="x" * 40_001)
    assert len(slack.messages("data-jobs")[0].text) == 40_000


async def test_replies_stand_in_their_thread_with_their_metadata(slack, client):
    parent = await client.chat_postMessage(channel=CHANNEL, text="card")
    await client.chat_postMessage(
        channel=CHANNEL, text="step 1", thread_ts=parent["ts"], metadata=METADATA
    )
    await client.chat_postMessage(
        channel=CHANNEL, text="failed", thread_ts=parent["ts"], reply_broadcast=True
    )
    found = await client.conversations_replies(
        channel=CHANNEL, ts=parent["ts"], include_all_metadata=True
    )
    assert [m["text"] for m in found["messages"]] == ["card", "step 1", "failed"]
    assert found["messages"][1]["metadata"] == METADATA
    without = await client.conversations_replies(channel=CHANNEL, ts=parent["ts"])
    assert "metadata" not in without["messages"][1]
    history = await client.conversations_history(channel=CHANNEL)
    assert [m["text"] for m in history["messages"]] == ["failed", "card"]
    assert history["messages"][0]["subtype"] == "thread_broadcast"


async def test_an_edit_without_blocks_removes_them_and_keeps_the_metadata(slack, client):
    posted = await client.chat_postMessage(
        channel=CHANNEL, text="x", blocks=card(), metadata=METADATA
    )
    answer = await client.chat_update(channel=CHANNEL, ts=posted["ts"], text="y")
    assert (answer["channel"], answer["ts"], answer["text"]) == (CHANNEL, posted["ts"], "y")
    message = slack.messages("data-jobs")[0]
    assert (message.text, message.blocks, message.metadata) == ("y", (), METADATA)
    assert message.edited


async def test_an_edit_of_blocks_carries_no_mark_and_may_change_the_metadata(slack, client):
    posted = await client.chat_postMessage(
        channel=CHANNEL, text="x", blocks=card(), metadata=METADATA
    )
    await client.chat_update(
        channel=CHANNEL, ts=posted["ts"], text="x", blocks=card("new"), metadata={}
    )
    message = slack.messages("data-jobs")[0]
    assert "new" in message.words()
    assert not message.edited
    assert message.metadata is None


async def test_an_edit_may_clear_the_blocks_and_keeps_what_it_does_not_name(slack, client):
    posted = await client.chat_postMessage(
        channel=CHANNEL, text="x", blocks=card(), metadata=METADATA
    )
    await client.chat_update(channel=CHANNEL, ts=posted["ts"], text="x", blocks=[])
    message = slack.messages("data-jobs")[0]
    assert (message.text, message.blocks, message.metadata) == ("x", (), METADATA)


async def test_an_edit_may_carry_other_metadata(slack, client):
    posted = await client.chat_postMessage(channel=CHANNEL, text="x", metadata=METADATA)
    other = METADATA | {"event_type": "update_ended"}
    await client.chat_update(channel=CHANNEL, ts=posted["ts"], text="x", metadata=other)
    history = await client.conversations_history(channel=CHANNEL, include_all_metadata=True)
    assert history["messages"][0]["metadata"] == other
    broken = client.chat_update(channel=CHANNEL, ts=posted["ts"], text="x", metadata={"a": 1})
    assert (await refused(broken))["error"] == "invalid_metadata_schema"


async def test_an_edit_is_shorter_than_a_post(client):
    posted = await client.chat_postMessage(channel=CHANNEL, text="x")
    answer = await refused(client.chat_update(channel=CHANNEL, ts=posted["ts"], text="x" * 4001))
    assert answer["error"] == "msg_too_long"


@pytest.mark.parametrize(
    ("channel", "ts", "error"),
    [
        (CHANNEL, "1.000001", "message_not_found"),
        ("#data-jobs", "1.000001", "channel_not_found"),
        ("U0ADA", "1.000001", "channel_not_found"),
    ],
)
async def test_what_is_not_there_cannot_be_edited(client, channel, ts, error):
    answer = await refused(client.chat_update(channel=channel, ts=ts, text="x"))
    assert answer["error"] == error


async def test_only_own_messages_are_edited_and_deleted(slack, client):
    await slack.person("ada").command("data-jobs", "/say echo")
    ts = slack.messages("data-jobs")[0].ts
    edit = await refused(client.chat_update(channel=CHANNEL, ts=ts, text="x"))
    assert edit["error"] == "cant_update_message"
    delete = await refused(client.chat_delete(channel=CHANNEL, ts=ts))
    assert delete["error"] == "cant_delete_message"


async def test_a_deleted_message_is_gone(slack, client):
    posted = await client.chat_postMessage(channel=CHANNEL, text="x")
    await client.chat_delete(channel=CHANNEL, ts=posted["ts"])
    assert slack.messages("data-jobs") == []


async def test_an_ephemeral_message_is_seen_by_one_and_edited_by_nobody(slack, client):
    posted = await client.chat_postEphemeral(channel=CHANNEL, user="U0ADA", text="only you")
    assert slack.messages("data-jobs") == []
    assert [m.text for m in slack.ephemerals("U0ADA")] == ["only you"]
    assert slack.ephemerals("U0LIN") == []
    answer = await refused(client.chat_update(channel=CHANNEL, ts=posted["message_ts"], text="x"))
    assert answer["error"] == "message_not_found"
    stranger = await refused(client.chat_postEphemeral(channel=CHANNEL, user="U0X", text="x"))
    assert stranger["error"] == "user_not_in_channel"


async def test_a_file_is_uploaded_in_three_calls(slack, client):
    parent = await client.chat_postMessage(channel=CHANNEL, text="card")
    await client.files_upload_v2(
        channel=CHANNEL,
        thread_ts=parent["ts"],
        content="- a\n+ b\n",
        filename="sql.diff",
        title="The change",
        initial_comment="the diff",
    )
    message = slack.messages("data-jobs")[1]
    assert message.thread_ts == parent["ts"]
    assert message.files[0]["title"] == "The change"
    assert slack.workspace.files.get(message.files[0]["id"]).content == b"- a\n+ b\n"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("files.getUploadURLExternal", {"filename": "x", "length": 0}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": []}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": [{"id": "F0"}]}, "file_not_found"),
    ],
)
async def test_a_broken_upload_is_refused(client, method, arguments, error):
    assert (await refused(client.api_call(method, json=arguments)))["error"] == error


async def test_an_upload_nobody_announced_is_refused(slack):
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{slack.base_url}/upload/F0", data=b"x")
        assert answer.status == 404


async def test_an_upload_without_a_channel_posts_nothing(slack, client):
    await client.files_upload_v2(content="x", filename="x.txt")
    assert slack.messages("data-jobs") == []


async def test_a_dropped_answer_leaves_the_post(slack, client):
    client.retry_handlers.clear()
    slack.fail_next("chat.postMessage", troubles.drop_answer())
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=CHANNEL, text="x", metadata=METADATA)
    assert [m.text for m in slack.messages("data-jobs")] == ["x"]
    assert slack.calls("chat.postMessage")[0].reply.dropped


async def test_a_dropped_request_leaves_nothing(slack, client):
    client.retry_handlers.clear()
    slack.fail_next("*", troubles.drop_request())
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=CHANNEL, text="x")
    assert slack.messages("data-jobs") == []


@pytest.mark.parametrize(
    ("trouble", "status", "error"),
    [
        (troubles.rate_limited(7), 429, "ratelimited"),
        (troubles.refuse("token_revoked"), 200, "token_revoked"),
        (troubles.server_error(), 500, "internal_error"),
    ],
)
async def test_trouble_on_order_comes_as_often_as_ordered(slack, client, trouble, status, error):
    slack.fail_next("chat.postMessage", trouble, times=2)
    for _ in range(2):
        answer = await refused(client.chat_postMessage(channel=CHANNEL, text="x"))
        assert (answer.status_code, answer["error"]) == (status, error)
    await client.chat_postMessage(channel=CHANNEL, text="x")
    assert len(slack.messages("data-jobs")) == 1


async def test_trouble_of_one_method_leaves_others_alone(slack, client):
    slack.fail_next("chat.update", troubles.server_error())
    assert (await client.auth_test())["ok"]
    assert len(slack.api.troubles.orders) == 1


async def test_a_storm_meets_every_method_until_it_is_over(slack, client):
    slack.fail_next("*", troubles.rate_limited(3), times=3)
    calls = [
        client.chat_postMessage(channel=CHANNEL, text="x"),
        client.auth_test(),
        client.conversations_list(),
    ]
    for call in calls:
        answer = await refused(call)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert (await client.auth_test())["ok"]


async def test_even_a_refusal_is_dropped_on_its_way(slack, client):
    client.retry_handlers.clear()
    slack.fail_next("chat.postMessage", troubles.drop_answer())
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0RANDOM", text="x")
    [call] = slack.calls("chat.postMessage")
    assert call.reply.body["error"] == "not_in_channel"


async def test_a_limited_call_says_when_to_come_back(slack, client):
    slack.fail_next("chat.postMessage", troubles.rate_limited(7))
    answer = await refused(client.chat_postMessage(channel=CHANNEL, text="x"))
    assert answer.headers["Retry-After"] == "7"


async def test_ordered_trouble_can_be_taken_back(slack, client):
    slack.fail_next("chat.postMessage", troubles.server_error())
    slack.api.troubles.clear()
    assert (await client.chat_postMessage(channel=CHANNEL, text="x"))["ok"]
