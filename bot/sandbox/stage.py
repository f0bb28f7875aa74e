"""The stage of the sandbox: a simulated Slack, simulated clouds, and the real bot between them."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.bootstrap import Ends, open_bot
from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.dli import Account, DliSimulator
from bot.sandbox.slack import Command, Manifest, Shortcut, SlackSimulator
from bot.settings import load_settings
from bot.slack.client import SCOPES
from bot.slack.surface import BOT_EVENTS, COMMANDS, SHORTCUTS
from bot.updates.dli.steps import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.bootstrap import Bot

TARGET = "sandbox"
DLI_TARGET = "lake"
CHANNEL = "C0DATAJOBS"
WORKSPACE = "a14bd5d90a1b2c3d"
NAMESPACE = "default-namespace"
REGION = "ap-southeast-3"
PROJECT = "5a6d1c0e7b9f4c2d8e3a1b0c9d8e7f60"
# Everything here is reachable from this machine only and guards nothing, so it may be known.
VARIABLES = {
    "SLACK_BOT_TOKEN": "xoxb-sandbox-bot-token",
    "SLACK_APP_TOKEN": "xapp-sandbox-app-token",
    "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "sandbox-access-key-id",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "sandbox-access-key-secret",
    "HUAWEICLOUD_SDK_AK": "sandbox-huawei-access-key",
    "HUAWEICLOUD_SDK_SK": "sandbox-huawei-secret-key",
    "FLINKBOT_SECRET_KEY": "sandbox-key-that-seals-what-is-kept-0123456789",
}
MANIFEST = Manifest(
    commands=tuple(Command(**asdict(command)) for command in COMMANDS),
    shortcuts=tuple(Shortcut(**asdict(shortcut)) for shortcut in SHORTCUTS),
    events=frozenset(BOT_EVENTS),
)
"""What the bot's manifest.yml declares."""
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
_DLI_CONFIG = """
[targets.{target}]
cloud = "huawei"
region = "{region}"
project_id = "{project}"
endpoint = "{dli}"
iam_endpoint = "{dli}"
environment = "sandbox"
channel = "{channel}"
allow_users = ["*"]
allow_channels = ["*"]
"""
_RULE = f"""
[[rules]]
name = "large-steps"
targets = ["{TARGET}"]
requesters = ["*"]
restarts = "apply"
approvers = ["U0ADA", "U0LIN"]
[rules.approval_beyond]
max_factor = 2
"""
"""So that asking and approving can be tried: a step of more than twice the size asks for it."""


def configuration(
    *, slack: str, alibaba: str, database: Path, dli: str = "", http_port: int = 0
) -> str:
    """Write the configuration of a bot that works with the simulators at these addresses."""
    second = _DLI_CONFIG.format(
        target=DLI_TARGET, region=REGION, project=PROJECT, dli=dli, channel=CHANNEL
    )
    first = _CONFIG.format(
        slack=slack,
        alibaba=alibaba,
        database=database,
        http_port=http_port,
        target=TARGET,
        workspace=WORKSPACE,
        namespace=NAMESPACE,
        channel=CHANNEL,
    )
    return first + second if dli else first


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs."""

    slack: SlackSimulator
    alibaba: AlibabaSimulator
    dli: DliSimulator
    bot: Bot
    slack_url: str
    alibaba_url: str
    dli_url: str
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
    """Start it all: Slack on `port`, Alibaba on the next one, DLI on the one after it, the bot.

    `port` 0 takes any free ones. `speed` shortens every duration of the simulated clouds.
    `rate_limits`: whether Slack takes one message a second only, as it does.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="flinkbot-")))
        alibaba, dli = _alibaba(speed), _dli(speed)
        stack.push_async_callback(alibaba.stop)
        alibaba_url = await alibaba.start(port + 1 if port else 0)
        stack.push_async_callback(dli.stop)
        dli_url = await dli.start(port + 2 if port else 0)
        slack = _slack({"alibaba": alibaba_url, "dli": dli_url}, rate_limits=rate_limits)
        stack.push_async_callback(slack.stop)
        slack_url = await slack.start(port)
        config = configuration(
            slack=slack.api_url,
            alibaba=alibaba_url,
            dli=dli_url,
            database=database or folder / "flinkbot.sqlite3",
            http_port=port + 3 if port else 0,
        )
        config += _RULE + _times(speed)
        file = folder / "flinkbot.toml"
        file.write_text(config, encoding="utf-8")
        settings, ends = load_settings(file, VARIABLES), Ends(dli_pace=_pace(speed))
        bot = await stack.enter_async_context(open_bot(settings, ends=ends))
        await slack.deliver_to(f"http://127.0.0.1:{bot.port}/slack/events")
        yield Stage(slack, alibaba, dli, bot, slack_url, alibaba_url, dli_url, config)


def _times(speed: float) -> str:
    """Ask faster clouds sooner; at their real speed the defaults are shown at work."""
    return "" if speed == 1 else f"\n[updates]\npoll_first_seconds = {2 / speed:g}\n"


def _pace(speed: float) -> Pace:
    """Watch a job as shortly as the simulated one takes to start; a grace is a real one."""
    return Pace(poll=2 / speed, settle=10 / speed, observe=8 / speed)


def _alibaba(speed: float) -> AlibabaSimulator:
    return AlibabaSimulator(
        workspace=WORKSPACE,
        namespace=NAMESPACE,
        access_key_id=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        access_key_secret=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        speed=speed,
    )


def _dli(speed: float) -> DliSimulator:
    account = Account(VARIABLES["HUAWEICLOUD_SDK_AK"], VARIABLES["HUAWEICLOUD_SDK_SK"])
    return DliSimulator(project_id=PROJECT, region=REGION, account=account, speed=speed)


def _slack(clouds: Mapping[str, str], *, rate_limits: bool) -> SlackSimulator:
    return SlackSimulator(
        bot_token=VARIABLES["SLACK_BOT_TOKEN"],
        app_token=VARIABLES["SLACK_APP_TOKEN"],
        signing_secret=VARIABLES["SLACK_SIGNING_SECRET"],
        scopes=SCOPES,
        manifest=MANIFEST,
        clouds=clouds,
        enforce_rate_limits=rate_limits,
    )
