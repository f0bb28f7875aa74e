"""Every ending that is not plain success, and the ways out that a person is offered."""

from bot.sandbox.stage import CHANNEL, TARGET
from bot.slack.ids import Action
from tests.acceptance.world import HURRIED, JOB, buttons, fault, key_of, started_in_the_console


async def _rescaled(world, job, parallelism):
    return await world.applied(await world.screen(f"/flink rescale {job} {parallelism}"))


async def test_a_failed_update_is_retried_once_the_cause_is_gone(world):
    update_id = await _rescaled(world, "payments-fraud", 9)
    verdict = await world.told(update_id)
    assert "Failed, old settings still run" in verdict.words()
    assert "exceeded quota: resourcequota" in verdict.words()
    assert not verdict.is_reply
    assert {Action.RETRY_UPDATE, Action.ROLL_BACK} <= set(buttons(verdict))
    world.cloud.behave(world.cloud.named("payments-fraud"), {"outcome": "succeed"})
    review = await world.pressed(Action.RETRY_UPDATE, where=verdict)
    assert "`6` → `9`" in review.words()
    again = await world.applied(review)
    assert "Succeeded" in (await world.told(again)).words()


async def test_what_a_failed_update_saved_is_put_back(world):
    update_id = await _rescaled(world, "payments-fraud", 9)
    verdict = await world.told(update_id)
    title = "Restore saved settings"
    review = await world.pressed(Action.ROLL_BACK, where=verdict, title=title)
    assert "`9` → `6`" in review.words()
    assert Action.EDIT_UPDATE not in buttons(review)
    restored = await world.applied(review)
    assert "Saved" in (await world.told(restored)).words()
    basic = world.cloud.named("payments-fraud").parts["streamingResourceSetting"]
    assert basic["basicResourceSetting"]["parallelism"] == 6
    assert world.alibaba.calls("HotUpdateJob") == 1
    nothing = await world.pressed(Action.ROLL_BACK, where=verdict, title="That did not work")
    assert "is as it was before" in nothing.words()


async def test_a_job_that_went_down_is_told_loudly_with_the_ways_to_recover(world):
    update_id = await _rescaled(world, "inventory-cdc", 10)
    verdict = await world.told(update_id)
    assert "🔴 JOB DOWN" in verdict.words()
    assert "RestoreFailed" in verdict.words()
    assert "CRITICAL" in verdict.words()
    assert "1. Old settings: press Restore saved settings" in verdict.words()
    title = "Restore saved settings"
    review = await world.pressed(Action.ROLL_BACK, where=verdict, title=title)
    await world.told(await world.applied(review))
    basic = world.cloud.named("inventory-cdc").parts["streamingResourceSetting"]
    assert basic["basicResourceSetting"]["parallelism"] == 5


async def test_operators_that_stay_pinned_make_it_a_success_with_differences(world):
    update_id = await _rescaled(world, "metrics-rollup", 12)
    verdict = await world.told(update_id)
    assert "Succeeded with differences" in verdict.words()
    assert "GlobalAggregate[7]" in verdict.words()
    assert "Restarts: 0 → 1" in verdict.words()


async def test_a_job_that_got_less_than_was_asked_shows_asked_reported_and_observed(world):
    world.cloud.behave(world.cloud.named(JOB), {"granted": 5})
    update_id = await _rescaled(world, JOB, 8)
    words = (await world.told(update_id)).words()
    assert "Succeeded with differences" in words
    assert "asked `8`" in words
    assert "observed `5`" in words


async def test_a_hanging_update_is_slow_then_overdue_then_unknown(world):
    await world.restart(times=HURRIED)
    update_id = await _rescaled(world, "ads-attribution", 12)
    alert = await world.told(update_id, "alert")
    assert "Do not submit it again" in alert.words()
    verdict = await world.told(update_id)
    assert "Outcome unknown" in verdict.words()
    assert not verdict.is_reply
    await world.seen(lambda: _told_in_a_thread(world, "slow"))
    events = [e.note.code for e in await world.bot.store.events(update_id)]
    assert events.index("event_slow") < events.index("event_overdue")
    assert world.alibaba.calls("HotUpdateJob") == 1


def _told_in_a_thread(world, word):
    replies = (message for message in world.slack.messages(CHANNEL) if message.is_reply)
    return any(word in message.words().lower() for message in replies)


async def test_a_hot_update_from_the_console_is_watched_to_its_end(world):
    world.cloud.behave(world.cloud.named(JOB), {"duration_s": 10})
    started = started_in_the_console(world)
    told = await world.ask(f"/flink result {started.id}")
    said = await world.answer(world.ada, world.ada.click(told, Action.WATCH_HOT_UPDATE))
    assert f"Watching hot update {started.id}" in said.words()
    again = await world.answer(world.ada, world.ada.click(told, Action.WATCH_HOT_UPDATE))
    assert f"Watching hot update {started.id}" in again.words()
    watched = await world.bot.store.watched(TARGET, started.id)
    verdict = await world.told(watched.id)
    assert "Succeeded" in verdict.words()
    cards = [m for m in world.slack.messages(CHANNEL) if key_of(m).endswith(":card")]
    assert len(cards) == 1
    assert world.alibaba.calls("HotUpdateJob") == 0
    ended = await world.ask(f"/flink result {started.id}")
    assert watched.id in ended.words()


async def test_a_hot_update_whose_id_is_gone_cannot_be_watched(world):
    world.cloud.behave(world.cloud.named(JOB), {"outcome": "hang"})
    told = await world.ask(f"/flink result {started_in_the_console(world).id}")
    world.cloud.named(JOB).hot_updates.clear()
    said = await world.answer(world.ada, world.ada.click(told, Action.WATCH_HOT_UPDATE))
    assert "⛔" in said.words()


async def test_an_answer_that_was_lost_is_found_out_by_reading_the_job(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.alibaba.inject(fault("HotUpdateJob", "drop_after"))
    update_id = await world.applied(review)
    verdict = await world.told(update_id)
    assert "Succeeded" in verdict.words()
    assert "lost" in verdict.words()
    assert world.alibaba.calls("HotUpdateJob") == 1


async def test_what_the_cloud_refuses_is_told_in_its_words(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.alibaba.inject(
        fault("UpdateDeployment", "refuse", code="990301", message="frozen for the season")
    )
    update_id = await world.applied(review)
    verdict = await world.told(update_id)
    assert "Refused by the cloud" in verdict.words()
    assert "frozen for the season" in verdict.words()
    assert world.alibaba.calls("HotUpdateJob") == 0
    saved = world.cloud.named(JOB).parts["streamingResourceSetting"]
    assert saved["basicResourceSetting"]["parallelism"] == 4


async def test_a_bot_that_was_down_continues_where_it_was(world):
    world.cloud.behave(world.cloud.named(JOB), {"duration_s": 20})
    update_id = await _rescaled(world, JOB, 8)
    await world.told(update_id, "card", "Running")
    await world.alibaba.called("HotUpdateJob")
    await world.restart()
    assert "Succeeded" in (await world.told(update_id)).words()
    assert world.alibaba.calls("HotUpdateJob") == 1
