"""What goes back over the wire: the service's answers, its refusals, the gateway's and IAM's."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.sandbox.dli.refusals import GatewayError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.dli.refusals import IamError, RefusedError

_JSON = "application/json;charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def new_request_id() -> str:
    """Make a request id as the gateway writes them."""
    return uuid4().hex


def document(content: object, request_id: str, status: int = 200, **headers: str) -> Answer:
    """Write an answer as JSON; the request id is a header only."""
    return Answer(status, _json(content), headers={"X-Request-Id": request_id, **headers})


def refusal(error: RefusedError, request_id: str, *, batch: bool) -> Answer:
    """Say no; the calls that take several jobs put the same into an array."""
    told: dict[str, str] = {"error_code": str(error.code), "error_msg": str(error)}
    if isinstance(error, GatewayError):
        told["request_id"] = request_id
        return document(told, request_id, error.status)
    return document([told] if batch else told, request_id, error.status)


def iam_refusal(error: IamError, request_id: str) -> Answer:
    """Say no as the identity service does."""
    told = {"error": {"code": error.status, "message": str(error), "title": error.title}}
    return Answer(error.status, _json(told), headers={"X-IAM-Trace-Id": f"token_{request_id}"})


def bad_gateway() -> Answer:
    """Answer like a proxy that lost its backend."""
    body = b"<html><head><title>502</title></head><body><h1>502 Bad Gateway</h1></body></html>"
    return Answer(502, body, "text/html")


def unavailable_as_xml(message: str) -> Answer:
    """Answer like a proxy of another make."""
    body = f"<?xml version='1.0'?><Error><Message>{message}</Message></Error>".encode()
    return Answer(503, body, "text/xml;charset=utf-8")


def truncated(answer: Answer) -> Answer:
    """Cut an answer in half, as a broken proxy does, with a length that matches."""
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.content_type)


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
