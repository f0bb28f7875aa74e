"""From a person's wish about an Alibaba Cloud deployment to a recorded plan or a watched update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import CloudError, UserError
from bot.flink.legible import legible
from bot.flink.plan import Plan
from bot.flink.update import State
from bot.notes import Code, note
from bot.updates import rollback
from bot.updates.faults import as_user_error
from bot.updates.hot_update.plan import (
    HOT_UPDATE,
    RESTORE_SAVED,
    WATCH_HOT_UPDATE,
    Reading,
    make_plan,
    read_around,
)
from bot.updates.ports import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flink.snapshot import DeploymentRef, DeploymentSnapshot, HotUpdateReport
    from bot.flink.update import Update
    from bot.updates.ports import HotUpdateCloud, UpdateStore
    from bot.updates.submit import Asker, Submissions

_NOT_FOLLOWED = frozenset({State.PLANNED, State.CANCELLED, State.EXPIRED, State.UNKNOWN})
"""An update in one of these does not tell the end of its hot update."""


class HotUpdateRequests:
    """Plans changes of deployments that can be changed live; `Submissions` applies them."""

    def __init__(
        self,
        submissions: Submissions,
        clouds: Mapping[str, HotUpdateCloud],
        store: UpdateStore,
    ) -> None:
        self._submissions = submissions
        self._clouds = clouds
        self._store = store

    @property
    def targets(self) -> tuple[str, ...]:
        """Name the targets with hot updates."""
        return tuple(self._clouds)

    async def plan(
        self,
        asker: Asker,
        ref: DeploymentRef,
        asked: Mapping[str, str | None],
        *,
        reason: str = "",
        operation: str = HOT_UPDATE,
        replaces: str = "",
    ) -> Update:
        """Record what would be done. Nothing is sent.

        Raises:
            UserError: NOT_ALLOWED, UNKNOWN_TARGET, or the cloud could not be read.

        """
        reading = await self._read(asker, ref)
        await self._check_access(asker, reading.seen, operation)
        plan = make_plan(operation, asked, reading)
        return await self._submissions.record(
            asker, reading.seen, plan, operation, reason=reason, replaces=replaces
        )

    async def _read(self, asker: Asker, ref: DeploymentRef) -> Reading:
        await self._submissions.check_access(ref.target, asker)
        try:
            return await read_around(self._cloud(ref.target), ref.deployment_id)
        except CloudError as error:
            raise as_user_error(ref.target, error) from error

    async def _check_access(self, asker: Asker, seen: DeploymentSnapshot, operation: str) -> None:
        job = legible(seen.name)
        await self._submissions.check_access(seen.ref.target, asker, operation, job)

    async def retry(self, update: Update, asker: Asker) -> Update:
        """Plan the same wish again, against what the cloud holds now.

        Raises:
            UserError: as `plan`.

        """
        return await self.plan(
            asker,
            update.ref,
            update.plan.asked,
            reason=update.reason,
            operation=update.operation,
        )

    async def roll_back(self, update: Update, asker: Asker) -> Update:
        """Plan to take back what an update changed; of one that failed, what it saved.

        Raises:
            UserError: ROLLBACK_DONE, ROLLBACK_MOVED; else as `plan`.

        """
        reading = await self._read(asker, update.ref)
        saves_only = rollback.saves_only(update, reading.seen)
        operation = RESTORE_SAVED if saves_only else HOT_UPDATE
        await self._check_access(asker, reading.seen, operation)
        back = rollback.inverse(update, reading.seen)
        plan = rollback.marked(make_plan(operation, back, reading), update, back)
        reason = rollback.reason(update)
        return await self._submissions.record(asker, reading.seen, plan, operation, reason=reason)

    async def result(self, target: str, hot_update_id: str) -> HotUpdateReport:
        """Read how a hot update stands, whoever started it.

        Raises:
            UserError: the cloud could not be read, or does not know it.

        """
        try:
            return await self._cloud(target).hot_update_result(hot_update_id)
        except CloudError as error:
            raise as_user_error(target, error) from error

    async def watch(self, target: str, hot_update_id: str, asker: Asker) -> Update:
        """Follow a hot update that somebody started elsewhere, and tell the channel.

        One that is followed already is given back as it is.

        Raises:
            UserError: NOT_ALLOWED, or the cloud could not be read.

        """
        await self._submissions.check_access(target, asker)
        known = await self._store.watched(target, hot_update_id)
        if known is not None and known.state not in _NOT_FOLLOWED:
            return known
        try:
            return await self._watch_anew(target, hot_update_id, asker)
        except UserError as error:  # somebody was faster: the database lets nobody watch it twice
            if error.note.code is not Code.UPDATE_IN_PROGRESS:
                raise
            known = await self._store.watched(target, hot_update_id)
            if known is None:
                raise
            return known

    async def _watch_anew(self, target: str, hot_update_id: str, asker: Asker) -> Update:
        cloud = self._cloud(target)
        try:
            report = await cloud.hot_update_result(hot_update_id)
            seen = await cloud.fetch(await cloud.deployment_of(report.job_id))
        except CloudError as error:
            raise as_user_error(target, error) from error
        await self._check_access(asker, seen, WATCH_HOT_UPDATE)
        watching = note(Code.EVENT_WATCHING, hot_update_id=hot_update_id, who=asker.user)
        return await self._submissions.follow(
            asker,
            seen,
            _nothing_to_do(seen, report),
            WATCH_HOT_UPDATE,
            {"hot_update_id": report.hot_update_id},
            NewEvent(watching, asker.user),
        )

    def _cloud(self, target: str) -> HotUpdateCloud:
        self._submissions.target(target)  # one that is not configured is said so
        cloud = self._clouds.get(target)
        if cloud is None:
            raise UserError(note(Code.NO_HOT_UPDATES, target=target))
        return cloud


def _nothing_to_do(seen: DeploymentSnapshot, report: HotUpdateReport) -> Plan:
    return Plan(
        changes=(),
        saved=seen.saved,
        running=seen.running_values,
        revision=seen.revision,
        job_id=report.job_id,
        restarts=seen.job.restarts if seen.job else None,
    )
