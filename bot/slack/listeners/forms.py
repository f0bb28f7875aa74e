"""The screens of a change: form → review → Apply. Typed values survive every rebuild."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.flink.dli.catalogue import SETTINGS
from bot.flink.legible import legible
from bot.flink.parameters import KNOBS
from bot.flink.snapshot import DeploymentRef
from bot.flink.update import State
from bot.notes import Code, note
from bot.slack import words
from bot.slack.listeners.desk import ACK_WITHIN
from bot.slack.modals import loading, notice, review
from bot.slack.modals import update as form
from bot.slack.modals.dli import drafted
from bot.slack.modals.dli import form as dli_form
from bot.slack.screens import View
from bot.updates.dli.route import DliOperation
from bot.updates.hot_update.plan import HOT_UPDATE
from bot.updates.ports import Draft
from bot.updates.submit import Asker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flink.snapshot import DeploymentSnapshot
    from bot.flink.update import Update
    from bot.notes import Note
    from bot.slack.listeners.desk import Desk, Place
    from bot.slack.modals.dli.filled import TypedChange
    from bot.slack.modals.dli.form import DliForm

_SQL = SETTINGS["sql_body"].name
_KNOB_NAMES = frozenset(knob.name for knob in KNOBS)
READING = "Reading the job from the cloud…"


@dataclass(frozen=True, slots=True)
class Forms:
    """What the listeners of commands, buttons and modals share."""

    desk: Desk

    async def open(self, trigger_id: str, place: Place, text: str = READING) -> None:
        """Open a modal at once, before anything slow: its trigger lives for 3 seconds."""
        place.view_id = await self.desk.screens.open(
            trigger_id, loading.build(text), on_top=bool(place.view_id)
        )

    async def check_access(self, ref: DeploymentRef, asker: Asker, operation: str) -> None:
        """Refuse, before the ack, what may not be asked for; what is not known is left to the plan.

        Raises:
            UserError: why.

        """
        job = self.desk.directory.get(ref.target, ref.deployment_id)
        try:
            async with asyncio.timeout(ACK_WITHIN / 2):
                await self.desk.submissions.check_access(
                    ref.target, asker, operation if job else "", legible(job.name) if job else ""
                )
        except TimeoutError:
            return  # the plan asks the rules again, and nobody waits for that answer

    def operation_of(self, target: str) -> str:
        """Name what the form asks for at a target."""
        on_dli = self.desk.requests.dli.serves(target)
        return DliOperation.UPDATE.value if on_dli else HOT_UPDATE

    async def begin(
        self,
        place: Place,
        asker: Asker,
        chosen: DeploymentRef | None = None,
        *,
        typed: Mapping[str, str] | None = None,
        problem: Note | None = None,
    ) -> None:
        """Show a new form in an open modal, for a job if one was named."""
        targets = self.desk.submissions.targets
        draft = Draft(
            id=self.desk.new_id(),
            user=asker.user,
            channel=asker.channel,
            target=chosen.target if chosen else next(iter(targets)),
            deployment_id=chosen.deployment_id if chosen else "",
            typed=dict(typed or {}),
        )
        await self.show(place, draft, problem)

    async def show(
        self,
        place: Place,
        draft: Draft,
        problem: Note | None = None,
        *,
        typed: Mapping[str, str] | None = None,
        before: DeploymentSnapshot | None = None,
    ) -> None:
        """Read the chosen job and show the form; a cloud that is down is said in the form.

        `typed`: what stands in the fields and is not to be kept. `before`: the job as it was shown
        before, for when it cannot be read.
        """
        snapshot = None
        if problem is None and not draft.channel:  # said before anything is typed in vain
            problem = (await self.desk.submissions.reach(draft.user)).get(draft.target)
        if draft.deployment_id:
            try:
                snapshot = await self.desk.submissions.current(
                    DeploymentRef(draft.target, draft.deployment_id)
                )
            except UserError as error:
                problem, snapshot = error.note, before
        part = self._dli(draft, snapshot, typed or {})
        shown = dli_form.compared_with(part) if part else {}
        if snapshot is not None and part is None:
            shown = form.shown_values(snapshot)
        await self.desk.store.save_draft(replace(draft, shown=shown))
        frozen = await self.desk.submissions.rules.frozen(draft.target)
        view = self._form(draft, snapshot, part, problem, frozen)
        await self.desk.screens.show(place.view_id, view)

    def _dli(
        self, draft: Draft, snapshot: DeploymentSnapshot | None, typed: Mapping[str, str]
    ) -> DliForm | None:
        if snapshot is None or not self.desk.requests.dli.serves(draft.target):
            return None
        return drafted.form_of(snapshot, {**(draft.typed or {}), **typed})

    def _form(
        self,
        draft: Draft,
        snapshot: DeploymentSnapshot | None,
        part: DliForm | None,
        problem: Note | None,
        frozen: Note | None,
    ) -> View:
        targets = self.desk.submissions.targets
        return form.build(
            form.UpdateFormModel(
                draft_id=draft.id,
                targets=[form.TargetChoice(t.name, t.environment) for t in targets.values()],
                target=draft.target,
                snapshot=snapshot,
                typed=dict(draft.typed or {}),
                channel=self._channel(draft),
                problem=problem,
                frozen=frozen,
                on_dli=self.desk.requests.dli.serves(draft.target),
                dli=part,
            )
        )

    def _channel(self, draft: Draft) -> str | None:
        """Give the channel chosen so far; None where there is nothing to choose."""
        target = self.desk.submissions.targets.get(draft.target)
        if target is None or target.told_in(Asker(draft.user, draft.channel)):
            return None
        return (draft.typed or {}).get(form.CHANNEL_BLOCK, "")

    async def edit(self, place: Place, asker: Asker, update: Update) -> None:
        """Go back from a review to the form, with what was asked for typed in."""
        on_dli = self.desk.requests.dli.serves(update.ref.target)
        typed = drafted.of_plan(update.plan) if on_dli else _typed_for(update)
        draft = Draft(
            id=self.desk.new_id(),
            user=asker.user,
            channel=update.asked_in,
            target=update.ref.target,
            deployment_id=update.ref.deployment_id,
            typed=typed
            | {
                form.REASON_BLOCK: update.reason,
                form.CHANNEL_BLOCK: update.channel,
            },
            update_id=update.id,
        )
        await self.show(place, draft)

    async def plan(
        self,
        place: Place,
        asker: Asker,
        ref: DeploymentRef,
        asked: Mapping[str, str | None],
        *,
        reason: str = "",
        replaces: str = "",
    ) -> None:
        """Plan what was asked and show the review."""
        update = await self.desk.requests.hot_update.plan(
            asker, ref, asked, reason=reason, replaces=replaces
        )
        await self.review(place, update)

    async def plan_dli(
        self,
        place: Place,
        asker: Asker,
        draft: Draft,
        change: TypedChange,
        typed: Mapping[str, str],
    ) -> None:
        """Plan a change of a DLI job and show the review; what is wrong leads back to the form."""
        ref = DeploymentRef(draft.target, draft.deployment_id)
        try:
            values = dict(change.values)
            if change.file_id:
                values[_SQL] = await self.desk.uploads.read_sql(change.file_id)
            update = await self.desk.requests.dli.plan(
                asker,
                ref,
                DliOperation.UPDATE,
                change.options,
                values,
                reason=(draft.typed or {}).get(form.REASON_BLOCK, ""),
                replaces=draft.update_id,
            )
        except UserError as error:
            known = self.desk.directory.get(ref.target, ref.deployment_id)
            before = drafted.seen_before(draft, known)
            await self.show(place, draft, error.note, typed=typed, before=before)
            return
        await self.review(place, update)

    async def review(self, place: Place, update: Update) -> None:
        """Show what would change, and ask for the yes; of a plan applied before, that it was."""
        planned = update.state is State.PLANNED
        view = await self._review(update) if planned else await self._applied(update, "")
        await self.desk.screens.show(place.view_id, view)

    async def _review(self, update: Update, problem: Note | None = None) -> View:
        expires_at = update.created_at + timedelta(seconds=self.desk.plan_expires_seconds)
        environment = self.desk.submissions.target(update.ref.target).environment
        return review.build(
            update,
            self.desk.now(),
            expires_at,
            environment=environment,
            problem=problem,
            decision=await self.desk.submissions.ruling(update),
            frozen=await self.desk.submissions.rules.frozen(update.ref.target),
        )

    async def apply(self, asker: Asker, update_id: str, *, accepted: bool) -> View:
        """Queue a plan; give what to show: the receipt, or the review with what stands against it.

        Raises:
            UserError: the plan is none any more.

        """
        update = await self.desk.submissions.get(update_id)
        self.desk.check_theirs(update.requested_by, asker.user)
        asker = replace(asker, channel=update.asked_in, chosen=update.channel)
        try:
            present = await self.desk.submissions.apply(update_id, asker, accepted=accepted)
        except UserError as error:
            if error.note.code is Code.RECORD_UNSURE:
                return await self._review(update, error.note)
            present = await self.desk.submissions.get(update_id)
            if present.state is not State.PLANNED:
                raise
            return await self._review(present, error.note)
        return await self._applied(present, asker.user)

    async def _applied(self, update: Update, user: str) -> View:
        """Give the receipt; whoever presses after somebody else is told who that was."""
        if update.state is State.AWAITING_APPROVAL:
            said = f"{update.name} waits for approval. Follow it in <#{update.channel}>."
            return notice.done("Approval requested", said)
        who = await self.desk.submissions.who(update, Code.EVENT_QUEUED)
        if update.state.live and who in {user, ""}:
            said = f"{update.name}: the update is on its way. Follow it in <#{update.channel}>."
            return notice.done("Applying", said)
        known = note(Code.APPLIED_ALREADY, id=update.id, who=who, state=update.state)
        return notice.done("Applied already", words.say_mrkdwn(known))


def _typed_for(update: Update) -> dict[str, str]:
    """Give the fields for a plan; a setting that is to be removed cannot be typed."""
    asked = {name: value for name, value in update.plan.asked.items() if value is not None}
    typed = {name: value for name, value in asked.items() if name in _KNOB_NAMES}
    others = [f"{name}: {value}" for name, value in asked.items() if name not in _KNOB_NAMES]
    return {**typed, form.OTHER_BLOCK: "\n".join(others)}
