"""Which user groups somebody is in: asked of Slack, believed for a minute, never guessed."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.slack.calls import SlackFailedError, called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from slack_sdk.web.async_client import AsyncWebClient

_log = logging.getLogger(__name__)
_FRESH_SECONDS = 60.0


@dataclass(slots=True)
class _Known:
    """What Slack said of one group; `members` is None when it could not be asked."""

    members: frozenset[str] | None = None
    asked_at: float = float("-inf")
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Groups:
    """Implements `bot.updates.ports.Groups` for the groups that rules name.

    Who is taken out of a group keeps what it gave them for a minute at most. A group that cannot
    be read is asked for anew by whoever comes next, and until then nobody's groups are known.
    https://docs.slack.dev/reference/methods/usergroups.users.list.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        groups: Iterable[str],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._known = {group: _Known() for group in groups}
        self._steady = steady

    async def of(self, user: str) -> frozenset[str] | None:
        """Give the groups that somebody is in; None when one of them could not be read."""
        members = await asyncio.gather(*map(self._members, self._known))
        found = set()
        for group, inside in zip(self._known, members, strict=True):
            if inside is None:
                return None
            if user in inside:
                found.add(group)
        return frozenset(found)

    async def _members(self, group: str) -> frozenset[str] | None:
        known = self._known[group]
        async with known.asking:  # who comes meanwhile takes the same answer
            if self._steady() - known.asked_at >= _FRESH_SECONDS:
                known.members = await self._ask(group)
                known.asked_at = self._steady() if known.members is not None else float("-inf")
            return known.members

    async def _ask(self, group: str) -> frozenset[str] | None:
        try:
            answer = await called(self._client.usergroups_users_list(usergroup=group))
        except SlackFailedError as error:
            _log.warning("the members of user group %s cannot be read: %s", group, error)
            return None
        return frozenset(answer["users"])
