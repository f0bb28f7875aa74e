"""From a person's wish about a DLI job to a recorded plan; the values wait sealed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import CloudError, UserError
from bot.flink.dli.catalogue import SETTINGS
from bot.flink.dli.options import Mode, Options, options_of
from bot.flink.legible import legible
from bot.flink.masking import marks
from bot.flink.plan import Finding, Level, merged
from bot.notes import Code, note
from bot.updates import rollback
from bot.updates.dli.plan import make_plan
from bot.updates.dli.route import DliOperation
from bot.updates.dli.steps import ASKED, BEFORE
from bot.updates.faults import as_user_error

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.flink.plan import Plan
    from bot.flink.snapshot import DeploymentRef, DeploymentSnapshot
    from bot.flink.update import Update
    from bot.notes import Note
    from bot.updates.dli.ports import RestartCloud, Vault
    from bot.updates.submit import Asker, Submissions

_SQL = SETTINGS["sql_body"].name
_NOTHING: Mapping[str, str | None] = {}


@dataclass(frozen=True, slots=True)
class _Wish:
    """What somebody wants of a job, and why. `values` may hold marks of secrets."""

    operation: DliOperation
    options: Options
    values: Mapping[str, str | None]
    reason: str = ""
    replaces: str = ""
    reverts: Update | None = None


class DliRequests:
    """Plans everything that can be done to DLI jobs; `Submissions` applies it."""

    def __init__(
        self, submissions: Submissions, clouds: Mapping[str, RestartCloud], vault: Vault
    ) -> None:
        self._submissions = submissions
        self._clouds = clouds
        self._vault = vault

    @property
    def targets(self) -> tuple[str, ...]:
        """Name the targets whose jobs are DLI's."""
        return tuple(self._clouds)

    def serves(self, target: str) -> bool:
        """Tell whether a target's jobs are DLI's."""
        return target in self._clouds

    async def plan(
        self,
        asker: Asker,
        ref: DeploymentRef,
        operation: DliOperation,
        options: Options,
        values: Mapping[str, str | None] = _NOTHING,
        *,
        reason: str = "",
        replaces: str = "",
    ) -> Update:
        """Record what would be done. `values` may hold marks of secrets; nothing is sent.

        Raises:
            UserError: NOT_ALLOWED, UNKNOWN_TARGET, MARK_UNKNOWN, SECRET_KEY_NEEDED, or the cloud
                could not be read.

        """
        wish = _Wish(operation, options, values, reason, replaces)
        return await self._plan(asker, ref, wish)

    async def _plan(self, asker: Asker, ref: DeploymentRef, wish: _Wish) -> Update:
        cloud = self._clouds[ref.target]
        seen, definition = await self._read(asker, ref, wish.operation)
        if wish.reverts is not None:
            rollback.inverse(wish.reverts, seen)  # the values themselves are kept sealed
            wish = replace(wish, options=_possible(wish.options, seen))
        asked = cloud.restored(wish.values, definition)
        if wish.replaces:  # secrets typed into the plan that is edited
            asked = cloud.restored(asked, await self._asked_before(wish.replaces))
        shown = cloud.shown(asked)
        _check_marks(wish.values, asked, shown)
        queue = merged(seen.saved, shown).get("queue_name", "")
        restarts = wish.options.mode is Mode.RESTART
        free = await cloud.free_cus(queue) if queue and restarts else None
        plan = make_plan(wish.operation, shown, seen, wish.options, free)
        plan = await _tried(cloud, seen, plan, asked, definition)
        if wish.reverts is not None:
            plan = rollback.marked(plan, wish.reverts, wish.values)
        return await self._recorded(asker, seen, plan, wish, asked, definition)

    async def _read(
        self, asker: Asker, ref: DeploymentRef, operation: DliOperation
    ) -> tuple[DeploymentSnapshot, Mapping[str, str]]:
        await self._submissions.check_access(ref.target, asker)
        try:
            seen, definition = await self._clouds[ref.target].inspect(ref.deployment_id)
        except CloudError as error:
            raise as_user_error(ref.target, error) from error
        job = legible(seen.name)
        await self._submissions.check_access(ref.target, asker, operation, job)
        return seen, definition

    async def _recorded(
        self,
        asker: Asker,
        seen: DeploymentSnapshot,
        plan: Plan,
        wish: _Wish,
        asked: Mapping[str, str | None],
        definition: Mapping[str, str],
    ) -> Update:
        kept = {name: asked[name] for name in plan.asked}
        before = {name: definition.get(name) for name in plan.asked}
        self._vault.check(kept)
        if wish.options.mode is Mode.RESTART:  # they are written again if the job does not start
            self._vault.check(before)
        back = self._vault.keepable(before)
        plan = _without_way_back(plan, before.keys() - back.keys())
        update = await self._submissions.record(
            asker, seen, plan, wish.operation, reason=wish.reason, replaces=wish.replaces
        )
        await self._vault.put(update.id, BEFORE, back)
        await self._vault.put(update.id, ASKED, kept)
        return update

    async def _asked_before(self, update_id: str) -> dict[str, str]:
        kept = await self._vault.get(update_id, ASKED) or {}
        return {name: text for name, text in kept.items() if text is not None}

    async def retry(self, update: Update, asker: Asker) -> Update:
        """Plan the same wish again, against what the job holds now.

        Raises:
            UserError: VALUES_GONE; else as `plan`.

        """
        return await self._again(update, asker, ASKED, update.reason)

    async def roll_back(self, update: Update, asker: Asker) -> Update:
        """Plan to store again what was stored before an update; what runs is restarted if it was.

        Raises:
            UserError: VALUES_GONE, ROLLBACK_DONE, ROLLBACK_MOVED; else as `plan`.

        """
        reason = rollback.reason(update)
        return await self._again(update, asker, BEFORE, reason, reverts=update)

    async def _again(
        self, old: Update, asker: Asker, name: str, reason: str, reverts: Update | None = None
    ) -> Update:
        values = await self._vault.get(old.id, name)
        if values is None or (old.plan.asked and not values):
            raise UserError(note(Code.VALUES_GONE, id=old.id))
        operation, options = DliOperation(old.operation), options_of(old.plan.options)
        wish = _Wish(operation, options, values, reason, reverts=reverts)
        return await self._plan(asker, old.ref, wish)


