"""Response URLs, and apps that answer late, wrongly or not at all."""

from dataclasses import replace

import pytest

from bot.sandbox.slack import SuggestionsFailedError
from bot.sandbox.slack.delivery import signature
from bot.sandbox.slack.outcomes import TROUBLE
from bot.sandbox.slack.submission import take_answer
from bot.sandbox.slack.views import DEEPEST_STACK
from tests.unit.sandbox.slack import cards
from tests.unit.sandbox.slack.conftest import SIGNING_SECRET


@pytest.fixture
async def respond(slack, http_app):
    """Type a command; give the use of its response URL."""
    await slack.person("ada").command("random", "/say")
    url = http_app.seen[-1]["response_url"]

    async def use(**body):
        answer = await http_app.session.post(url, json=body)
        return answer.status, await answer.text()

    return use


async def test_a_response_url_works_where_the_bot_is_no_member(slack, respond):
    assert await respond(text="for you") == (200, "ok")
    assert await respond(text="for all", response_type="in_channel") == (200, "ok")
    assert [m.text for m in slack.ephemerals("U0ADA")] == ["for you"]
    assert [m.text for m in slack.messages("random")] == ["for all"]


async def test_a_response_url_works_five_times(respond):
    for _ in range(5):
        assert await respond(text="x") == (200, "ok")
    assert await respond(text="x") == (404, "used_url")


