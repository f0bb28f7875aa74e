"""Who and what is turned away before any listener: told privately, counted, nothing started."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.sandbox.slack import troubles
from bot.slack.app import build_app
from bot.slack.background import Background
from bot.slack.client import identify
from bot.slack.gate import GUEST, OUTSIDER, SLOW_DOWN, TAMPERED, TOO_LONG, UNCHECKED, Gate, Pace
from bot.slack.http import Health, Inbound, build_http_app, serve
from bot.slack.members import Members
from bot.slack.tally import Abuse, Tally
from tests.unit.slack.runtime.conftest import CHANNEL, SIGNING_SECRET
from tests.unit.slack.runtime.signing import command, interaction, signed
from tests.unit.slack.runtime.test_app import BUTTON
from tests.unit.slack.runtime.test_tally import Steady

PLENTY = 1000
LONG = "u" * 301
ODD = ["u1\x00", "u1\n", "<!channel>", "{}", "u'1", LONG]


class Door:
    """An app behind a gate, what came through it, and ways to knock."""

    def __init__(self, slack, session, background, tally, steady, url):
        self.slack, self.session, self.background = slack, session, background
        self.tally, self.steady, self.url = tally, steady, url
        self.heard = []

    async def knock(self, body):
        """Send what Slack has signed; give the answer."""
        request = signed(body, secret=SIGNING_SECRET)
        async with self.session.post(self.url, **request) as answer:
            text = await answer.text()
            return await answer.json() if text.startswith("{") else text

    async def command(self, text="jobs", **more):
        return await self.knock(command(text, **more))

    async def click(self, value="u1", **more):
        action = {"type": "button", "action_id": "press", "block_id": "b", "value": value}
        return await self.knock(interaction(type="block_actions", actions=[action], **more))

    async def submit(self, metadata, **more):
        view = {"id": "V1", "type": "modal", "callback_id": "form", "private_metadata": metadata}
        return await self.knock(interaction(type="view_submission", view=view, **more))


@pytest.fixture
def clock():
    """Real time: signatures are checked against it."""
    return lambda: datetime.now(UTC)


@pytest.fixture
async def door(slack, client, session):
    background, tally, steady = Background(), Tally(), Steady()
    identity = await identify(client)
    pace = Pace(at_once=PLENTY, per_second=1.0, steady=steady)
    gate = Gate({identity.team_id, "T0PARTNER"}, Members(client), tally, pace)
    app = build_app(client=client, identity=identity, background=background, gate=gate)
    built = build_http_app(Health(list), Inbound(app, SIGNING_SECRET, tally))
    server = await serve(built, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.port}/slack/events"
    await slack.deliver_to(url)
    door = Door(slack, session, background, tally, steady, url)
    door.pace = pace

    async def heard(ack, body):
        door.heard.append(body)
        await ack()

    app.command("/flink")(heard)
    app.action("press")(heard)
    app.view("form")(heard)
    app.options("pick")(heard)
    app.event("app_home_opened")(heard)
    yield door
    await background.drain(1)
    await server.close()


def refused(door, kind, times=1):
    return door.tally.total(kind) == times and door.heard == []


async def test_a_member_comes_through(door):
    await door.command()
    await door.click("prod/0a1b2c3d-4e5f/hot up=1")
    await door.submit("u1")

    assert len(door.heard) == 3


@pytest.mark.parametrize("team", ["T0ELSEWHERE", ""])
async def test_a_command_from_another_team_is_refused(door, caplog, team):
    answer = await door.command(team_id=team)

    assert answer == {"response_type": "ephemeral", "text": OUTSIDER}
    assert refused(door, Abuse.OTHER_TEAM)
    assert "refused (other_team): 1" in caplog.text


async def test_a_click_of_another_team_in_a_shared_channel_is_refused(door):
    stranger = {"id": "U0EVE", "team_id": "T0ELSEWHERE"}

    await door.click(user=stranger)  # the team of the payload is ours

    assert refused(door, Abuse.OTHER_TEAM)


async def test_a_team_that_a_rule_names_comes_through(door):
    await door.click(user={"id": "U0LIN", "team_id": "T0PARTNER"})

    assert len(door.heard) == 1


async def test_a_guest_is_refused(door, slack, caplog):
    workspace = slack.workspace
    workspace.put_user(replace(workspace.users["U0LIN"], is_guest=True))

    first = await door.command(user_id="U0LIN")
    await door.submit("u1", user={"id": "U0LIN"})
    await door.click(user={"id": "U0LIN"})

    assert first["text"] == GUEST
    assert refused(door, Abuse.GUEST, 3)
    assert caplog.text.count("refused (guest)") == 1


async def test_who_slack_does_not_tell_about_is_refused(door, slack):
    slack.fail_next("users.info", troubles.refuse("missing_scope"))

    assert (await door.command())["text"] == UNCHECKED
    assert refused(door, Abuse.UNCHECKED)


@pytest.mark.parametrize("value", ODD)
async def test_a_button_with_a_value_that_is_not_ours_is_refused(door, value):
    await door.click(value)

    assert refused(door, Abuse.TAMPERED)


@pytest.mark.parametrize("metadata", ODD)
async def test_a_form_with_metadata_that_is_not_ours_is_refused(door, metadata):
    answer = await door.submit(metadata)

    assert TAMPERED in str(answer["view"]["blocks"])
    assert refused(door, Abuse.TAMPERED)


async def test_what_people_type_into_a_field_is_not_taken_for_a_value_of_ours(door):
    typed = {"type": "plain_text_input", "action_id": "press", "value": "a < b && c"}

    await door.knock(interaction(type="block_actions", actions=[typed]))

    assert len(door.heard) == 1


async def test_what_nobody_types_is_too_long_and_counted(door, caplog):
    answers = [await door.command("x" * 3_001) for _ in range(3)]
    view = {"id": "V1", "type": "modal", "callback_id": "form", "private_metadata": ""}
    asked = {"action_id": "pick", "block_id": "job", "value": "o" * 3_001, "view": view}
    found = await door.knock(interaction(type="block_suggestion", **asked))

    assert [one["text"] for one in answers] == [TOO_LONG] * 3
    assert found == {"options": []}
    assert refused(door, Abuse.OVERLONG, 4)
    assert caplog.text.count("refused (overlong)") == 1
    await door.command("x" * 3_000)
    assert len(door.heard) == 1


async def test_a_flood_is_refused_and_the_next_minute_is_not(door, caplog):
    for _ in range(PLENTY):
        door.pace.takes("U0ADA")

    assert (await door.command())["text"] == SLOW_DOWN
    assert refused(door, Abuse.FLOOD)
    assert caplog.text.count("refused (flood)") == 1
    door.steady.at = 1.0
    await door.command()
    assert len(door.heard) == 1


async def test_a_flood_of_one_does_not_stop_another(door):
    for _ in range(PLENTY):
        door.pace.takes("U0ADA")

    await door.command(user_id="U0LIN")

    assert len(door.heard) == 1


async def test_who_floods_is_told_once_in_a_while(door):
    for _ in range(PLENTY):
        door.pace.takes("U0ADA")

    told = [await door.command() for _ in range(4)]

    assert [bool(one) for one in told] == [True, False, False, False]
    assert refused(door, Abuse.FLOOD, 4)
    door.steady.at = 10.0
    for _ in range(PLENTY):
        door.pace.takes("U0ADA")
    assert (await door.command())["text"] == SLOW_DOWN


async def test_a_click_that_is_refused_is_told_where_the_person_looks(door, client, slack):
    await client.chat_postMessage(channel=CHANNEL, text="card", blocks=[BUTTON])
    [card] = slack.messages(CHANNEL)
    slack.workspace.put_user(replace(slack.workspace.users["U0ADA"], is_guest=True))

    assert (await slack.person("ada").click(card, "press")).ok

    [said] = [await slack.wait_for(lambda: next(iter(slack.ephemerals("U0ADA")), None))]
    assert GUEST in said.words()
    assert refused(door, Abuse.GUEST)


async def test_a_search_of_somebody_refused_finds_nothing(door):
    view = {"id": "V1", "type": "modal", "callback_id": "form", "private_metadata": ""}
    asked = {"action_id": "pick", "block_id": "job", "value": "o", "view": view}

    answer = await door.knock(
        interaction(type="block_suggestion", user={"id": "U0EVE", "team_id": "T9"}, **asked)
    )

    assert answer == {"options": []}
    assert refused(door, Abuse.OTHER_TEAM)


def test_many_people_do_not_fill_the_memory():
    pace = Pace(at_once=1, per_second=1.0, steady=Steady())
    for number in range(10_001):
        assert pace.takes(f"U{number}")
    assert not pace.takes("U10000")
    assert pace.takes("U1")  # forgotten, and so free again
