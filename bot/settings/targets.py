"""What the configuration file may say of a target: where its jobs are, who may change them.

Each cloud's table is put together from parts, in the order in which the example shows the keys.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.policy.access import EVERYONE, Access
from bot.settings.types import (
    Arn,
    Channel,
    Channels,
    Endpoint,
    Environment,
    FilePath,
    Identifier,
    MetadataEndpoint,
    Region,
    Table,
    Users,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_ENVIRONMENT = "production"
DEFAULT_KEY_ID = "ALIBABA_CLOUD_ACCESS_KEY_ID"
DEFAULT_KEY_SECRET = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"  # noqa: S105 - a variable's name
DEFAULT_SECURITY_TOKEN = "ALIBABA_CLOUD_SECURITY_TOKEN"  # noqa: S105 - a variable's name
_REGION = 'the region id, such as "{}"'


class Auth(StrEnum):
    """What proves to a cloud who asks."""

    KEY = "key"
    """An access key, from the environment."""
    TOKEN = "token"  # noqa: S105 - a word of the file
    """A token of the identity service: for a user's password, or from a file."""
    ECS = "ecs"
    """Temporary keys of the role of the server that the bot runs on."""
    OIDC = "oidc"
    """Temporary keys for the token that Kubernetes gives the bot's pod."""


def _among(*allowed: Auth) -> BeforeValidator:
    def check(given: object) -> object:
        if isinstance(given, str) and given in allowed:
            return Auth(given)
        words = [f'"{auth}"' for auth in allowed]
        msg = f"must be {', '.join(words[:-1])} or {words[-1]}"
        raise ValueError(msg)

    return BeforeValidator(check)


class _People(Table):
    environment: Environment = DEFAULT_ENVIRONMENT
    channel: Channel | None = None
    allow_users: Users = frozenset()
    allow_channels: Channels = frozenset()

    @property
    def access(self) -> Access:
        """Who may change the target, and from where."""
        return Access(users=self.allow_users, channels=self.allow_channels)

    @property
    def nobody(self) -> bool:
        """Whether no change can ever be allowed."""
        return not (self.allow_users and self.allow_channels)

    @property
    def people(self) -> tuple[str, ...]:
        """Where cards go and who may act, for anybody to read."""
        return (
            self.environment,
            f"cards to {self.channel or 'where the command was typed'}",
            f"users: {_described(self.allow_users)}",
            f"channels: {_described(self.allow_channels)}",
        )


class _AlibabaPlace(Table):
    cloud: Literal["alibaba"] = "alibaba"
    region: Region = Field(description=_REGION.format("cn-hangzhou"))
    workspace: Identifier = Field(description="the workspace id, such as a14bd5d90a1b2c")
    namespace: Identifier = Field(description='the namespace, such as "orders-default"')
    endpoint: Endpoint | None = None
    vpc: bool = False


class _HuaweiPlace(Table):
    cloud: Literal["huawei"] = "huawei"
    region: Region = Field(description=_REGION.format("ap-southeast-3"))
    project_id: Identifier | None = None
    endpoint: Endpoint | None = None
    iam_endpoint: Endpoint | None = None


class _Proof(Table):
    auth: Auth
    keys_of: ClassVar[Mapping[str, Auth]]
    """Which keys belong to which way to authenticate."""

    @model_validator(mode="after")
    def _fitting_keys(self) -> Self:
        for key, auth in self.keys_of.items():
            if key in self.model_fields_set and auth is not self.auth:
                msg = f'{key} is for auth = "{auth}", but auth is "{self.auth}"'
                raise ValueError(msg)
        return self


