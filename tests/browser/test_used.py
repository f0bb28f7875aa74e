"""Nothing that the bot offers goes without a browser test."""

from pathlib import Path

import pytest
import yaml

from bot.flink.parameters import KNOBS
from bot.slack.command import COMMANDS
from bot.slack.ids import Action, Search
from bot.slack.modals.filled import OTHER_BLOCK, REASON_BLOCK
from bot.slack.modals.review import ACCEPT_BLOCK

HERE = Path(__file__).parent
MANIFEST = yaml.safe_load((HERE.parent.parent / "manifest.yml").read_text("utf-8"))
FIELDS = {OTHER_BLOCK, REASON_BLOCK, ACCEPT_BLOCK, *(knob.name for knob in KNOBS)}


async def test_every_command_button_and_field_was_used(request, browser, touched):
    """Runs after the others, and means something only if all of them ran."""
    ran = {item.path for item in request.session.items}
    left_out = sorted(file.name for file in HERE.glob("test_*.py") if file not in ran)
    if left_out or request.config.getoption("keyword"):
        pytest.skip(f"only a part of the browser tests runs, without {left_out or 'some'}")
    features = MANIFEST["features"]
    used = {line.split()[0] for line in touched.commands}
    assert {one["command"] for one in features["slash_commands"]} <= used
    verbs = {line.split()[1] if " " in line else "" for line in touched.commands}
    assert {"", *(known.verb for known in COMMANDS)} - verbs == set()
    assert {*Action, *Search, *FIELDS, *touched.offered} - touched.elements == set()
    shortcuts = {one["callback_id"] for one in features.get("shortcuts", ())}
    assert shortcuts - touched.shortcuts == set()
    assert touched.offered
    assert not features["app_home"]["home_tab_enabled"] or "home" in touched.acts
