"""Which settings hold secrets: their values are never shown, logged or stored."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"password|passwd|secret|token|credential|private[-_.]?key|api[-_.]?key"
    r"|access[-_.]?key|accesskey|jaas|sasl|signature",
    re.IGNORECASE,
)


def holds_secret(key: str) -> bool:
    """Tell whether the setting of this name may hold a secret."""
    return _SECRET.search(key) is not None
