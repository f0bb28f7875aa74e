"""Make a foreign text fit for an exception, a log line or a card: short and without secrets."""

from __future__ import annotations

from bot.redaction import redact

_LOOKED_AT = 20_000


def clean(text: str, limit: int = 300) -> str:
    """Mask what looks like a secret, put it on one line, cut it.

    Masking comes first: half a token would not be recognised any more, but would still be told.
    """
    line = " ".join(redact(text[:_LOOKED_AT]).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
