"""Decode answers: the only place where an answer becomes an exception. Pure.

The service says no in many shapes: HTTP 200 with `success: false`, gateway errors as JSON or XML,
a proxy's HTML, half an answer. A code decides before a status does. Whenever a write may have been
executed it is CloudOutcomeUnknownError, whatever the answer looks like.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from bot.clouds.alibaba.advice import advice
from bot.clouds.texts import clean
from bot.errors import (
    CloudAuthError,
    CloudError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clouds.alibaba.wire import Envelope
    from bot.clouds.transport import Answer

T = TypeVar("T")

CLOUD = "alibaba"
_LONGEST_WAIT = 120.0


class Kind(Enum):
    """What a refusal means to us."""

    AUTH = auto()
    FORBIDDEN = auto()
    NOT_FOUND = auto()
    REJECTED = auto()
    THROTTLED = auto()
    UNAVAILABLE = auto()
    """No usable answer: a write may have been executed."""


# The first that matches counts. 990301 is the service's "does not exist"; it publishes no table.
# https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/error-codes
_CODES = {
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
_BY_CODE = tuple((re.compile(form, re.IGNORECASE), kind) for form, kind in _CODES.items())
_BY_STATUS = {
    401: Kind.AUTH,
    403: Kind.FORBIDDEN,
    404: Kind.NOT_FOUND,
    408: Kind.UNAVAILABLE,
    429: Kind.THROTTLED,
}


@dataclass(frozen=True, slots=True)
class _Trouble:
    kind: Kind
    message: str
    code: str
    request_id: str


def decode(
    answer: Answer, operation: str, shape: type[Envelope[T]], *, is_write: bool, now: datetime
) -> Envelope[T]:
    """Turn an answer into what was asked for, or raise what went wrong.

    Raises:
        CloudError: one class per reaction, see `bot.errors`.

    """
    document = _document(answer)
    trouble = _trouble(answer, document)
    if trouble is None:
        try:
            return shape.model_validate(document)
        except ValidationError as invalid:
            # Where and what kind only: the values may be secrets.
            at = invalid.errors(include_input=False, include_context=False, include_url=False)[0]
            place = ".".join(str(step) for step in at["loc"])
            message = f"an answer of an unexpected shape: {at['type']} at {place}"
            trouble = _Trouble(Kind.UNAVAILABLE, message, "", _request_id(answer, document or {}))
    raise _error(trouble, answer, operation, is_write=is_write, now=now)


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


def _trouble(answer: Answer, document: Mapping[str, Any] | None) -> _Trouble | None:
    """Say what is wrong with an answer, None when it is a success."""
    fine = 200 <= answer.status < 300
    if document is None:
        kind = Kind.UNAVAILABLE if fine else _kind_of_status(answer.status)
        return _Trouble(kind, _unreadable(answer), "", _request_id(answer, {}))
    said = str(document.get("success")).lower()
    if fine and said == "true":
        return None
    code = _member(document, "errorCode", "Code", "code", "ErrorCode")
    refused = fine and said == "false"
    if refused and _is_server_error(document.get("httpCode")):
        default = Kind.UNAVAILABLE
    else:
        default = Kind.REJECTED if refused else _kind_of_status(answer.status)
    kind = next((kind for form, kind in _BY_CODE if form.fullmatch(code)), default)
    message = clean(_member(document, "errorMessage", "Message", "message", "reason"))
    message = message or f"refused without a reason (HTTP {answer.status})"
    return _Trouble(kind, message, clean(code, 80), _request_id(answer, document))


def _kind_of_status(status: int) -> Kind:
    default = Kind.REJECTED if 400 <= status < 500 else Kind.UNAVAILABLE
    return _BY_STATUS.get(status, default)


def _is_server_error(http_code: object) -> bool:
    return isinstance(http_code, int) and http_code >= 500


def _unreadable(answer: Answer) -> str:
    what = answer.headers.get("content-type", "").partition(";")[0] or "no content type"
    size = f"{len(answer.body)} bytes" if answer.body else "an empty body"
    return clean(f"HTTP {answer.status} with {size} ({what}) instead of the API's JSON")


def _member(document: Mapping[str, Any], *names: str) -> str:
    """Give the first member that says something; `""` with its quotes says nothing."""
    for name in names:
        value = document.get(name)
        if isinstance(value, str | int) and str(value).strip() not in {"", '""'}:
            return str(value).strip()
    return ""


def _request_id(answer: Answer, document: Mapping[str, Any]) -> str:
    said = _member(document, "requestId", "RequestId")
    return clean(said or answer.headers.get("x-acs-request-id", ""), 80)


def _error(
    trouble: _Trouble, answer: Answer, operation: str, *, is_write: bool, now: datetime
) -> CloudError:
    about = {
        "cloud": CLOUD,
        "operation": operation,
        "code": trouble.code,
        "request_id": trouble.request_id,
    }
    wait = retry_after(answer.headers)
    match trouble.kind:
        case Kind.AUTH:
            return CloudAuthError(advice(trouble.code, answer, now), **about)
        case Kind.FORBIDDEN:
            text = (
                f"{trouble.message}; needed: the RAM permission stream:{operation} and"
                " membership of the namespace in the Flink console"
            )
            return CloudForbiddenError(text, **about)
        case Kind.NOT_FOUND:
            return CloudNotFoundError(trouble.message, **about)
        case Kind.THROTTLED:
            return CloudThrottledError(trouble.message, **about, retry_after=wait)
        case Kind.UNAVAILABLE:
            return _no_usable_answer(trouble, about, wait, is_write=is_write)
        case _:
            return CloudRejectedError(trouble.message, **about)


def _no_usable_answer(
    trouble: _Trouble, about: dict[str, str], wait: float | None, *, is_write: bool
) -> CloudError:
    if is_write:
        return CloudOutcomeUnknownError(trouble.message, **about)
    if wait is not None:  # only this class can carry when to come back
        return CloudThrottledError(trouble.message, **about, retry_after=wait)
    return CloudUnavailableError(trouble.message, **about)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Give how many seconds to wait: `x-acs-retry-after` is in ms, `Retry-After` in seconds."""
    for name, unit in (("x-acs-retry-after", 1000), ("retry-after", 1)):
        text = headers.get(name, "").strip()
        if text.isascii() and text.isdigit():
            return min(int(text) / unit, _LONGEST_WAIT)
    return None
