"""Who may change what: denied by default, checked at submit and again at Apply."""

import pytest

from bot.sandbox.stage import CHANNEL
from bot.slack.ids import Action
from tests.acceptance.world import JOB, fault, field, started_in_the_console

NOBODY = {"allow_users": "[]", "allow_channels": "[]"}
ONLY_LIN = {"allow_users": '["U0LIN"]'}
ELSEWHERE = {"allow_channels": '["C0APPROVALS"]'}


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        (NOBODY, ['allow_users = ["U0ADA"]', f'allow_channels = ["{CHANNEL}"]']),
        (ONLY_LIN, ['allow_users = ["U0ADA"]']),
        (ELSEWHERE, [f'allow_channels = ["{CHANNEL}"]']),
    ],
)
async def test_a_command_that_is_not_allowed_names_the_ids_to_add(world, rules, lines):
    await world.restart(**rules)
    said = await world.screen(f"/flink rescale {JOB} 8", "That did not work")
    for line in lines:
        assert line in said.words()
    assert len([x for x in said.words().splitlines() if x.startswith("allow_")]) == len(lines)


async def test_a_form_that_is_not_allowed_is_refused_at_submit(world):
    await world.restart(**ONLY_LIN)
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    outcome = await world.ada.submit(form, {field(form, "parallelism"): "8"})
    assert set(outcome.errors) == {"job"}
    assert "U0ADA" in outcome.errors["job"]
    assert world.alibaba.calls("UpdateDeployment") == 0


async def test_rules_that_changed_after_the_review_hold_at_apply(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    await world.restart(**NOBODY)
    outcome = await world.ada.submit(review)
    assert 'allow_users = ["U0ADA"]' in outcome.view.words()
    assert f'allow_channels = ["{CHANNEL}"]' in outcome.view.words()
    assert outcome.view.title == "Review the change"
    await world.restart()
    update_id = await world.applied(outcome.view)
    assert "Succeeded" in (await world.told(update_id)).words()


async def test_a_target_that_is_not_configured_any_more_is_told_at_apply(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.text = world.text.replace("targets.sandbox", "targets.another")
    await world.restart()
    outcome = await world.ada.submit(review)
    assert "another" in outcome.view.words()
    assert "incident" not in outcome.view.words()


async def test_a_form_of_a_target_that_is_not_configured_any_more_is_refused(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    world.text = world.text.replace("targets.sandbox", "targets.another")
    await world.restart()
    outcome = await world.ada.submit(form, {field(form, "parallelism"): "8"})
    assert "job" in outcome.errors


async def test_buttons_carry_no_authority(world):
    review = await world.screen("/flink rescale payments-fraud 8")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=0.3))
    update_id = await world.applied(review)
    queued = await world.told(update_id, "card", "Queued")
    failed = await world.told(update_id)
    await world.restart(**ONLY_LIN)
    for action in (Action.RETRY_UPDATE, Action.ROLL_BACK):
        said = await world.pressed(action, where=failed, title="That did not work")
        assert 'allow_users = ["U0ADA"]' in said.words()
    said = await world.answer(world.ada, world.ada.click(queued, Action.CANCEL_UPDATE))
    assert 'allow_users = ["U0ADA"]' in said.words()


async def test_watching_is_a_change_too(world):
    world.cloud.behave(world.cloud.named(JOB), {"outcome": "hang"})
    told = await world.ask(f"/flink result {started_in_the_console(world).id}")
    await world.restart(**NOBODY)
    said = await world.answer(world.ada, world.ada.click(told, Action.WATCH_HOT_UPDATE))
    assert 'allow_users = ["U0ADA"]' in said.words()


async def test_who_may_not_change_may_still_look(world):
    await world.restart(**NOBODY)
    assert JOB in (await world.ask("/flink jobs")).words()
    assert JOB in (await world.ask(f"/flink status {JOB}")).words()
