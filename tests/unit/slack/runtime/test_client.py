from pathlib import Path

import pytest
import yaml
from aiohttp import web

from bot.errors import ConfigurationError
from bot.sandbox.slack import troubles
from bot.slack.client import SCOPES, identify, is_loopback, open_session, open_slack_client
from bot.slack.http import serve
from tests.unit.slack.runtime.conftest import APP_TOKEN

MANIFEST = Path(__file__).parents[4] / "manifest.yml"


async def test_the_bot_learns_who_it_is(client):
    identity = await identify(client)

    assert (identity.bot_user_id, identity.bot_id) == ("U0FLINKBOT", "B0FLINKBOT")
    assert (identity.team_id, identity.name) == ("T0SANDBOX", "flinkbot")


def test_the_scopes_are_the_manifests():
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))

    assert set(SCOPES) == set(manifest["oauth_config"]["scopes"]["bot"])


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("xoxb-wrong", "SLACK_BOT_TOKEN: it is not a token of this Slack"),
        (APP_TOKEN, "SLACK_BOT_TOKEN: it is a token of another kind"),
    ],
)
async def test_a_token_slack_refuses_is_a_configuration_error(slack, session, token, said):
    client = open_slack_client(token, slack.api_url, session)

    with pytest.raises(ConfigurationError, match=said) as caught:
        await identify(client)
    assert token not in str(caught.value)


async def test_a_revoked_token_is_said_to_be_revoked(slack, client):
    slack.fail_next("auth.test", troubles.refuse("token_revoked"))

    with pytest.raises(ConfigurationError, match="install the app again"):
        await identify(client)


async def test_a_refusal_of_tomorrow_is_shown_as_it_is(slack, client):
    slack.fail_next("auth.test", troubles.refuse("org_login_required"))

    with pytest.raises(ConfigurationError, match=r"Slack refuses it \(org_login_required\)"):
        await identify(client)


async def test_a_slack_in_trouble_is_asked_again(slack, client):
    slack.fail_next("auth.test", troubles.drop_request())

    assert (await identify(client)).bot_id == "B0FLINKBOT"
    assert len(slack.calls("auth.test")) == 2


async def test_a_slack_out_of_reach_names_the_address(session):
    client = open_slack_client("xoxb-t", "http://127.0.0.1:1/api", session)

    with pytest.raises(ConfigurationError, match=r"slack\.api_url = http://127\.0\.0\.1:1/api/"):
        await identify(client, attempts=1)


@pytest.fixture
async def asked(session):
    """Give `identify`, with a Slack that answers auth.test as the test says."""
    servers = []

    async def ask(body, headers=None):
        async def auth_test(request):
            return web.json_response(body, headers=headers)

        app = web.Application()
        app.router.add_post("/api/auth.test", auth_test)
        servers.append(await serve(app, "127.0.0.1", 0))
        url = f"http://127.0.0.1:{servers[-1].port}/api"
        return await identify(open_slack_client("xoxp-t", url, session))

    yield ask
    for server in servers:
        await server.close()


BOT = {"ok": True, "user_id": "U1", "bot_id": "B1", "team_id": "T1"}


async def test_a_persons_token_is_a_configuration_error(asked):
    with pytest.raises(ConfigurationError, match="not a bot token"):
        await asked({"ok": True, "user_id": "U1", "team_id": "T1", "user": "ada"})


async def test_missing_scopes_are_named_at_start(asked, caplog):
    granted = [scope for scope in SCOPES if scope not in {"im:write", "mpim:history"}]
    identity = await asked(BOT, {"X-OAuth-Scopes": ",".join(granted)})

    assert identity.missing_scopes == ("im:write", "mpim:history")
    assert "manifest.yml asks for: im:write, mpim:history" in caplog.text


async def test_scopes_slack_does_not_tell_count_as_granted(asked):
    assert (await asked(BOT)).missing_scopes == ()


async def test_all_scopes_granted_is_no_warning(asked, caplog):
    granted = {"x-oauth-scopes": ", ".join(SCOPES)}

    assert (await asked(BOT, granted)).missing_scopes == ()
    assert caplog.records == []


async def test_the_address_gets_its_one_slash_and_loopback_no_proxy(session, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")

    here = open_slack_client("xoxb-t", "http://localhost:3990/api", session)
    there = open_slack_client("xoxb-t", "https://slack.com/api/", session)

    assert (here.base_url, here.proxy) == ("http://localhost:3990/api/", None)
    assert (there.base_url, there.proxy) == ("https://slack.com/api/", "http://proxy.example:3128")
    assert here.retry_handlers == there.retry_handlers == []


async def test_all_calls_share_one_session(slack):
    async with open_session() as session:
        client = open_slack_client("xoxb-of-a-test", slack.api_url, session)
        await client.auth_test()
        await client.auth_test()

        assert session.timeout.total == 10
        assert client.session is session


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[::1]:1/", "http://localhost/"])
def test_this_machine_is_known(url):
    assert is_loopback(url)


@pytest.mark.parametrize("url", ["https://slack.com/api/", "http://10.0.0.1/", "nonsense"])
def test_other_machines_are_known(url):
    assert not is_loopback(url)
