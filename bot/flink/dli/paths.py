"""Where savepoints lie: checked and written one way before DLI sees them.

https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0393.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.notes import Code, Note, note
from bot.redaction import MASK, redact

_SCHEME = "obs://"
_METADATA = "_metadata"
_LONGEST = 1024
_KEYS = re.compile(r"[^/@]+@")
_BUCKET = re.compile(
    r"(?!\d{1,3}(?:\.\d{1,3}){3}$)[a-z0-9](?!.*(?:\.\.|\.-|-\.))[a-z0-9.-]{1,61}[a-z0-9]"
)


@dataclass(frozen=True, slots=True)
class SavepointPath:
    """A path that can be sent. `stripped`: a trailing `_metadata` was taken off."""

    text: str
    stripped: bool = False


def read_path(typed: str) -> SavepointPath | Note:
    """Read `bucket/dir` or `obs://bucket/dir`: the directory that holds `_metadata`."""
    text = typed.strip()
    if not text:
        return note(Code.PATH_EMPTY)
    if len(text) > _LONGEST:
        return note(Code.TEXT_TOO_LONG, count=len(text), longest=_LONGEST)
    if re.search(r"\s", text):
        return note(Code.PATH_HAS_SPACES)
    scheme = _SCHEME if text.lower().startswith(_SCHEME) else ""
    rest = text[len(scheme) :]
    if "://" in rest or rest.startswith("/"):
        return note(Code.PATH_NOT_OBS, given=without_keys(text))
    bucket, _, directory = rest.partition("/")
    if not _BUCKET.fullmatch(bucket):
        return note(Code.BUCKET_MALFORMED, given=without_keys(bucket))
    parts = [part for part in directory.split("/") if part]
    if {".", ".."} & set(parts):
        return note(Code.PATH_NOT_OBS, given=without_keys(text))
    stripped = parts[-1:] == [_METADATA]
    kept = parts[:-1] if stripped else parts
    if not kept:
        return note(Code.PATH_IS_BUCKET, given=bucket)
    return SavepointPath(f"{scheme}{'/'.join([bucket, *kept])}", stripped)


def without_keys(text: str) -> str:
    """Give what was typed without the keys that people put before a host's name."""
    return redact(_KEYS.sub(f"{MASK}@", text))


def same_path(one: str, other: str) -> bool:
    """Compare two paths without regard to the scheme and a closing slash."""
    return _bare(one) == _bare(other)


def _bare(path: str) -> str:
    return path.strip().removeprefix(_SCHEME).strip("/")
