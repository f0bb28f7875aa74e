"""Who asks: an access key, a user's password or a token file, each as what signs requests."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clouds.huawei.auth import AccessKeyAuth, Credentials
from bot.clouds.huawei.errors import CLOUD
from bot.clouds.huawei.iam import Login, TokenOffice
from bot.clouds.huawei.token import PasswordTokenAuth, TokenFileAuth
from bot.clouds.signing import Signer
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.clouds.huawei.endpoints import HuaweiTarget
    from bot.clouds.transport import Transport

Identity = Credentials | Login | Path | Signer
"""An access key, an IAM user, a file that holds a token, or whatever signs by itself."""


def signer_of(
    identity: Identity,
    target: HuaweiTarget,
    iam: Callable[[], Transport],
    now: Callable[[], datetime],
) -> Signer:
    """Give what signs a target's requests; `iam` gives an unsigned way to the identity service."""
    match identity:
        case Credentials():
            return AccessKeyAuth(identity, now=now)
        case Login():
            return PasswordTokenAuth(TokenOffice(iam(), identity, target, now), now=now)
        case Path():
            return TokenFileAuth(identity, cloud=CLOUD)
        case _:
            return identity


def key_of(identity: Identity, target: HuaweiTarget) -> bytes:
    """Derive the key of the marks from a secret that stays; one that changes would not do.

    Where there is none, its secrecy is lost but not its constancy.
    """
    secret = f"{target.region} {target.name} {target.project_id}"
    match identity:
        case Credentials(security_token=None):
            secret = identity.secret_key
        case Login():
            secret = identity.password
    return hashlib.sha256(f"flinkbot marks {secret}".encode()).digest()


def check_headers(target: HuaweiTarget, identity: Identity) -> None:
    """Stop at the start, by name and without the value, instead of at the first request.

    Raises:
        ConfigurationError: a value cannot travel in a header.

    """
    values = {"project id": target.project_id or "none"}
    if isinstance(identity, Credentials):
        values |= {
            "access key": identity.access_key,
            "secret key": identity.secret_key,
            "security token": identity.security_token or "none",
        }
    for name, value in values.items():
        if not value.isascii() or not value.isprintable() or " " in value or not value:
            msg = f"target {target.name}: the {name} is empty or holds blanks or odd characters"
            raise ConfigurationError(msg)
