"""Hold the Slack app's manifest to Slack's public schema and to what the bot registers."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot.slack.client import SCOPES
from bot.slack.surface import BOT_EVENTS, COMMANDS, SHORTCUTS

ROOT = Path(__file__).parents[1]
MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
HTTP_URL = "https://flinkbot.example.org/slack/events"


def faults(manifest: dict[str, Any], version: str) -> list[str]:
    """List what a version of the schema finds wrong, and what it cannot check."""
    schema = json.loads((ROOT / f"tests/data/manifest.schema.{version}.json").read_text("utf-8"))
    found = [
        f"{error.json_path}: {error.message}"
        for error in Draft7Validator(schema).iter_errors(manifest)
    ]
    return found + _missing_addresses(manifest)


def _missing_addresses(manifest: dict[str, Any]) -> list[str]:
    """Name the addresses that HTTP mode needs; the schema does not ask for them."""
    if manifest["settings"]["socket_mode_enabled"]:
        return []
    interactivity = manifest["settings"]["interactivity"]
    events = manifest["settings"]["event_subscriptions"]
    commands = manifest["features"]["slash_commands"]
    return [
        *(key for key in ("request_url", "message_menu_options_url") if key not in interactivity),
        *(["events"] if "request_url" not in events else []),
        *(command["command"] for command in commands if "url" not in command),
    ]


def described() -> list[str]:
    """Give the paths that the manifest's own comment tells to fill in for HTTP mode."""
    text = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    return re.findall(r"^#\s+(\S+)\s+https://YOUR-HOST/slack/events$", text, re.MULTILINE)


def over_http(*, without: str = "") -> dict[str, Any]:
    """Change the manifest the way its own comment says, but for one forgotten place."""
    manifest: dict[str, Any] = json.loads(json.dumps(MANIFEST))
    manifest["settings"]["socket_mode_enabled"] = False
    for path in described():
        if path != without:
            *parents, last = path.replace("[0]", ".0").split(".")
            place: Any = manifest
            for key in parents:
                place = place[int(key) if key.isdigit() else key]
            place[last] = HTTP_URL
    return manifest


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_the_manifest_is_valid(version: str) -> None:
    assert faults(MANIFEST, version) == []


def test_the_manifest_is_for_socket_mode_and_receives_clicks() -> None:
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"] == {"is_enabled": True}


def test_the_change_to_http_mode_that_the_manifest_describes_is_complete() -> None:
    assert faults(over_http(), "2.0.0") == []


@pytest.mark.parametrize(
    ("forgotten", "missed"),
    [
        ("features.slash_commands[0].url", "/flink"),
        ("settings.event_subscriptions.request_url", "events"),
        ("settings.interactivity.request_url", "request_url"),
        ("settings.interactivity.message_menu_options_url", "message_menu_options_url"),
    ],
)
def test_an_address_forgotten_in_http_mode_is_noticed(forgotten: str, missed: str) -> None:
    assert forgotten in described()
    assert faults(over_http(without=forgotten), "2.0.0") == [missed]


def test_a_key_slack_does_not_know_is_noticed() -> None:
    assert faults({**MANIFEST, "feature": {}}, "2.0.0") != []


def test_the_manifest_asks_for_exactly_the_scopes_the_bot_uses() -> None:
    asked = MANIFEST["oauth_config"]["scopes"]

    assert asked == {"bot": list(SCOPES)}


def test_the_manifest_declares_exactly_the_commands_the_bot_knows() -> None:
    declared = MANIFEST["features"]["slash_commands"]

    assert declared == [asdict(command) for command in COMMANDS]


def test_the_manifest_declares_exactly_the_shortcuts_the_bot_knows() -> None:
    assert MANIFEST["features"]["shortcuts"] == [asdict(shortcut) for shortcut in SHORTCUTS]


def test_the_manifest_subscribes_to_exactly_the_events_the_bot_knows() -> None:
    assert MANIFEST["settings"]["event_subscriptions"] == {"bot_events": list(BOT_EVENTS)}


def test_the_home_tab_exists() -> None:
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"] is True
