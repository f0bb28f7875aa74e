"""Seal what may hold secrets, so that the database alone tells nothing."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.fernet import MultiFernet

_SEALED = "fernet:"
_PLAIN = "plain:"
_SALT = b"flinkbot sealed values"


class Sealer:
    """Seals with the first of some keys and opens with any of them.

    `keys`: long random texts; several while one replaces another. Without any, texts are kept as
    they are, and the caller must not bring secrets.
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys = tuple(keys)
        self._box: MultiFernet | None = None

    @property
    def has_key(self) -> bool:
        """Whether secrets can be sealed."""
        return bool(self._keys)

    def seal(self, text: str) -> str:
        """Give what may be stored."""
        if not self._keys:
            return _PLAIN + text
        return _SEALED + self._opened_box().encrypt(text.encode()).decode()

    def open(self, stored: str) -> str | None:
        """Give the text back; None when none of the keys fits."""
        if stored.startswith(_PLAIN):
            return stored.removeprefix(_PLAIN)
        if not self._keys:
            return None
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see `_opened_box`

        try:
            sealed = stored.removeprefix(_SEALED).encode()
            return self._opened_box().decrypt(sealed).decode()
        except InvalidToken:
            return None

    def _opened_box(self) -> MultiFernet:
        """Load the library where a key is configured only: it takes a while and some memory."""
        if self._box is None:
            from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

            self._box = MultiFernet([Fernet(_derived(key)) for key in self._keys])
        return self._box


def _derived(key: str) -> bytes:
    # The keys are random and long (the settings insist on it), so no slow derivation is needed.
    digest = hashlib.blake2b(key.encode(), digest_size=32, person=b"flinkbot", salt=_SALT[:16])
    return base64.urlsafe_b64encode(digest.digest())