async def test_a_response_url_works_for_half_an_hour(respond, clock):
    clock.pass_seconds(1799)
    assert await respond(text="x") == (200, "ok")
    clock.pass_seconds(1)
    assert await respond(text="x") == (404, "expired_url")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        ({"text": "x", "response_type": "loud"}, "invalid_payload"),
        ({"delete_original": True, "text": "x"}, "invalid_payload"),
        ({"text": "x", "response_type": "in_channel", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
async def test_a_broken_response_is_refused(slack, respond, body, error):
    assert await respond(**body) == (400, error)
    assert slack.messages("random") == []
    assert slack.ephemerals("U0ADA") == []


async def test_a_response_that_is_no_object_is_refused(slack, http_app):
    url = f"{slack.base_url}/response/any"
    answer = await http_app.session.post(url, json=["x"])
    assert (answer.status, await answer.text()) == (400, "json_not_object")


async def test_a_response_stands_in_a_thread_only_where_all_see_it(slack, respond):
    ts = slack.person("ada").say("random", "parent").ts
    await respond(text="for all", response_type="in_channel", thread_ts=ts)
    await respond(text="for one", thread_ts=ts)
    assert [m.text for m in slack.workspace.thread("C0RANDOM", ts)] == ["parent", "for all"]
    assert [m.text for m in slack.ephemerals("U0ADA")] == ["for one"]


async def test_a_command_leaves_nothing_to_replace(slack, respond):
    await slack.person("ada").command("random", "/say echo")
    await respond(text="new", response_type="in_channel", replace_original=True)
    assert [m.text for m in slack.messages("random")] == ["/say echo", "new"]


async def test_a_replaced_ephemeral_message_stays_with_its_person(slack, http_app, client):
    await client.chat_postEphemeral(
        channel="C0DATAJOBS", user="U0ADA", text="sure?", blocks=cards.card()
    )
    await slack.person("ada").click(slack.ephemerals("U0ADA")[0], "approve")
    body = {"text": "seen", "replace_original": True, "response_type": "in_channel"}
    await http_app.session.post(http_app.seen[-1]["response_url"], json=body)
    assert slack.messages("data-jobs") == []
    assert [m.text for m in slack.ephemerals("U0ADA")] == ["seen"]


async def test_an_ephemeral_message_is_replaced_and_deleted_from_its_own_button(
    slack, http_app, client
):
    ada = slack.person("ada")
    await client.chat_postEphemeral(
        channel="C0DATAJOBS", user="U0ADA", text="sure?", blocks=cards.card()
    )
    await ada.click(slack.ephemerals("U0ADA")[0], "approve")
    await slack.wait_for(lambda: slack.ephemerals("U0ADA")[0].text == "approved")
    body = http_app.seen[-1]
    assert "message" not in body
    assert body["container"]["is_ephemeral"]
    for _ in range(2):
        await http_app.session.post(body["response_url"], json={"delete_original": True})
        assert slack.ephemerals("U0ADA") == []


async def test_a_button_in_a_thread_says_which(slack, http_app, client):
    parent = await client.chat_postMessage(channel="C0DATAJOBS", text="x")
    await client.chat_postMessage(
        channel="C0DATAJOBS", text="y", thread_ts=parent["ts"], blocks=cards.card()
    )
    await slack.person("ada").click(slack.messages("data-jobs")[1], "approve")
    assert http_app.seen[0]["container"]["thread_ts"] == parent["ts"]


@pytest.fixture
def form(slack):
    return slack.workspace.views.open("U0ADA", cards.form())


async def test_requests_are_signed(slack, raw_app):
    await slack.person("ada").command("random", "/flink")
    headers, body = raw_app.requests[0]
    expected = signature(SIGNING_SECRET, headers["X-Slack-Request-Timestamp"], body)
    assert headers["X-Slack-Signature"] == expected


def test_the_signature_is_the_one_of_slacks_documentation():
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id="
        b"G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-"
        b"collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F39770"
        b"0885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2"
        b"c447fce8b6703c"
    )
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


async def test_a_command_may_be_answered_in_plain_text(slack, raw_app):
    raw_app.body = "hello"
    outcome = await slack.person("ada").command("random", "/flink")
    assert outcome.message.text == "hello"


async def test_a_command_may_be_answered_with_nothing_in_json(slack, raw_app):
    raw_app.body = "{}"
    assert (await slack.person("ada").command("random", "/flink")).ok
    assert slack.ephemerals("U0ADA") == []


async def test_no_options_is_an_answer_and_nonsense_is_none(slack, raw_app, form):
    ada = slack.person("ada")
    raw_app.body = '{"options": []}'
    assert await ada.suggest(form, "job", "job", "x") == []
    raw_app.body = '{"choices": []}'
    with pytest.raises(SuggestionsFailedError, match="not an answer"):
        await ada.suggest(form, "job", "job", "x")


async def test_too_short_a_query_is_not_sent(slack, raw_app):
    view = cards.form()
    del view["blocks"][1]["element"]["min_query_length"]
    opened = slack.workspace.views.open("U0ADA", view)
    assert await slack.person("ada").suggest(opened, "job", "job", "or") == []
    assert raw_app.requests == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"response_action": "errors", "errors": {"where": "no input"}}, "no input block"),
        ({"response_action": "errors", "errors": {"nowhere": "x"}}, "no input block"),
        ({"response_action": "errors", "errors": {}}, "at least one"),
        ({"response_action": "errors"}, "at least one"),
        ({"response_action": "errors", "errors": ["job"]}, "at least one"),
        ({"response_action": "errors", "errors": {"job": ""}}, "said in words"),
        ({"response_action": "errors", "errors": {"job": 7}}, "said in words"),
        ({"response_action": "update", "view": cards.home()}, "valid enum value: modal"),
        ({"response_action": "push", "view": cards.form() | {"x": 1}}, "additional property: x"),
        ({"response_action": "update", "view": {"type": "modal"}}, "missing required field"),
        ({"response_action": "update"}, "missing required field: view"),
        ({"response_action": "sing"}, "not an answer"),
        ({"text": "saved"}, "not an answer"),
        ("saved", "not an answer"),
    ],
)
async def test_an_answer_slack_does_not_understand_shows_its_banner(slack, answer, reason):
    view = slack.workspace.views.open("U0ADA", cards.form())
    outcome = take_answer(slack.workspace, view, answer)
    assert outcome.shown == TROUBLE
    assert reason in outcome.reason
    assert slack.person("ada").views == [view]


async def test_a_fourth_view_on_top_shows_the_banner(slack):
    views = slack.workspace.views
    view = views.open("U0ADA", cards.form())
    for _ in range(DEEPEST_STACK - 1):
        view = views.push("U0ADA", cards.form())
    outcome = take_answer(slack.workspace, view, {"response_action": "push", "view": cards.form()})
    assert "push_limit_reached" in outcome.reason


async def test_an_answer_for_a_view_closed_meanwhile_changes_nothing(slack):
    views = slack.workspace.views
    view = views.open("U0ADA", cards.form())
    views.close(view)
    assert take_answer(slack.workspace, view, "").closed
    update = {"response_action": "update", "view": cards.form()}
    assert take_answer(slack.workspace, view, update).shown == TROUBLE


async def test_an_archived_channel_refuses(slack, client):
    channels = slack.workspace.channels
    slack.workspace.put_channel(replace(channels["C0DATAJOBS"], is_archived=True))
    with pytest.raises(Exception, match="is_archived"):
        await client.chat_postMessage(channel="C0DATAJOBS", text="x")


async def test_waiting_in_vain_ends(slack):
    with pytest.raises(TimeoutError):
        await slack.wait_for(lambda: slack.messages("data-jobs"), timeout=0.01)
    with pytest.raises(LookupError):
        slack.messages("nowhere")
