"""The use cases, joined: what listeners and ticks call, on the record and the clouds."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.updates.approving import Approvals
from bot.updates.crew import Crew
from bot.updates.dli.requests import DliRequests
from bot.updates.dli.route import DliOperation
from bot.updates.dli.steps import DliSteps
from bot.updates.engine import Engine, Patience
from bot.updates.freezing import Freezing
from bot.updates.gate import RuleGate
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED, WATCH_HOT_UPDATE
from bot.updates.hot_update.requests import HotUpdateRequests
from bot.updates.hot_update.steps import HotUpdate
from bot.updates.recheck import Recheck
from bot.updates.requests import Requests
from bot.updates.submit import Submissions, Target

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ends import Ends
    from bot.settings import Settings, UpdatesSettings
    from bot.store import Store
    from bot.targets import Clouds
    from bot.ticks import Ticks
    from bot.updates.operation import Operation
    from bot.updates.rulebook import Rulebook
    from bot.updates.sharing import Duties

_IDS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing to mistake when read aloud
_KEEP_DRAFTS = timedelta(days=2)
_DAY = timedelta(days=1)  # values are put beside a plan, and its way back counts from its end
_TIDY, _APPROVALS = "tidy", "approvals"
TIDY_SECONDS = 60.0
ADVANCE, DELIVER = "advance", "deliver"


def new_id() -> str:
    """Make an id that is short enough to be typed: 8 characters, 40 random bits."""
    return "".join(secrets.choice(_IDS) for _ in range(8))


class UseCases:
    """The use cases, joined. Their clock is the record's."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clouds: Clouds,
        ends: Ends,
        ticks: Ticks,
        rules: Rulebook,
    ) -> None:
        self.updates, self.vault = ends.updates(store.updates), store.vault
        self._duties: Duties = store.duties
        self._now, self._ticks = store.now, ticks
        self.approvals_every = ends.approvals_seconds
        self._plan_expires_seconds = settings.updates.plan_expires_seconds
        self._way_back_for = timedelta(days=settings.updates.rollback_within_days)
        operations = self._operations(settings, clouds, ends)
        targets = _targets(settings, clouds)
        self.submissions = Submissions(self.updates, targets, self._now, new_id, self._wake, rules)
        chosen, answers = settings.updates, store.approvals
        self.approvals = Approvals(self.submissions, self.updates, answers, self._now, self._wake)
        patience, within = _patience(chosen), chosen.start_within_seconds
        gate = RuleGate(self.submissions, self.updates, answers, self._now, within)
        self.engine = Engine(
            self.updates, operations, self._now, patience, changed=self._tell, gate=gate
        )
        self.crew = Crew(self.updates, self.engine.work, self._freed, knows=self.engine.knows)
        self.freezing = Freezing(
            self.submissions, store.freezes, self.updates, answers, self._now, self._wake
        )
        self.requests = Requests(
            self.submissions,
            HotUpdateRequests(self.submissions, clouds.hot_update, self.updates),
            DliRequests(self.submissions, clouds.restart, self.vault),
            Recheck(self.submissions, self.updates, operations, self._now, told=self._tell),
            self._now,
            self._way_back_for,
        )

    async def tidy(self) -> None:
        """End plans that nobody applied, drop what is old: one replica does it for all."""
        if not await self._duties.take(_TIDY, 0.9 * TIDY_SECONDS):  # ticks are not quite even
            return
        await self.submissions.expire_plans(self._plan_expires_seconds)
        await self.updates.forget(self._now() - _KEEP_DRAFTS)
        await self.vault.forget(self._now() - self._way_back_for - _DAY)

    async def look_after_requests(self) -> None:
        """Remind approvers, end what nobody approved: one replica does it for all."""
        if await self._duties.take(_APPROVALS, 0.9 * self.approvals_every):
            await self.approvals.look_after()

    def _operations(self, settings: Settings, clouds: Clouds, ends: Ends) -> dict[str, Operation]:
        pace = replace(ends.pace, first_poll=settings.updates.poll_first_seconds)
        hot_update = HotUpdate(clouds.hot_update, self._now, pace)
        restart = DliSteps(clouds.restart, self.vault, self._now, ends.dli_pace)
        return {
            HOT_UPDATE: hot_update,
            RESTORE_SAVED: hot_update,
            WATCH_HOT_UPDATE: HotUpdate(clouds.hot_update, self._now, pace, first="poll"),
            **dict.fromkeys(DliOperation, restart),
        }

    def _tell(self) -> None:
        self._ticks.nudge(DELIVER)

    def _wake(self) -> None:
        self._ticks.nudge(ADVANCE)
        self._ticks.nudge(DELIVER)

    def _freed(self, due: datetime | None) -> None:
        if due is None:
            self._ticks.nudge(ADVANCE)
        else:
            self._ticks.wake_by(ADVANCE, due)


def _patience(chosen: UpdatesSettings) -> Patience:
    return Patience(
        poll_first=chosen.poll_first_seconds,
        poll_factor=chosen.poll_factor,
        poll_max=chosen.poll_max_seconds,
        slow_after=chosen.slow_after_seconds,
        overdue_after=chosen.overdue_after_seconds,
        give_up_after=chosen.give_up_after_seconds,
        start_within=chosen.start_within_seconds,
    )


def _targets(settings: Settings, clouds: Clouds) -> dict[str, Target]:
    return {
        name: Target(
            name=name,
            cloud=clouds.every[name],
            access=target.access,
            environment=target.environment,
            channel=target.channel or "",
        )
        for name, target in settings.targets.items()
    }
