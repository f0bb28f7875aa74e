"""Temporary keys: of the RAM role of an ECS server, or for the OIDC token of a Kubernetes pod.

https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlencode
from uuid import uuid4

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_pascal

from bot.clouds.alibaba.auth import Credentials
from bot.clouds.alibaba.errors import CLOUD
from bot.clouds.keys import Loan
from bot.clouds.metadata import (
    NOT_FOUND,
    OK,
    TOKEN_SECONDS,
    header_value,
    metadata_service,
    read_json,
)
from bot.clouds.signing import Unsigned, encode
from bot.clouds.texts import clean
from bot.clouds.transport import Answer, Call, Limits, Transport
from bot.errors import CloudAuthError, CloudUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

METADATA = "http://100.100.100.200"
STS = "https://sts.aliyuncs.com"
_ROLES = "/latest/meta-data/ram/security-credentials/"
_TTL = "x-aliyun-ecs-metadata-token-ttl-seconds"
_TOKEN = "x-aliyun-ecs-metadata-token"  # noqa: S105 - a header's name
_TOO_MANY, _SERVER_ERROR = 429, 500
_FORM = "application/x-www-form-urlencoded"
_LIFE_SECONDS = 3600

_HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$")]


class _Keys(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_pascal), hide_input_in_errors=True
    )

    access_key_id: _HeaderValue
    access_key_secret: _HeaderValue
    security_token: _HeaderValue
    expiration: datetime

    def loan(self) -> Loan[Credentials]:
        keys = Credentials(self.access_key_id, self.access_key_secret, self.security_token)
        end = self.expiration
        return Loan(keys, end if end.tzinfo else end.replace(tzinfo=UTC))


class _ServersKeys(_Keys):
    code: Literal["Success"]


class _AssumedRole(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    credentials: _Keys = Field(validation_alias="Credentials")


class _Refusal(BaseModel):
    code: str = Field("", validation_alias="Code")
    message: str = Field("", validation_alias="Message")
    request_id: str = Field("", validation_alias="RequestId")


@dataclass(frozen=True, slots=True)
class ServerRole:
    """Lends the keys of the RAM role that is bound to this ECS server, by IMDSv2 only."""

    role: str = ""
    """Empty: the service is asked which one it is."""
    endpoint: str = METADATA
    operation: str = "reading the server's RAM role"

    async def __call__(self) -> Loan[Credentials]:
        """Give keys.

        Raises:
            CloudUnavailableError: there is no metadata service.
            CloudAuthError: it has no keys.

        """
        async with metadata_service(
            self.endpoint, cloud=CLOUD, operation=self.operation, needed="a RAM role"
        ) as ask:
            answer = await ask("PUT", "/latest/api/token", {_TTL: TOKEN_SECONDS})
            refused = self._trouble(f"the metadata service gave no token (HTTP {answer.status})")
            headers = {_TOKEN: header_value(answer, refused)}
            role = self.role
            if not role:
                answer = await ask("GET", _ROLES, headers)
                role = header_value(answer, self._trouble("no RAM role is bound to this server"))
            answer = await ask("GET", _ROLES + encode(role), headers)
            if answer.status == NOT_FOUND:
                raise self._trouble(f"the RAM role {clean(role)!r} is not bound to this server")
        return read_json(answer, _ServersKeys, cloud=CLOUD, operation=self.operation).loan()

    def _trouble(self, message: str) -> CloudAuthError:
        return CloudAuthError(message, cloud=CLOUD, operation=self.operation)


@dataclass(frozen=True, slots=True)
class PodRole:
    """Lends the keys of a role that a pod's OIDC token may take (RRSA)."""

    role_arn: str
    provider_arn: str
    token_file: Path
    """Read for every request: Kubernetes renews it."""
    session: str
    """What the cloud's audit names the bot."""
    now: Callable[[], datetime]
    endpoint: str = STS
    operation: str = "AssumeRoleWithOIDC"

    async def __call__(self) -> Loan[Credentials]:
        """Give keys.

        Raises:
            CloudUnavailableError: the security token service gave no usable answer.
            CloudAuthError: it refused, or there is no token to show.

        """
        call = Call(
            self.operation,
            "POST",
            f"/?{urlencode(self._query())}",
            {"content-type": _FORM},
            urlencode(self._body()).encode(),
        )
        transport = Transport(self.endpoint, cloud=CLOUD, auth=Unsigned(), limits=Limits())
        try:
            return await transport.send(call, self._read)
        finally:
            await transport.aclose()

    def _query(self) -> dict[str, str]:
        return {
            "Action": "AssumeRoleWithOIDC",
            "Version": "2015-04-01",
            "Format": "JSON",
            "Timestamp": self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "SignatureNonce": uuid4().hex,
        }

    def _body(self) -> dict[str, str]:
        return {
            "RoleArn": self.role_arn,
            "OIDCProviderArn": self.provider_arn,
            "OIDCToken": self._token(),
            "RoleSessionName": self.session,
            "DurationSeconds": str(_LIFE_SECONDS),
        }

    def _token(self) -> str:
        try:
            token = self.token_file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise self._refused(f"{self.token_file}: {type(error).__name__}") from None
        if not token:
            raise self._refused(f"{self.token_file} is empty")
        return token

    def _read(self, answer: Answer) -> Loan[Credentials]:
        if answer.status == OK:
            read = read_json(answer, _AssumedRole, cloud=CLOUD, operation=self.operation)
            return read.credentials.loan()
        if answer.status == _TOO_MANY or answer.status >= _SERVER_ERROR:
            message = f"HTTP {answer.status}"
            raise CloudUnavailableError(message, cloud=CLOUD, operation=self.operation)
        try:
            told = _Refusal.model_validate_json(answer.body)
        except ValueError:
            told = _Refusal()
        raise CloudAuthError(
            clean(told.message) or f"HTTP {answer.status}",
            cloud=CLOUD,
            operation=self.operation,
            code=clean(told.code),
            request_id=clean(told.request_id),
        )

    def _refused(self, message: str) -> CloudAuthError:
        return CloudAuthError(message, cloud=CLOUD, operation=self.operation)
