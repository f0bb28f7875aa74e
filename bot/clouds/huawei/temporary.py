"""Temporary keys of the agency of an ECS server.

https://support.huaweicloud.com/intl/en-us/usermanual-ecs/ecs_03_0166.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from bot.clouds.huawei.auth import Credentials
from bot.clouds.huawei.errors import CLOUD
from bot.clouds.keys import Loan
from bot.clouds.metadata import (
    NOT_FOUND,
    TOKEN_SECONDS,
    header_value,
    metadata_service,
    read_json,
)
from bot.errors import CloudAuthError

METADATA = "http://169.254.169.254"
_TTL = "x-metadata-token-ttl-seconds"
_TOKEN = "x-metadata-token"  # noqa: S105 - a header's name
_WITHOUT_TOKENS = frozenset({404, 405})
"""What an older metadata service answers that knows no tokens."""

_HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$")]


class _Credential(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    access: _HeaderValue
    secret: _HeaderValue
    securitytoken: _HeaderValue
    expires_at: datetime


class _SecurityKey(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    credential: _Credential


@dataclass(frozen=True, slots=True)
class ServerAgency:
    """Lends the keys of the agency that this ECS server has."""

    endpoint: str = METADATA
    operation: str = "reading the server's agency"

    async def __call__(self) -> Loan[Credentials]:
        """Give keys.

        Raises:
            CloudUnavailableError: there is no metadata service.
            CloudAuthError: it has no keys.

        """
        async with metadata_service(
            self.endpoint, cloud=CLOUD, operation=self.operation, needed="an agency"
        ) as ask:
            answer = await ask("PUT", "/meta-data/latest/api/token", {_TTL: TOKEN_SECONDS})
            headers = {}
            if answer.status not in _WITHOUT_TOKENS:
                refused = f"the metadata service gave no token (HTTP {answer.status})"
                headers[_TOKEN] = header_value(answer, self._trouble(refused))
            answer = await ask("GET", "/openstack/latest/securitykey", headers)
        if answer.status == NOT_FOUND:
            raise self._trouble("no agency is set for this server")
        key = read_json(answer, _SecurityKey, cloud=CLOUD, operation=self.operation).credential
        end = key.expires_at
        keys = Credentials(key.access, key.secret, key.securitytoken)
        return Loan(keys, end if end.tzinfo else end.replace(tzinfo=UTC))

    def _trouble(self, message: str) -> CloudAuthError:
        return CloudAuthError(message, cloud=CLOUD, operation=self.operation)
