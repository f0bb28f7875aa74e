"""Where Data Lake Insight and the identity service answer, region by region.

https://developer.huaweicloud.com/intl/en-us/endpoint
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.clouds.route import checked_endpoint
from bot.errors import ConfigurationError

_OTHER_DOMAINS = {"eu-west-101": "myhuaweicloud.eu"}
_WITHOUT_IAM = frozenset({"af-north-1", "ru-northwest-2"})
"""The vendor's own clients use the global identity service for these."""
_DOMAIN = "myhuaweicloud.com"
_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class HuaweiTarget:
    """One project, under the name that the configuration gives it."""

    name: str
    region: str
    project_id: str = ""
    """Empty: it is looked up by the region's name."""
    endpoint: str | None = None
    """Instead of the region's: "https://host[:port]"; http for this machine only."""
    iam_endpoint: str | None = None
    """The same for the identity service."""


def base_url(target: HuaweiTarget) -> str:
    """Give the address that a target's requests go to.

    Raises:
        ConfigurationError: the region or the endpoint cannot be used.

    """
    return _address(target, "dli", target.endpoint)


def iam_url(target: HuaweiTarget) -> str:
    """Give the address of the identity service for a target.

    Raises:
        ConfigurationError: the region or the endpoint cannot be used.

    """
    if target.region in _WITHOUT_IAM and not target.iam_endpoint:
        return f"https://iam.{_DOMAIN}"
    return _address(target, "iam", target.iam_endpoint)


def _address(target: HuaweiTarget, service: str, endpoint: str | None) -> str:
    if endpoint:
        return checked_endpoint(target.name, endpoint)
    if not _REGION.fullmatch(target.region):
        msg = f'target {target.name}: region {target.region!r} is not an id like "ap-southeast-3"'
        raise ConfigurationError(msg)
    domain = _OTHER_DOMAINS.get(target.region, _DOMAIN)
    return f"https://{service}.{target.region}.{domain}"
