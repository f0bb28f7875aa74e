"""Two people, one change: asked for by one, approved or rejected by another, then carried out."""

import asyncio
from dataclasses import replace

from bot.sandbox.stage import CHANNEL
from bot.slack.ids import Action
from tests.acceptance.world import JOB, QUICK, TIMES, buttons, fault

RULE = """
[[rules]]
name = "two-people"
requesters = ["*"]
approvers = ["U0LIN", "U0ADA"]
{more}
"""
OF_ALL = RULE.format(more='decision = "approval"')
TWO = RULE.format(more='decision = "approval"\napprovals = 2\nown_approval = true')
OF_LARGE_STEPS = RULE.format(more="[rules.approval_beyond]\nmax_factor = 1.5")
ON_CALL = RULE.format(more='decision = "approval"').replace('"U0LIN", "U0ADA"', '"S0ONCALL"')
SOON = replace(QUICK, approvals_seconds=0.1)


async def requested(world, line=f"/flink rescale {JOB} 8", person=None, rule=OF_ALL, **given):
    """Ask for a change under a rule that wants approval; give its id and its card."""
    await world.restart(more=rule, **given)
    review = await world.screen(line, person=person)
    assert word(review) == "Request approval"
    outcome = await (person or world.ada).submit(review)
    assert outcome.view.title == "Approval requested", outcome.view.words()
    return review.private_metadata, await world.told(review.private_metadata, "card", "Awaiting")


def word(review):
    """Give what the button of a review says."""
    return (review.payload.get("submit") or {}).get("text", "")


async def answered(world, person, card, action=Action.APPROVE_UPDATE):
    return (await world.answer(person, person.click(card, action))).words()


def writes(world):
    return world.alibaba.calls("UpdateDeployment") + world.alibaba.calls("HotUpdateJob")


async def test_what_somebody_else_approves_is_applied(world):
    update_id, card = await requested(world)
    said = card.words()
    for part in ("<@U0ADA> asks for approval", "two-people", "<@U0LIN>", "1 approval", "Expires"):
        assert part in said
    assert buttons(card) == [
        Action.APPROVE_UPDATE,
        Action.REJECT_UPDATE,
        Action.EDIT_UPDATE,
        Action.CANCEL_UPDATE,
    ]
    assert writes(world) == 0

    assert "on its way" in await answered(world, world.lin, card)

    assert "Succeeded" in (await world.told(update_id)).words()
    said = (await world.told(update_id, "event:3")).words()
    assert "Approved by <@U0LIN>. Asked for by <@U0ADA>." in said
    done = await world.told(update_id, "card", "Succeeded")
    assert not {Action.APPROVE_UPDATE, Action.REJECT_UPDATE} & set(buttons(done))
    late = await answered(world, world.lin, card)
    assert "Nothing to decide any more" in late


async def test_nobody_approves_their_own_request(world):
    update_id, card = await requested(world)

    assert "somebody else's approval" in await answered(world, world.ada, card)

    assert "none so far" in world.message(update_id, "card").words()
    assert writes(world) == 0


async def test_who_is_not_named_can_neither_approve_nor_reject(world):
    rule = OF_ALL.replace('"U0LIN", "U0ADA"', '"U0PAT"')
    _, card = await requested(world, rule=rule)

    assert "You may not approve this" in await answered(world, world.lin, card)
    said = await world.pressed(Action.REJECT_UPDATE, world.lin, card, "That did not work")
    assert "You may not approve this" in said.words()
    assert writes(world) == 0


async def test_two_have_to_say_yes_and_each_counts_once(world):
    update_id, card = await requested(world, rule=TWO)

    assert "1 more is needed" in await answered(world, world.lin, card)
    card = await world.told(update_id, "card", "so far: <@U0LIN>")
    assert "You approved it already" in await answered(world, world.lin, card)
    assert writes(world) == 0
    assert "on its way" in await answered(world, world.ada, card)

    assert "Succeeded" in (await world.told(update_id)).words()


async def test_a_request_is_rejected_with_a_reason_and_the_requester_is_told(world):
    update_id, card = await requested(world)
    why = await world.pressed(Action.REJECT_UPDATE, world.lin, card, "Reject the request")
    refused = await world.lin.submit(why, {"rejection": "   "})
    assert set(refused.errors or {"rejection": 1}) == {"rejection"}

    await world.lin.submit(why, {"rejection": "wait for <!here> the sale"})

    said = (await world.told(update_id, containing="rejected")).words()
    assert "<@U0ADA>: rejected by <@U0LIN>" in said
    assert "wait for" in said
    assert "<!here>" not in said
    await world.top("Rejected", world.lin)
    ended = await world.told(update_id, "card", "Cancelled")
    assert Action.APPROVE_UPDATE not in buttons(ended)
    assert "Nothing to decide" in await answered(world, world.lin, card)
    assert writes(world) == 0


