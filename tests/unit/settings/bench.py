"""A configuration that is just enough, and the tables it leaves at their defaults."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.errors import ConfigurationError
from bot.settings import (
    DatabaseSettings,
    HttpSettings,
    LoggingSettings,
    Settings,
    SlackSettings,
    UpdatesSettings,
)

Load = Callable[..., Settings]

ENVIRONMENT = {
    "SLACK_BOT_TOKEN": "xoxb-1-planted",
    "SLACK_APP_TOKEN": "xapp-1-planted",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "key-id-planted",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "key-secret-planted",
}
TARGET = """
[targets.prod]
cloud = "alibaba"
region = "cn-hangzhou"
workspace = "a14bd5d90a1b2c"
namespace = "orders-default"
"""
SMALL_TABLES = {
    "slack": SlackSettings,
    "http": HttpSettings,
    "database": DatabaseSettings,
    "updates": UpdatesSettings,
    "logging": LoggingSettings,
}


def fault_of(load: Load, *args: object) -> str:
    """Give the text of the error that a configuration must end in."""
    with pytest.raises(ConfigurationError) as caught:
        load(*args)
    return str(caught.value)
