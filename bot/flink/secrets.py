"""Which settings hold secrets: their values are never shown, logged or stored."""

from __future__ import annotations

import re

_WORDS = (
    r"password|passwd|secret|token|credential|private[-_.]?key|api[-_.]?key"
    r"|access[-_.]?key|accesskey|jaas|sasl|signature"
)
_SECRET = re.compile(_WORDS, re.IGNORECASE)
# Options in one text (-Dstore.password=x, jdbc:...?password=x) and user:password@ in an address.
_INSIDE = re.compile(
    rf"(?:{_WORDS})[\w.-]*[\"']?\s*[=:]\s*\S|://[^\s/@:]*:[^\s/@]+@", re.IGNORECASE
)


def holds_secret(key: str) -> bool:
    """Tell whether the setting of this name may hold a secret."""
    return _SECRET.search(key) is not None


def value_holds_secret(value: str) -> bool:
    """Tell whether a value may hold a secret among other things, whatever its setting is called."""
    return _INSIDE.search(value) is not None
