"""Tell Slack what it is owed: each message once, in order, no faster than Slack allows.

Nothing here changes an update. Whatever Slack does, the debt stays in the outbox until Slack has
confirmed the message, or until it is certain that Slack never will.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import LostLeaseError
from bot.slack.aftermath import Aftermath, Call
from bot.slack.calls import SlackFailedError
from bot.slack.content import Contents, digest_of
from bot.slack.pacing import Pace, Pacing
from bot.slack.posts import SlackMessages
from bot.updates.ports import MessageKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.flink.update import Update
    from bot.slack.content import Render
    from bot.slack.payload import Payload
    from bot.updates.ports import Message, Outbox, UpdateStore

_log = logging.getLogger(__name__)
_BATCH = 20
_LONGEST_TICK = 3.0
_LONG_UPDATE = timedelta(minutes=5)
_BEFORE = timedelta(minutes=1)
_AT_ONCE = timedelta()
_A_MOMENT = timedelta(seconds=1)
_OUT_OF_REACH = timedelta(seconds=2)


class Delivery:
    """Delivers the outbox to Slack.

    A post is committed as "sending" before it leaves. Found so later (the answer was lost, or the
    process died), it is looked up by the key in its metadata, `look_after` seconds later, and
    posted only if it is not there.
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
        look_after: float = 5.0,
    ) -> None:
        self._outbox = outbox
        self._updates = updates
        self._slack = SlackMessages(client)
        self._contents = Contents(render)
        self._pacing = Pacing(pace or Pace(), now)
        self._now = now
        self._aftermath = Aftermath(
            outbox, self._slack, self._contents, self._pacing, now, look_after
        )
        self._halted = False

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
        """
        if self._aftermath.probe_at is not None and self._now() < self._aftermath.probe_at:
            return
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + _LONGEST_TICK
        self._halted = False
        while loop.time() < ends_at and not self._halted:
            messages = await self._outbox.claim_messages(1 if self.stopped else _BATCH)
            if not messages:
                break
            await asyncio.gather(*map(self._deliver_in_order, _by_channel(messages)))
        self._pacing.forget()

    async def _deliver_in_order(self, messages: Sequence[Message]) -> None:
        """Deliver the claimed messages of one channel, the oldest first."""
        waiting: set[str] = set()
        for message in messages:
            if self._halted:
                await self._give_back(message, _OUT_OF_REACH)
            elif message.update_id in waiting:
                await self._give_back(message, _AT_ONCE)
            elif not await self._guarded(message):
                waiting.add(message.update_id)

    async def _give_back(self, message: Message, pause: timedelta) -> None:
        try:
            await self._outbox.defer(message, self._now() + pause)
        except LostLeaseError:
            _log.info("message %s was taken over meanwhile", message.key)

    async def _guarded(self, message: Message) -> bool:
        try:
            return await self._deliver(message)
        except LostLeaseError:
            _log.info("message %s was taken over meanwhile", message.key)
        except Exception:  # noqa: BLE001 - one message that cannot be worded must not stop the rest
            _log.exception("message %s could not be delivered", message.key)
            await self._aftermath.trouble(message)
        return True

    async def _deliver(self, message: Message) -> bool:
        """Deliver one message; False when the update's other messages must wait."""
        update = await self._updates.get(message.update_id)
        if update is None:
            await self._outbox.bury(message, "its update is gone")
            return True
        events = await self._updates.events(update.id)
        payload = self._contents.of(message, update, events)
        call = Call.LOOK
        try:
            message, waits = await self._cleared(message, update)
            if waits:
                return True
            call = Call.EDIT if message.ts else Call.POST
            await (self._edit if message.ts else self._post)(message, update, payload)
        except SlackFailedError as error:
            going_on = await self._aftermath.handle(message, update, error.failure, call)
            self._halted |= self.stopped is not None or not error.failure.answered
            return going_on
        return True

    async def _cleared(self, message: Message, update: Update) -> tuple[Message, bool]:
        """Clear up a post of unknown fate; give the message, and whether it has to wait.

        What was found gets its `ts`, so that it is edited instead of posted: nobody knows which
        version arrived.
        """
        if message.ts or not message.sending:
            return message, False
        if await self._aftermath.waits_to_look(message):
            return message, True
        found = await self._slack.find(
            message.channel,
            message.key,
            thread_ts=self._thread_of(message, update),
            since=(update.created_at - _BEFORE).timestamp(),
        )
        _log.info("message %s %s", message.key, "had arrived" if found else "had not arrived")
        return replace(message, ts=found or "", digest=""), False

    async def _post(self, message: Message, update: Update, payload: Payload) -> None:
        thread_ts = self._thread_of(message, update)
        if message.kind is MessageKind.THREAD and not update.card_ts:
            await self._outbox.defer(message, self._now() + _A_MOMENT, sent=False)
            return
        later = self._pacing.take_post(message.channel)
        if later is not None:
            await self._outbox.defer(message, later, sent=False)
            return
        await self._outbox.mark_sending(message)
        ts = await self._slack.post(
            message.channel,
            payload,
            key=message.key,
            thread_ts=thread_ts,
            broadcast=message.kind is MessageKind.VERDICT and _took_long(update),
        )
        self._pacing.posted(message.key)
        self._aftermath.served()
        await self._settle(message, update, ts, payload)

    async def _edit(self, message: Message, update: Update, payload: Payload) -> None:
        if digest_of(payload) != message.digest and message.kind is MessageKind.CARD:
            later = self._pacing.take_edit(message.key, ending=update.state.final)
            if later is not None:
                await self._outbox.defer(message, later)
                return
            await self._slack.edit(message.channel, message.ts, payload)
            self._aftermath.served()
        await self._settle(message, update, message.ts, payload)

    async def _settle(self, message: Message, update: Update, ts: str, payload: Payload) -> None:
        await self._outbox.mark_sent(message, ts, digest_of(payload))
        self._aftermath.settled(message)
        if message.kind is not MessageKind.CARD or update.state.final:
            self._contents.forget(message.key)

    def _thread_of(self, message: Message, update: Update) -> str:
        """Give the thread a message belongs into; empty at the top level of its channel."""
        loud = message.kind is MessageKind.VERDICT and update.state.needs_a_human
        top_level = message.kind in {MessageKind.CARD, MessageKind.ALERT} or loud
        return "" if top_level or self._aftermath.is_unthreaded(message.key) else update.card_ts


def _by_channel(messages: Sequence[Message]) -> list[list[Message]]:
    groups: dict[str, list[Message]] = {}
    for message in messages:
        groups.setdefault(message.channel, []).append(message)
    return list(groups.values())


def _took_long(update: Update) -> bool:
    if update.finished_at is None:
        return False
    return update.finished_at - (update.queued_at or update.created_at) > _LONG_UPDATE
