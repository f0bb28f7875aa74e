"""How processes on one record share the work: what one leaves to others, what one does for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Busy:
    """What a process cannot start on now."""

    updates: frozenset[str] = frozenset()
    """Being worked on in it, by id."""
    targets: frozenset[str] = frozenset()
    """Those whose workers all have something to do."""


IDLE = Busy()


class Duties(Protocol):
    """Work that one replica does for all."""

    async def take(self, name: str, every: float) -> bool:
        """Tell whether it is this process' turn; nobody else's is within `every` seconds."""
        ...
