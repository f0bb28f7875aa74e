"""A stock Bolt app over signed HTTP gets through everything a person does."""

import pytest

from bot.sandbox.slack import SuggestionsFailedError
from bot.sandbox.slack.delivery import Failure
from tests.unit.sandbox.slack import cards


@pytest.fixture
def ada(slack):
    return slack.person("ada")


@pytest.fixture
async def form(slack, http_app, ada):
    outcome = await ada.command("#data-jobs", "/flink update orders")
    assert outcome.ok
    await slack.wait_for(lambda: ada.views)
    return ada.views[0]


async def test_a_command_opens_a_form(form, http_app):
    assert form.title == "Update a job"
    assert http_app.seen[0]["text"] == "update orders"
    assert http_app.seen[0]["channel_name"] == "data-jobs"


async def test_typed_angle_brackets_arrive_escaped(http_app, ada):
    await ada.command("data-jobs", "/flink a < b & c")
    assert http_app.seen[0]["text"] == "a &lt; b &amp; c"


async def test_field_errors_are_shown_and_typed_values_survive(form, http_app, ada):
    http_app.submission_answer = {
        "response_action": "errors",
        "errors": {"parallelism": "Above the maximum"},
    }
    outcome = await ada.submit(form, {"job": "orders", "parallelism": "32"})
    assert outcome.errors == {"parallelism": "Above the maximum"}
    assert outcome.sent
    assert ada.views[0].state["parallelism"]["typed"]["value"] == "32"
    submitted = http_app.seen[-1]["view"]["state"]["values"]
    assert submitted["job"]["job"]["selected_option"]["value"] == "orders"
    assert submitted["reason"]["typed"]["value"] is None


async def test_an_untouched_field_is_submitted_with_its_initial_value(form, http_app, ada):
    outcome = await ada.submit(form, {"job": "payments"})
    assert outcome.closed
    assert ada.views == []
    submitted = http_app.seen[-1]["view"]["state"]["values"]
    assert submitted["parallelism"]["typed"] == {"type": "number_input", "value": "4"}


async def test_a_missing_required_field_never_reaches_the_app(form, http_app, ada):
    seen = len(http_app.seen)
    outcome = await ada.submit(form)
    assert set(outcome.errors) == {"job"}
    assert not outcome.sent
    assert len(http_app.seen) == seen


@pytest.mark.parametrize(
    ("typed", "kept"), [("abc", True), ("0", True), ("65", True), ("1.5", True)]
)
async def test_a_number_outside_its_bounds_never_reaches_the_app(form, ada, typed, kept):
    outcome = await ada.submit(form, {"job": "orders", "parallelism": typed})
    assert set(outcome.errors) == {"parallelism"}
    assert bool(ada.views) is kept


async def test_a_submission_may_be_answered_with_the_next_view(form, http_app, ada):
    http_app.submission_answer = {"response_action": "update", "view": cards.form("review")}
    outcome = await ada.submit(form, {"job": "orders"})
    assert outcome.view is not None
    assert outcome.view.id == form.id
    assert ada.views[0].private_metadata == "review"


async def test_a_submission_may_be_answered_with_a_view_on_top(form, http_app, ada):
    http_app.submission_answer = {"response_action": "push", "view": cards.form("on top")}
    await ada.submit(form, {"job": "orders"})
    assert [view.private_metadata for view in ada.views] == ["1st", "on top"]
    assert ada.views[1].previous_id == form.id
    http_app.submission_answer = {}
    await ada.submit(ada.views[1], {"job": "orders"})
    assert [view.private_metadata for view in ada.views] == ["1st"]


async def test_a_submission_may_clear_everything(form, http_app, ada):
    http_app.submission_answer = {"response_action": "clear"}
    assert (await ada.submit(form, {"job": "orders"})).closed
    assert ada.views == []


async def test_choosing_in_a_section_updates_the_view_and_keeps_what_was_typed(
    slack, form, http_app, ada
):
    await ada.choose(form, "parallelism", "typed", "9")
    outcome = await ada.choose(form, "where", "target", "test")
    assert outcome.ok
    await slack.wait_for(lambda: ada.views[0].private_metadata == "2nd")
    assert ada.views[0].state["parallelism"]["typed"]["value"] == "9"
    assert ada.views[0].state["where"]["target"]["selected_option"]["value"] == "test"
    assert http_app.seen[-1]["actions"][0]["selected_option"]["value"] == "test"
    assert http_app.seen[-1]["view"]["state"]["values"]["parallelism"]["typed"]["value"] == "9"


