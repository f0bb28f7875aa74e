"""The messages owed to Slack: claimed in order, settled by version, never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal, or_, select, update

from bot.errors import LostLeaseError
from bot.store.leases import FREE, release
from bot.store.owing import card_key, give_up_replies, owed
from bot.store.rows import message_of
from bot.store.schema import IS_OWED, outbox, updates
from bot.updates.ports import MessageKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.database import Database
    from bot.updates.ports import Message


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
        outbox.c.kind.in_([MessageKind.CARD.value, MessageKind.ALERT.value]),
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
        return [message_of(row) for row in rows]

    async def mark_sending(self, message: Message) -> None:
        """Commit that a post is about to leave."""
        async with self._database.write() as connection:
            await self._write(connection, message, sending=True)

    async def mark_sent(self, message: Message, ts: str, digest: str) -> None:
        """Settle the version that was rendered; a newer one stays owed."""
        async with self._database.write() as connection:
            if message.kind is MessageKind.CARD:
                await _set_on_update(connection, message, card_ts=ts)
            await self._write(
                connection,
                message,
                ts=ts,
                digest=digest,
                sending=False,
                settled=message.version,
                attempts=0,
                **FREE,
            )

    async def defer(self, message: Message, until: datetime, *, sent: bool | None = None) -> None:
        """Try again later; what an edit did not show yet is not put off with it."""
        due_at = outbox.c.due_at
        later = literal(until, due_at.type)
        is_newest = outbox.c.version == message.version
        values: dict[str, Any] = {
            "due_at": case((is_newest, later), else_=due_at) if message.ts else until,
            "attempts": message.attempts + 1,
            **FREE,
        }
        if sent is False:
            values["sending"] = False
        async with self._database.write() as connection:
            await self._write(connection, message, **values)

    async def redirect(self, message: Message, channel: str) -> None:
        """Move all that is still owed of an update to another channel, beginning with its card."""
        async with self._database.write() as connection:
            await _set_on_update(connection, message, card_ts="", channel=channel)
            await self._write(connection, message, sending=False)
            theirs = outbox.c.update_id == message.update_id
            is_card = outbox.c.key == card_key(message.update_id)
            moved = {
                "channel": channel,
                "due_at": self._now(),
                "attempts": 0,
                **FREE,
                "fence": outbox.c.fence + 1,  # others claimed by now would go to the old channel
            }
            await connection.execute(
                update(outbox).where(theirs, or_(owed(outbox.c), is_card)).values(moved)
            )
            await connection.execute(
                update(outbox)
                .where(is_card)
                .values(ts="", digest="", sending=False, version=outbox.c.version + 1, buried=None)
            )

    async def bury(self, message: Message, why: str) -> None:
        """Give up on a message for good."""
        async with self._database.write() as connection:
            await _lock_update(connection, message)
            await self._write(connection, message, buried=why, sending=False, **FREE)
            if message.kind is MessageKind.CARD:
                await give_up_replies(connection, message.update_id)

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


async def _lock_update(connection: AsyncConnection, message: Message) -> None:
    """Take the update's row before several of its messages, as all do who write both.

    Two who began at different ends would wait for each other.
    """
    row = select(updates.c.id).where(updates.c.id == message.update_id).with_for_update()
    await connection.execute(row)


async def _set_on_update(connection: AsyncConnection, message: Message, **values: Any) -> None:
    await connection.execute(
        update(updates).where(updates.c.id == message.update_id).values(values)
    )
