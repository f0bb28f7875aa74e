"""The Home tab and the shortcuts: ways in that lead from no channel, or from inside a thread."""

import json
from urllib.parse import urlencode

import pytest

from bot.sandbox.slack import payloads
from bot.sandbox.slack.documents import message_document
from bot.sandbox.slack.workspace import TEAM_ID
from bot.sandbox.stage import CHANNEL
from bot.slack.ids import Action
from bot.slack.surface import CHANGE_ANY_JOB, CHANGE_JOB, HOME_OPENED
from tests.acceptance.world import JOB, buttons, fault, field
from tests.unit.slack.runtime.signing import signed

SECRET = "sandbox-signing-secret"
ANYBODY_HERE = {"allow_users": '["*"]', "allow_channels": f'["{CHANNEL}"]'}


async def send(world, session, body, content_type="application/json"):
    """Send what Slack would send; it must be taken."""
    address = f"http://127.0.0.1:{world.bot.port}/slack/events"
    request = signed(body, secret=SECRET, content_type=content_type)
    async with session.post(address, **request) as answer:
        assert (answer.status, await answer.text()) == (200, "")


async def opened(world, session, person=None, tab="home"):
    """Look at the bot's Home tab; give it once it is filled."""
    person = person or world.ada
    event = {"type": HOME_OPENED, "user": person.user.id, "channel": "D0", "tab": tab}
    body = {"type": "event_callback", "event_id": "Ev1", "team_id": TEAM_ID, "event": event}
    await send(world, session, json.dumps(body))
    return await world.seen(lambda: person.home)


async def taken(world, session, shortcut, message=None, person=None):
    """Take a shortcut; give the form."""
    person = person or world.ada
    await world.alone(person)
    kind = "message_action" if message else "shortcut"
    body = payloads._interaction(kind, person.user) | {
        "callback_id": shortcut.callback_id,
        "trigger_id": world.slack.workspace.triggers.issue(person.user.id),
    }
    if message:
        body |= {
            "message": message_document(message),
            "channel": {"id": message.channel, "name": "data-jobs"},
        }
    form = "application/x-www-form-urlencoded"
    await send(world, session, urlencode({"payload": json.dumps(body)}), content_type=form)
    return await world.top("Change a job", person, "Reason")


def chosen_job(form):
    """Give the deployment id of the job that the form shows."""
    state = form.state[field(form, "job")][Action.CHOOSE_JOB]
    return (state["selected_option"] or {}).get("value")


async def test_home_shows_what_is_going_on_and_what_its_reader_may_do(world, session):
    home = await opened(world, session)

    assert "Being changed now" in home.words()
    assert "Nothing." in home.words()
    assert "you may; cards go to" in home.words()
    assert buttons(home) == [
        Action.OPEN_UPDATE_FORM,
        Action.OPEN_JOBS,
        Action.OPEN_STATUS,
        Action.REFRESH_HOME,
    ]


async def test_a_change_from_home_is_reviewed_applied_and_seen_there(world, session):
    world.alibaba.inject(fault("HotUpdateJob", "delay", seconds=0.5))
    home = await opened(world, session)
    form = await world.pressed(Action.OPEN_UPDATE_FORM, where=home, title="Change a job")
    form = await world.chosen(form, JOB)
    review = await world.submitted(form, {field(form, "parallelism"): "8"})
    update_id = await world.applied(review)
    await world.told(update_id, "card", "Running")
    await world.ada.click(home, Action.REFRESH_HOME)
    await world.seen(lambda: "step" in world.ada.home.words())
    await world.told(update_id)

    await world.ada.click(world.ada.home, Action.REFRESH_HOME)
    await world.seen(lambda: "✅ Succeeded: *orders-enrichment*" in world.ada.home.words())
    details = await world.pressed(Action.VIEW_UPDATE, where=world.ada.home, title="Update")
    assert update_id in details.words()


async def test_home_of_who_looked_lately_follows_by_itself(world, session):
    await opened(world, session)
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    await world.told(update_id)
    world.bot.ticks.nudge("home tabs")

    await world.seen(lambda: "✅ Succeeded: *orders-enrichment*" in world.ada.home.words())


