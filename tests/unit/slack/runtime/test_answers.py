"""Screens and private answers, against Slack on loopback."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.errors import UserError
from bot.notes import Code
from bot.sandbox.slack.troubles import rate_limited, refuse
from bot.slack.modals import loading
from bot.slack.payload import Payload
from bot.slack.respond import Respond
from bot.slack.screens import Screens, _view_id

VIEW = loading.build("Working…")


async def test_a_screen_that_slack_refuses_is_an_error(client, slack):
    slack.fail_next("views.update", refuse("invalid_arguments"))
    with pytest.raises(SlackApiError):
        await Screens(client).show("V1", VIEW)


@pytest.mark.parametrize("on_top", [False, True])
async def test_a_screen_that_slack_limits_is_for_the_person_to_ask_for_again(client, slack, on_top):
    method = "views.push" if on_top else "views.open"
    slack.fail_next(method, rate_limited(3))
    with pytest.raises(UserError) as refused:
        await Screens(client).open("trigger", VIEW, on_top=on_top)
    assert refused.value.note.code is Code.SLACK_LIMITS


async def test_a_screen_that_cannot_be_opened_for_another_reason_is_an_error(client):
    with pytest.raises(SlackApiError):
        await Screens(client).open("no-trigger", VIEW)


async def test_a_screen_that_was_closed_is_no_error(client):
    assert not await Screens(client).show("V-closed", VIEW)


@pytest.mark.parametrize("data", [{}, {"view": {}}, b"", {"view": {"id": 7}}])
def test_a_view_without_an_id_is_noticed(data):
    with pytest.raises(ValueError, match="without an id"):
        _view_id(data)


async def test_an_answer_that_is_refused_or_cannot_be_sent_is_logged_without_its_address(
    slack, caplog
):
    async with aiohttp.ClientSession() as session:
        respond, payload = Respond(session), Payload("hello", [])
        used_up = f"{slack.base_url}/response/used-up-capability"
        assert not await respond(used_up, payload)
        assert not await respond("http://127.0.0.1:9/response/capability", payload)
    assert caplog.text.count("an ephemeral answer") == 2
    assert "capability" not in caplog.text
