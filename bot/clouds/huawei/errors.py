"""Decode answers: the only place where an answer becomes an exception. Pure.

The service says no in many shapes: an object with a code, an array of them on batch calls, HTTP 200
with `is_success` false as text or boolean, also hidden in a message, the gateway's and the identity
service's own shapes, a proxy's HTML. A code decides before a status does: "not found" is HTTP 400
here, and so is "server-side error". Whenever a write may have been executed it is
CloudOutcomeUnknownError, whatever the answer looks like.
https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0056.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from bot.clouds.huawei.advice import advice, needed
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

    from bot.clouds.huawei.wire import Wire
    from bot.clouds.transport import Answer

T = TypeVar("T", bound="Wire")

CLOUD = "huawei"
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


# The first that matches counts. Five-digit codes are in no table; 16001 is "job not found".
# https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html
_CODES = {
    r"DLI\.(0002|0023|16001)": Kind.NOT_FOUND,
    r"DLI\.(0013|0014|0015)": Kind.AUTH,
    r"DLI\.(0003|0016)": Kind.FORBIDDEN,
    r"DLI\.(0019|0999)": Kind.UNAVAILABLE,
    r"APIG(W)?\.(0301|0302|0303|0305|0306|0307)": Kind.AUTH,
    r"APIG(W)?\.0308": Kind.THROTTLED,
    # A gateway that does not know the operation says nothing of the job.
    r"APIG(W)?\.01\d\d": Kind.REJECTED,
}
_BY_CODE = tuple((re.compile(form, re.IGNORECASE), kind) for form, kind in _CODES.items())
_BY_STATUS = {
    401: Kind.AUTH,
    403: Kind.FORBIDDEN,
    404: Kind.NOT_FOUND,
    408: Kind.UNAVAILABLE,
    429: Kind.THROTTLED,
}
_SECRET_POLICY = "encoded_authorization_message"  # noqa: S105 - a member's name


@dataclass(frozen=True, slots=True)
class _Trouble:
    kind: Kind
    message: str
    code: str
    request_id: str


def decode(answer: Answer, operation: str, shape: type[T], *, is_write: bool, now: datetime) -> T:
    """Turn an answer into what was asked for, or raise what went wrong.

    Raises:
        CloudError: one class per reaction, see `bot.errors`.

    """
    document = _document(answer.body)
    trouble = _trouble(answer, document)
    if trouble is None:
        try:
            return shape.model_validate(document)
        except ValidationError as invalid:
            # Where and what kind only: the values may be secrets.
            at = invalid.errors(include_input=False, include_context=False, include_url=False)[0]
            place = ".".join(str(step) for step in at["loc"])
            message = f"an answer of an unexpected shape: {at['type']} at {place}"
            trouble = _Trouble(Kind.UNAVAILABLE, message, "", _request_id(answer, {}))
    raise _error(trouble, answer, operation, is_write=is_write, now=now)


def _document(body: bytes) -> Any:
    """Read a body as JSON; None for all else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _trouble(answer: Answer, document: Any) -> _Trouble | None:
    """Say what is wrong with an answer, None when it is a success."""
    told = _telling(document)
    fine = 200 <= answer.status < 300
    if told is None:
        kind = Kind.UNAVAILABLE if fine else _kind_of_status(answer.status)
        return _Trouble(kind, _unreadable(answer), "", _request_id(answer, {}))
    code = _member(told, "error_code", "errorCode", "code")
    if fine and not _refuses(told):
        return None
    default = Kind.REJECTED if fine else _kind_of_status(answer.status)
    if _SECRET_POLICY in told:
        default = Kind.FORBIDDEN
    kind = next((kind for form, kind in _BY_CODE if form.fullmatch(code)), default)
    message = clean(_member(told, "error_msg", "errorMsg", "message", "title"))
    message = message or f"refused without a reason (HTTP {answer.status})"
    return _Trouble(kind, message, clean(code, 80), _request_id(answer, told))


def _telling(document: Any) -> Mapping[str, Any] | None:
    """Give the object that tells what happened: of an array the first that refuses."""
    entries = document if isinstance(document, list) else [document]
    objects = [_inner(entry) for entry in entries if isinstance(entry, dict)]
    if not objects:
        return None
    return next((entry for entry in objects if _refuses(entry)), objects[0])


def _inner(entry: dict[str, Any]) -> dict[str, Any]:
    """Look into a nested `error`, and into a message that is itself JSON and a refusal."""
    error = entry.get("error")
    if isinstance(error, dict):
        return error | {"request_id": entry.get("request_id")}
    message = entry.get("message")
    if isinstance(message, str) and message.lstrip().startswith("{"):
        hidden = _document(message.encode())
        if isinstance(hidden, dict) and _refuses(hidden):
            return entry | hidden
    return entry


def _refuses(entry: Mapping[str, Any]) -> bool:
    """Tell a refusal from the rest; whether success was stated, the answer's shape checks."""
    if "is_success" in entry:
        return str(entry["is_success"]).strip().lower() != "true"
    return bool(_member(entry, "error_code", "errorCode", "error_msg", "errorMsg"))


def _kind_of_status(status: int) -> Kind:
    default = Kind.REJECTED if 400 <= status < 500 else Kind.UNAVAILABLE
    return _BY_STATUS.get(status, default)


def _unreadable(answer: Answer) -> str:
    what = answer.headers.get("content-type", "").partition(";")[0] or "no content type"
    size = f"{len(answer.body)} bytes" if answer.body else "an empty body"
    return clean(f"HTTP {answer.status} with {size} ({what}) instead of the API's JSON")


def _member(document: Mapping[str, Any], *names: str) -> str:
    """Give the first member that says something."""
    for name in names:
        value = document.get(name)
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return ""


def _request_id(answer: Answer, document: Mapping[str, Any]) -> str:
    headers = answer.headers
    sent = headers.get("x-request-id") or headers.get("x-iam-trace-id") or ""
    return clean(sent or _member(document, "request_id"), 80)


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
            return CloudAuthError(advice(trouble.message, answer, now), **about)
        case Kind.FORBIDDEN:
            return CloudForbiddenError(f"{trouble.message}; needed: {needed(operation)}", **about)
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
    """Give how many seconds to wait, where it is said in seconds."""
    text = headers.get("retry-after", "").strip()
    return min(float(text), _LONGEST_WAIT) if text.isascii() and text.isdigit() else None