async def test_home_answers_in_a_screen_what_a_command_answers_privately(world, session):
    home = await opened(world, session)
    jobs = await world.pressed(Action.OPEN_JOBS, where=home, title="Flinkbot")
    jobs = await world.top("Flinkbot", containing=JOB)
    value = next(b["accessory"]["value"] for b in jobs.blocks if JOB in json.dumps(b))
    await world.ada.click(jobs, Action.OPEN_UPDATE_FORM, value=value)
    form = await world.top("Change a job", containing="Running, values are live")

    assert len(world.ada.views) == 2  # the list is still there below
    assert chosen_job(form) == world.cloud.named(JOB).id
    await world.ada.close(form, everything=True)
    await world.pressed(Action.OPEN_STATUS, where=home, title="Flinkbot")
    await world.top("Flinkbot", containing="No updates yet")


async def test_where_being_in_a_channel_is_what_allows_it_home_leads_there(world, session):
    await world.restart(**ANYBODY_HERE)
    home = await opened(world, session)
    form = await world.pressed(Action.OPEN_UPDATE_FORM, where=home, title="Change a job")
    form = await world.chosen(form, JOB)
    outcome = await world.ada.submit(form, {field(form, "parallelism"): "8"})

    assert f"Run /flink update in <#{CHANNEL}>".replace("`", "") in home.words().replace("`", "")
    assert CHANNEL in outcome.errors["job"]
    assert world.alibaba.calls("UpdateDeployment") == 0


async def test_who_chooses_the_channel_of_the_card_may_choose_an_allowed_one_only(world, session):
    world.text = world.text.replace(f'\nchannel = "{CHANNEL}"', "")
    await world.restart(allow_channels=f'["{CHANNEL}", "C0APPROVALS"]', allow_users='["U0ADA"]')
    form = await taken(world, session, CHANGE_ANY_JOB)
    form = await world.chosen(form, JOB)
    wrong = await world.ada.submit(form, {"channel": "C0RANDOM", field(form, "parallelism"): "8"})
    assert "C0APPROVALS" in wrong.errors["channel"]
    review = await world.submitted(form, {"channel": CHANNEL})
    again = await world.pressed(Action.EDIT_UPDATE, where=review, title="Change a job")
    assert again.state["channel"]["value"]["selected_conversation"] == CHANNEL
    review = await world.submitted(again)
    update_id = await world.applied(review)

    assert "Succeeded" in (await world.told(update_id)).words()


async def test_a_shortcut_on_a_card_or_in_its_thread_is_about_its_job(world, session):
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    await world.told(update_id)
    card = await world.told(update_id, "card", "Succeeded")
    reply = world.lin.say(CHANNEL, "what about payments-fraud?", thread_ts=card.ts)
    wanted = world.cloud.named(JOB).id

    assert chosen_job(await taken(world, session, CHANGE_JOB, card)) == wanted
    assert chosen_job(await taken(world, session, CHANGE_JOB, reply, world.lin)) == wanted


@pytest.mark.parametrize(
    ("said", "job"),
    [
        (f"<!here> {JOB}: lag is growing", JOB),
        (f"{JOB} and payments-fraud are slow", None),
        ("who broke the build?", None),
    ],
)
async def test_a_shortcut_on_any_message_is_about_the_one_job_it_names(world, session, said, job):
    form = await taken(world, session, CHANGE_JOB, world.ada.say(CHANNEL, said))

    assert chosen_job(form) == (world.cloud.named(job).id if job else None)


async def test_an_event_told_twice_or_of_another_tab_changes_nothing(world, session):
    home = await opened(world, session)
    calls = len(world.slack.calls("views.publish"))
    await opened(world, session, tab="messages")
    assert len(world.slack.calls("views.publish")) == calls
    await opened(world, session)
    await world.seen(lambda: len(world.slack.calls("views.publish")) == calls + 1)

    assert world.ada.home.id == home.id
