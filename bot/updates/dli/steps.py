"""The steps of everything that can be done to a DLI job; `route` says which of them, in order.

A restart is: savepoint → stop → save the definition → start → watch. Whatever fails after the stop
either puts the old definition back and starts it, or says loudly that the job is down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import CloudError
from bot.flink.dli.options import options_of
from bot.flink.dli.paths import same_path
from bot.flink.phase import Phase
from bot.flink.plan import digest_of
from bot.notes import Code, Note, note
from bot.updates.dli import verdict
from bot.updates.dli.route import ROLLBACK, DliOperation, following
from bot.updates.dli.writes import arrived, never_arrived, not_as_asked
from bot.updates.operation import Finish, Proceed, Result, Step, Wait
from bot.updates.ports import NewEvent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.flink.snapshot import DeploymentSnapshot
    from bot.flink.update import Update
    from bot.updates.dli.ports import RestartCloud, Vault

ASKED, BEFORE = "asked", "before"
"""The names under which an update's own values lie in the vault."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the steps wait. Seconds."""

    poll: float = 5.0
    grace: float = 60.0
    """Longer than any request lives: what shows no effect by then did not arrive."""
    settle: float = 30.0
    """How long a status may lag behind a request that was taken."""
    observe: float = 60.0
    """How long a started job is watched before it counts as running."""
    no_effect: float = 86_400.0
    """After this, a stop that was taken and shows no effect has none."""


