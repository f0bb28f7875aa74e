"""Answers that only look: jobs, status, result. Seen by the person who asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.notes import Code, note
from bot.slack import replies
from bot.slack.modals import notice

if TYPE_CHECKING:
    from bot.slack.listeners.desk import Desk, Place
    from bot.slack.payload import Payload

_RECENT = 8


@dataclass(frozen=True, slots=True)
class Look:
    """Reads and tells."""

    desk: Desk

    async def _say(self, place: Place, payload: Payload) -> None:
        if place.view_id:
            await self.desk.screens.show(place.view_id, notice.answer(payload))
        else:
            await self.desk.respond(place.response_url, payload)

    async def jobs(self, place: Place, text: str) -> None:
        """List the jobs, or those whose name contains the text."""
        await self.desk.directory.first_read()
        targets = self.desk.submissions.targets
        listings = {name: self.desk.directory.search(name, text) for name in targets}
        live = {
            (update.ref.target, update.ref.deployment_id): update
            for update in await self.desk.store.recent(100, live_only=True)
        }
        await self._say(place, replies.jobs(listings, live, self.desk.now(), text))

    async def status(self, place: Place, subject: str) -> None:
        """Tell how an update, a job, or everything stands."""
        if not subject:
            recent = await self.desk.store.recent(_RECENT)
            frozen = await self.desk.submissions.rules.all_frozen()
            told = replies.status(recent, self.desk.now(), "Newest updates", frozen)
            await self._say(place, told)
            return
        update = await self.desk.store.get(subject.lower())
        if update is not None:
            events = await self.desk.store.events(update.id)
            await self._say(place, replies.update_status(update, events, self.desk.now()))
            return
        await self._job_status(place, subject)

    async def _job_status(self, place: Place, job: str) -> None:
        chosen = await self.desk.directory.look_up(job, list(self.desk.submissions.targets))
        snapshot = await self.desk.submissions.current(chosen.ref)
        live = await self.desk.store.live_for(chosen.ref)
        recent = await self.desk.store.recent(_RECENT, chosen.ref)
        held = await self.desk.submissions.rules.frozen(chosen.ref.target)
        frozen = [held] if held else []
        told = replies.job_status(snapshot, live, recent, self.desk.now(), frozen)
        await self._say(place, told)

    async def result(self, place: Place, hot_update_id: str, target: str) -> None:
        """Read one hot update's result, whoever started it."""
        name = target or await self._target_of(hot_update_id)
        report = await self.desk.requests.hot_update.result(name, hot_update_id)
        known = await self.desk.store.watched(name, hot_update_id)
        await self._say(place, replies.result(report, name, known))

    async def _target_of(self, hot_update_id: str) -> str:
        """Find the target of a hot update we know; else ask for it if there are several."""
        targets = self.desk.requests.hot_update.targets
        for name in targets:
            if await self.desk.store.watched(name, hot_update_id) is not None:
                return name
        if len(targets) > 1:
            raise UserError(note(Code.TARGET_NEEDED, targets=", ".join(targets)))
        return next(iter(targets or self.desk.submissions.targets))
