"""Prove who asks with a token of the identity service instead of an access key.

https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clouds.signing import Signer
from bot.errors import CloudAuthError, CloudError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime
    from pathlib import Path

CREATE_TOKEN = "KeystoneCreateUserTokenByPassword"  # noqa: S105 - an operation's name
READ_TOKEN = "reading the token file"  # noqa: S105 - what is done
_RENEWED_AT = 0.9
"""Of a token's life."""
_PAUSE = timedelta(seconds=60)
"""Between attempts to renew a token that is still good; a token younger than this stays."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its life."""

    value: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime

    def is_old(self, now: datetime) -> bool:
        """Tell whether it is time for a new one."""
        return now >= self.issued_at + _RENEWED_AT * (self.expires_at - self.issued_at)


class _TokenSigner(Signer):
    """Sends a token with every request."""

    @abstractmethod
    def token(self) -> str:
        """Give the token, which is there once `ready` came back."""

    def stamps(
        self,
        method: str,  # noqa: ARG002 - a token covers nothing of the request
        target: str,  # noqa: ARG002
        headers: Mapping[str, str],  # noqa: ARG002
        body: bytes,  # noqa: ARG002
    ) -> dict[str, str]:
        """Give the token."""
        return {"x-auth-token": self.token()}


class PasswordTokenAuth(_TokenSigner):
    """Keeps a token, asks for the next one before it expires or when it is refused."""

    def __init__(
        self, issue: Callable[[], Awaitable[Token]], *, now: Callable[[], datetime]
    ) -> None:
        self._issue = issue
        self._now = now
        self._token: Token | None = None
        self._next_attempt: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def ready(self) -> None:
        """Get a token if there is none, or a new one if it is old.

        Raises:
            CloudError: there is none, and the identity service gave none.

        """
        if not self._is_due():
            return
        async with self._one_at_a_time:
            if self._is_due():  # nobody else got it while this one waited
                await self._renew()

    def token(self) -> str:
        """Give the token."""
        assert self._token is not None, "ready() was not awaited"  # noqa: S101 - a contract
        return self._token.value

    def renews(self, refusal: CloudAuthError) -> bool:
        """Drop a refused token, unless it is new: then it came while the refusal was under way."""
        if refusal.operation == CREATE_TOKEN:
            return False
        if self._token is not None and self._now() - self._token.issued_at >= _PAUSE:
            self._token = None
        return True

    def _is_due(self) -> bool:
        if self._token is None:
            return True
        now = self._now()
        waits = self._next_attempt is not None and now < self._next_attempt
        return self._token.is_old(now) and not waits

    async def _renew(self) -> None:
        try:
            self._token = await self._issue()
        except CloudError:
            self._next_attempt = self._now() + _PAUSE
            if self._token is None or self._now() >= self._token.expires_at:
                raise


class TokenFileAuth(_TokenSigner):
    """Sends the token that a file holds, and follows the file when somebody renews it."""

    def __init__(self, file: Path, *, cloud: str) -> None:
        self._file = file
        self._cloud = cloud
        self._token = ""
        self._seen: object = None

    async def ready(self) -> None:
        """Look at the file; read it if it is another one than before.

        Raises:
            CloudAuthError: it cannot be read or is empty.

        """
        self._look()

    def token(self) -> str:
        """Give the token."""
        return self._token

    def renews(self, refusal: CloudAuthError) -> bool:
        """Read the file again; a new token may have come with an old time."""
        if refusal.operation == READ_TOKEN:
            return False
        refused, self._seen = self._token, None
        try:
            self._look()
        except CloudAuthError:
            return False
        return self._token != refused

    def _look(self) -> None:
        try:
            facts = self._file.stat()
            seen = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
            if seen == self._seen:
                return
            token = self._file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise self._trouble(f"{self._file}: {type(error).__name__}") from error
        if not token.isprintable() or " " in token or not token:
            raise self._trouble(f"{self._file} holds no token")
        self._token, self._seen = token, seen

    def _trouble(self, why: str) -> CloudAuthError:
        return CloudAuthError(why, cloud=self._cloud, operation=READ_TOKEN)
