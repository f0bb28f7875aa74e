"""Answer a command or a click where it was made, seen by that person only."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from bot.slack.payload import Payload

_log = logging.getLogger(__name__)
_TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class Respond:
    """Posts to a `response_url` (5 uses in 30 minutes); works in channels the bot is not in."""

    session: aiohttp.ClientSession

    async def __call__(
        self, url: str, payload: Payload, *, replace: bool = False, to_all: bool = False
    ) -> bool:
        """Post an answer for one person, or `to_all` in the channel; tell whether Slack took it.

        Never raises for Slack's sake.
        """
        body = {
            "response_type": "in_channel" if to_all else "ephemeral",
            "replace_original": replace,
            "text": payload.text,
            "blocks": payload.blocks,
        }
        try:
            async with self.session.post(url, json=body, timeout=_TIMEOUT) as answer:
                if answer.status == 200:
                    return True
                # The URL is a capability: it is not logged.
                _log.warning("an ephemeral answer was refused: HTTP %d", answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            _log.warning("an ephemeral answer could not be sent: %s", type(error).__name__)
        return False
