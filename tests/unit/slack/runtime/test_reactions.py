import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot.slack.client import open_slack_client
from bot.slack.http import serve
from bot.slack.reactions import REACTIONS, Reaction, diagnose, reaction_to

KNOWN = """
channel_not_found not_in_channel is_archived restricted_action user_not_in_channel
messages_tab_disabled cannot_dm_bot user_not_found
no_text invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long
markdown_text_conflict too_many_attachments metadata_too_large invalid_metadata_format
invalid_metadata_schema message_limit_exceeded attachment_payload_limit_exceeded invalid_arguments
invalid_auth not_authed account_inactive token_revoked token_expired missing_scope
not_allowed_token_type no_permission team_access_not_granted ekm_access_denied access_denied
message_not_found cant_update_message cant_delete_message edit_window_closed block_mismatch
expired_trigger_id exchanged_trigger_id invalid_trigger_id hash_conflict not_found
push_limit_reached view_too_large duplicate_external_id not_enabled
ratelimited rate_limited internal_error fatal_error service_unavailable request_timeout
team_added_to_org
"""


@pytest.mark.parametrize("code", str.split(KNOWN))
def test_every_documented_code_has_a_reaction_decided_for_it(code):
    assert code in REACTIONS
    assert reaction_to(code) is not Reaction.RETRY_THEN_BURY


@pytest.mark.parametrize(
    ("code", "reaction"),
    [
        ("not_in_channel", Reaction.REDIRECT),
        ("restricted_action_anything", Reaction.REDIRECT),
        ("msg_too_long", Reaction.SHORTEN),
        ("message_not_found", Reaction.REPOST),
        ("token_revoked", Reaction.STOP),
        ("metadata_too_large", Reaction.BURY),
        ("thread_not_found", Reaction.UNTHREAD),
        ("never_heard_of", Reaction.RETRY_THEN_BURY),
    ],
)
def test_a_code_means_the_same_for_posts_and_edits(code, reaction):
    assert reaction_to(code) is reaction_to(code, posting=True) is reaction


@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "service_unavailable"])
def test_a_post_that_broke_inside_slack_may_have_arrived(code):
    assert reaction_to(code) is Reaction.RETRY_LATER
    assert reaction_to(code, posting=True) is Reaction.LOOK_FIRST


def test_a_limited_post_surely_did_not_arrive():
    assert reaction_to("ratelimited", posting=True) is Reaction.RETRY_LATER


class Answering:
    """A server that gives one answer to everything."""

    def __init__(self, session):
        self.session = session
        self.answer = web.Response()
        self.server = None

    async def give(self, request):
        return self.answer

    async def failure(self, *, posting=False, **answer):
        self.answer = web.Response(**answer)
        app = web.Application()
        app.router.add_post("/api/{method}", self.give)
        server = await serve(app, "127.0.0.1", 0)
        client = open_slack_client("xoxb-t", f"http://127.0.0.1:{server.port}/api", self.session)
        try:
            with pytest.raises((SlackApiError, aiohttp.ClientError, TimeoutError)) as caught:
                await client.auth_test()
        finally:
            await server.close()
        return diagnose(caught.value, posting=posting)


@pytest.fixture
def answering(session):
    return Answering(session)


async def test_retry_after_is_read_and_never_zero(answering):
    limited = {"status": 429, "body": b'{"ok": false, "error": "ratelimited"}'}
    limited["content_type"] = "application/json"

    seven = await answering.failure(**limited, headers={"Retry-After": "7"})
    zero = await answering.failure(**limited, headers={"Retry-After": "0"})
    odd = await answering.failure(**limited, headers={"Retry-After": "soon"})
    none = await answering.failure(**limited)

    assert [f.retry_after for f in (seven, zero, odd, none)] == [7.0, 1.0, 30.0, 30.0]
    assert seven.reaction is Reaction.RETRY_LATER


async def test_a_429_without_slacks_words_is_a_limit_too(answering):
    failure = await answering.failure(
        status=429, text="<p>slow", content_type="text/html", headers={"Retry-After": "3"}
    )

    assert (failure.reaction, failure.retry_after) == (Reaction.RETRY_LATER, 3.0)


@pytest.mark.parametrize("body", ["<html>bad gateway</html>", ""])
async def test_a_proxys_page_proves_nothing_about_a_post(answering, body):
    page = {"status": 502, "text": body, "content_type": "text/html"}

    assert (await answering.failure(**page)).reaction is Reaction.RETRY_LATER
    failure = await answering.failure(posting=True, **page)
    assert (failure.reaction, failure.answered) == (Reaction.LOOK_FIRST, False)
    assert str(failure) == "http_502"


async def test_a_truncated_answer_proves_nothing_about_a_post(answering):
    failure = await answering.failure(
        posting=True, status=200, text='{"ok": tr', content_type="application/json"
    )

    assert (failure.reaction, failure.code) == (Reaction.LOOK_FIRST, "http_200")


async def test_what_slack_adds_is_kept(answering):
    body = (
        b'{"ok": false, "error": "missing_scope", "needed": "im:write", "provided": "chat:write",'
        b' "response_metadata": {"messages": ["[ERROR] too long"]}}'
    )
    failure = await answering.failure(status=200, body=body, content_type="application/json")

    assert str(failure) == ("missing_scope: [ERROR] too long: needed im:write: provided chat:write")


async def test_a_connection_never_made_surely_carried_nothing(session):
    client = open_slack_client("xoxb-t", "http://127.0.0.1:1/api", session)
    with pytest.raises(aiohttp.ClientConnectorError) as caught:
        await client.auth_test()

    assert diagnose(caught.value, posting=True).reaction is Reaction.RETRY_LATER


def test_a_timeout_proves_nothing_about_a_post():
    assert diagnose(TimeoutError(), posting=True).reaction is Reaction.LOOK_FIRST
    assert diagnose(TimeoutError()).reaction is Reaction.RETRY_LATER
