"""What becomes of a message when Slack did not take it. Nothing owed is ever dropped in silence."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.slack.calls import SlackFailedError
from bot.slack.content import Detail
from bot.slack.detour import OUR_MISTAKE, is_direct
from bot.slack.reactions import LIMITED, Failure, Reaction
from bot.updates.messages import MessageKind, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.flink.update import Update
    from bot.slack.posts import SlackMessages
    from bot.updates.messages import Message, Outbox

_log = logging.getLogger(__name__)
_LONGEST_BACKOFF = 60.0
_MOST_REFUSALS = 8
_PROBE = timedelta(seconds=60)


class Call(StrEnum):
    """What was tried. The values are Slack's methods."""

    POST = "chat.postMessage"
    EDIT = "chat.update"
    LOOK = "conversations.history"


class Aftermath:
    """Settles failures. What it learns of a message goes to the outbox, for every replica.

    `look_after`: how long after a post of unknown fate it is looked for. `fallback`: the channel
    that learns what could not be told elsewhere; empty for none.
    """

    def __init__(
        self,
        outbox: Outbox,
        slack: SlackMessages,
        now: Callable[[], datetime],
        look_after: timedelta,
        fallback: str,
    ) -> None:
        self._outbox = outbox
        self._slack = slack
        self._now = now
        self._look_after = look_after
        self._fallback = fallback
        # Of this process: another replica may have another token, and finds out by itself.
        self.stopped: str | None = None
        """Why nothing is delivered at all."""
        self.probe_at: datetime | None = None

    def served(self) -> None:
        """Slack did what we asked: if we were stopped, that is over."""
        if self.stopped:
            _log.warning("Slack takes messages again after %s", self.stopped)
            self.stopped, self.probe_at = None, None

    async def handle(self, message: Message, update: Update, failure: Failure, call: Call) -> bool:
        """React to a failed call; False when the update's other messages must wait as well."""
        _log.warning("%s of %s failed: %s -> %s", call, message.key, failure, failure.reaction)
        if call is Call.LOOK and _only_the_look_failed(failure):
            await self._put_off(message, failure)
            return True
        message = _surely_unsent(message) if call is Call.POST and _refused(failure) else message
        match failure.reaction:
            case Reaction.STOP:
                return await self._stop(message, failure)
            case Reaction.REDIRECT if message.kind is not MessageKind.NOTICE:
                return await self._redirect(message, update, failure)
            case Reaction.REPOST if call is Call.EDIT and message.kind is not MessageKind.NOTICE:
                await self._outbox.redirect(message, message.channel)
                return False
            case Reaction.LOOK_FIRST:
                await self._outbox.defer(_tried(message), self._now() + self._look_after)
            case Reaction.RETRY_LATER:
                await self._retry(message, failure)
            case _:
                await self._change_or_bury(message, failure)
        return True

    async def trouble(self, message: Message) -> None:
        """Our own mistake met a message: try again with growing pauses, then give up."""
        if not message.ts and message.sent_at is None:
            message = replace(message, sent_at=self._now())  # it may have left before
        await self._retry_then_bury(message, Failure(Reaction.RETRY_THEN_BURY, OUR_MISTAKE))

    async def _retry(self, message: Message, failure: Failure) -> None:
        if failure.code not in LIMITED or failure.retry_after is None:
            await self._put_off(message, failure)
            return
        until = self._now() + timedelta(seconds=failure.retry_after)
        await self._outbox.hold(message, until)
        await self._outbox.defer(message, until)

    async def _change_or_bury(self, message: Message, failure: Failure) -> None:
        match failure.reaction:
            case Reaction.SHORTEN if message.detail < Detail.PLAIN:
                shorter = replace(message, detail=message.detail + 1)
                await self._outbox.defer(shorter, self._now())
            case Reaction.UNTHREAD if message.thread_ts != "":
                # Also after a look: a thread that is gone does not hold the message.
                await self._outbox.defer(replace(message, thread_ts="", sent_at=None), self._now())
            case Reaction.SHORTEN | Reaction.BURY | Reaction.REDIRECT:
                await self._bury(message, failure)
            case _:
                await self._retry_then_bury(message, failure)

    async def _retry_then_bury(self, message: Message, failure: Failure) -> None:
        if message.refusals >= _MOST_REFUSALS:
            await self._bury(message, failure)
        else:
            await self._put_off(replace(message, refusals=message.refusals + 1), failure)

    async def _put_off(self, message: Message, failure: Failure) -> None:
        """Try again after a pause that grows with every try."""
        pause = min(2.0 ** min(message.attempts, 10), _LONGEST_BACKOFF)
        until = self._now() + timedelta(seconds=failure.retry_after or pause)
        await self._outbox.defer(_tried(message), until)

    async def _bury(self, message: Message, failure: Failure) -> None:
        _log.error(
            "message %s (%s) will never reach %s: %s",
            message.key,
            message.kind,
            message.channel,
            failure,
        )
        hopeless = message.kind is MessageKind.NOTICE or message.channel == self._fallback
        refusal = Refusal(message.channel, failure.code)
        notice_in = "" if hopeless else self._fallback
        await self._outbox.bury(message, str(failure), refusal, notice_in=notice_in)

    async def _stop(self, message: Message, failure: Failure) -> bool:
        if not self.stopped:
            _log.critical(
                "Slack refuses the bot (%s): no message is delivered until that is repaired;"
                " nothing is lost, updates go on",
                failure,
            )
        self.stopped = failure.code
        self.probe_at = self._now() + _PROBE
        await self._outbox.defer(message, self._now())
        return False

    async def _redirect(self, message: Message, update: Update, failure: Failure) -> bool:
        """Move the update's conversation: to the requester, from there to the fallback channel.

        Whatever has been moved into the fallback channel, or out of it, has nowhere else to go.
        """
        if is_direct(message.channel):
            return await self._move_to_fallback(message, failure)
        if message.channel == self._fallback and message.refusal is not None:
            await self._bury(message, failure)
            return True
        try:
            direct = await self._slack.open_direct_message(update.requested_by)
        except SlackFailedError as error:
            return await self._not_even_directly(message, failure, error.failure)
        notice_in = "" if message.channel == self._fallback else self._fallback
        await self._move(message, direct, failure, notice_in)
        return False

    async def _not_even_directly(
        self, message: Message, refused: Failure, failure: Failure
    ) -> bool:
        _log.warning("no direct message for %s: %s", message.key, failure)
        match failure.reaction:
            case Reaction.STOP if failure.code != "missing_scope":
                return await self._stop(message, failure)
            case Reaction.RETRY_LATER:
                await self._put_off(message, failure)
                return True
        return await self._move_to_fallback(message, refused)

    async def _move_to_fallback(self, message: Message, failure: Failure) -> bool:
        been_there = message.refusal is not None and message.refusal.channel == self._fallback
        if not self._fallback or been_there or message.channel == self._fallback:
            await self._bury(message, failure)
            return True
        await self._move(message, self._fallback, failure)
        return False

    async def _move(
        self, message: Message, channel: str, failure: Failure, notice_in: str = ""
    ) -> None:
        _log.warning(
            "%s cannot be told in %s (%s); it is told in %s",
            message.update_id,
            message.channel,
            failure,
            channel,
        )
        refusal = Refusal(message.channel, failure.code)
        await self._outbox.redirect(message, channel, refusal, notice_in=notice_in)


def _tried(message: Message) -> Message:
    return replace(message, attempts=message.attempts + 1)


def _surely_unsent(message: Message) -> Message:
    return replace(message, sent_at=None)


def _refused(failure: Failure) -> bool:
    """Tell whether a post that failed so surely did not arrive."""
    return failure.reaction is not Reaction.LOOK_FIRST


def _only_the_look_failed(failure: Failure) -> bool:
    """Tell whether a failed look says nothing about the message: then wait and look again."""
    telling = {Reaction.STOP, Reaction.REDIRECT, Reaction.UNTHREAD}
    return failure.code == "missing_scope" or failure.reaction not in telling
