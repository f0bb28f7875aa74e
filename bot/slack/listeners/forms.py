"""The way of a change through modals: form → review → Apply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import InvalidFormError, UserError
from bot.flink.parameters import KNOBS
from bot.flink.snapshot import DeploymentRef
from bot.notes import Code, note
from bot.slack import ids
from bot.slack.listeners.desk import Body, Desk, Place, place_of, value_of
from bot.slack.modals import loading, notice, review
from bot.slack.modals import update as form
from bot.slack.replies import job_options
from bot.updates.ports import Draft
from bot.updates.submit import Asker

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.flink.snapshot import DeploymentSnapshot
    from bot.flink.update import Update
    from bot.notes import Note


@dataclass(frozen=True, slots=True)
class FormListeners:
    """Listeners of the form and the review."""

    desk: Desk

    def register(self, app: AsyncApp) -> None:
        """Pair ids and listeners."""
        app.action(ids.Action.CHOOSE_TARGET)(self.choose_target)
        app.action(ids.Action.CHOOSE_JOB)(self.choose_job)
        app.options(ids.Action.CHOOSE_JOB)(self.suggest_jobs)
        app.view(form.CALLBACK_ID)(self.submitted)
        app.action(ids.Action.EDIT_UPDATE)(self.edit)
        app.view(review.CALLBACK_ID)(self.applied)
