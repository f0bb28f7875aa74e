"""Everything that can be asked for, whichever cloud it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

    async def retry(self, update_id: str, asker: Asker) -> Update:
        """Plan the same wish again, against what the cloud holds now.

        Raises:
            UserError: UNKNOWN_UPDATE, or why it cannot be planned.

        """
        old = await self.submissions.get(update_id)
        kind = self.dli if self.dli.serves(old.ref.target) else self.hot_update
        return await kind.retry(old, asker)

    async def put_back(self, update_id: str, asker: Asker) -> Update:
        """Plan to save again what was saved before an update.

        Raises:
            UserError: UNKNOWN_UPDATE, NOTHING_TO_RESTORE, or why it cannot be planned.

        """
        old = await self.submissions.get(update_id)
        kind = self.dli if self.dli.serves(old.ref.target) else self.hot_update
        return await kind.put_back(old, asker)
