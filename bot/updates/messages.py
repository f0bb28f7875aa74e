"""What Slack is owed: the messages, and the outbox that keeps them until they are told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class MessageKind(StrEnum):
    """What a message is for; decides where it goes and whether it is edited."""

    CARD = "card"
    """The one message per update that is edited in place."""
    THREAD = "thread"
    """A step, as a reply to the card."""
    VERDICT = "verdict"
    """The end: a reply to the card, or a new top-level message when a human is needed."""
    ALERT = "alert"
    """A new top-level message before the end: the outcome is unknown for too long."""
    NOTICE = "notice"
    """Elsewhere: this update cannot be told where it belongs. Edited at its end."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A place that did not take a message, and Slack's code for why."""

    channel: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message owed to Slack. Its text is rendered from the update when it is delivered."""

    key: str
    """Unique; travels in the message's metadata so that it is never posted twice."""
    update_id: str
    kind: MessageKind
    channel: str
    event: int | None = None
    """The event a thread reply tells."""
    ts: str = ""
    """Slack's timestamp, once posted."""
    thread_ts: str | None = None
    """The thread it went to or has to go to, "" for none; None where its kind goes."""
    sent_at: datetime | None = None
    """When a post left whose fate is not known."""
    digest: str = ""
    """Of the last content delivered; the same content is not sent again. "" while unknown."""
    attempts: int = 0
    """Tries since it was last delivered, or moved, that failed."""
    refusals: int = 0
    """Of those, how many met a refusal that nobody here knows."""
    detail: int = 0
    """How much has to be left out of it, since Slack refused more: 0 is nothing."""
    refusal: Refusal | None = None
    """Why a conversation is not where it belongs; on its card and its notice."""
    version: int = 0
    """Moves with every change of what is owed; a delivery settles the version it rendered."""
    fence: int = 0


class Outbox(Protocol):
    """The messages owed. Every method is one transaction.

    What takes a message writes about one that was claimed, and raises `LostLeaseError` when it was
    claimed or moved by somebody else since.
    """

    async def claim_messages(self, limit: int) -> Sequence[Message]:
        """Take due messages: per update the card before its replies, replies in order.

        A reply is given only once the card is posted and the replies before it are settled; the
        verdict after all of them. An alert and a notice wait for nothing.
        """
        ...

    async def mark_sending(
        self,
        message: Message,
        *,
        channel_rest: float = 0.0,
        card_rest: float = 0.0,
        lasts: float = 0.0,
    ) -> datetime | None:
        """Commit that a post, or an edit, is about to leave, and begin its lease anew.

        The lease ends no sooner than in `lasts` seconds, when what has left by then has ended.

        A post goes to the message's `channel` and `thread_ts`; found "sending" later, it is looked
        for there, not resent. Of an edit, what is shown is unknown until it is marked as sent.
        None means go; otherwise nothing was written, and it is when to ask again: `channel_rest`
        seconds lie between the posts to one channel and `card_rest` before the next edit of a
        message, whichever replica they are from, and `hold` holds them all.
        """
        ...

    async def hold(self, message: Message, until: datetime) -> None:
        """Let no replica post, or edit if the message was to be edited, before a moment."""
        ...

    async def mark_sent(self, message: Message, ts: str, digest: str) -> None:
        """Settle a message; a card's `ts` is stored on its update. Owed changes since stay owed."""
        ...

    async def owe_again(self, message: Message) -> None:
        """Owe an edit of a message, whoever holds it: a late one may have shown old content."""
        ...

    async def defer(self, message: Message, until: datetime) -> None:
        """Try again later, knowing what the message says of itself: whether it is `sent_at`, ...

        An edit that was outdated meanwhile is not put off.
        """
        ...

    async def redirect(
        self,
        message: Message,
        channel: str,
        refusal: Refusal | None = None,
        *,
        notice_in: str = "",
    ) -> None:
        """Owe it, the card and all else still owed to another channel, as if never posted.

        Only what is on its way stays where it is. The card keeps the first `refusal`. `notice_in`
        owes a notice to a channel, once.
        """
        ...

    async def bury(
        self, message: Message, why: str, refusal: Refusal | None = None, *, notice_in: str = ""
    ) -> None:
        """Give up on a message for good. Of a card never posted, the replies are given up too.

        Its verdict stays owed, at the top level; so does its alert. `notice_in` owes a notice of
        the `refusal` to a channel, once.
        """
        ...

    async def next_message_due(self) -> datetime | None:
        """Tell when the next message is due."""
        ...

    async def release_leases(self) -> None:
        """Give back everything this process has claimed."""
        ...
