"""What is sent to a cloud, what comes back, and how hard it may be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import __version__
from bot.clouds.texts import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADERS = {"accept": "application/json", "user-agent": f"flinkbot/{__version__}"}
LARGEST_ANSWER = 32 * 1024 * 1024
"""In bytes, unpacked. The largest real one is a page of deployments with their SQL."""
TOO_LARGE = f"an answer larger than {LARGEST_ANSWER} bytes"


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard one target may be asked, and how long an answer may take."""

    concurrency: int = 8
    """Below the pools' size: nothing may queue inside an HTTP client, where it is not counted."""
    rate_per_second: float = 50.0
    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    total_seconds: float = 20.0
    """Around one call, waiting for our own turn included; the clients limit single socket waits."""
    keepalive_seconds: float = 60.0
    """Longer than any poll interval, so that a poll does not pay for a new TLS handshake."""
    read_attempts: int = 3
    retry_within_seconds: float = 15.0
    """No attempt of a read begins later than this after the first."""
    backoff_seconds: float = 0.2


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `target` is path and query exactly as they are signed and sent.

    Header names are in lower case.
    """

    operation: str
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)
    is_write: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


class Passage:
    """How far one request got: `unsent` is true while surely not a byte of it has left."""

    __slots__ = ("unsent",)

    def __init__(self) -> None:
        self.unsent = True


class NoAnswerError(Exception):
    """A request got no whole answer. The text is fit to be shown."""


def describe(error: Exception) -> str:
    """Word an HTTP client's error; several have no text at all."""
    return clean(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
