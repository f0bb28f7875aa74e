"""Where the API of Realtime Compute for Apache Flink answers: by one rule in every region.

https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/openapi-reference
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.clouds.route import checked_endpoint
from bot.errors import ConfigurationError

_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class AlibabaTarget:
    """One namespace, under the name that the configuration gives it."""

    name: str
    region: str
    workspace: str
    namespace: str
    endpoint: str | None = None
    """Instead of the region's: "https://host[:port]"; http for this machine only."""
    vpc: bool = False
    """Use the region's endpoint inside the vendor's private network."""


def base_url(target: AlibabaTarget) -> str:
    """Give the address that a target's requests go to.

    Raises:
        ConfigurationError: the region or the endpoint cannot be used.

    """
    if target.endpoint:
        return checked_endpoint(target.name, target.endpoint)
    if not _REGION.fullmatch(target.region):
        msg = f'target {target.name}: region {target.region!r} is not an id like "cn-hangzhou"'
        raise ConfigurationError(msg)
    product = "ververica-vpc" if target.vpc else "ververica"
    return f"https://{product}.{target.region}.aliyuncs.com"
