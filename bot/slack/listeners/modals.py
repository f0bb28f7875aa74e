"""Listeners of the form and the review."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.errors import InvalidFormError, StoreUnavailableError, UserError
from bot.flink.snapshot import DeploymentRef
from bot.notes import Code, note
from bot.slack import replies, words
from bot.slack.ids import Action
from bot.slack.listeners.desk import ACK_WITHIN, asker_of, place_of, value_of
from bot.slack.listeners.held import held_open, still
from bot.slack.listeners.intake import tidied
from bot.slack.modals import loading, notice, review
from bot.slack.modals import update as form
from bot.slack.modals.dli import drafted
from bot.slack.modals.dli import filled as dli
from bot.slack.modals.dli.form import GROUPS_BLOCK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck

    from bot.slack.listeners.desk import Body, Desk, Place
    from bot.slack.listeners.dispatch import Listener
    from bot.slack.listeners.forms import Forms
    from bot.slack.screens import View
    from bot.updates.ports import Draft
    from bot.updates.submit import Asker


@dataclass(frozen=True, slots=True)
class ModalListeners:
    """From the first field to Apply."""

    desk: Desk
    forms: Forms

    @property
    def actions(self) -> Mapping[str, Listener]:
        """Pair what is chosen or pressed inside the screens with its listener."""
        return {
            Action.CHOOSE_TARGET: self.choose_target,
            Action.CHOOSE_JOB: self.choose_job,
            Action.CHOOSE_GROUPS: self.choose_groups,
            Action.EDIT_UPDATE: self.edit_update,
        }

    @property
    def submissions(self) -> Mapping[str, Listener]:
        """Pair the screens that can be submitted with their listeners."""
        return {form.CALLBACK_ID: self.submit_form, review.CALLBACK_ID: self.submit_review}

    async def suggest_jobs(self, ack: AsyncAck, body: Body) -> None:
        """Answer from the cached list: this is asked per keystroke and may never wait."""
        target, _ = form.chosen(body["view"])
        target = target or next(iter(self.desk.submissions.targets))
        listing = self.desk.directory.search(target, body.get("value", ""))
        offered = replies.job_options(listing)
        await ack(options=offered.get("options"), option_groups=offered.get("option_groups"))

    async def choose_target(self, ack: AsyncAck, body: Body) -> None:
        """Another target: the job must be chosen anew."""
        await ack()
        target, _ = form.chosen(body["view"])
        self._rebuild(body, target, "")

    async def choose_job(self, ack: AsyncAck, body: Body) -> None:
        """Another job: its live values fill the form; reason and other settings stay."""
        await ack()
        target, deployment_id = form.chosen(body["view"])
        self._rebuild(body, target, deployment_id)

    def _rebuild(self, body: Body, target: str, deployment_id: str) -> None:
        place = place_of(body)
        self.desk.start("fill the form", self._refill(place, body, target, deployment_id), place)

    async def _refill(self, place: Place, body: Body, target: str, deployment_id: str) -> None:
        view, draft = tidied(body["view"]), await self._draft(body)
        # What was typed before any job was chosen was meant for the one that is chosen now.
        before = {} if draft.deployment_id else dict(draft.typed or {})
        kept = before | form.storable(form.typed_of(view))
        changed = replace(
            draft, target=target or draft.target, deployment_id=deployment_id, typed=kept
        )
        await self.forms.show(place, changed)

    async def choose_groups(self, ack: AsyncAck, body: Body) -> None:
        """Show the fields of what was ticked; what is typed stays, and is not kept."""
        await ack()
        place = place_of(body)
        self.desk.start("show the fields", self._show_groups(place, body), place)

    async def _show_groups(self, place: Place, body: Body) -> None:
        view = tidied(body["view"])
        draft = _with_typed(await self._draft(body), view)
        await self.forms.show(place, draft, typed=dli.typed(view))

    async def _draft(self, body: Body) -> Draft:
        draft = await self.desk.store.draft(body["view"]["private_metadata"])
        if draft is None:
            raise UserError(note(Code.FORM_EXPIRED))
        self.desk.check_theirs(draft.user, asker_of(body).user)
        return draft

    async def submit_form(self, ack: AsyncAck, body: Body) -> None:
        """Say what is wrong at the field; else plan, and show the review."""
        try:
            self.desk.check_typed(body["view"], asker_of(body).user)
            draft = await self.desk.in_time(self._draft(body))
            typed = form.parse(body["view"], draft.shown or {})
            change = self._dli_change(body["view"], draft, typed)
            target = typed.target or draft.target
            asker = replace(asker_of(body), channel=draft.channel, chosen=typed.channel)
            ref = DeploymentRef(target, typed.deployment_id)
            await self._check_access(ref, asker, body["view"])
        except InvalidFormError as error:
            await ack(response_action="errors", errors=form.messages(error))
            return
        except UserError as error:
            await ack(response_action="update", view=notice.problem(error.note))
            return
        except StoreUnavailableError as error:
            await ack(**held_open(body["view"], error))
            return
        await ack(response_action="update", view=loading.build("Comparing with what runs now…"))
        place = place_of(body)
        if change is not None:
            left = _with_typed(draft, body["view"])
            entered = dli.typed(body["view"])
            work = self.forms.plan_dli(place, asker, left, change, entered)
        else:
            work = self.forms.plan(
                place, asker, ref, typed.values, reason=typed.reason, replaces=draft.update_id
            )
        self.desk.start("plan the update", work, place)

    def _dli_change(
        self, view: dict[str, Any], draft: Draft, typed: form.TypedForm
    ) -> dli.TypedChange | None:
        """Read the fields of a DLI job; those of another job, or not shown yet, are not read."""
        on_dli = self.desk.requests.dli.serves(typed.target or draft.target)
        overtaken = draft.deployment_id != typed.deployment_id  # by another choice, elsewhere
        if not overtaken and not on_dli:
            return None
        if overtaken or not dli.is_shown(view):
            raise InvalidFormError({form.job_block(view): note(Code.FORM_NOT_FILLED)})
        if dli.groups(view) != drafted.groups_of(draft.typed or {}):
            block = f"{GROUPS_BLOCK}:{draft.deployment_id}"
            raise InvalidFormError({block: note(Code.FORM_NOT_FILLED)})
        return dli.parse(view, draft.shown or {})

    async def _check_access(self, ref: DeploymentRef, asker: Asker, view: dict[str, Any]) -> None:
        try:
            await self.forms.check_access(ref, asker, self.forms.operation_of(ref.target))
        except UserError as error:
            outside = error.note.code is Code.CHANNEL_NEEDED and form.asks_channel(view)
            block = form.CHANNEL_BLOCK if outside else form.job_block(view)
            raise InvalidFormError({block: error.note}) from error

    async def edit_update(self, ack: AsyncAck, body: Body) -> None:
        """Go back to the form with everything as it was typed."""
        await ack()
        place = place_of(body)
        self.desk.start("edit the update", self._edit(place, body), place)

    async def _edit(self, place: Place, body: Body) -> None:
        if not place.view_id:  # the button of a card that waits for approval
            await self.forms.open(body["trigger_id"], place)
        update = await self.desk.submissions.get(value_of(body))
        await self.forms.edit(place, asker_of(body), update)

    async def submit_review(self, ack: AsyncAck, body: Body) -> None:
        """Apply what was reviewed, if the edits of others were accepted where there are any."""
        view = body["view"]
        accepted = review.accepted(view)
        if review.needs_acceptance(view) and not accepted:
            said = words.say(note(Code.EDITS_NOT_ACCEPTED))
            await ack(response_action="errors", errors={review.ACCEPT_BLOCK: said})
            return
        # The intent is committed before Slack is answered: a write of a few milliseconds.
        # Answering first would race with the answer: Slack may apply it after a later update.
        # Only a database that takes its time is not waited for: then the screen follows the ack.
        work = self._applied(body, accepted=accepted)
        applying = self.desk.background.begin(work, name="apply an update")
        await asyncio.wait({applying}, timeout=ACK_WITHIN)
        if applying.done():
            await ack(response_action="update", view=applying.result())
            return
        await ack(response_action="update", view=loading.build("Recording it…"))
        place = place_of(body)
        self.desk.start("tell how an Apply went", self._show(place, applying), place)

    async def _applied(self, body: Body, *, accepted: bool) -> View:
        view = body["view"]
        try:
            return await self.forms.apply(
                asker_of(body), view["private_metadata"], accepted=accepted
            )
        except UserError as error:
            self.desk.noticed(error)
            return notice.problem(error.note)
        except StoreUnavailableError as error:
            return still(view, error)

    async def _show(self, place: Place, applying: asyncio.Task[View]) -> None:
        await self.desk.screens.show(place.view_id, await applying)


def _with_typed(draft: Draft, view: dict[str, Any]) -> Draft:
    """Give a draft that remembers how its form was left, but for values that may be secret."""
    left = {**drafted.remembered(view), **form.storable(form.typed_of(view))}
    return replace(draft, typed={**left, form.CHANNEL_BLOCK: form.chosen_channel(view)})
