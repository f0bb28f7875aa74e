"""Misbehaviour on order: what the next calls of a method meet instead of good service."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

EVERY_METHOD = "*"


class TroubleKind(StrEnum):
    """What happens to a call."""

    DROP_ANSWER = "drop_answer"
    """Does it, then closes the connection without a word."""
    DROP_REQUEST = "drop_request"
    """Closes the connection; nothing was done."""
    RATE_LIMITED = "rate_limited"
    """HTTP 429 with `Retry-After`; nothing was done."""
    REFUSE = "refuse"
    """HTTP 200 with `ok: false` and `error`; nothing was done."""
    SERVER_ERROR = "server_error"
    """HTTP 500; nothing was done."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of misbehaviour. `retry_after`: whole seconds, for RATE_LIMITED only."""

    kind: TroubleKind
    error: str = ""
    retry_after: int = 1


class Troubles:
    """The orders still open, by method, oldest first; each call meets at most one."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Trouble]] = []

    @property
    def orders(self) -> tuple[tuple[str, Trouble], ...]:
        """Give every method with the trouble it still meets."""
        return tuple(self._open)

    def order(self, method: str, trouble: Trouble, times: int = 1) -> None:
        """Let the next `times` calls of a method meet trouble; `"*"` means any method."""
        self._open += [(method, trouble)] * times

    def take(self, method: str) -> Trouble | None:
        """Give what this call meets, and forget it."""
        for place, (ordered, trouble) in enumerate(self._open):
            if ordered in {method, EVERY_METHOD}:
                del self._open[place]
                return trouble
        return None

    def clear(self) -> None:
        """Forget every order."""
        self._open.clear()


def drop_answer() -> Trouble:
    """Take the call, then break the connection."""
    return Trouble(TroubleKind.DROP_ANSWER)


def drop_request() -> Trouble:
    """Break the connection before anything is done."""
    return Trouble(TroubleKind.DROP_REQUEST)


def rate_limited(retry_after: int = 1) -> Trouble:
    """Answer 429 with `Retry-After` in seconds."""
    return Trouble(TroubleKind.RATE_LIMITED, retry_after=retry_after)


def refuse(error: str) -> Trouble:
    """Answer with a Slack error: `is_archived`, `token_revoked`, ..."""
    return Trouble(TroubleKind.REFUSE, error)


def server_error() -> Trouble:
    """Answer HTTP 500."""
    return Trouble(TroubleKind.SERVER_ERROR)
