"""What the configuration file may say beside the targets: one model per table."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from bot.settings.types import HostName, Seconds, SharedChannel, SlackUrl, Table


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


class SlackSettings(Table):
    """How the bot and Slack reach each other."""

    mode: SlackMode = Field(SlackMode.SOCKET, strict=False)
    api_url: SlackUrl = "https://slack.com/api/"
    fallback_channel: SharedChannel | None = None
    requests_per_minute: int = Field(300, ge=30)


class HttpSettings(Table):
    """Where the bot listens: health in both modes, Slack's deliveries in HTTP mode."""

    host: HostName = "127.0.0.1"
    port: int = Field(3000, ge=0, le=65535)


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
    approval_expires_seconds: Seconds = 7200
    approval_reminder_seconds: Seconds = 900
    rollback_within_days: int = Field(30, ge=1, le=365)

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


class ShutdownSettings(Table):
    """How the bot ends when it is told to."""

    grace_seconds: float = Field(20, ge=0, le=3600, allow_inf_nan=False)


class LoggingSettings(Table):
    """What is logged, and how a line looks."""

    level: LogLevel = Field(LogLevel.INFO, strict=False)
    format: LogFormat = Field(LogFormat.JSON, strict=False)
