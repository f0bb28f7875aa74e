"""Slack misbehaves: each thing is still told, once."""

import asyncio
from dataclasses import replace

import aiohttp

from bot.sandbox.slack.troubles import drop_answer, rate_limited, refuse, server_error
from bot.sandbox.stage import CHANNEL
from tests.acceptance.world import JOB, key_of

OPS = "C0APPROVALS"


def _keys(world, channel=CHANNEL):
    return sorted(key_of(m).partition(":")[2] for m in world.slack.messages(channel))


async def _rescaled(world, parallelism=8):
    return await world.applied(await world.screen(f"/flink rescale {JOB} {parallelism}"))


async def test_dropped_answers_and_refused_haste_leave_one_card_and_one_verdict(world):
    world.allowed |= {"ratelimited", "internal_error"}
    world.expected += ["failed: ", "cannot be told in"]
    world.slack.fail_next("chat.postMessage", drop_answer(), times=2)
    world.slack.fail_next("chat.postMessage", rate_limited(1))
    world.slack.fail_next("chat.update", server_error())
    update_id = await _rescaled(world)
    await world.told(update_id)
    await world.told(update_id, "card", "Succeeded")
    keys = _keys(world)
    assert keys.count("card") == 1
    assert keys.count("verdict") == 1


async def test_what_cannot_be_posted_in_the_channel_reaches_the_person(world):
    world.allowed |= {"not_in_channel", "is_archived"}
    world.expected += ["failed: ", "cannot be told in"]
    channel = world.slack.workspace.channels[CHANNEL]
    for trouble in (
        replace(channel, members=channel.members - {"U0FLINKBOT"}),
        replace(channel, is_archived=True),
    ):
        review = await world.screen(f"/flink rescale {JOB} {8 if not trouble.is_archived else 6}")
        world.slack.workspace.put_channel(trouble)
        update_id = await world.applied(review)
        verdict = await world.told(update_id, channel="D0ADA")
        assert "Succeeded" in verdict.words()
        assert world.message(update_id, "verdict") is None
        world.slack.workspace.put_channel(channel)


async def test_what_cannot_be_posted_in_the_channel_is_told_of_in_the_fallback_channel(world):
    world.allowed.add("is_archived")
    world.expected += ["failed: ", "cannot be told in"]
    world.text = world.text.replace("[slack]", f'[slack]\nfallback_channel = "{OPS}"', 1)
    await world.restart()
    review = await world.screen(f"/flink rescale {JOB} 8")
    channel = world.slack.workspace.channels[CHANNEL]
    world.slack.workspace.put_channel(replace(channel, is_archived=True))
    update_id = await world.applied(review)
    await world.told(update_id, channel="D0ADA")
    notice = await world.told(update_id, "notice", "How it ended", channel=OPS)
    for part in (JOB, update_id, "<@U0ADA>", f"<#{CHANNEL}>", "archived", "Succeeded"):
        assert part in notice.words()


async def test_a_revoked_token_stops_the_telling_until_a_new_start(world):
    world.allowed.add("token_revoked")
    world.expected.append("token_revoked")
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.slack.fail_next("chat.postMessage", refuse("token_revoked"))
    update_id = await world.applied(review)
    async with asyncio.timeout(10):
        while "Succeeded" not in (await world.ask(f"/flink status {update_id}")).words():
            pass
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"http://127.0.0.1:{world.bot.port}/readyz")
        assert answer.status == 503
        assert "Slack refuses us: token_revoked" in await answer.text()
    assert len(world.slack.calls("chat.postMessage")) == 1
    assert _keys(world) == []
    await world.restart()
    assert "Succeeded" in (await world.told(update_id)).words()
    await world.told(update_id, "card", "Succeeded")
    assert world.alibaba.calls("HotUpdateJob") == 1
