"""Show texts without the secrets in them, so that they can still be compared, edited and sent.

A secret is replaced by a mark made of its fingerprint: equal secrets have equal marks, so a diff
shows that a password moved without showing it. Where a person leaves a mark in an edited text, the
secret itself is put back before the text is sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WORDS = (
    r"password|passwd|pwd|secret|token|credential|private[-_.]?key|api[-_.]?key"
    r"|access[-_.]?key|accesskey|jaas|sasl|signature"
)
# 'connector.password' = 'x' (SQL), "key": "a.secret", "value": "x" (JSON), --password x, password=x
_IN_SQL = re.compile(rf"'[^'\n]*(?:{_WORDS})[^'\n]*'\s*=\s*'((?:[^']|'')+)'", re.IGNORECASE)
_IN_PAIRS = re.compile(
    rf'"key"\s*:\s*"[^"\n]*(?:{_WORDS})[^"\n]*"\s*,\s*"value"\s*:\s*"((?:[^"\\]|\\.)+)"',
    re.IGNORECASE,
)
_IN_JSON = re.compile(rf'"[^"\n]*(?:{_WORDS})[^"\n]*"\s*:\s*"((?:[^"\\]|\\.)+)"', re.IGNORECASE)
_IN_OPTIONS = re.compile(
    rf"(?<!\S)-{{1,2}}[\w.-]*(?:{_WORDS})[\w.-]*(?:\s+|=)([^\s-]\S*)", re.IGNORECASE
)
_IN_PROPERTIES = re.compile(rf"(?:{_WORDS})[\w.-]*\s*=\s*([^\s'\"&;,=][^\s'\"&;,]*)", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"://[^\s/@:'\"]*:([^\s/@'\"]+)@")
_PLACES = (_IN_SQL, _IN_PAIRS, _IN_JSON, _IN_OPTIONS, _IN_PROPERTIES, _IN_ADDRESS)
_BLOT = "[secret]"
_MARK = re.compile(r"\[secret:[0-9a-f]{8}\]")


def mask(text: str, fingerprint: Callable[[str], str]) -> str:
    """Replace every secret in a text by its mark; a fingerprint is 8 hex digits or more."""
    for start, end in sorted(_secrets(text), reverse=True):
        text = f"{text[:start]}{_mark(text[start:end], fingerprint)}{text[end:]}"
    return text


def unmask(text: str, original: str, fingerprint: Callable[[str], str]) -> str:
    """Put back the secrets of `original` where their marks stand in an edited text."""
    known = {
        _mark(original[start:end], fingerprint): original[start:end]
        for start, end in _secrets(original)
    }
    return _MARK.sub(lambda found: known.get(found[0], found[0]), text)


def hide(text: str, original: str) -> str:
    """Blot out what a text quotes of the secrets of `original`; it can not be put back."""
    secrets = {original[start:end] for start, end in _secrets(original)}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _BLOT)
    return text


def marks(text: str) -> list[str]:
    """Give the marks in a text."""
    return _MARK.findall(text)


def _mark(secret: str, fingerprint: Callable[[str], str]) -> str:
    return f"[secret:{fingerprint(secret)[:8]}]"


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """Give where secrets stand; of places that overlap, the first one found."""
    taken: list[tuple[int, int]] = []
    for place in _PLACES:
        for found in place.finditer(text):
            start, end = found.span(1)
            if _MARK.fullmatch(text, start, end):
                continue
            if all(end <= other[0] or other[1] <= start for other in taken):
                taken.append((start, end))
    yield from taken
