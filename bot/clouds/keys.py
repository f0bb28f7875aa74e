"""Where a signer's keys come from: given once, or lent for a while and asked for again in time."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from bot.clouds.signing import Signer
from bot.errors import CloudAuthError, CloudError

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
K_co = TypeVar("K_co", covariant=True)

_log = logging.getLogger(__name__)
_PAUSE = timedelta(seconds=60)
"""Between attempts while the present keys are good; keys younger than this are not dropped."""
_RETRY = timedelta(seconds=5)
"""Between attempts while there are none: whoever comes before it gets the same answer."""
_AT_MOST = 0.5
"""Of what is left of the keys' life: short-lived ones are not renewed all the time."""


@dataclass(frozen=True, slots=True)
class Loan(Generic[K]):
    """Keys, and when they end."""

    keys: K = field(repr=False)
    expires_at: datetime


class Lender(Protocol[K]):
    """Lends keys. Asking again does no harm."""

    @property
    def operation(self) -> str:
        """What every error of this lender names as its operation."""
        ...

    async def __call__(self) -> Loan[K]:
        """Give keys.

        Raises:
            CloudError: it could not.

        """
        ...


class Keys(Protocol[K_co]):
    """Keys that may change from one request to the next."""

    async def ready(self) -> None:
        """Make sure that there are keys.

        Raises:
            CloudError: there are none, and none could be got.

        """
        ...

    def present(self) -> K_co:
        """Give the keys to sign with, once `ready` came back."""
        ...

    def renews(self, refusal: CloudAuthError) -> bool:
        """Drop refused keys; say whether another attempt would use newer ones."""
        ...


class FixedKeys(Generic[K]):
    """Keys that stay."""

    def __init__(self, keys: K) -> None:
        self._keys = keys

    async def ready(self) -> None:
        """Have them."""

    def present(self) -> K:
        """Give them."""
        return self._keys

    def renews(self, refusal: CloudAuthError) -> bool:  # noqa: ARG002 - there are no newer ones
        """Say no."""
        return False


class LentKeys(Generic[K]):
    """Keeps lent keys; asks for the next ones `ahead` of their end, one request at a time."""

    def __init__(self, lender: Lender[K], *, now: Callable[[], datetime], ahead: timedelta) -> None:
        self._lender = lender
        self._now = now
        self._ahead = ahead
        self._loan: Loan[K] | None = None
        self._since = self._due = now()
        self._trouble: CloudError | None = None
        self._one_at_a_time = asyncio.Lock()

    async def ready(self) -> None:
        """Get keys if there are none, or newer ones if they end soon.

        Raises:
            CloudError: there are none, and none could be got.

        """
        if self._now() < self._due and self._is_good():
            return
        if self._is_good() and self._one_at_a_time.locked():
            return  # somebody is asking already, and the present ones still do
        async with self._one_at_a_time:
            if self._now() >= self._due:
                await self._renew()
            elif self._trouble is not None and not self._is_good():
                raise self._trouble

    def present(self) -> K:
        """Give the keys to sign with."""
        assert self._loan is not None, "ready() was not awaited"  # noqa: S101 - a contract
        return self._loan.keys

    def renews(self, refusal: CloudAuthError) -> bool:
        """Ask for newer keys, unless these are new: then they came while they were refused."""
        if refusal.operation == self._lender.operation:
            return False
        if self._now() - self._since >= _PAUSE:
            self._due = self._now()
        return True

    def _is_good(self) -> bool:
        return self._loan is not None and self._now() < self._loan.expires_at

    async def _renew(self) -> None:
        try:
            self._loan = await self._lender()
        except CloudError as error:
            self._trouble, now = error, self._now()
            if self._loan is None or not self._is_good():
                self._due = now + _RETRY
                raise
            self._due = min(now + _PAUSE, self._loan.expires_at)
            _log.warning("temporary keys could not be renewed yet: %s", error)
            return
        self._since, self._trouble = self._now(), None
        left = self._loan.expires_at - self._since
        self._due = self._since + left - min(self._ahead, _AT_MOST * left)


class KeySigner(Signer, Generic[K]):
    """A signer whose keys may be lent."""

    def __init__(self, keys: Keys[K]) -> None:
        self._keys = keys

    async def ready(self) -> None:
        """Have keys.

        Raises:
            CloudError: there are none.

        """
        await self._keys.ready()

    def renews(self, refusal: CloudAuthError) -> bool:
        """Say whether another attempt would use newer keys."""
        return self._keys.renews(refusal)
