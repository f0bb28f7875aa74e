"""The way back from what was done, by command and by button, under the same rules as any change."""

from bot.slack.ids import Action
from tests.acceptance.test_approvals import OF_ALL
from tests.acceptance.world import JOB, buttons

REFUSED = "That did not work"


async def rescaled(world, parallelism=8):
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} {parallelism}"))
    return update_id, await world.told(update_id, "card", "Succeeded")


def parallelism(world):
    saved = world.cloud.named(JOB).parts["streamingResourceSetting"]
    return saved["basicResourceSetting"]["parallelism"]


async def test_a_success_is_taken_back_by_command(world):
    update_id, _ = await rescaled(world)

    review = await world.screen(f"/flink rollback {update_id}", title="Roll back")
    assert "`8` → `4`" in review.words()
    assert Action.EDIT_UPDATE not in buttons(review)
    back = await world.applied(review)

    card = await world.told(back, "card", "Succeeded")
    assert f"rolls back `{update_id}`" in card.words()
    assert parallelism(world) == 4
    assert world.alibaba.calls("HotUpdateJob") == 2


async def test_a_way_back_pressed_again_is_said_to_be_done(world):
    update_id, card = await rescaled(world)
    back = await world.applied(await world.pressed(Action.ROLL_BACK, where=card, title="Roll back"))
    await world.told(back, "card", "Succeeded")

    again = await world.pressed(Action.ROLL_BACK, where=card, title=REFUSED)

    assert f"All that update {update_id} changed is as it was before." in again.words()
    assert world.alibaba.calls("HotUpdateJob") == 2


async def test_what_was_changed_since_is_named_instead_of_written_over(world):
    update_id, _ = await rescaled(world)
    await rescaled(world, 6)

    refused = await world.screen(f"/flink rollback {update_id}", title=REFUSED)

    assert "the job was changed since" in refused.words()
    assert "Not as it left them: Parallelism." in refused.words()
    assert parallelism(world) == 6


async def test_a_way_back_needs_the_approval_that_any_change_needs(world):
    update_id, _ = await rescaled(world)
    await world.restart(more=OF_ALL)

    review = await world.screen(f"/flink rollback {update_id}", title="Roll back")

    assert "Needs 1 approval" in review.words()
    assert review.payload["submit"]["text"] == "Request approval"


async def test_an_update_that_nobody_knows_cannot_be_taken_back(world):
    refused = await world.screen("/flink rollback 00000000", title=REFUSED)
    assert "00000000" in refused.words()
