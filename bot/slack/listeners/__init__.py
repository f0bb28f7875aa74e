"""Listeners: acknowledge at once, work in a tracked task, answer where the person looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.ids import Action, Search
from bot.slack.listeners.approvals import ApprovalListeners
from bot.slack.listeners.buttons import ButtonListeners
from bot.slack.listeners.commands import CommandListeners
from bot.slack.listeners.dispatch import Dispatch, of_action, of_shortcut, of_view
from bot.slack.listeners.forms import Forms
from bot.slack.listeners.freezes import FreezeListeners
from bot.slack.listeners.history import HistoryListeners
from bot.slack.listeners.home import HomeListeners
from bot.slack.listeners.look import Look
from bot.slack.listeners.modals import ModalListeners
from bot.slack.listeners.operations import OperationListeners
from bot.slack.listeners.shortcuts import ShortcutListeners
from bot.slack.surface import FLINK, HOME_OPENED

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.slack.homes import Homes
    from bot.slack.listeners.desk import Desk
    from bot.updates.freezing import Freezing

__all__ = ["register_listeners"]


def register_listeners(app: AsyncApp, desk: Desk, homes: Homes, freezing: Freezing) -> None:
    """Pair every id with its listener; what comes most often, and is waited for, comes first."""
    forms, look = Forms(desk), Look(desk)
    modals, home = ModalListeners(desk, forms), HomeListeners(desk, homes)
    buttons = ButtonListeners(desk, forms, look)
    operations, history = OperationListeners(desk, forms), HistoryListeners(desk)
    approvals = ApprovalListeners(desk, forms, desk.approvals)
    sources = (buttons, modals, home, operations, history, approvals)
    actions = Dispatch(
        {name: listen for source in sources for name, listen in source.actions.items()}, of_action
    )
    submissions = Dispatch(
        {**modals.submissions, **operations.submissions, **approvals.submissions}, of_view
    )
    shortcuts = Dispatch(ShortcutListeners(desk, forms).shortcuts, of_shortcut)

    freezes = FreezeListeners(desk, freezing)
    commands = CommandListeners(desk, forms, look, operations, history, freezes)
    app.command(FLINK.command)(commands.flink)
    app.options(Action.CHOOSE_JOB)(modals.suggest_jobs)
    app.options(Search.DLI_JOB)(operations.suggest_jobs)
    app.action(actions.ids)(actions.run)
    app.view(submissions.ids)(submissions.run)
    app.event(HOME_OPENED)(home.opened)
    app.shortcut(shortcuts.ids)(shortcuts.run)
