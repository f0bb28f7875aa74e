"""Mask what looks like a secret in any text, because a log line or an error outlives its reader."""

from __future__ import annotations

import re

MASK = "[redacted]"
_SHORTEST_KNOWN = 8
_MOST_KNOWN = 1000

_SHAPES = (
    re.compile(r"\bx(?:ox[a-z](?:\.xox[a-z])?|app)-[A-Za-z0-9-]{4,}"),  # Slack tokens
    re.compile(r"(?<=hooks\.slack\.com/)[^\s\"'<>\\]+"),  # a response_url needs no other proof
    re.compile(r"\bACS3-HMAC-SHA256\s[^\"'\r\n]*"),
    re.compile(r"\bSDK-HMAC-SHA256\s[^\"'\r\n]*"),
    re.compile(r"(?i)\bBearer\s+[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"\bLTAI[A-Za-z0-9]{8,}"),  # Alibaba access key ids
    re.compile(r"\bSTS\.[A-Za-z0-9]{8,}"),
    re.compile(r"\bCAIS[A-Za-z0-9+/=]{16,}"),  # Alibaba security tokens
    re.compile(r"\bMII[A-Za-z0-9+/=_-]{24,}"),  # Huawei's identity tokens
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}"),  # tokens of pods (JWT)
    re.compile(r"(?<=://)[^\s/@:\"']*:[^\s/@\"']+(?=@)"),  # user:password in an address
)
# Secret keys have no prefix: 30 (Alibaba) or 40 (Huawei) letters of both cases and digits, and
# Huawei's access key ids 20 capitals and digits. Hex digests and UUIDs do not look like that.
_BARE = re.compile(
    r"(?<![A-Za-z0-9+/=_.-])"
    r"(?:(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])(?=[A-Za-z0-9]*[0-9])"
    r"(?:[A-Za-z0-9]{40}|[A-Za-z0-9]{30})"
    r"|(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*[0-9])[A-Z0-9]{20})"
    r"(?![A-Za-z0-9+/=_-])"
)
_NAMED = re.compile(
    r"(?i)(?P<name>\b[\w.-]*(?:token|secret|passw(?:or)?d|access[_-]?key(?:[_-]?id)?|authorization"
    r"|signature|api[_-]?key)\b\\?[\"']?\s*[=:]\s*)"
    r"(?P<value>\\?\"[^\"]*\"|'[^']*'|[^\s\"',;&{}\[\]()]+)"
)


# One memory for the process, as there is one log: whatever quotes a secret is on its way there.
_known: dict[str, None] = {}


def remember(secret: str) -> None:
    """Have a secret masked from now on, whatever it looks like.

    A cloud may quote it alone, without the name that told that it is one. The thousand that were
    met last are known; short ones never, for they may be words that mean something else.
    """
    if len(secret) < _SHORTEST_KNOWN:
        return
    _known.pop(secret, None)
    _known[secret] = None
    if len(_known) > _MOST_KNOWN:
        del _known[next(iter(_known))]


def redact(text: str) -> str:
    """Replace every part of a text that is known as a secret, or looks like one, by a mask."""
    quoted = [secret for secret in tuple(_known) if secret in text]
    for secret in sorted(quoted, key=len, reverse=True):  # one may be a part of another
        text = text.replace(secret, MASK)
    for shape in _SHAPES:
        text = shape.sub(MASK, text)
    text = _NAMED.sub(_mask_named, text)
    return _BARE.sub(MASK, text)


def _mask_named(match: re.Match[str]) -> str:
    value = match["value"]
    quote = next((q for q in ('\\"', '"', "'") if value.startswith(q)), "")
    return f"{match['name']}{quote}{MASK}{quote}"
