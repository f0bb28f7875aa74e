"""Answers to a request that come twice, or all at once, at two replicas: one decision."""

import asyncio
from dataclasses import replace

import pytest

from bot.sandbox.stage import CHANNEL
from bot.slack.ids import Action
from tests.acceptance.lake import QUICK_DLI
from tests.acceptance.replicas import Replicas, Way
from tests.acceptance.world import JOB, TIMES

RULE = """
[[rules]]
name = "two-people"
requesters = ["*"]
decision = "approval"
approvers = ["U0LIN", "U0ADA"]
"""
EFFECT = pytest.mark.parametrize("way", [Way.AT_ONCE, Way.TWICE])


@pytest.fixture
def make_world(postgres_url):
    return lambda folder: Replicas(folder, postgres_url)


async def requested(world, times=TIMES):
    await world.restart(more=RULE, times=times, ends=replace(QUICK_DLI, approvals_seconds=0.2))
    review = await world.screen(f"/flink rescale {JOB} 8")
    outcome = await world.ada.submit(review)
    assert outcome.view.title == "Approval requested", outcome.view.words()
    return review.private_metadata, await world.told(review.private_metadata, "card", "Awaiting")


def said_yes(world):
    return [m for m in world.slack.messages(CHANNEL) if "Approved by" in m.words()]


@EFFECT
async def test_approve_pressed_twice_approves_once_and_is_answered_twice(world, way):
    update_id, card = await requested(world)
    world.twice(way)

    answers = await world.both(world.lin, world.lin.click(card, Action.APPROVE_UPDATE))

    assert any("You approved" in said for said in answers)
    assert all("You approved" in said or "Nothing to decide" in said for said in answers)
    world.once()
    await world.told(update_id, containing="Succeeded")
    assert len(said_yes(world)) == 1
    assert world.alibaba.calls("HotUpdateJob") == 1


@EFFECT
async def test_a_rejection_sent_twice_rejects_once(world, way):
    update_id, card = await requested(world)
    world.twice(way)
    outcome = await world.lin.click(card, Action.REJECT_UPDATE)
    assert outcome.ok
    window = await world.top("Reject the request", world.lin)

    await world.lin.submit(window, {"rejection": "not today"})

    await world.told(update_id, "card", "Cancelled")
    said = await world.told(update_id, containing="not today")
    assert "<@U0ADA>: rejected by <@U0LIN>" in said.words()
    assert world.rows() == {"cancelled": 1}
    assert world.alibaba.calls("UpdateDeployment") == 0


async def test_twenty_clicks_at_two_replicas_make_one_decision(world):
    update_id, card = await requested(world)
    before = len(world.mine(world.lin))

    clicks = [world.lin.click(card, Action.APPROVE_UPDATE) for _ in range(20)]
    assert all(outcome.ok for outcome in await asyncio.gather(*clicks))

    await world.seen(lambda: len(world.mine(world.lin)) == before + 20)
    said = [message.words() for message in world.mine(world.lin)[before:]]
    assert all("You approved" in one or "Nothing to decide" in one for one in said), said
    await world.told(update_id, containing="Succeeded")
    assert len(said_yes(world)) == 1
    assert world.alibaba.calls("HotUpdateJob") == 1
    assert set(world.balancer.served) == {0, 1}


async def test_one_replica_reminds_for_both(world):
    times = f"{TIMES}\napproval_reminder_seconds = 0.5\napproval_expires_seconds = 2.5\n"
    update_id, _ = await requested(world, times)

    await world.told(update_id, containing="not approved in time")

    reminders = [m for m in world.slack.messages(CHANNEL) if "still waits" in m.words()]
    assert len(reminders) in {1, 2}  # after 0.5 s and, a second later, once more
