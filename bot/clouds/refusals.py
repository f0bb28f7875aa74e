"""What a cloud's no means to us, whichever cloud says it, and which error that becomes. Pure.

Whenever a write may have been executed it is CloudOutcomeUnknownError, whatever the answer looks
like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

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

    from pydantic import ValidationError

    from bot.clouds.transport import Answer

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


_BY_STATUS = {
    401: Kind.AUTH,
    403: Kind.FORBIDDEN,
    404: Kind.NOT_FOUND,
    408: Kind.UNAVAILABLE,
    429: Kind.THROTTLED,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no, or what cannot be taken for a yes; its texts are fit to be shown."""

    kind: Kind
    message: str
    code: str
    request_id: str


class CodeTable:
    """What a cloud's own codes mean. Of the forms that match a whole code, the first counts."""

    def __init__(self, forms: Mapping[str, Kind]) -> None:
        self._forms = [(re.compile(form, re.IGNORECASE), kind) for form, kind in forms.items()]

    def kind(self, code: str, default: Kind) -> Kind:
        """Give what a code means, the default if the table does not have it."""
        return next((kind for form, kind in self._forms if form.fullmatch(code)), default)


def is_fine(answer: Answer) -> bool:
    """Tell whether HTTP itself reports success, which is not yet the service's word."""
    return 200 <= answer.status < 300


def kind_of_status(status: int) -> Kind:
    """Say what an HTTP status means where nothing better is known."""
    default = Kind.REJECTED if 400 <= status < 500 else Kind.UNAVAILABLE
    return _BY_STATUS.get(status, default)


def member(document: Mapping[str, Any], *names: str) -> str:
    """Give the first member that says something; `""` with its quotes says nothing."""
    for name in names:
        value = document.get(name)
        if isinstance(value, str | int) and str(value).strip() not in {"", '""'}:
            return str(value).strip()
    return ""


def told(answer: Answer, kind: Kind, *, message: str, code: str, request_id: str) -> Refusal:
    """Take a refusal in the service's own words."""
    text = clean(message) or f"refused without a reason (HTTP {answer.status})"
    return Refusal(kind, text, clean(code, 80), request_id)


def unreadable(answer: Answer, request_id: str) -> Refusal:
    """Take an answer that is not the API's JSON, as a proxy gives it."""
    kind = Kind.UNAVAILABLE if is_fine(answer) else kind_of_status(answer.status)
    what = answer.headers.get("content-type", "").partition(";")[0] or "no content type"
    size = f"{len(answer.body)} bytes" if answer.body else "an empty body"
    text = clean(f"HTTP {answer.status} with {size} ({what}) instead of the API's JSON")
    return Refusal(kind, text, "", request_id)


def misshapen(invalid: ValidationError, request_id: str) -> Refusal:
    """Take a success that lacks what was asked for. Values may be secrets: where and what only."""
    at = invalid.errors(include_input=False, include_context=False, include_url=False)[0]
    place = ".".join(str(step) for step in at["loc"])
    text = f"an answer of an unexpected shape: {at['type']} at {place}"
    return Refusal(Kind.UNAVAILABLE, text, "", request_id)


def seconds_of(text: str, per_second: int = 1) -> float | None:
    """Read how long to wait from a header's digits, within reason; None if it does not say."""
    digits = text.strip()
    if digits.isascii() and digits.isdigit():
        return min(float(digits) / per_second, _LONGEST_WAIT)
    return None


def as_error(
    refusal: Refusal, cloud: str, operation: str, *, is_write: bool, wait: float | None
) -> CloudError:
    """Make the error that callers react to. `wait`: the seconds that the cloud asked for."""
    about = {
        "cloud": cloud,
        "operation": operation,
        "code": refusal.code,
        "request_id": refusal.request_id,
    }
    match refusal.kind:
        case Kind.AUTH:
            return CloudAuthError(refusal.message, **about)
        case Kind.FORBIDDEN:
            return CloudForbiddenError(refusal.message, **about)
        case Kind.NOT_FOUND:
            return CloudNotFoundError(refusal.message, **about)
        case Kind.REJECTED:
            return CloudRejectedError(refusal.message, **about)
        case Kind.THROTTLED:
            return CloudThrottledError(refusal.message, **about, retry_after=wait)
        case Kind.UNAVAILABLE:
            return _no_usable_answer(refusal.message, about, wait, is_write=is_write)


def _no_usable_answer(
    message: str, about: dict[str, str], wait: float | None, *, is_write: bool
) -> CloudError:
    if is_write:
        return CloudOutcomeUnknownError(message, **about)
    if wait is not None:  # only this class can carry when to come back
        return CloudThrottledError(message, **about, retry_after=wait)
    return CloudUnavailableError(message, **about)
