"""Checks ACS3-HMAC-SHA256 signatures over the bytes that arrived, as the gateway does.

Written from the published description, apart from the bot's own signer, so that one mistake
cannot hide in both: https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.sandbox.alibaba.refusals import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.received import Received

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2022-07-18"
_WINDOW = timedelta(minutes=15)
_FORM = re.compile(
    rf"{ALGORITHM} Credential=(?P<key>[^,\s]+),\s*SignedHeaders=(?P<signed>[^,\s]+),"
    r"\s*Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose requests are accepted."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


class Verifier:
    """Refuses what is not signed by the account, too old, or seen before."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._nonces: dict[str, datetime] = {}

    def check(self, request: Received, now: datetime) -> None:
        """Accept a request or say why not.

        Raises:
            BadRequestError: with the gateway's status and code.

        """
        key, signed, signature = _authorization(request.headers)
        if not hmac.compare_digest(key, self._account.access_key_id):
            raise BadRequestError(404, "InvalidAccessKeyId.NotFound", "unknown AccessKey id")
        _check_date(request.headers, now)
        _check_signed_names(request, signed)
        _check_body(request)
        self._check_signature(request, signed, signature)
        self._check_token(request.headers)
        self._check_nonce(request.headers, now)

    def _check_signature(self, request: Received, signed: list[str], signature: str) -> None:
        canonical = canonical_request(request, signed)
        digest = hashlib.sha256(canonical).hexdigest()
        expected = sign(self._account.access_key_secret, digest)
        if not hmac.compare_digest(signature, expected):
            # The canonical text itself is not repeated: it may hold a security token.
            raise BadRequestError(
                400,
                "SignatureDoesNotMatch",
                "Specified signature is not matched with our calculation. "
                f"server's CanonicalRequest hashes to {digest}",
            )

    def _check_token(self, headers: Mapping[str, str]) -> None:
        given = headers.get("x-acs-security-token")
        wanted = self._account.security_token
        if given == wanted:
            return
        code = "MissingSecurityToken" if given is None else "InvalidSecurityToken.Malformed"
        raise BadRequestError(400, code, "the security token is missing or wrong")

    def _check_nonce(self, headers: Mapping[str, str], now: datetime) -> None:
        for nonce, seen in list(self._nonces.items()):
            if now - seen <= 2 * _WINDOW:
                break
            del self._nonces[nonce]
        nonce = _required(headers, "x-acs-signature-nonce")
        if nonce in self._nonces:
            raise BadRequestError(400, "SignatureNonceUsed", "the nonce was used before")
        self._nonces[nonce] = now


def canonical_request(request: Received, signed: list[str]) -> bytes:
    """Rebuild what must have been signed from what arrived."""
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed)
    lines = [
        request.method,
        request.path,
        _canonical_query(request.query),
        headers,
        ";".join(signed),
        hashlib.sha256(request.body).hexdigest(),
    ]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def sign(secret: str, digest: str) -> str:
    """Compute the signature over a canonical request's digest."""
    text = f"{ALGORITHM}\n{digest}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _canonical_query(query: str) -> str:
    """Sort by key. The vendor's SDK sends a space as "+" but signs "%20"; the rest stays as is."""
    pairs = [pair.partition("=") for pair in query.replace("+", "%20").split("&") if pair]
    return "&".join(f"{key}={value}" for key, _, value in sorted(pairs))


def _authorization(headers: Mapping[str, str]) -> tuple[str, list[str], str]:
    given = headers.get("authorization")
    if given is None:
        raise BadRequestError(400, "MissingAuthorization", "the request is not signed")
    match = _FORM.fullmatch(given.strip())
    if match is None:
        raise BadRequestError(400, "IncompleteSignature", "Authorization is malformed")
    signed = match["signed"].split(";")
    if signed != sorted({name.lower() for name in signed}):
        raise BadRequestError(400, "IncompleteSignature", "SignedHeaders: sorted, in lower case")
    return match["key"], signed, match["signature"]


def _check_date(headers: Mapping[str, str], now: datetime) -> None:
    text = _required(headers, "x-acs-date")
    try:
        sent = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise BadRequestError(400, "InvalidTimeStamp.Format", "x-acs-date: ISO 8601 UTC") from None
    if abs(now - sent) > _WINDOW:
        raise BadRequestError(400, "InvalidTimeStamp.Expired", "x-acs-date is over 15 minutes off")


def _check_signed_names(request: Received, signed: list[str]) -> None:
    """Everything the gateway acts on must be signed."""
    must = {"host", *(name for name in request.headers if name.startswith("x-acs-"))}
    if request.body and "content-type" in request.headers:
        must.add("content-type")
    missing = sorted(must - set(signed))
    if missing:
        raise BadRequestError(400, "IncompleteSignature", f"not signed: {', '.join(missing)}")


def _check_body(request: Received) -> None:
    if (
        _required(request.headers, "x-acs-content-sha256")
        != hashlib.sha256(request.body).hexdigest()
    ):
        raise BadRequestError(
            400, "SignatureDoesNotMatch", "x-acs-content-sha256 is of other bytes"
        )


def _required(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise BadRequestError(400, f"Missing{name}", f"{name} is mandatory")
    return value
