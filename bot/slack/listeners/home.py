"""Listeners of the Home tab."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.slack.background import RefusedWorkError
from bot.slack.ids import Action
from bot.slack.listeners.desk import Place, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck

    from bot.slack.homes import Homes
    from bot.slack.listeners.desk import Body, Desk
    from bot.slack.listeners.dispatch import Listener

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HomeListeners:
    """Fills a person's Home tab when they look at it."""

    desk: Desk
    homes: Homes

    @property
    def actions(self) -> Mapping[str, Listener]:
        """Pair buttons and listeners."""
        return {Action.REFRESH_HOME: self.refresh}

    async def opened(self, body: Body) -> None:
        """Fill the tab; Slack may tell of one opening twice, and the second time changes nothing.

        Nobody waits for an answer to an event, so one that comes while the bot stops is let go.
        """
        event = body["event"]
        if event.get("tab") != "home":
            return
        place = Place(home_of=event["user"])
        try:
            self.desk.start("fill a Home tab", self.homes.show(place.home_of), place)
        except RefusedWorkError as error:
            _log.info("%s", error)

    async def refresh(self, ack: AsyncAck, body: Body) -> None:
        """Fill it again."""
        await ack()
        place = place_of(body)
        self.desk.start("refresh a Home tab", self.homes.show(place.home_of), place)
