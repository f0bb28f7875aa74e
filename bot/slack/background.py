"""Work that goes on after the ack: tracked, told about when it fails, awaited at shutdown.

Bolt has nothing of the kind: what a listener still does after `ack()` is lost without a trace when
the process ends, and what it raises then is at best a log line that nobody who clicked ever sees.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    OnError = Callable[[str], Awaitable[None]]
    Work = Coroutine[Any, Any, None]

T = TypeVar("T")
_log = logging.getLogger(__name__)
_MOST_AT_ONCE = 500  # far above what people cause; a flood beyond it is refused, not queued
_INCIDENT_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


class RefusedWorkError(BotError):
    """No new work is taken: the process is stopping, or far too much is going on."""


def new_incident() -> str:
    """Make an id that joins what a person was told to the line in the log."""
    return "".join(secrets.choice(_INCIDENT_LETTERS) for _ in range(6))


class Background:
    """The tasks that run beside the listeners."""

    def __init__(self, *, most_at_once: int = _MOST_AT_ONCE) -> None:
        self._most_at_once = most_at_once
        self._tasks: set[asyncio.Task[Any]] = set()
        self._draining = False

    @property
    def draining(self) -> bool:
        """Whether new work is refused because the process is stopping."""
        return self._draining

    @property
    def running(self) -> int:
        """How many pieces of work are going on."""
        return len(self._tasks)

    def spawn(self, work: Work, *, name: str, on_error: OnError | None = None) -> None:
        """Start work. If it raises, that is logged and `on_error` gets the incident's id.

        Raises:
            RefusedWorkError: the process is stopping or overloaded; nothing was started.

        """
        self._check_room(work, name)
        self.begin(self._guard(work, name, on_error), name=name)

    def begin(self, work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Start work whose outcome the caller looks at: nothing is told when it raises.

        Raises:
            RefusedWorkError: the process is stopping or overloaded; nothing was started.

        """
        self._check_room(work, name)
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _check_room(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        if self._draining or len(self._tasks) >= self._most_at_once:
            work.close()
            why = "stopping" if self._draining else f"{len(self._tasks)} pieces of work going on"
            raise RefusedWorkError(f"{name} was not started: {why}")

    async def drain(self, timeout: float) -> bool:  # noqa: ASYNC109 - the time left before SIGKILL
        """Refuse new work and wait for what runs; False when some had to be cut off."""
        self._draining = True
        if not self._tasks:
            return True
        _, late = await asyncio.wait(self._tasks, timeout=timeout)
        for task in late:
            _log.error("%s was cut off after %g s of draining", task.get_name(), timeout)
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    async def _guard(self, work: Work, name: str, on_error: OnError | None) -> None:
        try:
            await work
        except Exception:  # noqa: BLE001 - the outermost guard: a click is never silent
            incident = new_incident()
            _log.exception("incident %s: %s failed", incident, name)
            if on_error is not None:
                await self._tell(on_error, incident, name)

    async def _tell(self, on_error: OnError, incident: str, name: str) -> None:
        try:
            await on_error(incident)
        except Exception:  # noqa: BLE001 - nobody is left to tell; the log is the last resort
            _log.exception(
                "incident %s: the person could not be told that %s failed", incident, name
            )
