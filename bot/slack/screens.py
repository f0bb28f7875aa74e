"""Open and replace modals and Home tabs. A modal the person has closed meanwhile is no error."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.errors import UserError
from bot.notes import Code, note
from bot.slack.reactions import LIMITED, diagnose

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

_log = logging.getLogger(__name__)
View = dict[str, Any]
_OF_TRIGGERS = {
    "exchanged_trigger_id": Code.OPENED_ALREADY,
    "expired_trigger_id": Code.OPENED_TOO_LATE,
}


@dataclass(frozen=True, slots=True)
class Screens:
    """The modals and Home tabs of one Slack app."""

    client: AsyncWebClient

    async def open(self, trigger_id: str, view: View, *, on_top: bool = False) -> str:
        """Open a modal within the trigger's 3 seconds, or on top of one; give its view id.

        Raises:
            UserError: SLACK_LIMITS; waiting would outlive the trigger. OPENED_ALREADY, when the
                same was delivered before; OPENED_TOO_LATE.

        """
        call = self.client.views_push if on_top else self.client.views_open
        try:
            answer = await call(trigger_id=trigger_id, view=view)
        except SlackApiError as error:
            code = diagnose(error).code
            said = Code.SLACK_LIMITS if code in LIMITED else _OF_TRIGGERS.get(code)
            if said is None:
                raise
            raise UserError(note(said)) from error
        return _view_id(answer.data)

    async def publish(self, user: str, view: View) -> None:
        """Replace what a person's Home tab shows."""
        await self.client.views_publish(user_id=user, view=view)

    async def show(self, view_id: str, view: View) -> bool:
        """Replace what an open modal shows; False when the person has closed it."""
        try:
            await self.client.views_update(view_id=view_id, view=view)
        except SlackApiError as error:
            if error.response.get("error") != "not_found":
                raise
            _log.info("a modal was closed before it could be filled")
            return False
        return True


def _view_id(data: object) -> str:
    match data:
        case {"view": {"id": str(view_id)}}:
            return view_id
        case _:
            msg = "Slack opened a view without an id"
            raise ValueError(msg)
