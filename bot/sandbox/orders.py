"""Misbehaviour on order: what the next calls to a simulated cloud meet instead of good service."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

EVERY_OPERATION = "*"
UNKNOWN_OPERATION = "Unknown"
"""What a request for no operation of an API is counted as."""


class Order(BaseModel):
    """The next `times` calls (null: all) of `operation` meet something that a subclass names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: str = EVERY_OPERATION
    times: int | None = Field(default=1, ge=1)
    seconds: float | None = Field(default=None, ge=0)
    code: str = ""
    message: str = ""


T = TypeVar("T", bound=Order)


class Orders(Generic[T]):
    """The orders still open, oldest first; each call meets at most one."""

    def __init__(self) -> None:
        self._open: list[T] = []

    def inject(self, order: T) -> None:
        """Add an order."""
        self._open.append(order)

    def take(self, operation: str) -> T | None:
        """Give what this call meets, and count it."""
        for place, order in enumerate(self._open):
            if order.operation in {operation, EVERY_OPERATION}:
                self._use(place, order)
                return order
        return None

    def clear(self) -> None:
        """Drop every order."""
        self._open.clear()

    def pending(self) -> list[T]:
        """Give the open orders."""
        return list(self._open)

    def _use(self, place: int, order: T) -> None:
        if order.times is None:
            return
        if order.times == 1:
            del self._open[place]
        else:
            self._open[place] = order.model_copy(update={"times": order.times - 1})
