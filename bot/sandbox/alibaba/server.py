"""The simulator on a loopback socket.

Serves the API of Realtime Compute for Apache Flink (ververica 2022-07-18) to signed requests, and
the unsigned control API under /sandbox/ that is described in `bot.sandbox.alibaba.control`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.alibaba.control import control_routes
from bot.sandbox.alibaba.documents import Place
from bot.sandbox.alibaba.faults import Fault
from bot.sandbox.alibaba.gateway import Gateway
from bot.sandbox.alibaba.verify import Account
from bot.sandbox.cloud_server import CloudServer, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sandbox.alibaba.cloud import Cloud


class AlibabaSimulator(CloudServer[Fault]):
    """One workspace with one namespace. `cloud` is its state, for tests to read and bend.

    `speed` shortens every duration of the simulated cloud: at 10, what takes 3 s takes 0.3 s.
    """

    gateway: Gateway

    def __init__(
        self,
        *,
        workspace: str,
        namespace: str,
        access_key_id: str,
        access_key_secret: str,
        security_token: str | None = None,
        now: Callable[[], datetime] = utc_now,
        speed: float = 1.0,
    ) -> None:
        account = Account(access_key_id, access_key_secret, security_token)
        gateway = Gateway(Place(workspace, namespace), account, now, speed)
        super().__init__(gateway, control_routes(gateway))

    @property
    def cloud(self) -> Cloud:
        """Give the state; `reset` replaces it."""
        return self.gateway.cloud
