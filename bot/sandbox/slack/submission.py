"""What Slack does with an app's answer to a submitted view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.outcomes import TROUBLE, SubmissionOutcome
from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.views import checked

if TYPE_CHECKING:
    from bot.sandbox.slack.nouns import View
    from bot.sandbox.slack.workspace import Workspace


def take_answer(workspace: Workspace, view: View, body: Any) -> SubmissionOutcome:
    """Do what the app answered to the submission of a view.

    https://docs.slack.dev/surfaces/modals#updating_response
    """
    if body in ("", None, {}):
        return _close(workspace, view)
    action = body.get("response_action") if isinstance(body, dict) else None
    match action:
        case "errors":
            return _show_errors(view, body.get("errors"))
        case "update" | "push":
            return _show_view(workspace, view, action, body.get("view"))
        case "clear":
            workspace.views.clear(view.user)
            return SubmissionOutcome(closed=True)
    return _trouble(f"not an answer to a submission: {body!r}")


def _close(workspace: Workspace, view: View) -> SubmissionOutcome:
    if any(view.id == still_open.id for still_open in workspace.views.stack(view.user)):
        workspace.views.close(view)
    return SubmissionOutcome(closed=True)


def _show_errors(view: View, errors: Any) -> SubmissionOutcome:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        return _trouble("errors must name at least one block")
    if strangers := errors.keys() - inputs:
        return _trouble(f"errors for what is no input block: {sorted(strangers)}")
    if not all(isinstance(words, str) and words for words in errors.values()):
        return _trouble("an error is said in words")
    return SubmissionOutcome(errors=dict(errors))


def _show_view(workspace: Workspace, view: View, action: str, payload: Any) -> SubmissionOutcome:
    views = workspace.views
    try:
        accepted = checked(payload, "modal")
        if action == "push":
            return SubmissionOutcome(view=views.push(view.user, accepted))
        return SubmissionOutcome(view=views.update(views.find(view.id), accepted))
    except RefusedError as refused:
        return _trouble(f"{refused.error}: {'; '.join(refused.messages)}")


def _trouble(reason: str) -> SubmissionOutcome:
    return SubmissionOutcome(shown=TROUBLE, reason=reason)
