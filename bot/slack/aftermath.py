"""What becomes of a message when Slack did not take it. Nothing owed is ever dropped in silence."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.slack.calls import SlackFailedError
from bot.slack.detour import how_to_fix
from bot.slack.pacing import EDIT, POST
from bot.slack.reactions import LIMITED, Failure, Reaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.flink.update import Update
    from bot.slack.content import Contents
    from bot.slack.pacing import Pacing
    from bot.slack.posts import SlackMessages
    from bot.updates.ports import Message, Outbox

_log = logging.getLogger(__name__)
_LONGEST_BACKOFF = 60.0
_MOST_TRIES = 8
_PROBE = timedelta(seconds=60)


class Call(StrEnum):
    """What was tried. The values are Slack's methods."""

    POST = POST
    EDIT = EDIT
    LOOK = "conversations.history"


class Aftermath:
    """Settles failures. What it remembers of single messages is in memory only.

    `grace`: seconds to wait before looking for a post whose fate is unknown.
    """

    def __init__(
        self,
        outbox: Outbox,
        slack: SlackMessages,
        contents: Contents,
        pacing: Pacing,
        now: Callable[[], datetime],
        grace: float,
    ) -> None:
        self._outbox = outbox
        self._slack = slack
        self._contents = contents
        self._pacing = pacing
        self._now = now
        self._grace = timedelta(seconds=grace)
        self._tries: Counter[str] = Counter()
        self._in_doubt: set[str] = set()
        self._unthreaded: set[str] = set()
        self.stopped: str | None = None
        """Why nothing is delivered at all."""
        self.probe_at: datetime | None = None

    def is_unthreaded(self, key: str) -> bool:
        """Tell whether a message has to stand outside its thread."""
        return key in self._unthreaded

    async def waits_to_look(self, message: Message) -> bool:
        """Put a message found "sending" off once: what was posted just now is not listed yet."""
        if message.key in self._in_doubt:
            return False
        await self._doubt(message)
        return True

    def settled(self, message: Message) -> None:
        """Forget the troubles of a message that has arrived."""
        self._tries.pop(message.key, None)
        self._in_doubt.discard(message.key)
        self._unthreaded.discard(message.key)

    def served(self) -> None:
        """Slack did what we asked: if we were stopped, that is over."""
        if self.stopped:
            _log.warning("Slack takes messages again after %s", self.stopped)
            self.stopped, self.probe_at = None, None

    async def handle(self, message: Message, update: Update, failure: Failure, call: Call) -> bool:
        """React to a failed call; False when the update's other messages must wait as well."""
        _log.warning("%s of %s failed: %s -> %s", call, message.key, failure, failure.reaction)
        if call is Call.LOOK and _only_the_look_failed(failure):
            await self._outbox.defer(message, self._backoff(message.key, failure))
            return True
        match failure.reaction:
            case Reaction.STOP:
                return await self._stop(message, failure, call)
            case Reaction.REDIRECT:
                return await self._redirect(message, update, failure, call)
            case Reaction.REPOST if call is Call.EDIT:
                await self._outbox.redirect(message, message.channel)
                return False
            case Reaction.LOOK_FIRST:
                await self._doubt(message)
            case Reaction.RETRY_LATER:
                await self._retry(message, failure, call)
            case _:
                await self._change_or_bury(message, failure, call)
        return True

    async def trouble(self, message: Message) -> None:
        """Our own mistake met a message: try again with growing pauses, then give up."""
        await self._retry_then_bury(message, Failure(Reaction.RETRY_THEN_BURY, "our_mistake"))

    async def _doubt(self, message: Message) -> None:
        self._in_doubt.add(message.key)
        await self._outbox.defer(message, self._now() + self._grace)

    async def _retry(self, message: Message, failure: Failure, call: Call) -> None:
        if failure.code in LIMITED and failure.retry_after is not None:
            until = self._pacing.block(call, failure.retry_after)
        else:
            until = self._backoff(message.key, failure)
        await self._outbox.defer(message, until, sent=_surely_unsent(call))

    async def _change_or_bury(self, message: Message, failure: Failure, call: Call) -> None:
        match failure.reaction:
            case Reaction.SHORTEN if self._contents.shorten(message.key):
                await self._outbox.defer(message, self._now(), sent=_surely_unsent(call))
            case Reaction.UNTHREAD if message.key not in self._unthreaded:
                self._unthreaded.add(message.key)
                # Also after a look: a thread that is gone does not hold the message.
                await self._outbox.defer(message, self._now(), sent=False)
            case Reaction.SHORTEN | Reaction.BURY:
                await self._bury(message, failure)
            case _:
                await self._retry_then_bury(message, failure, call)

    async def _retry_then_bury(
        self, message: Message, failure: Failure, call: Call | None = None
    ) -> None:
        until = self._backoff(message.key, failure)
        if self._tries[message.key] > _MOST_TRIES:
            await self._bury(message, failure)
        else:
            await self._outbox.defer(message, until, sent=_surely_unsent(call))

    async def _bury(self, message: Message, failure: Failure) -> None:
        _log.error(
            "message %s (%s) will never reach %s: %s",
            message.key,
            message.kind,
            message.channel,
            failure,
        )
        self._tries.pop(message.key, None)
        await self._outbox.bury(message, str(failure))

    async def _stop(self, message: Message, failure: Failure, call: Call) -> bool:
        if not self.stopped:
            _log.critical(
                "Slack refuses the bot (%s): no message is delivered until that is repaired;"
                " nothing is lost, updates go on",
                failure,
            )
        self.stopped = failure.code
        self.probe_at = self._now() + _PROBE
        await self._outbox.defer(message, self._now(), sent=_surely_unsent(call))
        return False

    async def _redirect(
        self, message: Message, update: Update, failure: Failure, call: Call
    ) -> bool:
        """Move the update's conversation to a direct message with who asked for it."""
        if message.channel.startswith("D"):
            await self._bury(message, failure)
            return True
        try:
            direct = await self._slack.open_direct_message(update.requested_by)
        except SlackFailedError as error:
            return await self._not_even_directly(message, error.failure, call)
        _log.warning(
            "%s cannot be told in %s (%s); %s is told directly",
            update.id,
            message.channel,
            failure,
            update.requested_by,
        )
        self._contents.add_hint(update.id, how_to_fix(message.channel, failure.code))
        await self._outbox.redirect(message, direct)
        return False

    async def _not_even_directly(self, message: Message, failure: Failure, call: Call) -> bool:
        match failure.reaction:
            case Reaction.STOP if failure.code != "missing_scope":
                return await self._stop(message, failure, call)
            case Reaction.RETRY_LATER:
                until = self._backoff(message.key, failure)
                await self._outbox.defer(message, until, sent=_surely_unsent(call))
            case _:
                await self._bury(message, failure)
        return True

    def _backoff(self, key: str, failure: Failure) -> datetime:
        self._tries[key] += 1
        pause = min(2.0 ** (self._tries[key] - 1), _LONGEST_BACKOFF)
        return self._now() + timedelta(seconds=failure.retry_after or pause)


def _surely_unsent(call: Call | None) -> bool | None:
    """Give `defer`'s `sent`: only a refused post proves that nothing arrived."""
    return False if call is Call.POST else None


def _only_the_look_failed(failure: Failure) -> bool:
    """Tell whether a failed look says nothing about the message: then wait and look again."""
    telling = {Reaction.STOP, Reaction.REDIRECT, Reaction.UNTHREAD}
    return failure.code == "missing_scope" or failure.reaction not in telling
