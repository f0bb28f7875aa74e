"""What is done to a DLI job besides changing it: savepoints, start, stop; each is reviewed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import InvalidFormError, StoreUnavailableError, UserError
from bot.flink.dli.options import Options
from bot.flink.dli.paths import SavepointPath, read_path
from bot.flink.legible import legible
from bot.notes import Code, note
from bot.slack.listeners.desk import asker_of, place_of, value_of
from bot.slack.listeners.held import held_open
from bot.slack.modals import loading, notice
from bot.slack.modals import update as form
from bot.slack.modals.dli import savepoint
from bot.slack.operate import OPERATING
from bot.updates.approvals import EVERYWHERE
from bot.updates.dli.route import DliOperation
from bot.updates.ports import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slack_bolt.async_app import AsyncAck

    from bot.flink.snapshot import DeploymentRef, DeploymentSummary
    from bot.notes import Note
    from bot.slack.command import Operate
    from bot.slack.listeners.desk import Body, Desk, Place
    from bot.slack.listeners.dispatch import Listener
    from bot.slack.listeners.forms import Forms
    from bot.updates.submit import Asker

_MOST_OPTIONS = 100
_OPERATION = "operation"
_PATHS = frozenset({DliOperation.IMPORT_SAVEPOINT, DliOperation.TAKE_SAVEPOINT})


@dataclass(frozen=True, slots=True)
class OperationListeners:
    """Listens to the buttons and the form; the commands come here too."""

    desk: Desk
    forms: Forms

    @property
    def actions(self) -> Mapping[str, Listener]:
        """Pair buttons and listeners."""
        return dict.fromkeys(OPERATING, self.operate)

    @property
    def submissions(self) -> Mapping[str, Listener]:
        """Pair the form with its listener."""
        return {savepoint.CALLBACK_ID: self.submit}

    async def suggest_jobs(self, ack: AsyncAck, body: Body) -> None:
        """Offer the jobs of every DLI target, from the cached lists."""
        typed = str(body.get("value", ""))
        found = [
            job
            for target in self.desk.requests.dli.targets
            for job in self.desk.directory.search(target, typed).found
        ]
        options = [savepoint.option_of(job).to_dict() for job in found[:_MOST_OPTIONS]]
        await ack(options=options)

    async def operate(self, ack: AsyncAck, body: Body) -> None:
        """Do what a button says: show the form where a path is needed, else the review."""
        await ack()
        place = place_of(body)
        self.desk.start("plan an operation", self._operate(place, body), place)

    async def _operate(self, place: Place, body: Body) -> None:
        asked = read_value(value_of(body))
        in_review = bool(place.view_id)
        if not in_review:
            await self.forms.open(body["trigger_id"], place)
        job = await self._job(asked.job)
        asker = await self._asker(body)
        if asked.operation in _PATHS:
            await self._show(place, asker, asked.operation, job)
        else:
            await self._plan(place, asker, job.ref, asked.operation, asked.options)

    async def _asker(self, body: Body) -> Asker:
        """A click in a review is made in no channel; the plan knows where it was asked for."""
        asker = asker_of(body)
        view = body.get("view") or {}
        if asker.channel or not view.get("private_metadata"):
            return asker
        update = await self.desk.store.get(legible(view["private_metadata"]))
        return replace(asker, channel=update.asked_in, chosen=update.channel) if update else asker

    async def ask(self, place: Place, asker: Asker, said: Operate) -> None:
        """Answer a command: the form where something is missing or wrong, else the review."""
        job, problem = await self._named(said)
        if said.operation in _PATHS:
            await self._ask_with_path(place, asker, said, job, problem)
        elif problem is not None or job is None:
            raise UserError(problem or note(Code.NO_JOB_CHOSEN))
        else:
            options = Options(keep_state=said.keep_state)
            await self._plan(place, asker, job.ref, said.operation, options)

    async def _ask_with_path(
        self,
        place: Place,
        asker: Asker,
        said: Operate,
        job: DeploymentSummary | None,
        problem: Note | None,
    ) -> None:
        path = read_path(said.path) if said.path else None
        if job is not None and isinstance(path, SavepointPath):
            options = Options(savepoint_path=path.text)
            await self._plan(place, asker, job.ref, said.operation, options)
            return
        if problem is None and path is not None and not isinstance(path, SavepointPath):
            problem = path
        await self._show(place, asker, said.operation, job, path=said.path, problem=problem)

    async def _named(self, said: Operate) -> tuple[DeploymentSummary | None, Note | None]:
        if not said.job:
            return None, None
        try:
            return await self._job(said.job), None
        except UserError as error:
            return None, error.note

    async def _job(self, named: str) -> DeploymentSummary:
        """Find a job by its name, or by `target/id` as buttons say it."""
        target, _, job_id = named.rpartition("/")
        job = await self.desk.directory.look_up_id(target, job_id) if target else None
        job = job or await self.desk.directory.look_up(named, list(self.desk.submissions.targets))
        if not self.desk.requests.dli.serves(job.ref.target):
            raise UserError(note(Code.NO_RESTARTS, target=job.ref.target))
        return job

    async def _plan(
        self,
        place: Place,
        asker: Asker,
        ref: DeploymentRef,
        operation: DliOperation,
        options: Options,
        reason: str = "",
    ) -> None:
        update = await self.desk.requests.dli.plan(asker, ref, operation, options, reason=reason)
        await self.forms.review(place, update)

    async def _show(
        self,
        place: Place,
        asker: Asker,
        operation: DliOperation,
        job: DeploymentSummary | None = None,
        *,
        path: str = "",
        problem: Note | None = None,
    ) -> None:
        if not self.desk.requests.dli.targets:
            names = ", ".join(self.desk.submissions.targets)
            raise UserError(note(Code.NO_RESTARTS, target=names))
        draft = Draft(
            id=self.desk.new_id(),
            user=asker.user,
            channel=asker.channel,
            typed={_OPERATION: operation.value},
        )
        await self.desk.store.save_draft(draft)
        shown = savepoint.SavepointForm(
            draft_id=draft.id,
            operation=operation,
            job=job,
            path=path,
            channel=None if asker.channel else "",
            problem=problem,
            frozen=await self._frozen(job),
        )
        await self.desk.screens.show(place.view_id, savepoint.build(shown))

    async def _frozen(self, job: DeploymentSummary | None) -> Sequence[Note]:
        """Say what is frozen at the job's target; while none is chosen, at all that may be."""
        names = {job.ref.target} if job else set(self.desk.requests.dli.targets)
        said = await self.desk.submissions.rules.all_frozen()
        return [one for one in said if one.args["target"] in {*names, EVERYWHERE}]

    async def submit(self, ack: AsyncAck, body: Body) -> None:
        """Say what is wrong at the field; else plan, and show the review."""
        view = body["view"]
        try:
            self.desk.check_typed(view, asker_of(body).user)
            filled = savepoint.parse(view)
            draft = await self.desk.in_time(self._draft(body))
            asker = replace(asker_of(body), channel=draft.channel, chosen=filled.channel)
            operation = DliOperation((draft.typed or {})[_OPERATION])
            await self._check_access(filled, asker, operation)
        except InvalidFormError as error:
            await ack(response_action="errors", errors=form.messages(error))
            return
        except UserError as error:
            await ack(response_action="update", view=notice.problem(error.note))
            return
        except StoreUnavailableError as error:
            await ack(**held_open(view, error))
            return
        await ack(response_action="update", view=loading.build("Looking at the job…"))
        place = place_of(body)
        options = Options(savepoint_path=filled.path)
        work = self._plan(place, asker, filled.ref, operation, options, filled.reason)
        self.desk.start("plan an operation", work, place)

    async def _draft(self, body: Body) -> Draft:
        draft = await self.desk.store.draft(body["view"]["private_metadata"])
        if draft is None:
            raise UserError(note(Code.FORM_EXPIRED))
        self.desk.check_theirs(draft.user, asker_of(body).user)
        return draft

    async def _check_access(
        self, filled: savepoint.Filled, asker: Asker, operation: DliOperation
    ) -> None:
        try:
            await self.forms.check_access(filled.ref, asker, operation)
        except UserError as error:
            raise InvalidFormError({form.JOB_BLOCK: error.note}) from error


@dataclass(frozen=True, slots=True)
class Asked:
    """What a button asks for."""

    operation: DliOperation
    job: str
    options: Options


def read_value(value: str) -> Asked:
    """Read a button's value: `operation/keep or drop/target/job id`."""
    operation, state, job = value.split("/", 2)
    return Asked(DliOperation(operation), job, Options(keep_state=state == "keep"))
