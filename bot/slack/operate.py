"""Buttons that ask for something to be done to a DLI job; each leads to a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.ids import Action
from bot.slack.sheet import button
from bot.updates.dli.route import DliOperation

if TYPE_CHECKING:
    from slack_sdk.models.blocks import ButtonElement

    from bot.flink.snapshot import DeploymentRef

_BUTTONS = {
    DliOperation.IMPORT_SAVEPOINT: (Action.IMPORT_SAVEPOINT, "Import a savepoint"),
    DliOperation.TAKE_SAVEPOINT: (Action.TAKE_SAVEPOINT, "Write a savepoint"),
    DliOperation.START: (Action.START_JOB, "Start"),
    DliOperation.STOP: (Action.STOP_JOB, "Stop"),
}
OPERATING = frozenset(action for action, _ in _BUTTONS.values())
"""Slack takes an id once in a row of buttons, so each operation has its own."""


def operate_button(
    operation: DliOperation, ref: DeploymentRef, name: str, label: str = "", *, keep: bool = True
) -> ButtonElement:
    """Give a button; `keep`: the state is to be kept. `listeners.operations` reads its value."""
    state = "keep" if keep else "drop"
    action, usual = _BUTTONS[operation]
    label = label or usual
    value = f"{operation.value}/{state}/{ref.target}/{ref.deployment_id}"
    return button(label, action, value, f"{label}: {name}")
