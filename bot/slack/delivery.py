"""Tell Slack what it is owed: each message once, in order, no faster than Slack allows.

Nothing here changes an update. Whatever Slack does, the debt stays in the outbox until Slack has
confirmed the message, or until it is certain that Slack never will.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import LostLeaseError, StoreUnavailableError, UnreadableRecordError
from bot.slack.aftermath import Aftermath, Call
from bot.slack.calls import SlackFailedError
from bot.slack.content import content_of, digest_of
from bot.slack.pacing import Pace, Pacing
from bot.slack.posts import SlackMessages, longest
from bot.updates.messages import MessageKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.flink.update import Update
    from bot.slack.content import Render
    from bot.slack.payload import Payload
    from bot.updates.messages import Message, Outbox
    from bot.updates.ports import UpdateStore

_log = logging.getLogger(__name__)
_BATCH = 20
_LONG_UPDATE = timedelta(minutes=5)
_AT_ONCE = timedelta()
_A_MOMENT = timedelta(seconds=1)
_OUT_OF_REACH = timedelta(seconds=2)
_UNREADABLE = timedelta(seconds=10)
_EDITED = {MessageKind.CARD, MessageKind.NOTICE}


class Delivery:
    """Delivers the outbox to Slack, side by side with those of other replicas.

    A post is committed as "sending" before it leaves. Found so later (the answer was lost, or the
    process died), it is looked up by the key in its metadata, `Pace.look_after` seconds after it
    left, and posted only if it is not there. `fallback_channel` learns what cannot be told
    elsewhere.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        updates: UpdateStore,
        client: AsyncWebClient,
        render: Render,
        now: Callable[[], datetime],
        pace: Pace | None = None,
        fallback_channel: str = "",
    ) -> None:
        self._outbox = outbox
        self._updates = updates
        self._slack = SlackMessages(client)
        self._render = render
        self._pacing = Pacing(pace or Pace(), now)
        self._now = now
        self._look_after = timedelta(seconds=self._pacing.pace.look_after)
        self._aftermath = Aftermath(outbox, self._slack, now, self._look_after, fallback_channel)
        self._unread: Counter[str] = Counter()
        self._halted = False
        self._ends_at = math.inf
        self._database_away: StoreUnavailableError | None = None

    @property
    def stopped(self) -> str | None:
        """Why Slack refuses us altogether (its code), else None."""
        return self._aftermath.stopped

    async def next_due(self) -> datetime | None:
        """Tell when the next message is due; while stopped, when Slack is tried again."""
        due = await self._outbox.next_message_due()
        probe_at = self._aftermath.probe_at
        return max(due, probe_at) if due is not None and probe_at is not None else due

    async def deliver_due(self) -> None:
        """Deliver what is due, for some seconds at most: the tick's heartbeat has to go on.

        While Slack refuses us, one message a minute is tried.

        Raises:
            StoreUnavailableError: what has left is looked for when the database is back.

        """
        if self._aftermath.probe_at is not None and self._now() < self._aftermath.probe_at:
            return
        if self._database_away is not None:
            await self._outbox.release_leases()  # of what was claimed when it went away
        self._ends_at = asyncio.get_running_loop().time() + self._pacing.pace.tick_seconds
        self._halted, self._database_away = False, None
        while not self._is_late() and not self._halted:
            messages = await self._outbox.claim_messages(1 if self.stopped else _BATCH)
            if not messages:
                break
            await self._deliver_all(messages)
        if self._database_away is not None:
            raise self._database_away

    async def _deliver_all(self, messages: Sequence[Message]) -> None:
        """Deliver claimed messages, channels side by side; what fails leaves no call behind.

        A call that went on while the next tick gives back what is claimed would be taken for lost.
        """
        channels = map(self._deliver_in_order, _by_channel(messages))
        for outcome in await asyncio.gather(*channels, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    def _is_late(self) -> bool:
        return asyncio.get_running_loop().time() >= self._ends_at

    async def _deliver_in_order(self, messages: Sequence[Message]) -> None:
        """Deliver the claimed messages of one channel, the oldest first."""
        waiting: set[str] = set()
        for message in messages:
            going_on = await self._guarded(message, waits=message.update_id in waiting)
            if not going_on:
                waiting.add(message.update_id)

    async def _guarded(self, message: Message, *, waits: bool) -> bool:
        """Deliver a message or give it back; False when the update's others must wait."""
        if self._database_away is not None:
            return False
        try:
            if not self._halted and not waits and not self._is_late():
                return await self._attempted(message)
            pause = _OUT_OF_REACH if self._halted else _AT_ONCE
            await self._outbox.defer(message, self._now() + pause)
        except LostLeaseError:
            _log.info("message %s was taken over meanwhile", message.key)
            return True
        except StoreUnavailableError as error:
            self._halted, self._database_away = True, error
        return False

    async def _attempted(self, message: Message) -> bool:
        try:
            return await self._deliver(message)
        except (LostLeaseError, StoreUnavailableError):
            raise
        except UnreadableRecordError as error:  # never given up: a newer version can tell it
            self._unread[message.key] += 1
            times = self._unread[message.key]
            level = logging.ERROR if times == 1 else logging.DEBUG
            _log.log(level, "message %s waits: %s", message.key, error, extra={"times": times})
            await self._outbox.defer(message, self._now() + _UNREADABLE)
        except Exception:  # noqa: BLE001 - one message that cannot be worded must not stop the rest
            _log.exception("message %s could not be delivered", message.key)
            await self._aftermath.trouble(message)
        return True

    async def _deliver(self, message: Message) -> bool:
        is_new = not message.ts and message.sent_at is None
        if is_new and (later := self._pacing.wait(message.channel)) is not None:
            await self._outbox.defer(message, later)
            return True
        update = await self._updates.get(message.update_id)
        if update is None:
            await self._outbox.bury(message, "its update is gone")
            return True
        events = await self._updates.events(update.id)
        payload = content_of(self._render, message, update, events)
        try:
            return await self._send(message, update, payload)
        except LostLeaseError:
            if message.kind in _EDITED:  # an edit of ours may have come after a newer one
                await self._outbox.owe_again(message)
            raise

    async def _send(self, message: Message, update: Update, payload: Payload) -> bool:
        """Post or edit; False when the update's other messages must wait."""
        call = Call.LOOK
        try:
            if message.sent_at is not None:
                look_at = message.sent_at + self._look_after
                if self._now() < look_at:
                    await self._outbox.defer(message, look_at)
                    return True
                message = await self._looked_for(message, update, message.sent_at)
            if message.ts:
                call = Call.EDIT
                await self._edit(message, update, payload)
            elif _lacks_card(message, update):
                await self._not_now(message, self._now() + _A_MOMENT)
            else:
                call, message = Call.POST, self._leaving(message, update)
                await self._post(message, update, payload)
        except SlackFailedError as error:
            going_on = await self._aftermath.handle(message, update, error.failure, call)
            self._halted |= self.stopped is not None or not error.failure.answered
            return going_on
        return True

    async def _looked_for(self, message: Message, update: Update, sent_at: datetime) -> Message:
        """Clear up a post of unknown fate.

        What was found gets its `ts`, so that it is edited instead of posted: nobody knows which
        version arrived.
        """
        thread_ts = message.thread_ts
        if thread_ts is None:
            thread_ts = self._thread_of(message, update)
        found = await self._slack.find(
            message.channel, message.key, thread_ts=thread_ts, sent_at=sent_at
        )
        _log.info("message %s %s", message.key, "had arrived" if found else "had not arrived")
        if found:
            return replace(message, ts=found, digest="")
        return replace(message, sent_at=None)

    def _leaving(self, message: Message, update: Update) -> Message:
        """Give a message as it leaves: to where the conversation is now, whatever was tried."""
        own_place = message.kind is MessageKind.NOTICE
        return replace(
            message,
            channel=message.channel if own_place else update.channel,
            thread_ts=self._thread_of(message, update),
            sent_at=self._now(),
        )

    async def _post(self, message: Message, update: Update, payload: Payload) -> None:
        began, pace = asyncio.get_running_loop().time(), self._pacing.pace
        free_at = await self._outbox.mark_sending(
            message,
            channel_rest=pace.post_seconds,
            card_rest=pace.edit_seconds,
            lasts=pace.leaves_within + longest(payload),
        )
        if free_at is not None:
            await self._not_now(message, self._pacing.turned_away(message.channel, free_at))
            return
        self._pacing.had_turn(message.channel)
        self._check_time(message, began)
        ts = await self._slack.post(
            message.channel,
            payload,
            key=message.key,
            thread_ts=message.thread_ts or "",
            broadcast=message.kind is MessageKind.VERDICT and _took_long(update),
        )
        self._aftermath.served()
        await self._outbox.mark_sent(message, ts, digest_of(payload))

    async def _not_now(self, message: Message, until: datetime) -> None:
        await self._outbox.defer(replace(message, sent_at=None), until)

    async def _edit(self, message: Message, update: Update, payload: Payload) -> None:
        if digest_of(payload) != message.digest and message.kind in _EDITED:
            began, pace = asyncio.get_running_loop().time(), self._pacing.pace
            later = self._pacing.take_edit(ending=update.state.final)
            if later is None:
                lasts = pace.leaves_within + longest(payload)
                later = await self._outbox.mark_sending(
                    message, card_rest=pace.edit_seconds, lasts=lasts
                )
            if later is not None:
                await self._outbox.defer(message, later)
                return
            self._check_time(message, began)
            await self._slack.edit(message.channel, message.ts, payload)
            self._aftermath.served()
        await self._outbox.mark_sent(message, message.ts, digest_of(payload))

    def _check_time(self, message: Message, began: float) -> None:
        """Let nothing leave late: a process that was held up may have lost its lease meanwhile."""
        if asyncio.get_running_loop().time() - began > self._pacing.pace.leaves_within:
            raise LostLeaseError(message.key)

    def _thread_of(self, message: Message, update: Update) -> str:
        """Give the thread a message belongs into; empty at the top level of its channel."""
        loud = message.kind is MessageKind.VERDICT and update.state.needs_a_human
        top_level = loud or message.kind in {
            MessageKind.CARD,
            MessageKind.ALERT,
            MessageKind.NOTICE,
        }
        return "" if top_level or message.thread_ts == "" else update.card_ts


def _by_channel(messages: Sequence[Message]) -> list[list[Message]]:
    groups: dict[str, list[Message]] = {}
    for message in messages:
        groups.setdefault(message.channel, []).append(message)
    return list(groups.values())


def _lacks_card(message: Message, update: Update) -> bool:
    """Tell whether a reply has to wait for a card that is on its way to another place."""
    in_thread = message.kind is MessageKind.THREAD and message.thread_ts != ""
    return in_thread and not update.card_ts


def _took_long(update: Update) -> bool:
    if update.finished_at is None:
        return False
    return update.finished_at - (update.queued_at or update.created_at) > _LONG_UPDATE
