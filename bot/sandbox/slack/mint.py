"""Where timestamps and ids come from: unique, ordered, and following one injected clock."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MICROS = 1_000_000


class Mint:
    """Makes what must be new. `now`: seconds since the epoch."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self._last_micros = 0

    def ts(self) -> str:
        """Give a message timestamp, later than every one before it."""
        self._last_micros = max(self._last_micros + 1, int(self.now() * _MICROS))
        return f"{self._last_micros // _MICROS}.{self._last_micros % _MICROS:06d}"

    def id(self, prefix: str) -> str:
        """Give an id like Slack's. Random, so that a restarted sandbox repeats none."""
        return prefix + secrets.token_hex(5).upper()

    def hash(self) -> str:
        """Give a view's hash."""
        return f"{int(self.now())}.{secrets.token_hex(4)}"
