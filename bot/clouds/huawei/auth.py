"""Sign requests with SDK-HMAC-SHA256.

https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from bot.clouds.keys import FixedKeys, Keys, KeySigner
from bot.clouds.signing import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

ALGORITHM = "SDK-HMAC-SHA256"
DATE = "x-sdk-date"
_ALWAYS_SIGNED = frozenset({"host", "content-type"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key; with a security token it is a temporary one."""

    access_key: str
    secret_key: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Signable:
    """What a signature covers. `target` is path and query, encoded as they are sent.

    `headers` are those to sign, `x-sdk-date` and `host` among them: every one, and no other, is
    covered. A body is JSON: the service signs other kinds in another way.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


def canonical_request(request: Signable) -> str:
    """Write a request in the form whose hash is signed."""
    path, _, query = request.target.partition("?")
    headers = sorted((name.lower(), value.strip()) for name, value in request.headers.items())
    return "\n".join(
        (
            request.method,
            _canonical_path(path),
            _canonical_query(query),
            "".join([f"{name}:{value}\n" for name, value in headers]),
            ";".join([name for name, _ in headers]),
            hashlib.sha256(request.body).hexdigest(),
        )
    )


def _canonical_path(path: str) -> str:
    """Encode every step anew, with a slash at the end that is signed but not sent."""
    encoded = "/".join([encode(step) for step in unquote(path).split("/")])
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _canonical_query(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join([f"{encode(name)}={encode(value)}" for name, value in pairs])


def string_to_sign(date: str, canonical: str) -> str:
    """Give the text that the secret key signs."""
    return f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def authorization(request: Signable, credentials: Credentials) -> str:
    """Give the `Authorization` header of a request; its date is the one in its headers."""
    lowered = {name.lower(): value.strip() for name, value in request.headers.items()}
    text = string_to_sign(lowered[DATE], canonical_request(request))
    signature = hmac.digest(credentials.secret_key.encode(), text.encode(), "sha256").hex()
    return (
        f"{ALGORITHM} Access={credentials.access_key}, "
        f"SignedHeaders={';'.join(sorted(lowered))}, Signature={signature}"
    )


class AccessKeyAuth(KeySigner[Credentials]):
    """Signs with an access key: `host`, `content-type` and every `x-` header are covered."""

    def __init__(
        self, keys: Credentials | Keys[Credentials], *, now: Callable[[], datetime]
    ) -> None:
        super().__init__(FixedKeys(keys) if isinstance(keys, Credentials) else keys)
        self._now = now

    def stamps(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Give the date, the temporary key's token, and the signature."""
        stamps = {DATE: self._now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")}
        keys = self._keys.present()
        if keys.security_token:
            stamps["x-security-token"] = keys.security_token
        signed = {name: value for name, value in headers.items() if _is_signed(name)} | stamps
        request = Signable(method, target, signed, body)
        stamps["authorization"] = authorization(request, keys)
        return stamps


def _is_signed(name: str) -> bool:
    # The service leaves names with an underscore out, so they must not be covered.
    return name in _ALWAYS_SIGNED or (name.startswith("x-") and "_" not in name)
