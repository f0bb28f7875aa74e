"""What a review says beforehand, and that every way to ask again asks for approval again."""

import pytest

from bot.slack.ids import Action
from tests.acceptance.lake import Lake
from tests.acceptance.test_approvals import (
    OF_LARGE_STEPS,
    answered,
    requested,
    word,
    writes,
)
from tests.acceptance.world import HURRIED, JOB, fault

UP_TO_TEN = f"{OF_LARGE_STEPS}\n[rules.refuse_beyond]\nmax_parallelism = 10\n"
STOPS = """
[[rules]]
name = "stops"
operations = ["dli_stop"]
requesters = ["*"]
decision = "{decision}"
approvers = ["U0LIN"]
"""


async def test_a_review_says_which_it_will_be_and_by_which_rule(world):
    lists = await world.screen(f"/flink rescale {JOB} 5")
    assert "Applies at once: the rule `targets.sandbox` allows it" in lists.words()
    await world.restart(more=UP_TO_TEN)

    small = await world.screen(f"/flink rescale {JOB} 5")
    large = await world.screen(f"/flink rescale {JOB} 8")
    huge = await world.screen(f"/flink rescale {JOB} 20")

    assert "Applies at once: the rule `two-people` allows it" in small.words()
    assert "Needs 1 approval* of <@U0LIN>, not your own (rule `two-people`)" in large.words()
    assert "Refused by the rule* `two-people`" in huge.words()
    assert [word(one) for one in (small, large, huge)] == ["Apply", "Request approval", ""]


async def test_what_is_retried_asks_for_approval_again(world):
    first, card = await requested(world)
    why = await world.pressed(Action.REJECT_UPDATE, world.lin, card, "Reject the request")
    await world.lin.submit(why, {"rejection": "the sale is on"})
    ended = await world.told(first, "card", "Cancelled")

    again = await world.pressed(Action.RETRY_UPDATE, where=ended)
    assert word(again) == "Request approval"
    await world.ada.submit(again)
    waits = await world.told(again.private_metadata, "card", "Awaiting")

    assert "none so far" in waits.words()
    assert writes(world) == 0
    assert "on its way" in await answered(world, world.lin, waits)
    assert "Succeeded" in (await world.told(again.private_metadata)).words()


async def test_what_was_approved_once_is_retried_with_an_approval_of_its_own(world):
    world.cloud.behave(world.cloud.named(JOB), {"outcome": "fail"})
    first, card = await requested(world)
    await answered(world, world.lin, card)
    failed = await world.told(first)

    again = await world.pressed(Action.RETRY_UPDATE, where=failed)

    assert word(again) == "Request approval"
    await world.ada.submit(again)
    waits = await world.told(again.private_metadata, "card", "Awaiting")
    assert "none so far" in waits.words()
    assert world.alibaba.calls("HotUpdateJob") == 1


async def test_check_again_only_reads_and_so_asks_nobody(world):
    world.cloud.behave(world.cloud.named(JOB), {"outcome": "hang"})
    world.alibaba.inject(fault("HotUpdateJob", "drop_after"))
    update_id, card = await requested(world, times=HURRIED)
    await answered(world, world.lin, card)
    unknown = await world.told(update_id, "card", "Outcome unknown: ")
    before = writes(world)

    assert "Still unknown" in await answered(world, world.ada, unknown, Action.CHECK_AGAIN)

    assert writes(world) == before
    card = await world.told(update_id, "card", "Outcome unknown: ")
    assert Action.APPROVE_UPDATE not in str(card.blocks)


class TestOnDli:
    """Operations without values: the review says it, too."""

    @pytest.fixture
    def make_world(self):
        return Lake

    async def test_a_stop_says_which_it_will_be(self, world):
        review = await world.screen("/flink stop dwd_orders", "Stop the job")
        assert "Applies at once: the rule `targets.lake` allows it" in review.words()
        assert word(review) == "Stop"

        await world.restart(more=STOPS.format(decision="apply"))  # but it interrupts the job
        review = await world.screen("/flink stop dwd_orders", "Stop the job")
        assert "Needs 1 approval* of <@U0LIN>" in review.words()
        assert "(rule `stops`)" in review.words()
        assert "It needs a restart of the job." in review.words()
        assert word(review) == "Request approval"

        await world.restart(more=STOPS.format(decision="refuse"))
        refused = await world.screen("/flink stop dwd_orders", "That did not work")
        assert "The rule “stops” refuses it." in refused.words()
        assert world.writes() == {}
