"""What nobody does by mistake: refused, told to who did it, counted, and without any effect."""

import json
import re
from dataclasses import replace

import pytest

from bot.sandbox.slack import payloads
from bot.sandbox.slack.delivery import RequestKind
from bot.sandbox.stage import CHANNEL
from bot.slack.ids import Action
from tests.acceptance.world import JOB, World, field

NASTY = "orders-<!channel>-<@U0LIN>-`b`-<https://evil.example|here>-&amp;"
UNKNOWN = "zzzzzzzz"
EXPIRED = "This form is too old"
OUTSIDER = {"id": "U0EVE", "username": "eve", "name": "eve", "team_id": "T0ELSEWHERE"}


@pytest.fixture
def make_world():
    """Give a world with a job whose name mentions everybody."""
    return Odd


class Odd(World):
    async def start(self, **given):
        deployment = self.cloud.named(JOB)
        if "renamed" not in vars(self):
            self.renamed = replace(deployment, parts=deployment.parts)
        for parts in (deployment.parts, *(job.parts for job in deployment.jobs)):
            parts["name"] = NASTY
        await super().start(**given)


@pytest.fixture
def told(caplog):
    """Give how often a refusal of a kind was told."""

    def of(kind):
        lines = [record for record in caplog.records if record.name == "bot.slack.tally"]
        return sum(getattr(record, "abuse", "") == kind for record in lines)

    return of


async def sent(world, view, person, **changed):
    """Submit a screen as somebody, with something changed on the way; give the answer."""
    shown = replace(view, payload={**view.payload, **changed})
    trigger = world.slack.workspace.triggers.issue(person.user.id)
    body = payloads.view_submission_payload(person.user, shown, [], trigger_id=trigger)
    return (await world.slack.dispatch.deliver(RequestKind.INTERACTION, body)).body


def nothing_was_done(world):
    return world.alibaba.calls("UpdateDeployment") == world.alibaba.calls("HotUpdateJob") == 0


async def form_of(world):
    return await world.chosen(await world.screen("/flink update", "Change a job"), NASTY)


async def test_the_form_of_somebody_else_cannot_be_sent(world, told):
    form = await form_of(world)

    answer = await sent(world, form, world.lin)

    assert EXPIRED in json.dumps(answer)
    assert told("not_theirs") == 1
    assert nothing_was_done(world)


async def test_the_plan_of_somebody_else_cannot_be_applied(world, told):
    form = await form_of(world)
    review = await world.submitted(form, {field(form, "parallelism"): 8})

    answer = await sent(world, review, world.lin)

    assert EXPIRED in json.dumps(answer)
    assert told("not_theirs") == 1
    assert nothing_was_done(world)
    await world.told(await world.applied(review))


async def test_a_screen_with_the_id_of_nothing_is_refused(world, told):
    form = await form_of(world)
    review = await world.submitted(form, {field(form, "parallelism"): 8})

    unknown = await sent(world, review, world.ada, private_metadata=UNKNOWN)
    world.expected.append("refused (tampered)")
    garbage = await sent(world, review, world.ada, private_metadata="{'$ne': null}")
    long = await sent(world, review, world.ada, private_metadata="x" * 3000)

    assert UNKNOWN in json.dumps(unknown)
    assert "not one of Flinkbot's" in json.dumps(garbage)
    assert "not one of Flinkbot's" in json.dumps(long)
    assert told("unknown_id") == 1
    assert told("tampered") == 1
    assert nothing_was_done(world)


async def test_what_nobody_can_read_or_type_is_refused_at_its_field(world, told):
    world.expected.append("refused (overlong)")
    form = await form_of(world)
    block, number = field(form, "reason"), field(form, "parallelism")
    [action] = form.state[block]

    for typed, said in (
        ("a\x00b", "cannot be seen or kept"),
        ("x" * 100_000, "too long (100000 characters)"),
    ):
        held = {action: {"type": "plain_text_input", "value": typed}}
        for _ in range(2):
            answer = await sent(world, with_state(form, block, held), world.ada)
            assert said in answer["errors"][block]
    digits = {"type": "number_input", "value": "9" * 5_000}
    huge = with_state(form, number, dict.fromkeys(form.state[number], digits))
    answer = await sent(world, huge, world.ada)

    assert "too long" in answer["errors"][number]
    assert told("illegible") == 1
    assert told("overlong") == 1
    assert nothing_was_done(world)


def with_state(view, block, state):
    """Give a screen with something entered that Slack's own client would not let pass."""
    return replace(view, state={**view.state, block: state})


async def test_a_button_with_the_id_of_nothing_is_refused(world, told):
    form = await form_of(world)
    update_id = await world.applied(await world.submitted(form, {field(form, "parallelism"): 8}))
    await world.told(update_id)
    card = await world.told(update_id, "card", "Succeeded")

    trigger = world.slack.workspace.triggers.issue("U0ADA")
    body = payloads._interaction("block_actions", world.ada.user) | {
        "trigger_id": trigger,
        "channel": {"id": CHANNEL},
        "message": {"ts": card.ts},
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": card.ts},
        "actions": [
            {
                "type": "button",
                "action_id": Action.VIEW_UPDATE,
                "block_id": "b",
                "action_ts": "1.0",
                "value": UNKNOWN,
            }
        ],
    }
    await world.slack.dispatch.deliver(RequestKind.INTERACTION, body)
    await world.top("That did not work", containing=UNKNOWN)

    assert told("unknown_id") == 1


async def test_a_guest_may_not_even_look(world, told):
    workspace = world.slack.workspace
    workspace.put_user(replace(workspace.users["U0LIN"], is_guest=True))
    world.expected.append("refused (guest)")

    said = await world.ask("/flink jobs", world.lin)
    await world.ask(f"/flink update {NASTY}", world.lin)

    assert "no orders from guests" in said.words()
    assert world.lin.views == []
    assert told("guest") == 1


async def test_a_user_of_another_team_may_not_even_look(world, told):
    world.expected.append("refused (other_team)")
    for _ in range(3):
        await world.alone(world.ada)
        trigger = world.slack.workspace.triggers.issue("U0ADA")
        body = payloads.shortcut_payload(
            world.ada.user, "change_any_job", "1.0", trigger_id=trigger
        )
        await world.slack.dispatch.deliver(RequestKind.INTERACTION, body | {"user": OUTSIDER})
        await world.top("Flinkbot", containing="only from members of its own")

    assert told("other_team") == 1


async def test_a_job_name_and_a_reason_mention_nobody(world):
    form = await form_of(world)
    entered = {field(form, "parallelism"): 8, field(form, "reason"): f"why {NASTY}"}
    update_id = await world.applied(await world.submitted(form, entered))
    await world.told(update_id)
    await world.told(update_id, "card", "Succeeded")
    await world.ask("/flink status")
    await world.ask("/flink history")

    sent = [call.arguments for call in world.slack.api.calls]
    answered = [x["request"] for x in world.slack.traffic.since(0) if x["direction"] == "from_app"]
    texts = list(_mrkdwn([sent, answered]))
    assert any("orders-" in one for one in texts)
    for one in texts:
        assert not re.search(r"<!channel|<@U0LIN|<https://evil", one), one


def _mrkdwn(node):
    """Give every text that Slack would read for mentions and links."""
    match node:
        case {"type": "plain_text"} | {"block_id": str(), "type": "input"}:
            return
        case dict():
            for key, one in node.items():
                if key == "text" and isinstance(one, str):
                    yield one
                else:
                    yield from _mrkdwn(one)
        case list():
            for one in node:
                yield from _mrkdwn(one)
