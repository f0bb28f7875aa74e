"""Freezes as a use case: who may begin and lift one, and what is told while one holds.

Whoever the rules let change something at a target may freeze it, and lift anybody's freeze of it:
a freeze forbids and grants nothing, and each change is still up to the rules.
"""

from __future__ import annotations

import difflib
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from bot.errors import StoreUnavailableError, UserError
from bot.flink.legible import legible
from bot.flink.update import State
from bot.notes import Code, note
from bot.updates import facts
from bot.updates.approvals import EVERYWHERE, Freeze
from bot.updates.ports import NewEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, timedelta

    from bot.notes import Note
    from bot.updates.approvals import ApprovalStore, FreezeStore
    from bot.updates.ports import UpdateStore
    from bot.updates.submit import Asker, Submissions

_log = logging.getLogger(__name__)
_ALL = frozenset({EVERYWHERE, "everywhere", "everything"})
_ALIKE = 0.75
"""From 0 to 1; a first word that is like a target's name is taken for a slip, not for a reason."""
_LONGEST_REASON = 200
_MOST_CARDS = 500


class Freezes(Protocol):
    """What is read whenever something new would begin. A record that is away lets nothing begin."""

    async def freezes(self) -> Sequence[Freeze]:
        """Give those in force, the oldest first."""
        ...


class NoFreezes:
    """Where nothing can be frozen."""

    async def freezes(self) -> Sequence[Freeze]:
        """Give none."""
        return ()


def frozen_at(target: str, freezes: Iterable[Freeze]) -> Note | None:
    """Say that nothing new may begin at a target; of several freezes, by the one that ends last."""
    mine = [freeze for freeze in freezes if freeze.holds(target)]
    if not mine:
        return None
    return frozen_note(max(mine, key=lambda one: (one.until is None, one.until or one.since)))


def frozen_note(freeze: Freeze) -> Note:
    """Say that a freeze holds."""
    since = freeze.since.isoformat(timespec="seconds")
    return note(Code.FROZEN, since=since, **_about(freeze))


def _about(freeze: Freeze) -> dict[str, str]:
    until = freeze.until.isoformat(timespec="seconds") if freeze.until else ""
    return {
        "target": freeze.target,
        "who": freeze.who,
        "until": until,
        "reason": freeze.reason,
    }


@dataclass(frozen=True, slots=True)
class Freezing:
    """Begins and lifts freezes."""

    submissions: Submissions
    store: FreezeStore
    updates: UpdateStore
    answers: ApprovalStore
    now: Callable[[], datetime]
    wake: Callable[[], None]
    """Called when there is something to tell, or to begin."""

    async def freeze(
        self, asker: Asker, words: Sequence[str], lasts: timedelta | None
    ) -> tuple[Note, bool]:
        """Freeze the target that the first word names, else everything; the rest is the reason.

        Gives what is to be told, and whether it is new: False where that delivery was here before.

        Raises:
            UserError: UNKNOWN_TARGET for a slip in its name, or why they may not.

        """
        target, rest = self._place(words)
        await self._check_allowed(target, asker)
        now = self.now()
        freeze = Freeze(
            target=target,
            who=asker.user,
            since=now,
            until=now + lasts if lasts else None,
            reason=facts.shown("reason", legible(" ".join(rest))[:_LONGEST_REASON]) or "",
        )
        said = note(Code.EVENT_FROZEN, **_about(freeze))
        first = await self.store.freeze(freeze, _event(said, asker), asker.delivery)
        if first:
            _log.info("frozen: %s by %s until %s", target, asker.user, freeze.until or "lifted")
            await self._tell_cards(target, said, asker)
        return said, first

    async def unfreeze(self, asker: Asker, name: str) -> Note:
        """Lift the freeze of a target; without a name, that of everything.

        Raises:
            UserError: UNKNOWN_TARGET, why they may not, or NOT_FROZEN.

        """
        target = self._place([name])[0] if name else EVERYWHERE
        if name and target == EVERYWHERE and name.lower() not in _ALL:
            self.submissions.target(name)  # is refused, with the names that there are
        await self._check_allowed(target, asker)
        said = note(Code.EVENT_UNFROZEN, target=target, who=asker.user)
        if await self.store.unfreeze(target, _event(said, asker)) is None:
            frozen = " ".join(sorted(freeze.target for freeze in await self.store.freezes()))
            raise UserError(note(Code.NOT_FROZEN, target=target, frozen=frozen))
        _log.info("not frozen any more: %s by %s", target, asker.user)
        await self._tell_cards(target, said, asker)
        return said

    async def _tell_cards(self, target: str, said: Note, asker: Asker) -> None:
        """Tell on the cards of what is live; what was done is done without that, too.

        Only what waits for approval is told in its thread as well: somebody may be waiting there.
        """
        try:
            for update in await self.updates.recent(_MOST_CARDS, live_only=True):
                if target in {update.ref.target, EVERYWHERE}:
                    waits = update.state is State.AWAITING_APPROVAL
                    event = replace(_event(said, asker), told=waits)
                    await self.answers.tell(update.id, event)
        except StoreUnavailableError as error:
            _log.warning("not all cards say what is frozen: %s", error)
        self.wake()

    def _place(self, words: Sequence[str]) -> tuple[str, Sequence[str]]:
        """Give the target, and what is left for the reason."""
        first = words[0].lower() if words else ""
        if first in _ALL:
            return EVERYWHERE, words[1:]
        names = {name.lower(): name for name in self.submissions.targets}
        if first in names:
            return names[first], words[1:]
        if difflib.get_close_matches(first, names, 1, _ALIKE):
            self.submissions.target(words[0])  # is refused, with the names that there are
        return EVERYWHERE, words

    async def _check_allowed(self, target: str, asker: Asker) -> None:
        """Refuse who can change nothing there; everywhere is every single target.

        Who is named by a rule may freeze from any channel: it must not hang on where they are.
        """
        for name in self.submissions.targets if target == EVERYWHERE else (target,):
            place = self.submissions.target(name)
            refused = await self.submissions.rules.admit(place, asker)
            anywhere = replace(asker, channel="")
            if refused and await self.submissions.rules.admit(place, anywhere):
                raise UserError(refused)


def _event(said: Note, asker: Asker) -> NewEvent:
    return NewEvent(said, asker.user, told=False, facts=facts.by(asker))