class DliSteps:
    """Carries out every `DliOperation`."""

    first = "check"
    slower = 2.5
    """A stop with a savepoint, or a start, of a large job takes up to half an hour."""

    def __init__(
        self,
        clouds: Mapping[str, RestartCloud],
        vault: Vault,
        now: Callable[[], datetime],
        pace: Pace,
    ) -> None:
        self._clouds = clouds
        self._vault = vault
        self._now = now
        self._pace = pace
        self.steps = {
            "check": Step(self._check),
            "take_savepoint": self._write(self._take_savepoint),
            "await_savepoint": Step(self._await_savepoint),
            "stop": self._write(self._stop),
            "await_stop": Step(self._await_stop),
            "save": self._write(self._save),
            "read_back": Step(self._read_back),
            "import_savepoint": self._write(self._import_savepoint),
            "read_import": Step(self._read_import),
            "start": self._write(self._start),
            "await_start": Step(self._await_start),
            "observe": Step(self._observe),
            "put_back": self._write(self._put_back),
            "start_old": self._write(self._start),
            "await_old": Step(self._await_old),
        }

    def _write(self, run: Callable[[Update], Awaitable[Result]]) -> Step:
        return Step(run, recover=self._recover)

    async def _recover(self, update: Update) -> Result:
        """The answer to a write was lost: the job has to show what became of it."""
        seen = await self._fetch(update)
        if arrived(update, seen):
            return self._onward(update)
        again = never_arrived(update, self._now(), self._pace.grace)
        return again or verdict.lost(update, seen)

    async def _check(self, update: Update) -> Result:
        """Refuse to touch a job that moved since the plan was shown."""
        seen = await self._fetch(update)
        plan = update.plan
        if digest_of(update.operation, plan.asked, seen, plan.options) != plan.digest:
            return verdict.moved(update, seen)
        if not await self._has_values(update):
            return verdict.values_gone(update)
        known = {
            **_run_of(seen),
            "running": seen.job is not None and seen.job.running,
            "savepoint": seen.savepoint,
            "restarts": seen.job.restarts if seen.job else None,
        }
        checked = NewEvent(note(Code.EVENT_CHECKED), told=False)
        present = verdict.with_progress(update, known)
        return self._onward(present, known, checked)

    async def _has_values(self, update: Update) -> bool:
        """Nothing is stopped for values, or without a way back, that cannot be read any more."""
        kept = [await self._vault.get(update.id, name) for name in (ASKED, BEFORE)]
        return update.operation != DliOperation.UPDATE or None not in kept

    async def _take_savepoint(self, update: Update) -> Result:
        path = options_of(update.plan.options).savepoint_path
        await self._cloud(update).take_savepoint(update.ref.deployment_id, path)
        return self._onward(update, {}, _event(Code.EVENT_TAKING_SAVEPOINT, path=path))

    async def _await_savepoint(self, update: Update) -> Result:
        seen = await self._fetch(update)
        job = seen.job
        if job is None or job.ended:
            return verdict.job_down(update, seen)
        if not job.running:
            return Wait()
        if seen.savepoint and seen.savepoint != update.progress.get("savepoint"):
            taken = _event(Code.EVENT_SAVEPOINT_TAKEN, path=seen.savepoint)
            return self._onward(update, {"savepoint": seen.savepoint}, taken)
        waited = self._watched_seconds(update)
        return verdict.no_new_savepoint(update, seen) if waited > self._pace.grace else Wait()

    async def _stop(self, update: Update) -> Result:
        keep = options_of(update.plan.options).keep_state
        await self._cloud(update).stop(update.ref.deployment_id, savepoint=keep)
        return self._onward(update, {}, _event(Code.EVENT_STOPPING))

    async def _await_stop(self, update: Update) -> Result:
        seen = await self._fetch(update)
        phase = seen.job.phase if seen.job else Phase.STOPPED
        if phase is Phase.STUCK:
            return verdict.stuck(update, seen)
        if not phase.ended:
            return self._not_stopped(update, seen)
        if options_of(update.plan.options).keep_state and not _keeps_state(update, seen):
            return verdict.stopped_without_savepoint(update, seen)
        known = {**_run_of(seen), "stopped": True, "savepoint": seen.savepoint}
        return self._onward(update, known, _event(Code.EVENT_STOPPED, savepoint=seen.savepoint))

    def _not_stopped(self, update: Update, seen: DeploymentSnapshot) -> Result:
        waited = self._watched_seconds(update)
        if seen.job is not None and seen.job.running and waited >= self._pace.no_effect:
            return verdict.no_effect(update, seen, round(waited / 3600))
        return Wait()

    async def _save(self, update: Update) -> Result:
        asked = await self._vault.get(update.id, ASKED)
        if asked is None:
            return verdict.values_gone(update)
        await self._cloud(update).save(update.ref.deployment_id, _job_type(update), asked)
        return self._onward(update, {"saved": True})

    async def _read_back(self, update: Update) -> Result:
        """Make sure that exactly what was asked is stored: DLI ignores what it does not know."""
        seen = await self._fetch(update)
        if wrong := not_as_asked(update, seen):
            reason = note(Code.VERDICT_SAVE_DIFFERS, fields=", ".join(wrong))
            return self._turn_back(update, seen, reason)
        saved = _event(Code.EVENT_SAVED, revision=seen.revision)
        return self._onward(update, {"saved": True}, saved, seen=seen)

    async def _import_savepoint(self, update: Update) -> Result:
        path = options_of(update.plan.options).savepoint_path
        await self._cloud(update).import_savepoint(update.ref.deployment_id, path)
        return self._onward(update, {}, _event(Code.EVENT_IMPORTING, path=path))

    async def _read_import(self, update: Update) -> Result:
        seen = await self._fetch(update)
        path = options_of(update.plan.options).savepoint_path
        if (
            not same_path(seen.savepoint, path)
            and self._watched_seconds(update) < self._pace.settle
        ):
            return Wait()
        return verdict.imported(update, seen, path)

    async def _start(self, update: Update) -> Result:
        keep = options_of(update.plan.options).keep_state
        await self._cloud(update).start(update.ref.deployment_id, resume=keep)
        return self._onward(update, {}, _event(Code.EVENT_STARTING))

    async def _await_start(self, update: Update) -> Result:
        seen = await self._fetch(update)
        match self._start_of(update, seen):
            case True:
                known = self._since(seen)
                return self._onward(update, known, _event(Code.EVENT_STARTED))
            case False:
                return self._turn_back(update, seen)
            case None:
                return Wait()

    def _start_of(self, update: Update, seen: DeploymentSnapshot) -> bool | None:
        """Tell whether a start succeeded or failed; None while nobody knows."""
        job = seen.job
        if job is None or job.phase in {Phase.RUNNING, Phase.FINISHED}:
            return job is not None
        if not job.ended:
            return None
        # What the job said before the start may stand there for a moment; only a new word counts.
        news = job.phase is Phase.FAILED and job.status != update.progress.get("status")
        return False if news or self._settled(update) else None

    def _since(self, seen: DeploymentSnapshot) -> dict[str, object]:
        restarts = seen.job.restarts if seen.job else None
        return {"observed_since": self._now().timestamp(), "restarts_at_start": restarts}

    async def _observe(self, update: Update) -> Result:
        """A job that starts and dies again and again did not start."""
        seen = await self._fetch(update)
        if seen.job is None or seen.job.phase is Phase.FAILED:
            return self._turn_back(update, seen)
        if seen.job.phase in {Phase.STOPPED, Phase.STUCK}:
            # It ran, and somebody stopped it: it is theirs to start.
            return verdict.job_down(update, seen)
        watched = self._now().timestamp() - float(update.progress["observed_since"])
        if verdict.crashes(update, seen) and watched < self._pace.no_effect:
            # It still runs by DLI's word, so nothing is taken away from it without a human.
            return verdict.crashing(update, seen)
        ran = seen.job.running and watched >= self._pace.observe
        if not ran and seen.job.phase is not Phase.FINISHED:
            return Wait(seconds=self._pace.poll)
        return self._onward(update, seen=seen)

    def _turn_back(
        self, update: Update, seen: DeploymentSnapshot, reason: Note | None = None
    ) -> Result:
        """Put the old definition back where the job was stopped for the new one; else end."""
        said = reason or verdict.start_failure(seen)
        stopped_for_this = update.operation == DliOperation.UPDATE and update.progress.get(
            "stopped"
        )
        if not stopped_for_this:
            return verdict.failed(update, seen, said)
        told = {"status": said.args.get("status", ""), "detail": _detail(said)}
        failure = {"failure": told, **_run_of(seen)}
        putting_back = _event(Code.EVENT_PUTTING_BACK)
        return Proceed(step=ROLLBACK[0], progress=failure, events=(NewEvent(said), putting_back))

    async def _put_back(self, update: Update) -> Result:
        before = await self._vault.get(update.id, BEFORE)
        if before is None:
            return verdict.values_gone(update)
        await self._cloud(update).save(update.ref.deployment_id, _job_type(update), before)
        return self._onward(update)

    async def _await_old(self, update: Update) -> Result:
        seen = await self._fetch(update)
        match self._start_of(update, seen):
            case True:
                return verdict.rolled_back(update, seen)
            case False:
                return verdict.job_down(update, seen)
            case None:
                return Wait()

    def _onward(
        self,
        update: Update,
        known: Mapping[str, object] | None = None,
        *events: NewEvent,
        seen: DeploymentSnapshot | None = None,
    ) -> Result:
        """Go to the next step of the route; after the last one the update has succeeded."""
        step = following(update)
        if not step:
            present = verdict.with_progress(update, known or {})
            return verdict.succeeded(present, seen, events)
        after = self._pace.poll if update.step in _SLOW else 0.0
        return Proceed(step=step, progress=known or {}, events=events, after=after)

    def refused(self, update: Update, error: CloudError) -> Result:
        """A plain "no" to a write; a read that is refused is asked again."""
        if update.intent_at is None and self.steps[update.step].recover is None:
            return Wait() if update.step != "check" else verdict.refused(update, error)
        if update.progress.get("stopped") and update.step in {"save", "start"}:
            detail = {"failure": {"status": error.code, "detail": str(error)}}
            place = ROLLBACK[0] if update.progress.get("saved") else ROLLBACK[1]
            return Proceed(step=place, progress=detail, events=(_event(Code.EVENT_PUTTING_BACK),))
        return verdict.refused(update, error)

    def give_up(self, update: Update) -> Finish:
        """Say that the outcome is unknown, with what is known."""
        return verdict.unknown(update, round(self._watched_seconds(update) / 60))

    async def left_undone(self, update: Update) -> Finish:
        """Say what was not done any more; see `Operation`."""
        return verdict.left_undone(update, await self._fetch(update))

    def _settled(self, update: Update) -> bool:
        return self._watched_seconds(update) >= self._pace.settle

    def _watched_seconds(self, update: Update) -> float:
        since = update.watched_since
        return (self._now() - since).total_seconds() if since is not None else 0.0

    def _cloud(self, update: Update) -> RestartCloud:
        return self._clouds[update.ref.target]

    async def _fetch(self, update: Update) -> DeploymentSnapshot:
        return await self._cloud(update).fetch(update.ref.deployment_id)


_SLOW = frozenset({"take_savepoint", "stop", "start", "start_old", "await_start"})
"""After these nothing is to be seen for a while."""


def _event(code: Code, **args: object) -> NewEvent:
    return NewEvent(note(code, **args))


def _run_of(seen: DeploymentSnapshot) -> dict[str, object]:
    """Tell one run from another: by when it was started, and by what it says of itself."""
    job = seen.job
    return {"run": job.job_id if job else "", "status": job.status if job else ""}


def _keeps_state(update: Update, seen: DeploymentSnapshot) -> bool:
    """Tell whether a stopped job has a savepoint that is not an old one.

    A job that failed instead of stopping may still show the savepoint of an earlier day.
    """
    stopped = seen.job is None or seen.job.phase is Phase.STOPPED
    own = options_of(update.plan.options).savepoint_path  # written just before
    fresh = stopped or own or seen.savepoint != update.progress.get("savepoint", "")
    return bool(seen.savepoint and fresh)


def _job_type(update: Update) -> str:
    return update.plan.options.get("job_type", "sql")


def _detail(said: Note) -> str:
    return said.args.get("detail", said.args.get("fields", ""))