def _possible(options: Options, seen: DeploymentSnapshot) -> Options:
    """Where the job does not run any more, a way back stores only: it starts nothing by itself."""
    runs = seen.job is not None and seen.job.running
    return options if runs else replace(options, mode=Mode.NEXT_START)


def _without_way_back(plan: Plan, names: Collection[str]) -> Plan:
    if not names:
        return plan
    return _warned(plan, note(Code.NO_WAY_BACK, fields=", ".join(sorted(names))))


def _warned(plan: Plan, said: Note) -> Plan:
    return replace(plan, findings=(*plan.findings, Finding(Level.WARN, said)))


async def _tried(
    cloud: RestartCloud,
    seen: DeploymentSnapshot,
    plan: Plan,
    asked: Mapping[str, str | None],
    definition: Mapping[str, str],
) -> Plan:
    """Have new SQL translated: one that cannot run is told before anything stops."""
    sql = asked.get(_SQL) if _SQL in plan.asked else None
    if not sql:
        return plan
    complaint = await cloud.complaint(seen.ref.deployment_id, sql, merged(definition, asked))
    if not complaint:
        return plan
    return _warned(plan, note(Code.DLI_SQL_REFUSED, detail=complaint))


def _check_marks(
    typed: Mapping[str, str | None],
    asked: Mapping[str, str | None],
    shown: Mapping[str, str | None],
) -> None:
    """Refuse marks that would be written as they are, or would bring their secrets to light.

    A secret that is put where nobody looks for one would be shown from then on.
    """
    wrong = [
        name
        for name, text in asked.items()
        if marks(text or "")
        or Counter(marks(typed[name] or "")) - Counter(marks(shown[name] or ""))
    ]
    if wrong:
        raise UserError(note(Code.MARK_UNKNOWN, fields=", ".join(wrong)))
