"""Everything that can be asked for, whichever cloud it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.updates.rollback import hindrance, too_old

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from bot.flink.update import Update
    from bot.updates.dli.requests import DliRequests
    from bot.updates.hot_update.requests import HotUpdateRequests
    from bot.updates.recheck import Recheck
    from bot.updates.submit import Asker, Submissions


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of every kind of cloud. A target belongs to one of them."""

    submissions: Submissions
    hot_update: HotUpdateRequests
    dli: DliRequests
    recheck: Recheck
    now: Callable[[], datetime]
    way_back_for: timedelta
    """So long after its end an update can be taken back."""

    async def retry(self, update_id: str, asker: Asker) -> Update:
        """Plan the same wish again, against what the cloud holds now.

        Raises:
            UserError: UNKNOWN_UPDATE, or why it cannot be planned; of a way back as `roll_back`.

        """
        old = await self.submissions.get(update_id)
        if old.plan.reverts:
            return await self.roll_back(old.plan.reverts, asker)
        kind = self.dli if self.dli.serves(old.ref.target) else self.hot_update
        return await kind.retry(old, asker)

    async def roll_back(self, update_id: str, asker: Asker) -> Update:
        """Plan to take back what an update did.

        Raises:
            UserError: UNKNOWN_UPDATE, why it must not be taken back (`bot.updates.rollback`), or
                why it cannot be planned.

        """
        old = await self.submissions.get(update_id)
        wrong = hindrance(old) or too_old(old, self.now(), self.way_back_for)
        if wrong is not None:
            raise UserError(wrong)
        kind = self.dli if self.dli.serves(old.ref.target) else self.hot_update
        return await kind.roll_back(old, asker)
