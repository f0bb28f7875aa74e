"""Decode answers: the only place where an answer becomes an exception. Pure.

The service says no in many shapes: HTTP 200 with `success: false`, gateway errors as JSON or XML,
a proxy's HTML, half an answer. A code decides before a status does. What the kinds of refusals
mean, both clouds share in `bot.clouds.refusals`.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from bot.clouds.alibaba.advice import advice
from bot.clouds.refusals import (
    CodeTable,
    Kind,
    Refusal,
    as_error,
    is_fine,
    kind_of_status,
    member,
    misshapen,
    seconds_of,
    told,
    unreadable,
)
from bot.clouds.texts import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clouds.alibaba.wire import Envelope
    from bot.clouds.transport import Answer

T = TypeVar("T")

CLOUD = "alibaba"

# 990301 is the service's "does not exist"; it publishes no table.
# https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/error-codes
_CODES = CodeTable(
    {
        r"990301": Kind.NOT_FOUND,
        r".*(Throttling|FlowControl).*|(TooManyRequests|RequestLimitExceeded).*": Kind.THROTTLED,
        # The network delivered the request twice, so the first copy may have been executed.
        r"SignatureNonceUsed": Kind.UNAVAILABLE,
        r"SignatureDoesNotMatch|IncompleteSignature|(Invalid|Missing)AccessKeyId.*": Kind.AUTH,
        r"InvalidTimeStamp.*|(Invalid|Missing)?SecurityToken.*|InvalidCredentials.*": Kind.AUTH,
        r"MissingAuthorization.*": Kind.AUTH,
        r"(Forbidden|NoPermission|AccessDenied|Unauthorized|NotAuthorized).*": Kind.FORBIDDEN,
        r"(ServiceUnavailable|Internal|System.?Error|UnknownError).*": Kind.UNAVAILABLE,
        r"998001|Invoke ABM failed.*|.*Timeout": Kind.UNAVAILABLE,
        r"Invalid(Action|Api|Version|Product).*|UnsupportedHTTPMethod.*": Kind.REJECTED,
        r".*(NotFound|NotExist).*": Kind.NOT_FOUND,
    }
)


def decode(
    answer: Answer, operation: str, shape: type[Envelope[T]], *, is_write: bool, now: datetime
) -> Envelope[T]:
    """Turn an answer into what was asked for, or raise what went wrong.

    Raises:
        CloudError: one class per reaction, see `bot.errors`.

    """
    document = _document(answer)
    refusal = _refusal(answer, document)
    if refusal is None:
        try:
            return shape.model_validate(document)
        except ValidationError as invalid:
            refusal = misshapen(invalid, _request_id(answer, document or {}))
    refusal = _advised(refusal, answer, operation, now)
    wait = retry_after(answer.headers)
    raise as_error(refusal, CLOUD, operation, is_write=is_write, wait=wait)


def _document(answer: Answer) -> Mapping[str, Any] | None:
    """Read the body as a JSON object, or an XML error as if it were one; None for all else."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = _xml_error(answer.body)
    return found if isinstance(found, dict) else None


def _xml_error(body: bytes) -> dict[str, str] | None:
    """Read the few flat members of a gateway's XML error without a parser to be attacked."""
    text = body[:10_000].decode("utf-8", "replace")
    if "<Error" not in text:
        return None
    members = re.findall(r"<(Code|Message|RequestId)>([^<]*)</\1>", text)
    return dict(members)


def _refusal(answer: Answer, document: Mapping[str, Any] | None) -> Refusal | None:
    """Say what is wrong with an answer, None when it is a success."""
    if document is None:
        return unreadable(answer, _request_id(answer, {}))
    said = str(document.get("success")).lower()
    if is_fine(answer) and said == "true":
        return None
    code = member(document, "errorCode", "Code", "code", "ErrorCode")
    return told(
        answer,
        _CODES.kind(code, _default_kind(answer, document, said)),
        message=member(document, "errorMessage", "Message", "message", "reason"),
        code=code,
        request_id=_request_id(answer, document),
    )


def _default_kind(answer: Answer, document: Mapping[str, Any], said: str) -> Kind:
    """Say what a refusal without a known code means."""
    if not (is_fine(answer) and said == "false"):
        return kind_of_status(answer.status)
    http_code = document.get("httpCode")
    is_server_error = isinstance(http_code, int) and http_code >= 500
    return Kind.UNAVAILABLE if is_server_error else Kind.REJECTED


def _request_id(answer: Answer, document: Mapping[str, Any]) -> str:
    said = member(document, "requestId", "RequestId")
    return clean(said or answer.headers.get("x-acs-request-id", ""), 80)


def _advised(refusal: Refusal, answer: Answer, operation: str, now: datetime) -> Refusal:
    """Say what to do where the operator can do something."""
    if refusal.kind is Kind.AUTH:
        return replace(refusal, message=advice(refusal.code, answer, now))
    if refusal.kind is Kind.FORBIDDEN:
        needed = f"the RAM permission stream:{operation} and membership of the namespace"
        text = f"{refusal.message}; needed: {needed} in the Flink console"
        return replace(refusal, message=text)
    return refusal


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Give how many seconds to wait: `x-acs-retry-after` is in ms, `Retry-After` in seconds."""
    in_ms = seconds_of(headers.get("x-acs-retry-after", ""), per_second=1000)
    return seconds_of(headers.get("retry-after", "")) if in_ms is None else in_ms