class AlibabaTarget(_Proof, _People, _AlibabaPlace):
    """One namespace of Realtime Compute for Apache Flink, and who may change what runs there."""

    auth: Annotated[Auth, _among(Auth.KEY, Auth.ECS, Auth.OIDC)] = Auth.KEY
    access_key_id_env: Variable = DEFAULT_KEY_ID
    access_key_secret_env: Variable = DEFAULT_KEY_SECRET
    security_token_env: Variable = DEFAULT_SECURITY_TOKEN
    ram_role: Identifier | None = None
    metadata_endpoint: MetadataEndpoint = "http://100.100.100.200"
    role_arn: Arn | None = None
    oidc_provider_arn: Arn | None = None
    oidc_token_file: FilePath | None = None
    sts_endpoint: Endpoint | None = None

    keys_of: ClassVar[Mapping[str, Auth]] = {
        "access_key_id_env": Auth.KEY,
        "access_key_secret_env": Auth.KEY,
        "security_token_env": Auth.KEY,
        "ram_role": Auth.ECS,
        "metadata_endpoint": Auth.ECS,
        "role_arn": Auth.OIDC,
        "oidc_provider_arn": Auth.OIDC,
        "oidc_token_file": Auth.OIDC,
        "sts_endpoint": Auth.OIDC,
    }

    @property
    def place(self) -> str:
        """Where the jobs are, for anybody to read."""
        where = self.endpoint or f"{self.region}{' (VPC)' if self.vpc else ''}"
        return f"{self.cloud} {where}, {self.workspace}/{self.namespace}"

    @property
    def proof(self) -> str:
        """What proves who asks, for anybody to read."""
        match self.auth:
            case Auth.KEY:
                return f"key from {self.access_key_id_env}"
            case Auth.ECS:
                return f"keys of the server's role {self.ram_role or ''}".rstrip()
            case _:
                return "keys for the pod's OIDC token"

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if self.endpoint is not None and self.vpc:
            msg = "endpoint and vpc = true exclude each other; keep one"
            raise ValueError(msg)
        return self


class HuaweiTarget(_Proof, _People, _HuaweiPlace):
    """One project of Data Lake Insight, and who may change what runs there."""

    auth: Annotated[Auth, _among(Auth.KEY, Auth.TOKEN, Auth.ECS)] = Auth.KEY
    access_key_env: Variable | None = None
    secret_key_env: Variable | None = None
    security_token_env: Variable | None = None
    token_file: FilePath | None = None
    user_env: Variable = "HW_USER_NAME"
    password_env: Variable = "HW_USER_PASSWORD"  # noqa: S105 - a variable's name
    account_env: Variable = "HW_DOMAIN_NAME"
    metadata_endpoint: MetadataEndpoint = "http://169.254.169.254"

    keys_of: ClassVar[Mapping[str, Auth]] = {
        "access_key_env": Auth.KEY,
        "secret_key_env": Auth.KEY,
        "security_token_env": Auth.KEY,
        "token_file": Auth.TOKEN,
        "user_env": Auth.TOKEN,
        "password_env": Auth.TOKEN,
        "account_env": Auth.TOKEN,
        "metadata_endpoint": Auth.ECS,
    }

    @property
    def place(self) -> str:
        """Where the jobs are, for anybody to read."""
        project = f"project {self.project_id}" if self.project_id else "the region's project"
        return f"{self.cloud} {self.endpoint or self.region}, {project}"

    @property
    def proof(self) -> str:
        """What proves who asks, for anybody to read."""
        match self.auth:
            case Auth.KEY:
                return f"key from {self.access_key_env or 'the standard variables'}"
            case Auth.ECS:
                return "keys of the server's agency"
            case _:
                return f"token {self.token_file or f'for the user in {self.user_env}'}"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.access_key_env is None) != (self.secret_key_env is None):
            msg = "access_key_env and secret_key_env belong together: name both or neither"
            raise ValueError(msg)
        if self.security_token_env is not None and self.access_key_env is None:
            msg = "security_token_env needs access_key_env and secret_key_env beside it"
            raise ValueError(msg)
        login = {"user_env", "password_env", "account_env"} & self.model_fields_set
        if self.token_file is not None and login:
            msg = f"token_file and {min(login)} exclude each other; keep one way to get a token"
            raise ValueError(msg)
        return self


MODELS: Mapping[str, type[AlibabaTarget | HuaweiTarget]] = {
    "alibaba": AlibabaTarget,
    "huawei": HuaweiTarget,
}


def _known_cloud(given: object) -> object:
    """Stop at an unknown cloud: its other keys would only add noise."""
    if not isinstance(given, dict):
        return given
    allowed = ", ".join(f'"{name}"' for name in MODELS)
    if "cloud" not in given:
        raise PydanticCustomError(
            "no_cloud", "missing; the cloud; allowed: {allowed}", {"allowed": allowed}
        )
    cloud = given["cloud"]
    if not isinstance(cloud, str) or cloud not in MODELS:
        raise PydanticCustomError(
            "cloud", "not known; allowed: {allowed}", {"allowed": allowed, "given": cloud}
        )
    return given


Target = Annotated[
    AlibabaTarget | HuaweiTarget, Field(discriminator="cloud"), BeforeValidator(_known_cloud)
]


def _described(ids: frozenset[str]) -> str:
    """Say in a word who is on a list."""
    if EVERYONE in ids:
        return "everybody"
    return str(len(ids)) if ids else "nobody"
