"""Home tabs: filled when they are opened, and kept current for who opened theirs lately."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack import home
from bot.slack.reactions import diagnose

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.screens import Screens
    from bot.updates.ports import UpdateStore
    from bot.updates.submit import Submissions

_log = logging.getLogger(__name__)
_LATELY = timedelta(minutes=15)
_MOST_PEOPLE = 40
"""Kept current at once: Slack takes 100 published views a minute."""


@dataclass(slots=True)
class _Visit:
    at: datetime
    shown: home.News | None = None
    publishing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Homes:
    """Publishes Home tabs. Who looked lately is remembered in memory only, and of few people."""

    def __init__(
        self,
        submissions: Submissions,
        store: UpdateStore,
        screens: Screens,
        now: Callable[[], datetime],
    ) -> None:
        self._submissions = submissions
        self._store = store
        self._screens = screens
        self._now = now
        self._visits: OrderedDict[str, _Visit] = OrderedDict()

    async def show(self, user: str) -> None:
        """Fill a person's Home tab with how everything stands now."""
        visit = self._remember(user)
        async with visit.publishing:  # what was read earlier must not be published later
            await self._publish(user, visit, await self._read())

    async def keep_current(self) -> None:
        """Publish again where something else is to be seen than what was published last."""
        self._forget()
        if not self._visits:
            return
        news = await self._read()
        await asyncio.gather(
            *(self._follow(user, visit, news) for user, visit in self._visits.items())
        )

    async def _follow(self, user: str, visit: _Visit, news: home.News) -> None:
        async with visit.publishing:
            shown = visit.shown
            if shown is None or shown.read_at >= news.read_at or shown.same_as(news):
                return
            try:
                await self._publish(user, visit, news)
            except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
                # The next change tries again; until then the tab says when it was read.
                _log.warning("a Home tab could not be kept current: %s", diagnose(error))

    async def _publish(self, user: str, visit: _Visit, news: home.News) -> None:
        visit.shown = news
        await self._screens.publish(user, home.build(news, await self._reach(user)))

    async def _reach(self, user: str) -> list[home.Reach]:
        reach, targets = await self._submissions.reach(user), self._submissions.targets
        return [
            home.Reach(target.name, target.environment, target.channel, reach[name])
            for name, target in targets.items()
        ]

    async def _read(self) -> home.News:
        return home.News(
            live=await self._store.recent(home.MOST_LIVE + 1, live_only=True),
            newest=await self._store.recent(home.MOST_ENDED + home.MOST_LIVE),
            read_at=self._now(),
            frozen=await self._submissions.rules.all_frozen(),
        )

    def _remember(self, user: str) -> _Visit:
        visit = self._visits.setdefault(user, _Visit(self._now()))
        visit.at = self._now()
        self._visits.move_to_end(user)
        if len(self._visits) > _MOST_PEOPLE:
            self._visits.popitem(last=False)
        return visit

    def _forget(self) -> None:
        old = self._now() - _LATELY
        for user in [user for user, visit in self._visits.items() if visit.at < old]:
            del self._visits[user]