async def test_a_large_step_asks_and_a_small_one_does_not(world):
    await world.restart(more=OF_LARGE_STEPS)
    small = await world.screen(f"/flink rescale {JOB} 5")
    assert word(small) == "Apply"
    assert "Applies at once" in small.words()
    large = await world.screen(f"/flink rescale {JOB} 20")
    assert word(large) == "Request approval"
    for part in ("Needs 1 approval", "two-people", "factor"):
        assert part in large.words()


async def test_what_a_rule_forbids_can_only_be_closed(world):
    forbidding = RULE.format(more="[rules.refuse_beyond]\nmax_parallelism = 10")
    await world.restart(more=forbidding)
    review = await world.screen(f"/flink rescale {JOB} 20")
    assert not word(review)
    for part in ("Refused by the rule", "two-people", "outside of the limits"):
        assert part in review.words()


async def test_approvers_are_reminded_and_what_nobody_approves_expires(world):
    times = f"{TIMES}\napproval_reminder_seconds = 0.2\napproval_expires_seconds = 1.5\n"
    update_id, card = await requested(world, times=times, ends=SOON)

    told = await world.told(update_id, "event:3", "still waits")
    assert "<@U0LIN>" in told.words()
    said = await world.told(update_id, containing="not approved in time")
    assert "<@U0ADA>" in said.words()
    assert "Expired" in (await world.told(update_id, "card", "Expired")).words()
    assert "nobody in time" in await answered(world, world.lin, card)
    assert writes(world) == 0


async def test_who_left_the_group_approves_no_more(world):
    _, card = await requested(world, person=world.lin, rule=ON_CALL)
    group = world.slack.workspace.usergroups["S0ONCALL"]
    world.slack.workspace.usergroups["S0ONCALL"] = replace(group, users=())
    await world.restart(more=ON_CALL)  # what is known of a group is believed for a minute

    assert "You may not approve this" in await answered(world, world.ada, card)
    assert writes(world) == 0


async def test_an_approval_of_who_left_before_the_write_is_worth_nothing(world):
    update_id, card = await requested(world, person=world.lin, rule=ON_CALL)
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=2.0))
    assert "on its way" in await answered(world, world.ada, card)
    await world.stop()
    group = world.slack.workspace.usergroups["S0ONCALL"]
    world.slack.workspace.usergroups["S0ONCALL"] = replace(group, users=())
    await world.start(more=ON_CALL)

    said = (await world.told(update_id)).words()
    assert "1 approval is missing by now" in said
    assert writes(world) == 0


async def test_a_rule_that_changed_before_the_write_stops_it(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=2.0))
    update_id = await world.applied(review)
    await world.restart(allow_users='["U0LIN"]')

    said = (await world.told(update_id)).words()
    assert "the rules do not allow it to <@U0ADA> any more" in said
    assert writes(world) == 0


async def test_an_edit_voids_the_approvals(world):
    first, card = await requested(world, rule=TWO)
    await answered(world, world.lin, card)
    form = await world.pressed(Action.EDIT_UPDATE, where=card, title="Change a job")
    review = await world.submitted(form)
    assert first != review.private_metadata

    assert "Replaced by" in (await world.told(first, "card", "Superseded")).words()
    await world.ada.submit(review)
    anew = await world.told(review.private_metadata, "card", "Awaiting")
    assert "none so far" in anew.words()
    assert "Nothing to decide" in await answered(world, world.ada, card)
    assert writes(world) == 0


async def test_a_job_that_moved_meanwhile_is_told_as_stale(world):
    update_id, card = await requested(world)
    world.cloud.edit(world.cloud.named(JOB), parallelism=6, conf={}, by="console")

    await answered(world, world.lin, card)

    said = (await world.told(update_id)).words()
    assert "something moved since it was reviewed" in said
    assert "Moved: Parallelism." in said
    assert writes(world) == 0


async def test_the_requester_may_cancel_what_waits(world):
    update_id, card = await requested(world)
    assert "Nothing was sent" in await answered(world, world.ada, card, Action.CANCEL_UPDATE)
    await world.told(update_id, "card", "Cancelled")


async def test_without_rules_a_change_applies_at_once(world):
    review = await world.screen(f"/flink rescale {JOB} 8")
    assert (word(review), "Needs" in review.words()) == ("Apply", False)
    update_id = await world.applied(review)
    assert "Succeeded" in (await world.told(update_id)).words()


async def test_many_yeses_at_once_make_one_decision(world):
    update_id, card = await requested(world)
    before = len(world.mine(world.lin))

    await asyncio.gather(*(world.lin.click(card, Action.APPROVE_UPDATE) for _ in range(20)))
    await world.seen(lambda: len(world.mine(world.lin)) >= before + 20)

    assert "Succeeded" in (await world.told(update_id)).words()
    keys = [m.words() for m in world.slack.messages(CHANNEL) if "Approved by" in m.words()]
    assert len(keys) == 1
