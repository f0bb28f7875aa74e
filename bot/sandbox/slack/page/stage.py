"""Everything of the simulator that the page shows or turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.slack.api import WebApi
    from bot.sandbox.slack.dispatch import Dispatch
    from bot.sandbox.slack.manifest import Manifest
    from bot.sandbox.slack.person import Person
    from bot.sandbox.slack.socket_mode import SocketHub
    from bot.sandbox.slack.traffic import Traffic
    from bot.sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Stage:
    """`person` gives who a user id stands for; `clouds` are addresses by name."""

    workspace: Workspace
    person: Callable[[str], Person]
    manifest: Manifest
    api: WebApi
    dispatch: Dispatch
    sockets: SocketHub
    traffic: Traffic
    clouds: Mapping[str, str]
