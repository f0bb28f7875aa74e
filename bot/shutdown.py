"""How the bot ends: what has begun ends or is given back, and a successor goes on at once."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from bot.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.background import Background
    from bot.store import Store
    from bot.ticks import Ticks
    from bot.updates.crew import Crew
    from bot.updates.engine import Engine

_log = logging.getLogger(__name__)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHORTEST_SECONDS = 1.0  # what the last steps had to say may be on its way to Slack


@dataclass(slots=True)
class Shutdown:
    """Ends the work of one process."""

    engine: Engine
    crew: Crew
    background: Background
    ticks: Ticks
    store: Store
    grace: float
    """Seconds that what has begun may take to end."""
    release_seconds: float = 5.0
    """So long the database may take to hear that all is given back."""
    draining: bool = field(default=False, init=False)

    async def begin(self) -> None:
        """Take no new work; `/readyz` says so from here on."""
        self.draining = True
        self.engine.hand_over()
        self.crew.close()

    async def finish(self) -> None:
        """Let what has begun end, then give back what is claimed.

        Messages go out until the last step has ended. What is cut off stands in the record as a
        crash leaves it: a successor looks at the cloud, or at Slack, before it goes on.
        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self.grace
        await asyncio.gather(self.background.drain(self.grace), self.crew.drain(self.grace))
        await self.ticks.stop(max(ends_at - loop.time(), _SHORTEST_SECONDS))
        try:
            async with asyncio.timeout(self.release_seconds):
                await self.store.release_leases()
        except (StoreUnavailableError, TimeoutError) as error:
            _log.warning("what is claimed was not given back and waits for its leases: %r", error)


def on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` at the first SIGTERM or SIGINT; the second ends the process at once."""
    loop = asyncio.get_running_loop()

    def first() -> None:
        for number in _SIGNALS:
            loop.add_signal_handler(number, _end_at_once, number)
        stop()

    for number in _SIGNALS:
        loop.add_signal_handler(number, first)


def _end_at_once(number: int) -> NoReturn:
    """Die as in a crash, which costs nothing but waiting. The default action spares process 1."""
    _log.warning("told to stop again: ending at once")
    logging.shutdown()
    os._exit(128 + number)
