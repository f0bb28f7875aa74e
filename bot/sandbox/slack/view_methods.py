"""views.*: opening, changing and stacking modals, and the Home tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.documents import view_document
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.views import checked

if TYPE_CHECKING:
    from bot.sandbox.slack.arguments import Arguments
    from bot.sandbox.slack.nouns import Json, View
    from bot.sandbox.slack.triggers import Trigger
    from bot.sandbox.slack.workspace import Workspace


def open_view(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/views.open."""
    payload = checked(given.structure("view"), "modal")
    trigger = workspace.triggers.check(given.required("trigger_id"))
    # Slack does not say what views.open from inside a modal does; it is seen to stack.
    if _still_open(workspace, trigger):
        view = workspace.views.push(trigger.user, payload)
    else:
        view = workspace.views.open(trigger.user, payload, trigger.channel)
    trigger.used = True
    return _changed(workspace, view)


def push_view(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/views.push."""
    payload = checked(given.structure("view"), "modal")
    trigger = workspace.triggers.check(given.required("trigger_id"))
    if not _still_open(workspace, trigger):
        raise RefusedError("not_found")
    view = workspace.views.push(trigger.user, payload)
    trigger.used = True
    return _changed(workspace, view)


def update_view(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/views.update."""
    external_id = given.text("external_id")
    view_id = given.text("view_id") if external_id else given.required("view_id")
    view = workspace.views.find(view_id, external_id)
    payload = checked(given.structure("view"), view.payload["type"])
    return _changed(workspace, workspace.views.update(view, payload, given.text("hash")))


def publish_view(workspace: Workspace, given: Arguments) -> Json:
    """https://docs.slack.dev/reference/methods/views.publish."""
    if not workspace.rules.home_enabled:
        raise RefusedError("not_enabled")
    payload = checked(given.structure("view"), "home")
    user = workspace.user(given.required("user_id"))
    return _changed(workspace, workspace.views.publish(user.id, payload, given.text("hash")))


def _still_open(workspace: Workspace, trigger: Trigger) -> bool:
    return trigger.view_id in {view.id for view in workspace.views.stack(trigger.user)}


def _changed(workspace: Workspace, view: View) -> Json:
    workspace.changes.announce()
    return {"view": view_document(view)}
