"""Misbehaviour on order: what the next calls of an operation meet instead of good service."""

from __future__ import annotations

from enum import StrEnum

from pydantic import field_validator

from bot.sandbox.dli.operations import OPERATIONS
from bot.sandbox.orders import EVERY_OPERATION, UNKNOWN_OPERATION, Order

_NAMES = frozenset({EVERY_OPERATION, UNKNOWN_OPERATION, *(known.name for known in OPERATIONS)})


class FaultKind(StrEnum):
    """What happens to a call."""

    DELAY = "delay"
    """Waits `seconds`, then serves as usual; also when the client has left meanwhile."""
    DROP_BEFORE = "drop_before"
    """Closes the connection; nothing was done."""
    DROP_AFTER = "drop_after"
    """Does it, then closes the connection without a word."""
    STATUS_429 = "status_429"
    """HTTP 429 from the gateway, Retry-After from `seconds` if given; nothing was done."""
    HTML_502 = "html_502"
    """A proxy's 502 page; nothing was done."""
    REFUSE = "refuse"
    """HTTP 400 with `code` and `message`, in an array on batch calls; nothing was done."""
    REFUSE_200 = "refuse_200"
    """HTTP 200 with is_success false and `message`; nothing was done."""
    DENY = "deny"
    """HTTP 403 with `code` and `message`, as for a missing permission; nothing was done."""
    SERVER_ERROR = "server_error"
    """HTTP 500 with `code` and `message`; nothing was done."""
    TRUNCATE = "truncate"
    """Does it, then answers half of the JSON."""
    XML_ERROR = "xml_error"
    """HTTP 503 as XML, with `message`; nothing was done."""
    TIMEOUT = "timeout"
    """Does it, then says nothing for `seconds` (default an hour) and closes the connection."""


class Fault(Order):
    """One order: the next `times` calls of `operation` (null: all) meet `kind`."""

    kind: FaultKind

    @field_validator("operation")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in _NAMES:
            msg = f"not an operation; known are {', '.join(sorted(_NAMES))}"
            raise ValueError(msg)
        return name
