"""Read the values of JSON answers however a cloud happens to write them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints


def _text(value: object) -> object:
    """Read absent values, and the two quote characters some answers hold, as nothing."""
    if value is None or value == '""':
        return ""
    return str(value) if isinstance(value, int | float) else value


def _number(value: object) -> float | None:
    """Read a number however it is written; what is none is not known."""
    try:
        return float(value) if isinstance(value, str | int | float) else None
    except ValueError:
        return None


def _whole(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and abs(number) < 2**63 else None


def _flag(value: object) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def or_empty(kind: type[dict[str, Any] | list[Any]]) -> BeforeValidator:
    """Read null as an empty map or list."""
    return BeforeValidator(lambda value: kind() if value is None else value)


Text = Annotated[str, StringConstraints(strip_whitespace=True), BeforeValidator(_text)]
Identifier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Number = Annotated[float | None, BeforeValidator(_number)]
Whole = Annotated[int | None, BeforeValidator(_whole)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Document = dict[str, Any]
"""A part kept as it came, because it is compared or sent back as a whole."""
