"""The only way from a replica to the world: here it crashes, stands still, or finds no database."""

import asyncio
import inspect
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import StoreUnavailableError

STORE, CLOUD, SLACK = "store", "cloud", "slack"
CALL_SECONDS = 0.01
_IRREVERSIBLE = frozenset(
    {
        "save",
        "hot_update",
        "start",
        "stop",
        "take_savepoint",
        "import_savepoint",
        "chat_postMessage",
    }
)
"""Calls that nobody can take back, and of which the other side cannot tell how old they are.

A process that stands still between its last look at the clock and the wire sends late, whatever it
does: it stands still after such a call instead.
"""


class KilledError(BaseException):
    """The process is gone; nothing of it goes on."""


class Act(StrEnum):
    """What a trap does."""

    CRASH = "crash"
    HOLD = "stand still"
    AWAY = "no database"


class When(StrEnum):
    """On which side of the call's effect."""

    BEFORE = "before"
    AFTER = "after"


@dataclass
class Trap:
    """Springs at a call of a kind, when `left` such calls have passed."""

    kind: str
    act: Act
    when: When
    left: int = 0
    name: str = ""
    """Of the call; empty for any of its kind."""
    times: int = 1
    late_answer: bool = False
    """Whoever stood still finds the answer before it notices how late it is."""

    def meets(self, kind, name):
        """Tell whether this call springs it; count the call."""
        if kind != self.kind or self.times == 0 or not self._fits(name):
            return False
        if self.left:
            self.left -= 1
            return False
        self.times -= 1
        return True

    def _fits(self, name):
        if self.name not in {"", name}:
            return False
        wire = self.kind != STORE and name in _IRREVERSIBLE
        return not (wire and self.act is Act.HOLD and self.when is When.BEFORE)


class Gate:
    """One process' calls. `seen(kind)` is told of each that was made, `hurt(what)` of each trap."""

    def __init__(self, clock, seen, hurt):
        self._clock, self._seen, self._hurt = clock, seen, hurt
        self._moving = asyncio.Event()
        self._moving.set()
        self.trap = None
        self.dead = False
        self.calls = 0

    @property
    def held(self):
        return not self._moving.is_set()

    def go_on(self):
        self._moving.set()

    def die(self):
        self.dead = True
        self._moving.set()

    async def passing(self, kind, name, call):
        await self._alive()
        self.calls += 1
        trap = self.trap if self.trap and self.trap.meets(kind, name) else None
        if trap and trap.when is When.BEFORE:
            await self._spring(trap, kind, name)
        self._clock.tick(CALL_SECONDS)
        try:
            return await call()
        finally:
            self.calls += 1
            self._seen(kind)
            if trap and trap.when is When.AFTER:
                await self._spring(trap, kind, name)
            await self._alive()

    async def _spring(self, trap, kind, name):
        self._hurt(f"{trap.act} {trap.when} {kind}.{name}")
        match trap.act:
            case Act.AWAY:
                raise StoreUnavailableError("away")
            case Act.CRASH:
                self.die()
            case Act.HOLD:
                self._moving.clear()
        await self._alive(late_answer=trap.late_answer)

    async def _alive(self, *, late_answer=False):
        while self.held:
            try:
                await self._moving.wait()
            except asyncio.CancelledError:
                if not late_answer:
                    raise
        if self.dead:
            raise KilledError


class Gated:
    """Something behind a gate: its coroutines are calls through it."""

    def __init__(self, behind, gate, kind):
        self._behind, self._gate, self._kind = behind, gate, kind

    def __getattr__(self, name):
        found = getattr(self._behind, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*args, **kwargs):
            return await self._gate.passing(self._kind, name, lambda: found(*args, **kwargs))

        return call


class Faults:
    """What an outer service does to the next calls of its methods."""

    def __init__(self):
        self._due = defaultdict(list)

    def add(self, method, fault, times=1):
        self._due[method] += [fault] * times

    def take(self, method):
        due = self._due[method]
        return due.pop(0) if due else None

    def clear(self):
        self._due.clear()
