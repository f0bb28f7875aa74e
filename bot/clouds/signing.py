"""What every way to authenticate has in common, whichever HTTP client carries the request."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from bot.errors import CloudAuthError


class Signer(httpx.Auth):
    """Gives the headers that prove who asks; for httpx it is an `httpx.Auth`."""

    requires_request_body = True

    async def ready(self) -> None:
        """Get what signing needs and is not there yet, such as a token. Awaited before signing.

        Raises:
            CloudError: it could not be got. The request has not left then.

        """

    @abstractmethod
    def stamps(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Give the headers to add to a request; new ones for every attempt.

        `target` is path and query as they are sent; the names of `headers` are in lower case.
        """

    def renews(self, refusal: CloudAuthError) -> bool:  # noqa: ARG002 - keys have nothing newer
        """Drop what was refused; say whether another attempt would use something newer."""
        return False

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the stamps; nothing is asked back."""
        target = request.url.raw_path.decode("ascii")
        request.headers.update(
            self.stamps(request.method, target, request.headers, request.content)
        )
        yield request


class Unsigned(Signer):
    """For requests that prove who asks in their body, such as a login."""

    def stamps(
        self,
        method: str,  # noqa: ARG002 - nothing is signed
        target: str,  # noqa: ARG002
        headers: Mapping[str, str],  # noqa: ARG002
        body: bytes,  # noqa: ARG002
    ) -> dict[str, str]:
        """Give nothing."""
        return {}


def encode(text: str) -> str:
    """Percent-encode as RFC 3986 says: only letters, digits and `-_.~` stay."""
    return quote(text, safe="-_.~")


def canonical_query(parameters: Mapping[str, str | None]) -> str:
    """Write a query as it is signed and sent: sorted by name, absent values left out."""
    given = sorted((name, value) for name, value in parameters.items() if value is not None)
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in given)
