"""The simulator on a loopback socket.

Serves the Flink part of Data Lake Insight to signed requests and to those with a token of the
identity service, which is simulated beside it on the same address, and the unsigned control API
under /sandbox/ that is described in `bot.sandbox.dli.control`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cloud_server import CloudServer, utc_now
from bot.sandbox.dli.control import control_routes
from bot.sandbox.dli.faults import Fault
from bot.sandbox.dli.gateway import Gateway
from bot.sandbox.dli.iam import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sandbox.dli.cloud import Cloud
    from bot.sandbox.dli.verify import Account


class DliSimulator(CloudServer[Fault]):
    """One project of one account. `cloud` is its state, for tests to read and bend.

    `speed` shortens every duration of the simulated cloud: at 10, what takes 4 s takes 0.4 s.
    """

    gateway: Gateway

    def __init__(
        self,
        *,
        project_id: str,
        region: str,
        account: Account,
        now: Callable[[], datetime] = utc_now,
        speed: float = 1.0,
    ) -> None:
        self.account = account
        gateway = Gateway(Project(project_id, region), account, now, speed)
        super().__init__(gateway, control_routes(gateway))

    @property
    def cloud(self) -> Cloud:
        """Give the state; `reset` replaces it."""
        return self.gateway.cloud
