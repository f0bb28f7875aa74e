"""Which settings hold secrets: their values are never shown, logged or stored."""

from __future__ import annotations

import re

WORDS = (
    r"password|passwd|passphrase|pwd|secret|token|credential|private[-_.]?key|api[-_.]?key"
    r"|access[-_.]?key|accesskey|jaas|sasl|signature|authorization|(?<!\w)(?:ak|sk)(?!\w)"
)
"""What is part of such a setting's name, as a regular expression to be used in any case."""
_SECRET = re.compile(WORDS, re.IGNORECASE)
# Options in one text (-Dstore.password=x, jdbc:...?password=x) and user:password@ in an address.
_INSIDE = re.compile(rf"(?:{WORDS})[\w.-]*[\"']?\s*[=:]\s*\S|://[^\s/@:]*:[^\s/@]+@", re.IGNORECASE)


def holds_secret(key: str) -> bool:
    """Tell whether the setting of this name may hold a secret."""
    return _SECRET.search(key) is not None


def value_holds_secret(value: str) -> bool:
    """Tell whether a value may hold a secret among other things, whatever its setting is called."""
    return _INSIDE.search(value) is not None
