"""The steps of a hot update: check → save → read back → trigger → poll → verify.

HotUpdateJob takes no body: it applies what is saved on the deployment. So the values are saved
first, read back, and only then the running job is told to take them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import CloudError, CloudNotFoundError, StaleRevisionError
from bot.flink.plan import digest_of, merged
from bot.flink.snapshot import difference
from bot.flink.update import State
from bot.notes import Code, Note, note
from bot.updates.hot_update.verdict import (
    conclude,
    conclude_failure,
    expected_live,
    failure_as_progress,
    job_shows,
    kept,
    moved,
    no_effect,
    restarted,
    verdict_of,
)
from bot.updates.operation import Finish, Proceed, Result, Step, Wait
from bot.updates.ports import NewEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.flink.snapshot import DeploymentSnapshot, HotUpdateReport, JobGraph
    from bot.flink.update import Update
    from bot.updates.ports import HotUpdateCloud


_MOST_HINTS = 3
_BEFORE_TRIGGER = frozenset({"check", "save", "read_back"})


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the steps wait. Seconds."""

    first_poll: float = 2.0
    settle: float = 15.0
    """How long a read-back may lag behind the cloud's "done"."""
    fresh: float = 5.0
    """What was read longer ago is read again before the trigger."""
    save_grace: float = 30.0
    """After this, a save whose answer was lost and that cannot be seen did not arrive."""
    no_effect: float = 86_400.0
    """After this, a hot update whose answer was lost and that shows no effect has none.

    Alibaba Cloud lists no hot updates, and says of none how long it may wait; they take seconds.
    """


