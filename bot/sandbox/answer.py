"""An answer as it goes onto the wire, and the accidents that happen to one on any cloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_JSON = "application/json;charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def bad_gateway() -> Answer:
    """Answer like a proxy that lost its backend."""
    body = b"<html><head><title>502</title></head><body><h1>502 Bad Gateway</h1></body></html>"
    return Answer(502, body, "text/html")


def truncated(answer: Answer) -> Answer:
    """Cut an answer in half, as a broken proxy does, with a length that matches."""
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.content_type)
