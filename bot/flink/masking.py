"""Show texts without the secrets in them, so that they can still be compared, edited and sent.

A secret is replaced by a mark made of its fingerprint: equal secrets have equal marks, so a diff
shows that a password moved without showing it. Where a person leaves a mark in an edited text, the
secret itself is put back before the text is sent.
"""

from __future__ import annotations

import re
from bisect import bisect
from typing import TYPE_CHECKING

from bot.flink.secrets import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

# Names are looked at only so far: without an end, odd texts of a megabyte would take minutes.
_NAME = r"[\w.-]{0,200}"
_IN_SINGLE, _IN_DOUBLE = r"[^'\n]{0,200}", r'[^"\n]{0,200}'
# 'connector.password' = 'x' (SQL), "key": "a.secret", "value": "x" (JSON), --password x, password=x
_IN_SQL = re.compile(
    rf"'{_IN_SINGLE}(?:{WORDS}){_IN_SINGLE}'\s*=\s*'((?:[^']|'')+)'", re.IGNORECASE
)
_IN_PAIRS = re.compile(
    rf'"key"\s*:\s*"{_IN_DOUBLE}(?:{WORDS}){_IN_DOUBLE}"\s*,\s*"value"\s*:\s*'
    r'"((?:[^"\\]|\\.)+)"',
    re.IGNORECASE,
)
_IN_TURNED_PAIRS = re.compile(
    r'"value"\s*:\s*"((?:[^"\\]|\\.)+)"\s*,\s*"key"\s*:\s*'
    rf'"{_IN_DOUBLE}(?:{WORDS}){_IN_DOUBLE}"',
    re.IGNORECASE,
)
_IN_JSON = re.compile(
    rf'"{_IN_DOUBLE}(?:{WORDS}){_IN_DOUBLE}"\s*:\s*"((?:[^"\\]|\\.)+)"', re.IGNORECASE
)
_QUOTED = r""""((?:[^"\\\n]|\\.)+)"|'((?:[^'\n]|'')+)'"""
_IN_QUOTES = re.compile(rf"(?:{WORDS}){_NAME}[`'\"]?\s*[=:]\s*(?:{_QUOTED})", re.IGNORECASE)
_IN_OPTIONS = re.compile(
    rf"(?<!\S)-{{1,2}}{_NAME}(?:{WORDS}){_NAME}(?:\s+|=)(?:{_QUOTED}|([^\s-]\S*))",
    re.IGNORECASE,
)
_IN_HEADERS = re.compile(r"\b(?:Bearer|Basic)\s+([\w.~+/=-]{8,})", re.IGNORECASE)
_IN_PROPERTIES = re.compile(
    rf"(?:{WORDS}){_NAME}[`'\"]?\s*[=:]\s*([^\s'\"&;,=:{{\[][^\s'\"&;,]*)", re.IGNORECASE
)
_IN_ADDRESS = re.compile(r"://[^\s/@:'\"]*:([^\s/'\"]+)@")
_PLACES = (
    _IN_SQL,
    _IN_PAIRS,
    _IN_TURNED_PAIRS,
    _IN_JSON,
    _IN_QUOTES,
    _IN_OPTIONS,
    _IN_HEADERS,
    _IN_PROPERTIES,
    _IN_ADDRESS,
)
_BLOT = "[secret]"
_MARK = re.compile(r"\[secret:[0-9a-f]{8}\]")


def mask(text: str, fingerprint: Callable[[str], str]) -> str:
    """Replace every secret in a text by its mark; a fingerprint is 8 hex digits or more."""
    parts, shown = [], 0
    for start, end in _secrets(text):
        parts += [text[shown:start], _mark(text[start:end], fingerprint)]
        shown = end
    return "".join([*parts, text[shown:]])


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


def holds_any(text: str) -> bool:
    """Tell whether there is a secret in a text that `mask` would replace."""
    return bool(_secrets(text))


def marks(text: str) -> list[str]:
    """Give the marks in a text."""
    return _MARK.findall(text)


def _mark(secret: str, fingerprint: Callable[[str], str]) -> str:
    return f"[secret:{fingerprint(secret)[:8]}]"


def _secrets(text: str) -> list[tuple[int, int]]:
    """Give where secrets stand, in order; of places that overlap, the first one found."""
    taken: list[tuple[int, int]] = []
    marked = [found.span() for found in _MARK.finditer(text)]
    for place in _PLACES:
        for found in place.finditer(text):
            start, end = found.span(found.lastindex or 0)
            if _is_mark(start, end, marked):
                continue
            at = bisect(taken, (start, end))
            follows = at == 0 or taken[at - 1][1] <= start
            if follows and (at == len(taken) or end <= taken[at][0]):
                taken.insert(at, (start, end))
    return taken


def _is_mark(start: int, end: int, marked: list[tuple[int, int]]) -> bool:
    """Tell whether a place is a mark, or begins within one: a mark reads like "secret: value"."""
    at = bisect(marked, (start, end))
    known = at > 0 and marked[at - 1] == (start, end)
    return known or (at > 0 and marked[at - 1][0] < start < marked[at - 1][1])
