"""Hold the Slack app's manifest to Slack's public schema and to what the bot registers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot.slack.client import SCOPES

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
    commands = manifest["features"]["slash_commands"]
    return [
        *(key for key in ("request_url", "message_menu_options_url") if key not in interactivity),
        *(command["command"] for command in commands if "url" not in command),
    ]


def over_http() -> dict[str, Any]:
    """Change the manifest the way its own comment says."""
    manifest = json.loads(json.dumps(MANIFEST))
    manifest["settings"]["socket_mode_enabled"] = False
    manifest["settings"]["interactivity"]["request_url"] = HTTP_URL
    manifest["settings"]["interactivity"]["message_menu_options_url"] = HTTP_URL
    manifest["features"]["slash_commands"][0]["url"] = HTTP_URL
    return manifest


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_the_manifest_is_valid(version: str) -> None:
    assert faults(MANIFEST, version) == []


def test_the_manifest_is_for_socket_mode_and_receives_clicks() -> None:
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"] == {"is_enabled": True}
    assert "event_subscriptions" not in MANIFEST["settings"]


def test_the_change_to_http_mode_that_the_manifest_describes_is_complete() -> None:
    text = (ROOT / "manifest.yml").read_text(encoding="utf-8")

    assert faults(over_http(), "2.0.0") == []
    for path in (
        "features.slash_commands[0].url",
        "settings.interactivity.request_url",
        "settings.interactivity.message_menu_options_url",
    ):
        assert path in text


@pytest.mark.parametrize("forgotten", ["request_url", "message_menu_options_url"])
def test_an_address_forgotten_in_http_mode_is_noticed(forgotten: str) -> None:
    manifest = over_http()
    del manifest["settings"]["interactivity"][forgotten]

    assert faults(manifest, "2.0.0") == [forgotten]


def test_a_key_slack_does_not_know_is_noticed() -> None:
    assert faults({**MANIFEST, "feature": {}}, "2.0.0") != []


def test_the_manifest_asks_for_exactly_the_scopes_the_bot_uses() -> None:
    asked = MANIFEST["oauth_config"]["scopes"]

    assert asked == {"bot": list(SCOPES)}


def test_the_manifest_declares_exactly_the_registered_commands() -> None:
    from bot.slack.listeners import COMMANDS  # noqa: PLC0415 - what this one test is about

    assert [c["command"] for c in MANIFEST["features"]["slash_commands"]] == list(COMMANDS)
