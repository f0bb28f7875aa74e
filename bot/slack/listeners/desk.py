"""What every listener works with, and how trouble reaches the person who acted."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import CloudError, InvalidFormError, StoreUnavailableError, UserError
from bot.flink.legible import legible
from bot.notes import Code, note
from bot.slack import home, replies
from bot.slack.background import RefusedWorkError
from bot.slack.listeners.intake import check_typed
from bot.slack.modals import notice
from bot.slack.tally import Abuse, Tally
from bot.updates.faults import as_user_error
from bot.updates.submit import Asker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from datetime import datetime

    from bot.notes import Note
    from bot.slack.background import Background
    from bot.slack.respond import Respond
    from bot.slack.screens import Screens, View
    from bot.slack.uploads import Uploads
    from bot.updates.approving import Approvals
    from bot.updates.directory import Directory
    from bot.updates.ports import UpdateStore
    from bot.updates.requests import Requests
    from bot.updates.submit import Submissions

Body = dict[str, Any]
T = TypeVar("T")
_log = logging.getLogger(__name__)
_TYPED = {Code.TEXT_ILLEGIBLE: Abuse.ILLEGIBLE, Code.TEXT_TOO_LONG: Abuse.OVERLONG}
ACK_WITHIN = 2.0
"""Seconds; Slack waits for 3, and a part of them goes by on the way."""


@dataclass(slots=True)
class Place:
    """Where the person is looking: a modal once one is open, else the channel, else Home."""

    response_url: str = ""
    view_id: str = ""
    home_of: str = ""
    """Whose Home tab, by Slack user id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The use cases and the ways to answer."""

    submissions: Submissions
    requests: Requests
    approvals: Approvals
    directory: Directory
    store: UpdateStore
    background: Background
    respond: Respond
    screens: Screens
    uploads: Uploads
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    plan_expires_seconds: float
    tally: Tally = field(default_factory=Tally)

    def start(self, name: str, work: Coroutine[Any, Any, None], place: Place) -> None:
        """Do work after the ack; whatever goes wrong is said where the person is looking."""

        async def tell_incident(incident: str) -> None:
            await self.tell(place, incident)

        try:
            self.background.spawn(self._saying_no(work, place), name=name, on_error=tell_incident)
        except RefusedWorkError:
            work.close()
            raise

    async def _saying_no(self, work: Coroutine[Any, Any, None], place: Place) -> None:
        try:
            await work
        except UserError as error:
            if error.note.code is Code.OPENED_ALREADY and (place.view_id or place.home_of):
                return  # the window that the first delivery opened is the answer
            self.noticed(error)
            await self.tell(place, error.note)
        except CloudError as error:
            await self.tell(place, as_user_error(error.cloud, error).note)
        except StoreUnavailableError as error:
            _log.warning("told a person that nothing was done: %s", error)
            await self.tell(place, note(Code.STORE_AWAY))

    def noticed(self, error: UserError) -> None:
        """Count an id that nothing is kept under: our buttons and screens carry none such."""
        if error.note.code is Code.UNKNOWN_UPDATE:
            self.tally.count(Abuse.UNKNOWN_ID)

    def check_typed(self, view: View, user: str) -> None:
        """Refuse what cannot be kept or shown, or is too long, at its field; count it.

        Raises:
            InvalidFormError: by block id.

        """
        try:
            check_typed(view)
        except InvalidFormError as error:
            codes = {said.code for said in error.fields.values()}
            for code in codes:
                self.tally.count(_TYPED[code], user)
            raise

    def check_theirs(self, owner: str, user: str) -> None:
        """Refuse what was made for somebody else: no screen of theirs leads to it.

        Raises:
            UserError: FORM_EXPIRED, which tells nothing of what it is.

        """
        if owner != user:
            self.tally.count(Abuse.NOT_THEIRS, user)
            raise UserError(note(Code.FORM_EXPIRED))

    @staticmethod
    async def in_time(read: Awaitable[T]) -> T:
        """Read from the store before an ack, not longer than Slack waits for that.

        Raises:
            StoreUnavailableError: it did not answer so soon.

        """
        try:
            async with asyncio.timeout(ACK_WITHIN):
                return await read
        except TimeoutError as error:
            raise StoreUnavailableError("it did not answer before the ack was due") from error

    async def tell(self, place: Place, trouble: Note | str) -> None:
        """Say a refusal, or that something broke (an incident id), where only they see it."""
        if place.view_id and await self.screens.show(place.view_id, notice.problem(trouble)):
            return
        if place.response_url:
            await self.respond(place.response_url, replies.problem(trouble))
        elif place.home_of:
            await self.screens.publish(place.home_of, home.problem(trouble))


def asker_of(body: Body) -> Asker:
    """Give who acted, and in which channel; a click in a modal, on Home or from a menu has none."""
    user = body.get("user", {}).get("id") or body.get("user_id", "")
    channel = body.get("channel", {}).get("id") or body.get("channel_id", "")
    return Asker(user, channel, delivery=_delivery(body), team=_team(body))


def _team(body: Body) -> str:
    """Give the user's own workspace: in a shared channel it is not that of the bot."""
    theirs = body.get("user", {}).get("team_id") or body.get("team_id")
    return str(theirs or (body.get("team") or {}).get("id") or "")


def _delivery(body: Body) -> str:
    """Name what was delivered. A form is sent again by another trigger when Slack says "Try again".

    As long as it is the same view with the same in it, it asks for the same.
    """
    view = body.get("view") or {}
    if body.get("type") != "view_submission":
        return str(body.get("trigger_id", ""))
    entered = json.dumps((view.get("state") or {}).get("values"), sort_keys=True)
    return f"{view.get('id')} {view.get('hash')} {entered}"


def place_of(body: Body) -> Place:
    """Give where the answer to this payload belongs."""
    view = body.get("view") or {}
    if view.get("type") == "home":
        return Place(home_of=asker_of(body).user)
    return Place(body.get("response_url", ""), view.get("id", ""))


def value_of(body: Body) -> str:
    """Give the value of the button that was pressed."""
    return legible(str(body["actions"][0].get("value", "")))
