"""The stage of the sandbox: a simulated Slack, a simulated cloud, and the real bot between them."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.bootstrap import open_bot
from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.slack import Command, Manifest, Shortcut, SlackSimulator
from bot.settings import load_settings
from bot.slack.client import SCOPES
from bot.slack.surface import BOT_EVENTS, COMMANDS, SHORTCUTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.bootstrap import Bot

TARGET = "sandbox"
CHANNEL = "C0DATAJOBS"
WORKSPACE = "a14bd5d90a1b2c3d"
NAMESPACE = "default-namespace"
# Everything here is reachable from this machine only and guards nothing, so it may be known.
VARIABLES = {
    "SLACK_BOT_TOKEN": "xoxb-sandbox-bot-token",
    "SLACK_APP_TOKEN": "xapp-sandbox-app-token",
    "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "sandbox-access-key-id",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "sandbox-access-key-secret",
}
_CONFIG = """\
[slack]
mode = "http"
api_url = "{slack}"

[http]
host = "127.0.0.1"
port = {http_port}

[database]
url = "sqlite+aiosqlite:///{database}"

[targets.{target}]
cloud = "alibaba"
region = "cn-hangzhou"
workspace = "{workspace}"
namespace = "{namespace}"
endpoint = "{alibaba}"
environment = "sandbox"
channel = "{channel}"
allow_users = ["*"]
allow_channels = ["*"]
"""


def configuration(*, slack: str, alibaba: str, database: Path, http_port: int = 0) -> str:
    """Write the configuration of a bot that works with the simulators at these addresses."""
    return _CONFIG.format(
        slack=slack,
        alibaba=alibaba,
        database=database,
        http_port=http_port,
        target=TARGET,
        workspace=WORKSPACE,
        namespace=NAMESPACE,
        channel=CHANNEL,
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs."""

    slack: SlackSimulator
    alibaba: AlibabaSimulator
    bot: Bot
    slack_url: str
    alibaba_url: str
    config: str
    """The bot's configuration, as TOML."""


@asynccontextmanager
async def open_stage(
    *,
    port: int = 0,
    database: Path | None = None,
    speed: float = 1.0,
    rate_limits: bool = True,
) -> AsyncIterator[Stage]:
    """Start it all: Slack on `port`, Alibaba on the next one, the bot on the third after it.

    `port` 0 takes any free ones. `speed` shortens every duration of the simulated cloud.
    `rate_limits`: whether Slack takes one message a second only, as it does.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="flinkbot-")))
        alibaba = AlibabaSimulator(
            workspace=WORKSPACE,
            namespace=NAMESPACE,
            access_key_id=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
            speed=speed,
        )
        stack.push_async_callback(alibaba.stop)
        alibaba_url = await alibaba.start(port + 1 if port else 0)
        slack = _slack({"alibaba": alibaba_url}, rate_limits=rate_limits)
        stack.push_async_callback(slack.stop)
        slack_url = await slack.start(port)
        config = configuration(
            slack=slack.api_url,
            alibaba=alibaba_url,
            database=database or folder / "flinkbot.sqlite3",
            http_port=port + 3 if port else 0,
        )
        file = folder / "flinkbot.toml"
        file.write_text(config, encoding="utf-8")
        bot = await stack.enter_async_context(open_bot(load_settings(file, VARIABLES)))
        await slack.deliver_to(f"http://127.0.0.1:{bot.port}/slack/events")
        yield Stage(slack, alibaba, bot, slack_url, alibaba_url, config)


def _slack(clouds: Mapping[str, str], *, rate_limits: bool) -> SlackSimulator:
    return SlackSimulator(
        bot_token=VARIABLES["SLACK_BOT_TOKEN"],
        app_token=VARIABLES["SLACK_APP_TOKEN"],
        signing_secret=VARIABLES["SLACK_SIGNING_SECRET"],
        scopes=SCOPES,
        manifest=Manifest(
            commands=tuple(Command(**asdict(command)) for command in COMMANDS),
            shortcuts=tuple(Shortcut(**asdict(shortcut)) for shortcut in SHORTCUTS),
            events=frozenset(BOT_EVENTS),
        ),
        clouds=clouds,
        enforce_rate_limits=rate_limits,
    )
