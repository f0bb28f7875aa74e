"""Turn a cloud's trouble into something a person can act on."""

from __future__ import annotations

from bot.errors import (
    CloudAuthError,
    CloudError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudNotSentError,
    CloudThrottledError,
    CloudUnavailableError,
    UserError,
)
from bot.notes import Code, Note, note


def cloud_trouble(target: str, error: CloudError) -> Note:
    """Say what a cloud's error means to the person who asked for something to be read."""
    detail = str(error)
    match error:
        case CloudAuthError():
            return note(Code.CLOUD_AUTH, target=target, detail=detail)
        case CloudForbiddenError():
            return note(
                Code.CLOUD_FORBIDDEN, target=target, operation=error.operation, detail=detail
            )
        case CloudNotFoundError():
            return note(Code.CLOUD_NOT_FOUND, target=target, detail=detail)
        case CloudUnavailableError() | CloudThrottledError() | CloudNotSentError():
            return note(Code.CLOUD_UNAVAILABLE, target=target, detail=detail)
        case _:
            return note(Code.CLOUD_REFUSED, target=target, detail=detail)


def as_user_error(target: str, error: CloudError) -> UserError:
    """Wrap a cloud's error for the person."""
    return UserError(cloud_trouble(target, error))