class HotUpdate:
    """Save the changed values, make the running job take them, and see what came of it."""

    slower = 1.0

    def __init__(
        self,
        clouds: Mapping[str, HotUpdateCloud],
        now: Callable[[], datetime],
        pace: Pace,
        *,
        first: str = "check",
    ) -> None:
        self.first = first
        self._clouds = clouds
        self._now = now
        self._pace = pace
        self.steps = {
            "check": Step(self._check),
            "save": Step(self._save, recover=self._find_save),
            "read_back": Step(self._read_back),
            "trigger": Step(self._trigger, recover=self._watch_job),
            "poll": Step(self._poll),
            "watch_job": Step(self._watch_job),
            "verify": Step(self._verify),
            "judge_failure": Step(self._judge_failure),
        }

    async def _check(self, update: Update) -> Result:
        """Refuse to write when anything moved since the plan was shown."""
        read_at = self._now().timestamp()
        seen = await self._fetch(update)
        if digest_of(update.operation, update.plan.asked, seen) != update.plan.digest:
            return moved(update, seen, sent=bool(update.progress.get("save_lost")))
        known = {"read_at": read_at, "restarts": seen.job.restarts if seen.job else None}
        checked = NewEvent(note(Code.EVENT_CHECKED), told=False)
        if not update.plan.unsaved:
            nothing = NewEvent(note(Code.EVENT_NOTHING_TO_SAVE))
            return self._after_saving(update, known, checked, nothing)
        saving = NewEvent(note(Code.EVENT_SAVING, count=len(update.plan.unsaved)), told=False)
        return Proceed(step="save", progress=known, events=(checked, saving))

    async def _save(self, update: Update) -> Result:
        plan = update.plan
        cloud = self._clouds[update.ref.target]
        try:
            await cloud.save(update.ref.deployment_id, plan.unsaved, plan.revision)
        except StaleRevisionError:
            sent = bool(update.progress.get("save_lost"))
            return moved(update, await self._fetch(update), sent=sent)
        return Proceed(step="read_back", progress={"saved": True})

    async def _find_save(self, update: Update) -> Result:
        """The answer to the save was lost: read whether it arrived."""
        seen = await self._fetch(update)
        if not difference(merged(update.plan.saved, update.plan.asked), seen.saved):
            return Proceed(step="read_back", progress={"saved": True})
        if seen.revision != update.plan.revision:
            return moved(update, seen, sent=True)
        assert update.intent_at is not None  # noqa: S101 - the engine recovers intents only
        if self._now() < update.intent_at + timedelta(seconds=self._pace.save_grace):
            return Wait()
        return self._save_never_arrived(update, seen)

    def _save_never_arrived(self, update: Update, seen: DeploymentSnapshot) -> Result:
        """Begin again, once: the revision proves that nothing was saved, and guards the next one.

        The trigger has no such proof, so it is never sent twice.
        """
        if update.progress.get("save_lost"):
            lost = note(Code.VERDICT_SAVE_LOST)
            return Finish(state=State.FAILED, verdict=verdict_of(update, seen, lost))
        again = NewEvent(note(Code.EVENT_SAVE_AGAIN))
        return Proceed(
            step="check", progress={"save_lost": True}, events=(again,), never_arrived=True
        )

    async def _read_back(self, update: Update) -> Result:
        """Make sure that exactly what was asked is saved, before the job is told to take it."""
        read_at = self._now().timestamp()
        seen = await self._fetch(update)
        saved = NewEvent(note(Code.EVENT_SAVED, revision=seen.revision))
        return _not_as_asked(update, seen) or self._after_saving(
            update, {"read_at": read_at}, saved
        )

    def _after_saving(
        self, update: Update, known: Mapping[str, object], *events: NewEvent
    ) -> Result:
        if update.plan.live:
            triggering = NewEvent(
                note(Code.EVENT_TRIGGERING, job_id=update.plan.job_id), told=False
            )
            return Proceed(step="trigger", progress=known, events=(*events, triggering))
        saved = verdict_of(update, None, note(Code.VERDICT_SAVED_ONLY))
        return Finish(state=State.SUCCEEDED, verdict=saved, events=events)

    async def _trigger(self, update: Update) -> Result:
        """Tell the job to take what is saved; it would take what others saved meanwhile, too."""
        if self._now().timestamp() - update.progress.get("read_at", 0.0) > self._pace.fresh:
            wrong = _not_as_asked(update, await self._fetch(update))
            if wrong is not None:
                return wrong
        report = await self._clouds[update.ref.target].hot_update(update.plan.job_id)
        triggered = note(
            Code.EVENT_TRIGGERED,
            hot_update_id=report.hot_update_id,
            request_id=", ".join(report.request_ids),
        )
        return Proceed(
            step="poll",
            progress={**_known(update, report), "hot_update_id": report.hot_update_id},
            events=(NewEvent(triggered),),
            after=self._pace.first_poll,
        )

    async def _poll(self, update: Update) -> Result:
        hot_update_id = str(update.progress["hot_update_id"])
        report = await self._clouds[update.ref.target].hot_update_result(hot_update_id)
        progress = _known(update, report)
        match report.status:
            case "HOT_UPDATED":
                verifying = NewEvent(note(Code.EVENT_VERIFYING), told=False)
                since = {"verifying_since": self._now().timestamp()}
                return Proceed(step="verify", progress=progress | since, events=(verifying,))
            case "FAILED":
                failure = {"failure": failure_as_progress(report.failure)}
                return Proceed(step="judge_failure", progress=progress | failure)
            case status if status != update.progress.get("status"):
                seen = NewEvent(note(Code.EVENT_PROGRESS, status=status), told=False)
                return Wait(progress=progress, events=(seen,))
            case _:
                return Wait(progress=progress)

    async def _watch_job(self, update: Update) -> Result:
        """No hot update id to ask for: the job itself has to show what happened."""
        seen = await self._fetch(update)
        interrupted = await self._interrupted(update, seen)
        if interrupted is not None:
            return interrupted
        if job_shows(expected_live(update), seen):
            since = {"answer_lost": True, "verifying_since": self._now().timestamp()}
            return Proceed(step="verify", progress=since)
        if self._watched_seconds(update) >= self._pace.no_effect:
            return no_effect(update, seen, round(self._watched_seconds(update) / 3600))
        return Wait(progress={"answer_lost": True})

    async def _verify(self, update: Update) -> Result:
        """Read the job back: the cloud's "done" is a report, not yet a fact."""
        seen = await self._fetch(update)
        interrupted = await self._interrupted(update, seen)
        if interrupted is not None:
            return interrupted
        expected = expected_live(update) or update.progress.get("reported", {})
        settled_at = float(update.progress["verifying_since"]) + self._pace.settle
        if not job_shows(expected, seen) and self._now().timestamp() < settled_at:
            return Wait()
        return conclude(update, seen, await self._graph(update))

    async def _judge_failure(self, update: Update) -> Result:
        seen = await self._fetch(update)
        return await self._interrupted(update, seen) or await self._failed(update, seen)

    async def _interrupted(self, update: Update, seen: DeploymentSnapshot) -> Result | None:
        """Decide when the job is not the one that ran, or does not run; None when it does."""
        if seen.job is None or seen.job.ended:
            return await self._failed(update, seen)
        if seen.job.job_id != update.plan.job_id:
            return restarted(update, seen)
        return None if seen.job.running else Wait()  # on its way up or down: nothing is certain

    async def _failed(self, update: Update, seen: DeploymentSnapshot) -> Finish:
        hints = await self._hints(update)
        return replace(conclude_failure(update, seen), progress={"hints": hints})

    async def _hints(self, update: Update) -> list[str]:
        """Ask the cloud for its own idea of what is wrong; a failure is told without, too."""
        cloud = self._clouds[update.ref.target]
        try:
            hints = await cloud.diagnosis(update.ref.deployment_id, update.plan.job_id)
        except CloudError:
            return []
        return list(hints[:_MOST_HINTS])

    def refused(self, update: Update, error: CloudError) -> Result:
        """A plain "no". Before the trigger it ends the update; afterwards the job is asked."""
        match update.step:
            case "poll" if isinstance(error, CloudNotFoundError):
                return self._result_gone(update)
            case "poll" | "watch_job" | "verify" | "judge_failure":
                return Wait()
            case "trigger" if update.intent_at is not None:
                failure = {"severity": "", "reason": error.code, "message": str(error)}
                return Proceed(step="judge_failure", progress={"failure": failure})
            case _:
                refusal = note(Code.VERDICT_REFUSED, operation=error.operation, detail=error)
                notes = (refusal, *_saved_kept(update))
                return Finish(state=State.FAILED, verdict=verdict_of(update, None, *notes))

    def _result_gone(self, update: Update) -> Result:
        if self._watched_seconds(update) < self._pace.settle:
            return Wait()  # what was begun just now may not be listed yet
        gone = note(Code.VERDICT_RESULT_GONE, hot_update_id=update.progress["hot_update_id"])
        if not update.plan.changes:  # somebody else's hot update: we do not know what to look for
            return Finish(state=State.UNKNOWN, verdict=verdict_of(update, None, gone))
        return Proceed(step="watch_job", events=(NewEvent(gone),))

    def give_up(self, update: Update) -> Finish:
        """Say that the outcome is unknown, with what is known."""
        minutes = round(self._watched_seconds(update) / 60)
        if update.step in _BEFORE_TRIGGER or (update.step == "trigger" and not update.intent_at):
            unfinished = note(Code.VERDICT_NOT_FINISHED, minutes=minutes)
            notes = (unfinished, *_saved_kept(update))
            return Finish(state=State.FAILED, verdict=verdict_of(update, None, *notes))
        unknown = note(Code.VERDICT_OUTCOME_UNKNOWN, minutes=minutes)
        return Finish(state=State.UNKNOWN, verdict=verdict_of(update, None, unknown))

    async def left_undone(self, update: Update) -> Finish:
        """Say what was not done any more; see `Operation`."""
        said = note(Code.VERDICT_LEFT_UNDONE, step=update.step)
        seen = await self._fetch(update)
        notes = (said, *kept(update, seen))
        return Finish(state=State.FAILED, verdict=verdict_of(update, seen, *notes))

    def _watched_seconds(self, update: Update) -> float:
        since = update.watched_since
        return (self._now() - since).total_seconds() if since is not None else 0.0

    async def _fetch(self, update: Update) -> DeploymentSnapshot:
        return await self._clouds[update.ref.target].fetch(update.ref.deployment_id)

    async def _graph(self, update: Update) -> JobGraph | None:
        try:
            return await self._clouds[update.ref.target].job_graph(update.plan.job_id)
        except CloudError:
            return None  # the verdict says that the operators could not be read


