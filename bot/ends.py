"""The outer ends of the bot: where a test puts something between the core and the world."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from bot.slack.pacing import Pace as SlackPace
from bot.updates.dli.steps import Pace as DliPace
from bot.updates.hot_update.steps import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.updates.dli.ports import RestartCloud
    from bot.updates.messages import Outbox
    from bot.updates.ports import HotUpdateCloud, UpdateStore

T = TypeVar("T")


def _unchanged(part: T) -> T:
    return part


@dataclass(frozen=True, slots=True)
class Ends:
    """What tests replace, and how fast the outer parts go."""

    cloud: Callable[[HotUpdateCloud], HotUpdateCloud] = _unchanged
    dli: Callable[[RestartCloud], RestartCloud] = _unchanged
    updates: Callable[[UpdateStore], UpdateStore] = _unchanged
    outbox: Callable[[Outbox], Outbox] = _unchanged
    pace: Pace = field(default_factory=Pace)
    dli_pace: DliPace = field(default_factory=DliPace)
    slack_pace: SlackPace = field(default_factory=SlackPace)
    look_after: float = 5.0
    """Seconds before a post of unknown fate is looked up."""
    lease_seconds: float = 20.0
    """So long what a dead replica was at work on waits for another.

    Long enough for two renewals that fail before the third succeeds, and for a database that takes
    its ten seconds to say that it does not answer.
    """
    approvals_seconds: float = 15.0
    """How often requests for approval are looked after, by one replica for all."""
    drain_seconds: float | None = None
    """Instead of the settings' grace at shutdown."""
