"""Misbehaviour on order: what the next calls of an operation meet instead of good service."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.sandbox.alibaba.operations import OPERATIONS

EVERY_OPERATION = "*"
UNKNOWN_OPERATION = "Unknown"
"""What a request for no operation of the API is counted as."""
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
    """HTTP 429 from the gateway, `x-acs-retry-after` from `seconds` if given; nothing was done."""
    HTML_502 = "html_502"
    """A proxy's 502 page; nothing was done."""
    REFUSE = "refuse"
    """HTTP 200 with `success: false`, `code` and `message`; nothing was done."""
    TRUNCATE = "truncate"
    """Does it, then answers half of the JSON."""
    XML_ERROR = "xml_error"
    """HTTP 503 as XML, with `code` and `message`; nothing was done."""
    TIMEOUT = "timeout"
    """Does it, then says nothing for `seconds` (default an hour) and closes the connection."""


class Fault(BaseModel):
    """One order: the next `times` calls of `operation` (null: all) meet `kind`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: str = EVERY_OPERATION
    kind: FaultKind
    times: int | None = Field(default=1, ge=1)
    seconds: float | None = Field(default=None, ge=0)
    code: str = ""
    message: str = ""

    @field_validator("operation")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in _NAMES:
            msg = f"not an operation; known are {', '.join(sorted(_NAMES))}"
            raise ValueError(msg)
        return name


class Faults:
    """The orders still open, oldest first; each call meets at most one."""

    def __init__(self) -> None:
        self._open: list[Fault] = []

    def inject(self, fault: Fault) -> None:
        """Add an order."""
        self._open.append(fault)

    def take(self, operation: str) -> Fault | None:
        """Give what this call meets, and count it."""
        for place, fault in enumerate(self._open):
            if fault.operation in {operation, EVERY_OPERATION}:
                self._use(place, fault)
                return fault
        return None

    def clear(self) -> None:
        """Drop every order."""
        self._open.clear()

    def pending(self) -> list[Fault]:
        """Give the open orders."""
        return list(self._open)

    def _use(self, place: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times == 1:
            del self._open[place]
        else:
            self._open[place] = fault.model_copy(update={"times": fault.times - 1})
