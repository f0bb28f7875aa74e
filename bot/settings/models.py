"""What the configuration file may say: one model per table, every rule on one value beside it."""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.policy.access import EVERYONE, Access

DEFAULT_KEY_ID = "ALIBABA_CLOUD_ACCESS_KEY_ID"
DEFAULT_KEY_SECRET = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"  # noqa: S105 - a variable's name
DEFAULT_SECURITY_TOKEN = "ALIBABA_CLOUD_SECURITY_TOKEN"  # noqa: S105 - a variable's name
CLOUDS = ("alibaba",)
PLANNED_CLOUDS = ("huawei",)


class SlackMode(StrEnum):
    """How Slack reaches the bot."""

    SOCKET = "socket"
    HTTP = "http"


class LogFormat(StrEnum):
    """How a log line is written."""

    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    """The least important line that is written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


def is_loopback(host: str) -> bool:
    """Tell whether a host name surely means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _address(text: str) -> tuple[str, str, str, str]:
    """Split an address into scheme, host, host with port, path; refuse what none needs."""
    parts = urlsplit(text)
    _ = parts.port  # a port that is no number is noticed only when it is read
    odd = parts.query or parts.fragment or "@" in parts.netloc or re.search(r"\s", text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        raise ValueError
    return parts.scheme, parts.hostname, parts.netloc, parts.path


def _slack_url(text: str) -> str:
    try:
        scheme, _, netloc, path = _address(text)
    except ValueError:
        msg = 'must be an address such as "https://slack.com/api/"'
        raise ValueError(msg) from None
    return f"{scheme}://{netloc}{path.rstrip('/')}/"


def _endpoint(text: str) -> str:
    try:
        scheme, host, netloc, path = _address(text if "://" in text else f"https://{text}")
    except ValueError:
        path, scheme, host, netloc = "?", "", "", ""
    if path.strip("/"):
        msg = 'must be "https://HOST" or "https://HOST:PORT", nothing behind it'
        raise ValueError(msg)
    if scheme == "http" and not is_loopback(host):
        msg = "http:// is allowed for loopback addresses only (127.0.0.1, ::1, localhost)"
        raise ValueError(msg)
    return f"{scheme}://{netloc}"


def _database_url(text: str) -> str:
    match = re.fullmatch(r"sqlite(?:\+aiosqlite)?:///([^?]+)", text)
    if match is None or match[1] == ":memory:":
        msg = 'must be "sqlite+aiosqlite:///FILE" (a file: what is not written down is lost)'
        raise ValueError(msg)
    return f"sqlite+aiosqlite:///{match[1]}"


def _matching(pattern: str, allowed: str) -> AfterValidator:
    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            msg = f"must be {allowed}"
            raise ValueError(msg)
        return text

    return AfterValidator(check)


def _as_set(given: object) -> object:
    if isinstance(given, str):
        return frozenset({given})
    if isinstance(given, list) and all(isinstance(item, str) for item in given):
        return frozenset(given)
    return given


def _supported_cloud(given: object) -> object:
    """Stop at an unsupported cloud: its other keys would only add noise."""
    cloud = given.get("cloud") if isinstance(given, dict) else None
    if isinstance(cloud, str) and cloud not in CLOUDS:
        when = "not supported yet by this version" if cloud in PLANNED_CLOUDS else "not known"
        raise PydanticCustomError("cloud", "{when}; allowed: {allowed}", {
            "when": when,
            "allowed": ", ".join(f'"{name}"' for name in CLOUDS),
            "given": cloud,
        })  # fmt: skip
    return given


_CHANNEL = r"[CGD][A-Z0-9]+"
_USER = r"[UW][A-Z0-9]+"

Variable = Annotated[
    str, _matching(r"[A-Z_][A-Z0-9_]*", "the name of an environment variable, not the key itself")
]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
TargetName = Annotated[
    str, _matching(r"[a-z0-9][a-z0-9-]{0,39}", "1 to 40 of a-z, 0-9 and -, not starting with -")
]
Identifier = Annotated[
    str, _matching(r"[A-Za-z0-9][A-Za-z0-9._-]*", "an id of letters, digits, '.', '_' and '-'")
]
Channel = Annotated[
    str, _matching(_CHANNEL, 'a Slack channel id such as "C0123456789", not a name')
]
Users = Annotated[
    frozenset[
        Annotated[
            str,
            _matching(rf"{_USER}|\*", 'Slack user ids such as "U0123456789", or "*" for everybody'),
        ]
    ],
    BeforeValidator(_as_set),
]
Channels = Annotated[
    frozenset[
        Annotated[
            str,
            _matching(rf"{_CHANNEL}|\*", 'Slack channel ids such as "C0123456789", or "*" for all'),
        ]
    ],
    BeforeValidator(_as_set),
]


class Table(BaseModel):
    """A table of the file: unknown keys and wrong types are faults, nothing changes later."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, use_enum_values=False
    )


class SlackSettings(Table):
    """How the bot and Slack reach each other."""

    mode: SlackMode = Field(SlackMode.SOCKET, strict=False)
    api_url: Annotated[str, AfterValidator(_slack_url)] = "https://slack.com/api/"


class HttpSettings(Table):
    """Where the bot listens: health in both modes, Slack's deliveries in HTTP mode."""

    host: Annotated[str, _matching(r"[A-Za-z0-9.:_-]+", "a host name or an IP address")] = (
        "127.0.0.1"
    )
    port: int = Field(3000, ge=0, le=65535)


class DatabaseSettings(Table):
    """Where the bot remembers."""

    url: Annotated[str, AfterValidator(_database_url)] = "sqlite+aiosqlite:///flinkbot.sqlite3"


class AlibabaTarget(Table):
    """One namespace of Realtime Compute for Apache Flink, and who may change what runs there."""

    cloud: Literal["alibaba"] = Field(description='the cloud; allowed: "alibaba"')
    region: Annotated[
        str, _matching(r"[a-z]{2,}(?:-[a-z0-9]+)+", 'a region id such as "cn-hangzhou"')
    ] = Field(description='the region id, such as "cn-hangzhou"')
    workspace: Identifier = Field(description="the workspace id, such as a14bd5d90a1b2c")
    namespace: Identifier = Field(description='the namespace, such as "orders-default"')
    endpoint: Annotated[str, AfterValidator(_endpoint)] | None = None
    vpc: bool = False
    environment: Annotated[str, _matching(r"\S(?:[^\r\n]{0,38}\S)?", "1 to 40 characters")] = (
        "production"
    )
    channel: Channel | None = None
    allow_users: Users = frozenset()
    allow_channels: Channels = frozenset()
    access_key_id_env: Variable = DEFAULT_KEY_ID
    access_key_secret_env: Variable = DEFAULT_KEY_SECRET
    security_token_env: Variable = DEFAULT_SECURITY_TOKEN

    @property
    def access(self) -> Access:
        """Who may change the target, and from where."""
        return Access(users=self.allow_users, channels=self.allow_channels)

    @property
    def nobody(self) -> bool:
        """Whether no change can ever be allowed."""
        return not (self.allow_users and self.allow_channels)

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if self.endpoint is not None and self.vpc:
            msg = "endpoint and vpc = true exclude each other; keep one"
            raise ValueError(msg)
        return self


Target = Annotated[AlibabaTarget, BeforeValidator(_supported_cloud)]


class UpdatesSettings(Table):
    """How long an update may take and how often the cloud is asked."""

    poll_first_seconds: Seconds = 2
    poll_factor: float = Field(1.5, ge=1, allow_inf_nan=False)
    poll_max_seconds: Seconds = 15
    slow_after_seconds: Seconds = 120
    overdue_after_seconds: Seconds = 600
    give_up_after_seconds: Seconds = 1800
    plan_expires_seconds: Seconds = 1800
    start_within_seconds: Seconds = 300

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for low, high in (
            ("poll_first_seconds", "poll_max_seconds"),
            ("slow_after_seconds", "overdue_after_seconds"),
            ("overdue_after_seconds", "give_up_after_seconds"),
        ):
            if getattr(self, low) > getattr(self, high):
                msg = (
                    f"{low} ({getattr(self, low):g}) must not be above"
                    f" {high} ({getattr(self, high):g})"
                )
                raise ValueError(msg)
        return self


class LoggingSettings(Table):
    """What is logged, and how a line looks."""

    level: LogLevel = Field(LogLevel.INFO, strict=False)
    format: LogFormat = Field(LogFormat.JSON, strict=False)


class Credentials(BaseModel):
    """What signs the requests to one target."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    access_key_id: SecretStr
    access_key_secret: SecretStr
    security_token: SecretStr | None = None


class Secrets(BaseModel):
    """Everything that comes from the environment and must never be shown."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    bot_token: SecretStr
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    credentials: dict[str, Credentials] = Field(default_factory=dict)


def described(ids: frozenset[str]) -> str:
    """Say in a word who is on a list."""
    if EVERYONE in ids:
        return "everybody"
    return str(len(ids)) if ids else "nobody"
