"""Apply and what follows: once, by one person, against what was reviewed."""

import asyncio

from bot.sandbox.stage import CHANNEL
from bot.slack.ids import Action
from tests.acceptance.world import JOB, buttons, fault, field


async def test_from_command_to_verdict_with_one_card_that_is_edited(world):
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    verdict = await world.told(update_id)
    assert "Succeeded" in verdict.words()
    card = await world.told(update_id, "card", "Succeeded")
    assert world.slack.calls("chat.update")
    assert verdict.thread_ts == card.ts
    assert buttons(card) == [Action.ROLL_BACK, Action.VIEW_UPDATE]
    assert (
        world.cloud.named(JOB).latest_job.parts["streamingResourceSetting"]["basicResourceSetting"][
            "parallelism"
        ]
        == 8
    )
    assert world.alibaba.calls("HotUpdateJob") == 1


async def test_apply_pressed_twice_sends_one_update(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    person = world.ada
    first, second = await asyncio.gather(person.submit(review), person.submit(review))
    assert [first.view.title, second.view.title] == ["Applying", "Applying"]
    await world.told(review.private_metadata)
    assert world.alibaba.calls("HotUpdateJob") == 1
    assert world.alibaba.calls("UpdateDeployment") == 1


async def test_the_second_of_two_people_is_told_who_was_first(world):
    mine = await world.screen(f"/flink rescale {JOB} 8")
    theirs = await world.screen(f"/flink rescale {JOB} 6", person=world.lin)
    world.cloud.behave(world.cloud.named(JOB), {"duration_s": 8})
    update_id = await world.applied(mine)
    outcome = await world.lin.submit(theirs)
    assert outcome.view.title == "Review the change"
    words = outcome.view.words()
    assert "<@U0ADA>" in words
    assert update_id in words
    await world.told(update_id)
    await world.applied(outcome.view, person=world.lin)  # what was reviewed has changed
    assert "Stale" in (await world.told(theirs.private_metadata)).words()
    assert world.alibaba.calls("HotUpdateJob") == 1


async def test_a_deployment_that_was_edited_after_the_review_is_not_touched(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.cloud.edit(world.cloud.named(JOB), parallelism=5, conf={}, by="zhang.min")
    update_id = await world.applied(review)
    verdict = await world.told(update_id)
    assert "Stale, not applied" in verdict.words()
    assert world.alibaba.calls("UpdateDeployment") == 0
    card = await world.told(update_id, "card", "Stale")
    again = await world.pressed(Action.RETRY_UPDATE, where=card)
    assert "zhang.min" in again.words()


async def test_a_queued_update_is_cancelled_and_nothing_is_sent(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=1.0))
    update_id = await world.applied(review)
    card = await world.told(update_id, "card", "Queued")
    assert buttons(card) == [Action.CANCEL_UPDATE]
    said = await world.answer(world.lin, world.lin.click(card, Action.CANCEL_UPDATE))
    assert "is cancelled. Nothing was sent." in said.words()
    ended = await world.told(update_id, "card", "Cancelled")
    assert "<@U0LIN>" in ended.words()
    late = await world.answer(world.ada, world.ada.click(card, Action.CANCEL_UPDATE))
    assert "already, by <@U0LIN>" in late.words()
    again = await world.pressed(Action.RETRY_UPDATE, where=ended)
    assert "`4` → `8`" in again.words()
    assert world.alibaba.calls("UpdateDeployment") == 0


async def test_an_update_that_has_begun_cannot_be_cancelled(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=0.3))
    update_id = await world.applied(review)
    card = await world.told(update_id, "card", "Queued")
    await world.told(update_id)
    said = await world.answer(world.ada, world.ada.click(card, Action.CANCEL_UPDATE))
    assert "⛔" in said.words()
    assert update_id in said.words()


async def test_a_plan_that_was_replaced_cannot_be_applied(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    review = await world.submitted(form, {field(form, "parallelism"): "8"})
    edited = await world.pressed(Action.EDIT_UPDATE, where=review, title="Change a job")
    await world.submitted(edited, {field(edited, "parallelism"): "9"})
    shown = await world.bot.submissions.get(review.private_metadata)
    assert shown.state == "superseded"


async def test_a_plan_that_expired_cannot_be_applied(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    await world.bot.submissions.expire_plans(0)
    outcome = await world.ada.submit(review)
    assert outcome.view.title == "That did not work"
    assert world.alibaba.calls("UpdateDeployment") == 0


async def test_view_shows_everything_that_is_known(world):
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    card = await world.told(update_id, "card", "Succeeded")
    details = await world.pressed(Action.VIEW_UPDATE, where=card, title="Update")
    for part in ("Timeline", "What ran and was saved before", update_id, "hot update"):
        assert part in details.words()


async def test_view_of_an_update_that_is_not_known_any_more_says_so(world):
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    card = await world.told(update_id, "card", "Succeeded")
    await world.stop()
    (world.folder / "flinkbot.sqlite3").unlink()
    await world.start()
    said = await world.pressed(Action.VIEW_UPDATE, where=card, title="That did not work")
    assert update_id in said.words()


async def test_cards_go_to_where_the_command_was_typed_if_the_target_has_no_channel(world):
    world.text = "\n".join(x for x in world.text.splitlines() if not x.startswith("channel ="))
    await world.restart()
    review = await world.screen(f"/flink rescale {JOB} 8", channel="C0APPROVALS")
    update_id = await world.applied(review)
    await world.told(update_id, channel="C0APPROVALS")
    assert world.slack.messages(CHANNEL) == []
