"""Show a definition without its secrets, and put them back into what was edited."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.clouds.huawei.definition import emptied, tidied
from bot.flink.masking import mask, unmask
from bot.redaction import remember

if TYPE_CHECKING:
    from collections.abc import Mapping


_LONG = 20_000
_REMEMBERED = 8


class Marks:
    """Makes marks with a key, so that nobody can find a short secret by trying.

    The key must be the same after a restart, or all secrets would seem to have changed.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        # A megabyte of SQL takes a while, and a job that restarts is looked at again and again.
        self._masked_before = lru_cache(_REMEMBERED)(self._masked)

    def of(self, name: str, text: str) -> str:
        """Give a setting's text as it is shown."""
        tidy = tidied(name, text)
        return self._masked(tidy) if len(tidy) < _LONG else self._masked_before(tidy)

    def _masked(self, text: str) -> str:
        return mask(text, self._print)

    def shown(self, values: Mapping[str, str | None]) -> dict[str, str | None]:
        """Give values as they will be read back: an emptied one as its default."""
        full = {n: emptied(n, values) if text is None else text for n, text in values.items()}
        return {name: text and self.of(name, text) for name, text in full.items()}

    def restored(
        self, values: Mapping[str, str | None], definition: Mapping[str, str]
    ) -> dict[str, str | None]:
        """Put back the secrets whose marks stand in edited values."""
        return {
            name: text and unmask(text, definition.get(name, ""), self._print)
            for name, text in values.items()
        }

    def _print(self, secret: str) -> str:
        remember(secret)
        return hmac.new(self._key, secret.encode(), hashlib.sha256).hexdigest()
