"""The messages owed to Slack: claimed in order, settled by version, never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal, or_, select, update

from bot.errors import LostLeaseError
from bot.store.leases import FREE, release
from bot.store.moving import NOT_SENDING, move, remember
from bot.store.owing import give_up_replies, owe_notice, owed
from bot.store.rows import message_of, readable
from bot.store.schema import IS_OWED, outbox, updates
from bot.store.turns import EDITS, POSTS, held, hold_all, take_turn
from bot.updates.messages import MessageKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.database import Database
    from bot.updates.messages import Message, Refusal

_UNTHREADED = [MessageKind.CARD.value, MessageKind.ALERT.value, MessageKind.NOTICE.value]


def _its_turn() -> ColumnElement[bool]:
    """A reply waits for the card and for the replies before it; the verdict for all of them.

    Of a card that was given up unposted, the replies are given up too: only the verdict is left.
    """
    card, earlier = outbox.alias("card"), outbox.alias("earlier")
    card_is_settled = (
        select(card.c.id)
        .where(
            card.c.update_id == outbox.c.update_id,
            card.c.kind == MessageKind.CARD.value,
            or_(card.c.ts != "", card.c.buried.is_not(None)),
        )
        .exists()
    )
    waiting = (
        select(earlier.c.id)
        .where(
            earlier.c.update_id == outbox.c.update_id,
            earlier.c.kind == MessageKind.THREAD.value,
            earlier.c.id < outbox.c.id,
            owed(earlier.c),
        )
        .exists()
    )
    return or_(
        outbox.c.kind.in_(_UNTHREADED),
        and_(card_is_settled, ~waiting),
    )


class SqlOutbox:
    """Implements `Outbox`."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], lease_seconds: float, owner: str
    ) -> None:
        self._database = database
        self._now = now
        self._lease = timedelta(seconds=lease_seconds)
        self._owner = owner

    async def claim_messages(self, limit: int) -> Sequence[Message]:
        """Take due messages; see the port."""
        at = self._now()
        due = (
            select(outbox.c.id)
            .where(
                IS_OWED,
                outbox.c.due_at <= at,
                or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= at),
                _its_turn(),
            )
            .order_by(outbox.c.due_at, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=outbox)
            .cte("due")
            .prefix_with("MATERIALIZED")  # see `bot.store.hot`
        )
        claim = (
            update(outbox)
            .where(outbox.c.id.in_(select(due.c.id)))
            .values(fence=outbox.c.fence + 1, lease_until=at + self._lease, lease_owner=self._owner)
            .returning(outbox)
        )
        async with self._database.write() as connection:
            rows = sorted(await connection.execute(claim), key=lambda row: int(row.id))
        return readable(rows, message_of, self._database.unreadable)

    async def mark_sending(
        self,
        message: Message,
        *,
        channel_rest: float = 0.0,
        card_rest: float = 0.0,
        lasts: float = 0.0,
    ) -> datetime | None:
        """Commit that a post, or an edit, is about to leave; see the port."""
        at = self._now()
        values: dict[str, Any] = {
            "lease_until": at + max(self._lease, timedelta(seconds=lasts)),
            "due_at": at + timedelta(seconds=card_rest),
        }
        if message.ts:
            values["digest"] = ""
        else:
            values |= {"channel": message.channel, "thread_ts": message.thread_ts}
            values |= {"sending": True, "sent_at": message.sent_at or at}
        async with self._database.write() as connection:
            if message.ts:
                later = await held(connection, EDITS, at)
            else:
                until = at + timedelta(seconds=channel_rest)
                later = await take_turn(connection, POSTS, message.channel, at, until)
            if later is None:
                await self._write(connection, message, **values)
        return later

    async def hold(self, message: Message, until: datetime) -> None:
        """Let no replica post, or edit if the message was to be edited, before a moment."""
        async with self._database.write() as connection:
            await hold_all(connection, EDITS if message.ts else POSTS, until)

    async def mark_sent(self, message: Message, ts: str, digest: str) -> None:
        """Settle the version that was rendered; a newer one stays owed."""
        is_newest = outbox.c.version == message.version
        now = literal(self._now(), outbox.c.due_at.type)
        values: dict[str, Any] = {
            "ts": ts,
            "digest": digest,
            "settled": message.version,
            "attempts": 0,
            "refusals": 0,
            **NOT_SENDING,
            **FREE,
        }
        if not message.ts:  # what changed while it was posted is not to be waited for
            values["due_at"] = case((is_newest, outbox.c.due_at), else_=now)
        async with self._database.write() as connection:
            if message.kind is MessageKind.CARD:
                await _set_on_update(connection, message, card_ts=ts)
            await self._write(connection, message, **values)

    async def owe_again(self, message: Message) -> None:
        """Owe an edit of a message, whoever holds it."""
        shown = update(outbox).where(outbox.c.key == message.key, outbox.c.ts == message.ts)
        async with self._database.write() as connection:
            await connection.execute(shown.values(version=outbox.c.version + 1, digest=""))

    async def defer(self, message: Message, until: datetime) -> None:
        """Try again later; what an edit did not show yet is not put off with it."""
        later = literal(until, outbox.c.due_at.type)
        is_newest = outbox.c.version == message.version
        values: dict[str, Any] = {
            "due_at": case((is_newest, later), else_=outbox.c.due_at) if message.ts else until,
            "thread_ts": message.thread_ts,
            "sending": message.sent_at is not None,
            "sent_at": message.sent_at,
            "attempts": message.attempts,
            "refusals": message.refusals,
            "detail": message.detail,
            **FREE,
        }
        async with self._database.write() as connection:
            await self._write(connection, message, **values)

    async def redirect(
        self,
        message: Message,
        channel: str,
        refusal: Refusal | None = None,
        *,
        notice_in: str = "",
    ) -> None:
        """Move all that is still owed of an update to another channel, beginning with its card."""
        at = self._now()
        async with self._database.write() as connection:
            await _lock_all(connection, message)
            await _set_on_update(connection, message, card_ts="", channel=channel)
            await self._write(connection, message, **NOT_SENDING)
            await move(connection, message.update_id, channel, at)
            if refusal is not None:
                await remember(connection, message.update_id, refusal)
                if notice_in:
                    await owe_notice(connection, message.update_id, refusal, notice_in, at)

    async def bury(
        self, message: Message, why: str, refusal: Refusal | None = None, *, notice_in: str = ""
    ) -> None:
        """Give up on a message for good."""
        async with self._database.write() as connection:
            await _lock_all(connection, message)
            await self._write(connection, message, buried=why, **NOT_SENDING, **FREE)
            if message.kind is MessageKind.CARD:
                await give_up_replies(connection, message.update_id)
            if refusal is not None and notice_in:
                await owe_notice(connection, message.update_id, refusal, notice_in, self._now())

    async def next_message_due(self) -> datetime | None:
        """Tell when the next message is due."""
        leased = (outbox.c.lease_until > outbox.c.due_at, outbox.c.lease_until)
        due = case(leased, else_=outbox.c.due_at)
        earliest = select(func.min(due)).where(IS_OWED, _its_turn())
        async with self._database.read() as connection:
            found: datetime | None = (await connection.execute(earliest)).scalar_one()
        return found

    async def release_leases(self) -> None:
        """Give back everything this process has claimed."""
        async with self._database.write() as connection:
            await release(connection, outbox, self._owner)

    async def _write(self, connection: AsyncConnection, message: Message, **values: Any) -> None:
        write = (
            update(outbox)
            .where(outbox.c.key == message.key, outbox.c.fence == message.fence)
            .values(values)
        )
        if (await connection.execute(write)).rowcount == 0:
            raise LostLeaseError(message.key)


async def _lock_all(connection: AsyncConnection, message: Message) -> None:
    """Take the update's row before its messages, and those by their key, as all do.

    Two who began at different ends would wait for each other.
    """
    row = select(updates.c.id).where(updates.c.id == message.update_id)
    await connection.execute(row.with_for_update())
    its = select(outbox.c.id).where(outbox.c.update_id == message.update_id)
    await connection.execute(its.order_by(outbox.c.id).with_for_update())


async def _set_on_update(connection: AsyncConnection, message: Message, **values: Any) -> None:
    await connection.execute(
        update(updates).where(updates.c.id == message.update_id).values(values)
    )
