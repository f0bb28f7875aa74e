"""Stand-ins for what must not be shown, or is too long to be: equal exactly when the values are."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field

from bot.flink.secrets import holds_secret, value_holds_secret
from bot.redaction import remember

_HIDDEN = re.compile(r"\(hidden [0-9a-f]{8}\)")


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Makes fingerprints with a key, so that nobody can find a short secret by trying.

    The key is derived from the target's access key secret: the same after a restart.
    """

    key: bytes = field(repr=False)

    def setting(self, name: str, value: object) -> str:
        """Give a Flink setting's text, or its stand-in when it may hold a secret."""
        text = setting_text(value)
        hidden = holds_secret(name) or value_holds_secret(text)
        if hidden:
            remember(text)
        return f"(hidden {self._of(text)})" if hidden else text

    def part(self, value: object) -> str:
        """Give the stand-in of a whole part: a text, or any document."""
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        lines = len(text.splitlines())
        return f"{self._of(text)} ({lines} lines)" if lines > 1 else self._of(text)

    def _of(self, text: str) -> str:
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()[:8]


def is_hidden(text: str) -> bool:
    """Tell whether a text is a stand-in and must never be written anywhere as a value."""
    return _HIDDEN.fullmatch(text) is not None


def setting_text(value: object) -> str:
    """Write a setting as text; the API gives strings, numbers and booleans."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
