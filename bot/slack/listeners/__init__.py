"""Listeners: acknowledge at once, work in a tracked task, answer where the person looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.listeners.buttons import ButtonListeners
from bot.slack.listeners.commands import COMMANDS, CommandListeners
from bot.slack.listeners.forms import Forms
from bot.slack.listeners.look import Look
from bot.slack.listeners.modals import ModalListeners

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.slack.listeners.desk import Desk

__all__ = ["COMMANDS", "register_listeners"]


def register_listeners(app: AsyncApp, desk: Desk) -> None:
    """Pair every id with its listener."""
    forms, look = Forms(desk), Look(desk)
    CommandListeners(desk, forms, look).register(app)
    ModalListeners(desk, forms).register(app)
    ButtonListeners(desk, forms, look).register(app)
