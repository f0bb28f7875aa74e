"""Every exception Flinkbot raises on purpose: one class per different reaction.

BotError
├── ConfigurationError          start-up stops; file, key, value and what is allowed are named
├── LostLeaseError              somebody else owns the row now: drop the work, write nothing
├── StoreUnavailableError       the database is away: do nothing that could not be recorded
├── UnreadableRecordError       a row says what this version does not know: leave it to another
├── UserError                   shown to the person; carries a Note, worded at the edge
│   └── InvalidFormError        carries one Note per field, shown at the field
└── CloudError                  cloud, operation, code, message, request_id
    ├── CloudAuthError          credentials refused (signature, key, clock): tell the operator
    ├── CloudForbiddenError     identity known, permission missing: name the permission
    ├── CloudNotFoundError      the thing is gone or was never there
    ├── CloudRejectedError      understood and refused; nothing was done; do not repeat
    ├── CloudThrottledError     refused for now; nothing was done; repeat after `retry_after`
    ├── CloudNotSentError       not a byte of the request left this process; safe to repeat
    ├── CloudUnavailableError   a read got no usable answer; repeat later
    └── CloudOutcomeUnknownError   a write may or may not have arrived: read, never repeat
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.notes import Note


class BotError(Exception):
    """The root of everything Flinkbot raises on purpose."""


class ConfigurationError(BotError):
    """The configuration cannot be used; the text says where and what is allowed."""


class LostLeaseError(BotError):
    """The row was claimed by somebody else since; whatever was computed must be dropped."""


class StoreUnavailableError(BotError):
    """The database did not answer. A write may have been committed; `reason` is for operators."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database is out of reach: {reason}")
        self.reason = reason


class UnreadableRecordError(BotError):
    """A row cannot be read: a newer version of this bot wrote it, or it is damaged."""


class StaleRevisionError(BotError):
    """The deployment was saved by somebody else since it was read. Nothing was sent."""


class UserError(BotError):
    """Something the person can act on. `note` says what, why and what to do."""

    def __init__(self, note: Note) -> None:
        super().__init__(str(note))
        self.note = note


class InvalidFormError(UserError):
    """A form that cannot be accepted. `fields` maps a parameter's name to what is wrong with it."""

    def __init__(self, fields: Mapping[str, Note]) -> None:
        super().__init__(next(iter(fields.values())))
        self.fields = dict(fields)


class CloudError(BotError):
    """A cloud did not do what it was asked. `str()` carries all that a support ticket needs."""

    def __init__(
        self,
        message: str,
        *,
        cloud: str,
        operation: str,
        code: str = "",
        request_id: str = "",
    ) -> None:
        self.cloud = cloud
        self.operation = operation
        self.code = code
        self.message = message
        self.request_id = request_id
        super().__init__(message)

    def __str__(self) -> str:
        """Give operation, message, code and request id in one line."""
        facts = [f"{self.cloud} {self.operation}: {self.message}"]
        facts += [f"code {self.code}"] if self.code else []
        facts += [f"request id {self.request_id}"] if self.request_id else []
        return f"{facts[0]} ({', '.join(facts[1:])})" if len(facts) > 1 else facts[0]


class CloudAuthError(CloudError):
    """The credentials were refused: wrong key, bad signature, clock too far off, expired token."""


class CloudForbiddenError(CloudError):
    """The credentials are good but lack a permission or a membership."""


class CloudNotFoundError(CloudError):
    """The deployment, job or hot update does not exist (any more)."""


class CloudRejectedError(CloudError):
    """The cloud understood and refused. Nothing was done."""


class CloudThrottledError(CloudError):
    """The cloud refused for now. Nothing was done. `retry_after`: seconds, None if unsaid."""

    def __init__(
        self,
        message: str,
        *,
        cloud: str,
        operation: str,
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(
            message, cloud=cloud, operation=operation, code=code, request_id=request_id
        )
        self.retry_after = retry_after


class CloudNotSentError(CloudError):
    """The request never left this process, so repeating it cannot do anything twice."""


class CloudUnavailableError(CloudError):
    """A read got no usable answer: 5xx, timeout, broken connection, unreadable body."""


class CloudOutcomeUnknownError(CloudError):
    """A write left this process and got no usable answer. Only reading can tell what happened."""