def _not_as_asked(update: Update, seen: DeploymentSnapshot) -> Finish | None:
    """End an update when the job would take something else, or is another run by now."""
    wrong = difference(merged(update.plan.saved, update.plan.asked), seen.saved)
    if wrong:
        differs = note(Code.VERDICT_SAVE_DIFFERS, fields=", ".join(wrong))
        notes = (differs, *kept(update, seen))
        return Finish(state=State.FAILED, verdict=verdict_of(update, seen, *notes))
    if (seen.job.job_id if seen.job else "") != update.plan.job_id:
        return restarted(update, seen)
    return None


def _saved_kept(update: Update) -> list[Note]:
    """Say that our values were saved, where the deployment cannot be read any more."""
    if not update.progress.get("saved"):
        return []
    return [note(Code.VERDICT_SAVED_KEPT, count=len(update.plan.asked))]


def _known(update: Update, report: HotUpdateReport) -> dict[str, object]:
    """Keep what a report says, as JSON; request ids collect, support asks for them."""
    ids = dict.fromkeys((*update.progress.get("request_ids", ()), *report.request_ids))
    return {
        "status": report.status,
        "reported": dict(report.requested),
        "target": dict(report.target),
        # The first and the newest tell a support engineer all; 30 minutes of polls do not.
        "request_ids": [*list(ids)[:2], *list(ids)[2:][-2:]],
    }
