"""Decode answers: the only place where an answer becomes an exception. Pure.

The service says no in many shapes: an object with a code, an array of them on batch calls, HTTP 200
with `is_success` false as text or boolean, also hidden in a message, the gateway's and the identity
service's own shapes, a proxy's HTML. A code decides before a status does: "not found" is HTTP 400
here, and so is "server-side error". What the kinds of refusals mean, both clouds share in
`bot.clouds.refusals`.
https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0056.html
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from bot.clouds.huawei.advice import advice, needed
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

    from bot.clouds.huawei.wire import Wire
    from bot.clouds.transport import Answer

T = TypeVar("T", bound="Wire")

CLOUD = "huawei"

# Five-digit codes are in no table; 16001 is "job not found".
# https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html
_CODES = CodeTable(
    {
        r"DLI\.(0002|0023|16001)": Kind.NOT_FOUND,
        r"DLI\.(0013|0014|0015)": Kind.AUTH,
        r"DLI\.(0003|0016)": Kind.FORBIDDEN,
        r"DLI\.(0019|0999)": Kind.UNAVAILABLE,
        r"APIG(W)?\.(0301|0302|0303|0305|0306|0307)": Kind.AUTH,
        r"APIG(W)?\.0308": Kind.THROTTLED,
        # A gateway that does not know the operation says nothing of the job.
        r"APIG(W)?\.01\d\d": Kind.REJECTED,
    }
)
_SECRET_POLICY = "encoded_authorization_message"  # noqa: S105 - a member's name


def decode(answer: Answer, operation: str, shape: type[T], *, is_write: bool, now: datetime) -> T:
    """Turn an answer into what was asked for, or raise what went wrong.

    Raises:
        CloudError: one class per reaction, see `bot.errors`.

    """
    document = _document(answer.body)
    refusal = _refusal(answer, document)
    if refusal is None:
        try:
            return shape.model_validate(document)
        except ValidationError as invalid:
            refusal = misshapen(invalid, _request_id(answer, {}))
    refusal = _advised(refusal, answer, operation, now)
    wait = retry_after(answer.headers)
    raise as_error(refusal, CLOUD, operation, is_write=is_write, wait=wait)


def _document(body: bytes) -> Any:
    """Read a body as JSON; None for all else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _refusal(answer: Answer, document: Any) -> Refusal | None:
    """Say what is wrong with an answer, None when it is a success."""
    entry = _telling(document)
    if entry is None:
        return unreadable(answer, _request_id(answer, {}))
    if is_fine(answer) and not _refuses(entry):
        return None
    code = member(entry, "error_code", "errorCode", "code")
    return told(
        answer,
        _CODES.kind(code, _default_kind(answer, entry)),
        message=member(entry, "error_msg", "errorMsg", "message", "title"),
        code=code,
        request_id=_request_id(answer, entry),
    )


def _default_kind(answer: Answer, entry: Mapping[str, Any]) -> Kind:
    """Say what a refusal without a known code means."""
    if _SECRET_POLICY in entry:
        return Kind.FORBIDDEN
    return Kind.REJECTED if is_fine(answer) else kind_of_status(answer.status)


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
    return bool(member(entry, "error_code", "errorCode", "error_msg", "errorMsg"))


def _request_id(answer: Answer, document: Mapping[str, Any]) -> str:
    headers = answer.headers
    sent = headers.get("x-request-id") or headers.get("x-iam-trace-id") or ""
    return clean(sent or member(document, "request_id"), 80)


def _advised(refusal: Refusal, answer: Answer, operation: str, now: datetime) -> Refusal:
    """Say what to do where the operator can do something."""
    if refusal.kind is Kind.AUTH:
        return replace(refusal, message=advice(refusal.message, answer, now))
    if refusal.kind is Kind.FORBIDDEN:
        return replace(refusal, message=f"{refusal.message}; needed: {needed(operation)}")
    return refusal


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Give how many seconds to wait, where it is said in seconds."""
    return seconds_of(headers.get("retry-after", ""))
