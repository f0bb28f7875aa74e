"""What goes back over the wire: the service's answers, its refusals, the gateway's and IAM's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.sandbox.answer import Answer
from bot.sandbox.dli.refusals import GatewayError

if TYPE_CHECKING:
    from bot.sandbox.dli.refusals import IamError, RefusedError


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


def unavailable_as_xml(message: str) -> Answer:
    """Answer like a proxy of another make."""
    body = f"<?xml version='1.0'?><Error><Message>{message}</Message></Error>".encode()
    return Answer(503, body, "text/xml;charset=utf-8")


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
