"""Sign requests with ACS3-HMAC-SHA256.

https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

from bot.clouds.keys import FixedKeys, Keys, KeySigner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

ALGORITHM = "ACS3-HMAC-SHA256"
_ALWAYS_SIGNED = frozenset({"host", "workspace", "content-type"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key; with a security token it is a temporary one."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Signable:
    """What a signature covers. `path` and `query` are encoded already, exactly as they are sent.

    `headers` are those to sign: every one of them, and no other, is covered.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


def payload_hash(body: bytes) -> str:
    """Give the value of `x-acs-content-sha256`."""
    return hashlib.sha256(body).hexdigest()


def canonical_request(request: Signable) -> str:
    """Write a request in the form whose hash is signed."""
    headers = sorted((name.lower(), value.strip()) for name, value in request.headers.items())
    lines = "".join([f"{name}:{value}\n" for name, value in headers])
    return "\n".join(
        (
            request.method,
            request.path or "/",
            request.query,
            lines,
            ";".join([name for name, _ in headers]),
            payload_hash(request.body),
        )
    )


def string_to_sign(canonical: str) -> str:
    """Give the text that the secret signs."""
    return f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def signature(secret: str, text: str) -> str:
    """Sign a text, in lower-case hex."""
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def authorization(request: Signable, credentials: Credentials) -> str:
    """Give the `Authorization` header of a request."""
    signed = signature(credentials.access_key_secret, string_to_sign(canonical_request(request)))
    return (
        f"{ALGORITHM} Credential={credentials.access_key_id},"
        f"SignedHeaders={_signed_names(request.headers)},Signature={signed}"
    )


def _signed_names(headers: Mapping[str, str]) -> str:
    return ";".join(sorted(map(str.lower, headers)))


class Acs3Auth(KeySigner[Credentials]):
    """Signs the very bytes of target and body that are sent.

    `host`, `workspace`, `content-type` and every `x-acs-*` header are signed; not `user-agent` and
    `accept`, which proxies rewrite. The nonce is new for every attempt.
    """

    def __init__(
        self,
        keys: Credentials | Keys[Credentials],
        *,
        now: Callable[[], datetime],
        nonce: Callable[[], str],
    ) -> None:
        super().__init__(FixedKeys(keys) if isinstance(keys, Credentials) else keys)
        self._now = now
        self._nonce = nonce

    def stamps(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Give date, nonce, content hash, the temporary key's token, and the signature."""
        keys = self._keys.present()
        stamps = self._unsigned(body, keys)
        path, _, query = target.partition("?")
        signed = {name: value for name, value in headers.items() if _is_signed(name)} | stamps
        signable = Signable(method, path, query, signed, body)
        stamps["authorization"] = authorization(signable, keys)
        return stamps

    def _unsigned(self, body: bytes, keys: Credentials) -> dict[str, str]:
        stamps = {
            "x-acs-date": self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": self._nonce(),
            "x-acs-content-sha256": payload_hash(body),
        }
        if keys.security_token:
            stamps["x-acs-accesskey-id"] = keys.access_key_id
            stamps["x-acs-security-token"] = keys.security_token
        return stamps


def _is_signed(name: str) -> bool:
    return name in _ALWAYS_SIGNED or name.startswith("x-acs-")
