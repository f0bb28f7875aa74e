"""Checks SDK-HMAC-SHA256 signatures and tokens over the bytes that arrived, as the gateway does.

Written from the published description, apart from the bot's own signer, so that one mistake
cannot hide in both: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote

from bot.sandbox.dli.refusals import Code, GatewayError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.dli.iam import Iam
    from bot.sandbox.received import Received

ALGORITHM = "SDK-HMAC-SHA256"
_WINDOW = timedelta(minutes=15)
_FORM = re.compile(
    rf"{ALGORITHM} Access=(?P<key>[^,\s]+),\s*SignedHeaders=(?P<signed>[^,\s]+),"
    r"\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_BAD = "Incorrect IAM authentication information: "


@dataclass(frozen=True, slots=True)
class Account:
    """Whose requests are accepted, by key or by password."""

    access_key: str
    secret_key: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    domain: str = "sandbox"
    user: str = "flinkbot"
    password: str = field(default="sandbox-password", repr=False)


class Verifier:
    """Refuses what is neither signed by the account nor carries a token of it."""

    def __init__(self, account: Account, iam: Iam) -> None:
        self._account = account
        self._iam = iam

    def check(self, request: Received, now: datetime) -> None:
        """Accept a request or say why not.

        Raises:
            GatewayError: with HTTP 401.

        """
        token = request.headers.get("x-auth-token")
        if token is not None:
            self._iam.check_token(token, now)
            return
        key, signed, signature = _authorization(request.headers)
        _check_date(request.headers, now)
        _check_signed_names(request, signed)
        if not hmac.compare_digest(key, self._account.access_key):
            raise refused("the access key does not exist")
        self._check_security_token(request.headers)
        expected = signature_of(self._account.secret_key, request, signed)
        if not hmac.compare_digest(signature, expected):
            raise refused("verify aksk signature fail")

    def _check_security_token(self, headers: Mapping[str, str]) -> None:
        if headers.get("x-security-token") != self._account.security_token:
            raise refused("the security token is missing or wrong")


def refused(why: str, code: Code = Code.BAD_SIGNATURE) -> GatewayError:
    """Make the gateway's refusal of who asks."""
    return GatewayError(code, f"{_BAD}{why}", 401)


def signature_of(secret: str, request: Received, signed: list[str]) -> str:
    """Compute what the signature of a request must be."""
    digest = hashlib.sha256(canonical_request(request, signed)).hexdigest()
    text = f"{ALGORITHM}\n{request.headers['x-sdk-date']}\n{digest}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def canonical_request(request: Received, signed: list[str]) -> bytes:
    """Rebuild what must have been signed from what arrived."""
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed)
    steps = [quote(step, safe="~") for step in unquote(request.path).split("/")]
    path = "/".join(steps)
    pairs = sorted(parse_qsl(request.query, keep_blank_values=True))
    lines = [
        request.method,
        path if path.endswith("/") else f"{path}/",
        "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in pairs),
        headers,
        ";".join(signed),
        hashlib.sha256(request.body).hexdigest(),
    ]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _authorization(headers: Mapping[str, str]) -> tuple[str, list[str], str]:
    match = _FORM.fullmatch(headers.get("authorization", "").strip())
    if match is None:
        raise refused("no usable Authorization or X-Auth-Token header")
    signed = match["signed"].split(";")
    if signed != sorted({name.lower() for name in signed}):
        raise refused("SignedHeaders: sorted, in lower case")
    return match["key"], signed, match["signature"]


def _check_date(headers: Mapping[str, str], now: datetime) -> None:
    text = headers.get("x-sdk-date", "")
    try:
        sent = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise refused("X-Sdk-Date: YYYYMMDDTHHMMSSZ") from None
    if abs(now - sent) > _WINDOW:
        raise refused("the time in X-Sdk-Date is more than 15 minutes off")


def _check_signed_names(request: Received, signed: list[str]) -> None:
    """Refuse what leaves out a header that decides who asks and where."""
    must = {"host", "x-sdk-date", *({"x-security-token", "x-project-id"} & request.headers.keys())}
    missing = sorted(must - set(signed))
    if missing:
        raise refused(f"not signed: {', '.join(missing)}")
