"""Ask the service that tells a cloud's server about itself, and say so where there is none."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from bot.clouds.signing import Unsigned
from bot.clouds.texts import clean
from bot.clouds.transport import Answer, Call, Limits, Transport
from bot.errors import CloudAuthError, CloudError, CloudNotSentError, CloudUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

M = TypeVar("M", bound=BaseModel)

OK = 200
NOT_FOUND = 404
TOKEN_SECONDS = "21600"  # noqa: S105 - how long a token of the service itself is asked for
_SERVER_ERROR = 500
_NOTHING: Mapping[str, str] = {}
_LIMITS = Limits(
    connect_seconds=1.0,
    read_seconds=3.0,
    total_seconds=4.0,
    read_attempts=2,
    retry_within_seconds=2.0,
)
"""It is one hop away: what does not answer at once is not there."""


class Ask(Protocol):
    """Sends one request to the metadata service."""

    async def __call__(
        self, method: str, target: str, headers: Mapping[str, str] = _NOTHING
    ) -> Answer:
        """Give an answer below 500.

        Raises:
            CloudUnavailableError: none came; most likely this is no server of the cloud.

        """
        ...


@asynccontextmanager
async def metadata_service(
    endpoint: str, *, cloud: str, operation: str, needed: str
) -> AsyncIterator[Ask]:
    """Open a way to the service for a moment; `needed` is what the server must have for it."""
    transport = Transport(endpoint, cloud=cloud, auth=Unsigned(), limits=_LIMITS)

    def served(answer: Answer) -> Answer:
        if answer.status >= _SERVER_ERROR:
            message = f"{endpoint} answered HTTP {answer.status}"
            raise CloudUnavailableError(message, cloud=cloud, operation=operation)
        return answer

    async def ask(method: str, target: str, headers: Mapping[str, str] = _NOTHING) -> Answer:
        try:
            return await transport.send(Call(operation, method, target, headers), served)
        except (CloudNotSentError, CloudUnavailableError) as error:
            message = (
                f"no metadata service ({error.message});"
                f' auth = "ecs" works on a server of the cloud with {needed} only'
            )
            raise CloudUnavailableError(message, cloud=cloud, operation=operation) from error

    try:
        yield ask
    finally:
        await transport.aclose()


def header_value(answer: Answer, trouble: CloudError) -> str:
    """Give a plain text answer that goes into a header or a path.

    Raises:
        CloudError: `trouble`, for whatever cannot.

    """
    text = answer.body.decode("ascii", errors="replace").strip()
    fits = text and text.isascii() and text.isprintable() and " " not in text
    if answer.status != OK or not fits:
        raise trouble
    return text


def read_json(answer: Answer, model: type[M], *, cloud: str, operation: str) -> M:
    """Read an answer that holds keys; none of it is repeated in an error.

    Raises:
        CloudAuthError: it is another one.

    """
    try:
        return model.model_validate_json(answer.body)
    except ValidationError as error:
        where = clean(", ".join(".".join(map(str, fault["loc"])) for fault in error.errors()))
        message = f"an answer without usable keys (HTTP {answer.status}: {where or 'no JSON'})"
        raise CloudAuthError(message, cloud=cloud, operation=operation) from None
