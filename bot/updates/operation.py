"""What an operation is to the engine: named steps, each of which may proceed, wait or finish."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.errors import CloudError
    from bot.flink.update import State, Update, Verdict
    from bot.updates.ports import NewEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceed:
    """Go to another step, at once or `after` seconds."""

    step: str
    progress: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[NewEvent, ...] = ()
    after: float = 0.0
    never_arrived: bool = False
    """Said by `recover`: the write did surely not arrive, and may be begun again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Do the same step again: after `seconds`, or when the polling plan says so."""

    seconds: float | None = None
    progress: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[NewEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """The update has ended."""

    state: State
    verdict: Verdict
    progress: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[NewEvent, ...] = ()


Result = Proceed | Wait | Finish


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an operation.

    A step with `recover` writes to a cloud: the engine commits the intent before `run` is called,
    never calls `run` again for that intent, and asks `recover` what became of it instead.
    """

    run: Callable[[Update], Awaitable[Result]]
    recover: Callable[[Update], Awaitable[Result]] | None = None


class Operation(Protocol):
    """The steps of one kind of update."""

    slower: float
    """How many times longer than a hot update it may take before that is told."""

    @property
    def first(self) -> str:
        """Name the step to begin with."""
        ...

    @property
    def steps(self) -> Mapping[str, Step]:
        """Give every step by name."""
        ...

    def refused(self, update: Update, error: CloudError) -> Result:
        """Decide what follows when a step met a plain "no" (nothing was done by that step)."""
        ...

    def give_up(self, update: Update) -> Finish:
        """End an update whose outcome could not be learnt in time."""
        ...

    async def left_undone(self, update: Update) -> Finish:
        """End an update of which was found out later that it came as far as its present step.

        That step writes, and will not be run any more. The cloud is read once more, and may fail.
        """
        ...
