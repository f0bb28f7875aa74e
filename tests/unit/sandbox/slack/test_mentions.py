"""What a command's text becomes when the app asked for mentions as ids."""

import pytest

from bot.sandbox.slack import Command, Manifest, SlackSimulator
from bot.sandbox.slack.mentions import resolved
from tests.unit.sandbox.slack.conftest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.unit.sandbox.slack.stock_app import HttpApp


@pytest.mark.parametrize(
    ("typed", "arrives"),
    [
        ("ask @ada", "ask <@U0ADA|ada>"),
        ("ask @ada.", "ask <@U0ADA|ada>."),
        ("@nobody", "@nobody"),
        ("in #data-jobs", "in <#C0DATAJOBS|data-jobs>"),
        ("in #platform-private", "in <#G0PLATFORM|>"),
        ("mail@ada", "mail@ada"),
        ("&#35;ada", "&#35;ada"),
        ("see https://flink.example/a?b=c", "see <https://flink.example/a?b=c>"),
        ("", ""),
    ],
)
def test_mentions_and_links_arrive_as_ids(slack, typed, arrives):
    assert resolved(slack.workspace, typed) == arrives


@pytest.mark.parametrize(
    ("escape", "text"), [(True, "<@U0ADA|ada> a &lt; b"), (False, "@ada a &lt; b")]
)
async def test_a_command_says_in_the_manifest_whether_it_wants_ids(escape, text):
    slack = SlackSimulator(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        manifest=Manifest(commands=(Command("/flink", should_escape=escape),)),
    )
    await slack.start()
    app = HttpApp(slack.api_url, BOT_TOKEN, SIGNING_SECRET)
    await slack.deliver_to(await app.start())
    await slack.person("ada").command("random", "/flink @ada a < b")
    assert app.seen[0]["text"] == text
    await app.stop()
    await slack.stop()
