"""The gate before every listener: who may not ask at all is turned away before work is started."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slack_bolt.middleware.async_middleware import AsyncMiddleware

from bot.errors import BotError
from bot.slack.members import Members, Standing
from bot.slack.tally import Abuse, Tally

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from slack_bolt.request.async_request import AsyncBoltRequest
    from slack_bolt.response import BoltResponse

    Body = dict[str, Any]

_TOLD_AGAIN_SECONDS = 10.0
_MOST_PEOPLE = 10_000
_LONGEST_TYPED = 3_000
_OURS = re.compile(r"[^\x00-\x1f\x7f<>&`\"'{}\\]{0,300}\Z")
"""What our buttons and forms may carry: ids and names, parted by slashes."""

SLOW_DOWN = "That is too fast for Flinkbot. Nothing was done; wait a few seconds, then try again."
OUTSIDER = (
    "Flinkbot takes orders only from members of its own Slack workspace. Nothing was done. Ask a"
    " member to do it."
)
GUEST = (
    "Flinkbot takes no orders from guests of this workspace. Nothing was done. Ask a full member to"
    " do it."
)
UNCHECKED = (
    "Slack did not tell Flinkbot who you are, so nothing was done. Try again in a minute; if it"
    " stays so, tell whoever runs this bot: the app may lack the scope `users:read`."
)
TAMPERED = (
    "This button or form is not one of Flinkbot's. Nothing was done. Start anew with `/flink`."
)
TOO_LONG = "That is too long for Flinkbot. Nothing was done; `/flink help` shows what it takes."


class TurnedAwayError(BotError):
    """Somebody is refused at the gate; the text says why. Without one they were told just now."""


@dataclass(slots=True)
class _Allowance:
    left: float
    at: float
    told_at: float = float("-inf")


@dataclass(slots=True)
class Pace:
    """How much each person may ask, in this process: so much at once, and then by the second."""

    at_once: float
    per_second: float
    steady: Callable[[], float] = time.monotonic
    _people: dict[str, _Allowance] = field(default_factory=dict)

    def takes(self, user: str) -> bool:
        """Take a request off somebody's allowance, if there is any left."""
        now = self.steady()
        allowance = self._allowance(user, now)
        grown = allowance.left + (now - allowance.at) * self.per_second
        allowance.left, allowance.at = min(self.at_once, grown), now
        if allowance.left < 1:
            return False
        allowance.left -= 1
        return True

    def tells(self, user: str) -> bool:
        """Tell whether they should be told: not with every click of a flood."""
        now = self.steady()
        allowance = self._allowance(user, now)
        if now - allowance.told_at < _TOLD_AGAIN_SECONDS:
            return False
        allowance.told_at = now
        return True

    def _allowance(self, user: str, now: float) -> _Allowance:
        known = self._people.get(user)
        if known is None:
            if len(self._people) >= _MOST_PEOPLE:
                self._people.clear()
            known = self._people[user] = _Allowance(self.at_once, now)
        return known


class Gate(AsyncMiddleware):
    """Looks at every delivery of both modes. `teams`: whose members are heard."""

    def __init__(self, teams: Iterable[str], members: Members, tally: Tally, pace: Pace) -> None:
        self._teams = frozenset(teams)
        self._members = members
        self._tally = tally
        self._pace = pace

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name
    ) -> BoltResponse | None:
        """Let a delivery pass.

        Raises:
            TurnedAwayError: it may not.

        """
        await self.check(req.body)
        await next()
        return resp

    async def check(self, body: Body) -> None:
        """Refuse a delivery, what costs least first.

        Raises:
            TurnedAwayError: it may not pass.

        """
        user = _user(body)
        if not user:
            return  # about nobody; such events are not listened to
        if _team(body) not in self._teams:
            self._refuse(Abuse.OTHER_TEAM, user, OUTSIDER)
        if not self._pace.takes(user):
            self._refuse(Abuse.FLOOD, user, SLOW_DOWN if self._pace.tells(user) else "")
        if not all(map(_OURS.match, _carried(body))):
            self._refuse(Abuse.TAMPERED, user, TAMPERED)
        if len(_typed(body)) > _LONGEST_TYPED:
            self._refuse(Abuse.OVERLONG, user, TOO_LONG)
        match await self._members.standing(user):
            case Standing.GUEST:
                self._refuse(Abuse.GUEST, user, GUEST)
            case Standing.UNKNOWN:
                self._refuse(Abuse.UNCHECKED, user, UNCHECKED)

    def _refuse(self, kind: Abuse, user: str, text: str) -> None:
        self._tally.count(kind, user)
        raise TurnedAwayError(text)


def _user(body: Body) -> str:
    match body:
        case {"event": {"user": str(user)}} | {"user": {"id": str(user)}} | {"user_id": str(user)}:
            return user
    return ""


def _team(body: Body) -> str:
    """Give the user's own workspace: in a shared channel it is not that of the bot."""
    user, team = body.get("user"), body.get("team")
    theirs = user.get("team_id") if isinstance(user, dict) else None
    ours = team.get("id") if isinstance(team, dict) else None
    return str(theirs or body.get("team_id") or ours or "")


def _carried(body: Body) -> list[str]:
    """Give what only we can have written: the values of buttons and the metadata of a screen."""
    view = body.get("view") or {}
    carried = [action.get("value") for action in body.get("actions") or () if _pressed(action)]
    return [str(one) for one in [*carried, view.get("private_metadata")] if one]


def _typed(body: Body) -> str:
    """Give what stands behind a command, or what a job is looked for by."""
    return str(body.get("text") or body.get("value") or "")


def _pressed(action: Body) -> bool:
    return bool(action.get("type", "button") == "button")
