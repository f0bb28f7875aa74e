"""Prove the audit's chain: every event as it was written, none missing, none put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from bot.errors import ConfigurationError
from bot.store.chain import GENESIS, HEAD_ID, hash_of
from bot.store.reading import IN_ORDER, RAW, read, snapshot
from bot.store.schema import audit_head, events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection

    from bot.store.reading import Entry


_ANCHOR = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class Fault(StrEnum):
    """What somebody did to the audit."""

    CHANGED = "changed"
    REMOVED = "removed"
    REORDERED = "reordered"
    ADDED = "added"
    TRUNCATED = "truncated"
    HEAD = "head"
    UNCHAINED = "unchained"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the audit is not as it was written. 0 is before the chain."""

    position: int
    fault: Fault
    why: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the chain at some time, kept where nobody who can write here can write."""

    position: int
    hash: str

    @classmethod
    def read(cls, text: str) -> Anchor:
        """Read what `str` gives.

        Raises:
            ConfigurationError: it is something else.

        """
        found = _ANCHOR.fullmatch(text.strip())
        if found is None:
            raise ConfigurationError(
                f'--anchor "{text}" must be POSITION:HASH, as `flinkbot audit verify` gives it'
            )
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        """Give it as it is typed."""
        return f"{self.position}:{self.hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found. `end`: the last event that is as it was written."""

    end: Anchor
    before: int
    """How many events are from before there was a chain: nothing proves what they say."""
    taken_in: int
    """How many a Flinkbot without a chain wrote, before they were chained."""
    broken: Broken | None = None

    def told(self) -> Iterator[str]:
        """Say it in lines."""
        if self.before:
            yield f"Before the chain: {self.before:,} events, proved by nothing but their number."
        if self.taken_in:
            yield f"Chained later: {self.taken_in:,} events of replicas of the version before."
        if self.broken is not None:
            yield f"Sound up to: {self.end.position:,}"
            yield f"Broken at {self.broken.position:,} ({self.broken.fault}): {self.broken.why}."
            return
        yield f"Sound: {self.end.position:,} chained events, none changed, moved, gone or put in."
        if self.end.position:
            yield f"Anchor, to be kept elsewhere and given to --anchor: {self.end}"


def verify(url: str, anchor: Anchor | None = None) -> Findings:
    """Prove that every event is as it was written, and none is missing.

    Raises:
        ConfigurationError: the database cannot be reached or read, or is not at this schema.

    """
    with snapshot(url) as connection:
        return _Proof(connection, anchor).findings()


class _Proof:
    """One walk along the chain, within one snapshot."""

    def __init__(self, connection: Connection, anchor: Anchor | None) -> None:
        self._connection = connection
        self._anchor = anchor
        self._end = Anchor(0, GENESIS)
        self._taken_in = 0
        self._head = connection.execute(
            select(audit_head).where(audit_head.c.id == HEAD_ID)
        ).first()
        self._before = self._count(events.c.position == 0)

    def findings(self) -> Findings:
        broken = self._before_the_chain() or self._along() or self._at_the_end()
        return Findings(end=self._end, before=self._before, taken_in=self._taken_in, broken=broken)

    def _before_the_chain(self) -> Broken | None:
        if self._head is None:
            return None
        if not isinstance(self._head.position, int):
            return Broken(0, Fault.HEAD, "what is recorded as the chain's end is no position")
        if self._head.before == self._before:
            return None
        why = f"{self._head.before} events are from before the chain, {self._before} are there"
        return Broken(0, Fault.CHANGED, why)

    def _along(self) -> Broken | None:
        wanted = RAW.where(events.c.position > 0)
        ordered = wanted.order_by(events.c.position, events.c.update_id, events.c.seq)
        for entry in read(self._connection, ordered):
            if broken := self._misplaced(entry) or self._altered(entry):
                return broken
            self._end = Anchor(entry.position, entry.hash)
            self._taken_in += entry.columns["facts"] is None
            if broken := self._rewritten():
                return broken
        return None

    def _misplaced(self, entry: Entry) -> Broken | None:
        wanted, found = self._end.position + 1, entry.position
        if self._head is None:
            return Broken(wanted, Fault.HEAD, "the record of the chain's end is gone")
        if isinstance(found, int) and found < wanted:
            return Broken(found, Fault.ADDED, "there is more than one event here")
        if wanted > self._head.position:
            why = f"the chain's end is recorded at {self._head.position}, and more is behind it"
            return Broken(wanted, Fault.ADDED, why)
        return None if found == wanted else self._missing(wanted, found)

    def _missing(self, wanted: int, following: object) -> Broken:
        if moved := self._moved(wanted, None):
            return moved
        why = f"the event is gone; the next one there is {following}"
        return Broken(wanted, Fault.REMOVED, why)

    def _altered(self, entry: Entry) -> Broken | None:
        if hash_of(self._end.hash, entry.position, entry.columns) == entry.hash:
            return None
        if moved := self._moved(entry.position, entry.hash):
            return moved
        why = "what it says, or its hash, is not what was written"
        return Broken(entry.position, Fault.CHANGED, why)

    def _moved(self, position: int, here: object) -> Broken | None:
        """Look for what belongs to a position among all events, with its hash or without."""
        for entry in read(self._connection, RAW.order_by(*IN_ORDER)):
            belongs = hash_of(self._end.hash, position, entry.columns)
            if belongs not in {entry.hash, here}:
                continue
            if entry.position == position:
                return Broken(position, Fault.ADDED, "there is more than one event here")
            why = f"the event that belongs here is at {entry.position}"
            return Broken(position, Fault.REORDERED, why)
        return None

    def _rewritten(self) -> Broken | None:
        if self._anchor is None or self._anchor.position != self._end.position:
            return None
        if self._anchor.hash == self._end.hash:
            return None
        why = "the chain is whole, but up to here it is not the one of the anchor"
        return Broken(self._end.position, Fault.REWRITTEN, why)

    def _at_the_end(self) -> Broken | None:
        after = self._end.position + 1
        ends = max(
            self._head.position if self._head else 0, self._anchor.position if self._anchor else 0
        )
        if ends > self._end.position:
            why = f"the last events are gone: the chain's end was recorded at {ends}"
            return Broken(after, Fault.TRUNCATED, why)
        if self._head and self._head.hash != self._end.hash:
            why = "the chain's end is recorded with another hash"
            return Broken(self._end.position, Fault.HEAD, why)
        if loose := self._count(or_(events.c.position.is_(None), events.c.position < 0)):
            why = (
                f"{loose} not chained: put in by hand, or by a replica of the version before, whose"
                " events are chained when this version writes its next one"
            )
            return Broken(after, Fault.UNCHAINED, why)
        return None

    def _count(self, which: ColumnElement[bool]) -> int:
        counted = select(func.count()).select_from(events).where(which)
        return int(self._connection.execute(counted).scalar_one())