async def test_typing_into_an_external_select_shows_the_apps_options(form, http_app, ada):
    options = await ada.suggest(form, "job", "job", "ord")
    assert [option["value"] for option in options] == ["orders", "payments"]
    assert http_app.seen[-1]["value"] == "ord"
    assert http_app.seen[-1]["view"]["id"] == form.id


async def test_options_longer_than_slack_allows_fail_to_load(form, http_app, ada):
    http_app.options = [cards.option("x" * 151)]
    with pytest.raises(SuggestionsFailedError, match="less than 76 characters"):
        await ada.suggest(form, "job", "job", "ord")


async def test_a_value_that_is_not_offered_cannot_be_chosen(form, ada):
    with pytest.raises(LookupError, match="not offered"):
        await ada.submit(form, {"job": "refunds"})


async def test_a_message_button_reaches_the_app_which_replaces_the_message(slack, client, ada):
    await client.chat_postMessage(channel="C0DATAJOBS", text="Rescale orders", blocks=cards.card())
    outcome = await ada.click(slack.messages("data-jobs")[0], "approve")
    assert outcome.ok
    await slack.wait_for(lambda: slack.messages("data-jobs")[0].text == "approved")
    assert slack.messages("data-jobs")[0].blocks == ()


async def test_a_button_carries_its_value_and_where_it_was_clicked(slack, client, http_app, ada):
    posted = await client.chat_postMessage(channel="C0DATAJOBS", text="x", blocks=cards.card())
    await ada.click(slack.messages("data-jobs")[0], "approve", value="7", block_id="decide")
    body = http_app.seen[0]
    assert body["actions"][0]["value"] == "7"
    assert body["container"]["message_ts"] == posted["ts"]
    assert body["user"]["id"] == "U0ADA"


async def test_what_is_not_there_cannot_be_clicked(slack, client, ada):
    await client.chat_postMessage(channel="C0DATAJOBS", text="x", blocks=cards.card())
    with pytest.raises(LookupError, match="decide"):
        await ada.click(slack.messages("data-jobs")[0], "reject")


async def test_cancel_is_told_to_an_app_that_asked(form, http_app, ada):
    await ada.close(form)
    assert ada.views == []
    assert http_app.seen[-1]["type"] == "view_closed"
    assert http_app.seen[-1]["is_cleared"] is False


async def test_a_closed_view_cannot_be_used(form, ada):
    await ada.close(form, everything=True)
    with pytest.raises(LookupError, match="not open"):
        await ada.submit(form)


@pytest.mark.parametrize(
    ("said", "for_all", "for_ada"),
    [
        ("", [], []),
        ("hello", [], ["hello to you"]),
        ("all", ["/say all", "hello all"], []),
        ("echo", ["/say echo"], []),
    ],
)
async def test_the_answer_to_a_command_is_shown(slack, http_app, ada, said, for_all, for_ada):
    assert (await ada.command("random", f"/say {said}")).ok
    assert [message.text for message in slack.messages("random")] == for_all
    assert [message.text for message in slack.ephemerals("U0ADA")] == for_ada


async def test_an_answer_of_unknown_kind_is_an_error(http_app, ada):
    outcome = await ada.command("random", "/say bad")
    assert "invalid_command_response" in outcome.shown


async def test_a_command_the_app_does_not_know_fails(http_app, ada):
    outcome = await ada.command("random", "/sing")
    assert outcome.shown == '/sing failed with the error "dispatch_failed"'


@pytest.mark.parametrize(
    ("channel", "told"),
    [("random", "random"), ("platform-private", "privategroup"), ("D0ADA", "directmessage")],
)
async def test_a_command_names_its_channel_as_slack_does(slack, http_app, ada, channel, told):
    slack.workspace.direct_message("U0ADA")
    await ada.command(channel, "/say")
    assert http_app.seen[0]["channel_name"] == told


async def test_without_an_app_a_command_fails(slack, ada):
    outcome = await ada.command("random", "/flink")
    assert outcome.failure is Failure.NOT_DELIVERED


async def test_with_the_app_gone_a_command_fails(slack, http_app, ada):
    await slack.deliver_to("http://127.0.0.1:1/slack/events")
    outcome = await ada.command("random", "/flink")
    assert outcome.failure is Failure.NOT_DELIVERED


@pytest.mark.parametrize("channel", ["old-jobs", "nowhere"])
async def test_a_person_types_only_where_they_may(slack, ada, channel):
    with pytest.raises(LookupError):
        await ada.command(channel, "/flink")
