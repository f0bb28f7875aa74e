"""What a person is shown when the app acknowledges late, wrongly or not at all."""

from dataclasses import dataclass

import pytest

from bot.sandbox.slack import Message, SuggestionsFailedError
from bot.sandbox.slack.delivery import ACK_SECONDS, Failure, RequestKind
from bot.sandbox.slack.outcomes import CLICK_TROUBLE, SHORTCUT_TROUBLE, TROUBLE
from tests.unit.sandbox.slack import cards

OPTIONS = '{"options": [{"text": {"type": "plain_text", "text": "o"}, "value": "o"}]}'


@pytest.fixture
def form(slack):
    return opened(slack)


def opened(slack):
    """Open a form in which nothing is missing."""
    payload = cards.form()
    del payload["blocks"][1]
    return slack.workspace.views.open("U0ADA", payload)


async def command(ada, _form):
    return (await ada.command("random", "/flink")).shown


async def button(ada, form):
    return (await ada.choose(form, "where", "target", "prod")).shown


async def shortcut(ada, _form):
    return (await ada.shortcut("change_any_job")).shown


async def message_shortcut(ada, _form):
    said = ada.say("data-jobs", "x")
    assert isinstance(said, Message)
    return (await ada.shortcut("change_job", said)).shown


async def submission(ada, form):
    return (await ada.submit(form)).shown


async def menu(ada, form):
    element = {"type": "external_select", "action_id": "job", "min_query_length": 0}
    form.payload["blocks"].append(cards.entry("job", element, "Job"))
    try:
        await ada.suggest(form, "job", "job", "x")
    except SuggestionsFailedError as error:
        return str(error)
    return ""


@dataclass(frozen=True)
class Request:
    """`good`: a body the app may acknowledge it with; `late`, `failed`: what is shown."""

    act: object
    late: str
    failed: str
    good: tuple = ("",)
    bad: tuple = ("{", '"ok"', '{"text": "ok"}', "ok")

    def __str__(self):
        return self.act.__name__


REQUESTS = [
    Request(
        command,
        '/flink failed with the error "operation_timeout"',
        '/flink failed with the error "dispatch_failed"',
        good=("", "hello", '{"text": "hello"}', "{}", '{"response_type": "in_channel"}'),
        bad=('{"text": "x", "response_type": "loud"}', "[1]", '{"blocks": [{"type": "x"}]}'),
    ),
    Request(button, CLICK_TROUBLE, CLICK_TROUBLE),
    Request(shortcut, SHORTCUT_TROUBLE, SHORTCUT_TROUBLE),
    Request(message_shortcut, SHORTCUT_TROUBLE, SHORTCUT_TROUBLE),
    Request(
        submission,
        TROUBLE,
        TROUBLE,
        good=("", "{}", '{"response_action": "clear"}'),
        bad=('{"text": "ok"}', "ok", '{"response_action": "errors", "errors": {"job": 1}}'),
    ),
    Request(
        menu,
        "operation_timeout",
        "dispatch_failed",
        good=(OPTIONS, '{"options": []}', '{"option_groups": []}'),
        bad=("", "{}", "[]", '{"options": [{"text": "o", "value": "o"}]}'),
    ),
]


def each(answers):
    return [
        pytest.param(one, body, id=f"{one}-{body}") for one in REQUESTS for body in answers(one)
    ]


@pytest.mark.parametrize("request_", REQUESTS, ids=str)
async def test_a_late_app_shows_slacks_words_for_the_request(hasty, raw_app, request_):
    await hasty.deliver_to(raw_app.url)
    raw_app.silent = True
    assert await request_.act(hasty.person("ada"), opened(hasty)) == request_.late


@pytest.mark.parametrize("status", [201, 204, 302, 404, 500])
@pytest.mark.parametrize("request_", REQUESTS, ids=str)
async def test_anything_but_200_fails(slack, raw_app, form, request_, status):
    raw_app.status = status
    assert await request_.act(slack.person("ada"), form) == request_.failed


@pytest.mark.parametrize(("request_", "body"), each(lambda one: one.good))
async def test_a_good_acknowledgement_shows_no_error(slack, raw_app, form, request_, body):
    raw_app.body = body
    assert await request_.act(slack.person("ada"), form) == ""


@pytest.mark.parametrize(("request_", "body"), each(lambda one: one.bad))
async def test_an_acknowledgement_of_the_wrong_kind_shows_an_error(
    slack, raw_app, form, request_, body
):
    raw_app.body = body
    assert await request_.act(slack.person("ada"), form)


async def test_a_submission_that_failed_leaves_the_view_open(slack, raw_app, form):
    raw_app.status = 500
    ada = slack.person("ada")
    assert (await ada.submit(form)).reason == "dispatch_failed"
    assert [view.id for view in ada.views] == [form.id]


def test_an_app_has_three_seconds():
    assert ACK_SECONDS == 3


@pytest.mark.parametrize(
    ("status", "taken"), [(200, True), (204, True), (302, False), (404, False)]
)
async def test_an_event_is_taken_with_any_2xx(slack, raw_app, status, taken):
    raw_app.status = status
    ack = await slack.dispatch.deliver(RequestKind.EVENT, {"event": {}})
    assert ack.failure == (None if taken else Failure.NOT_DELIVERED)
